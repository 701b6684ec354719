"""Ratings as they come: what cannot be right is set aside with its reason, the rest is numbered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.errors import DataError
from rejoinder.numerics.segments import Table, table

if TYPE_CHECKING:
    from datetime import datetime

NEEDED = ("rater", "note", "helpful")
REJECTS = ("row", "rater", "note", "helpful", "reason", "remedy")
VALUES = (0.0, 0.5, 1.0)
_REMEDY = {
    "the rater is missing": "give every rating its rater's pseudonym",
    "the note is missing": "give every rating the id of its note",
    "`helpful` is not 0, 0.5 or 1": "write 1 for helpful, 0.5 for somewhat, 0 for not helpful",
    "the note is unknown": "give the notes' file that has it",
    "the rater wrote the note": "nothing: nobody rates their own note",
    "the rating is older than the note": "check the clocks that wrote the times",
    "the rating is from the future": "check the clocks that wrote the times",
    "the time is missing": "give every rating its time, or none",
    "the rater rated this note before": "nothing: the first rating counts",
    "the rater gave the same rating twice": "nothing: it counts once",
    "the rater gave this note different ratings": "give the times of ratings, so that the first can be told",
}


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """Ratings ready to be fitted: rows of the table are `notes`, columns `raters`, in the order of their ids."""

    notes: pl.Series
    raters: pl.Series
    table: Table
    rejects: pl.DataFrame
    """`row` (from 1), `rater`, `note`, `helpful` as text, `reason`, `remedy`."""


def admit(ratings: pl.DataFrame, *, notes: pl.DataFrame | None = None, until: datetime | None = None) -> Ratings:
    """Ratings numbered, and rejects; every row of `ratings` is in one or the other.

    `ratings` has `rater`, `note` (texts or whole numbers) and `helpful` (0, 0.5, 1), and may have `created_at`; then
    of several ratings of one note by one rater the first counts. Without times equal ones count once and different ones
    not at all, since any choice would hang on the order of rows. `notes` (`note`, `author`, `created_at`) lets
    unknown notes, own notes and ratings older than their note be found, `until` ratings from the future. Ids are
    numbered in their order, so that the order of rows changes nothing. Raises `DataError` where a column is missing
    or no rating is left.

    >>> found = admit(pl.DataFrame({"rater": ["a", "b", None], "note": [7, 7, 7], "helpful": [1.0, 0.3, 0.0]}))
    >>> found.raters.to_list(), found.rejects["reason"].to_list()
    (['a'], ['`helpful` is not 0, 0.5 or 1', 'the rater is missing'])
    """
    missing = [name for name in NEEDED if name not in ratings.columns]
    if missing:
        raise DataError(
            "there are no ratings here", where="columns " + ", ".join(f"`{name}`" for name in ratings.columns),
            expected="columns `rater`, `note`, `helpful`", remedy=f"give the column `{missing[0]}`",
        )  # fmt: skip
    columns = [*NEEDED, "created_at"] if "created_at" in ratings.columns else list(NEEDED)
    frame = ratings.lazy().select(columns).with_row_index("row", offset=1)
    reason = _reason(frame, notes, until)
    judged = reason.collect()
    bad = judged.filter(pl.col("reason").is_not_null())
    good = judged.filter(pl.col("reason").is_null()) if len(bad) else judged
    numbered = _numbered(good)
    if numbered.table.repeated:
        good, again = _once(good)
        bad, numbered = pl.concat([bad, again]), _numbered(good)
    if not numbered.table.size:
        first = bad["reason"].first() if len(bad) else "the file is empty"
        raise DataError("no rating is left", where=str(first), remedy=_REMEDY.get(str(first), "give ratings"))
    return Ratings(notes=numbered.notes, raters=numbered.raters, table=numbered.table, rejects=_rejects(bad))


def _reason(frame: pl.LazyFrame, notes: pl.DataFrame | None, until: datetime | None) -> pl.LazyFrame:
    rules = [
        (_absent(frame, "rater"), "the rater is missing"),
        (_absent(frame, "note"), "the note is missing"),
        (~pl.col("helpful").is_in(VALUES).fill_null(value=False), "`helpful` is not 0, 0.5 or 1"),
    ]
    timed = "created_at" in frame.collect_schema()
    if timed:
        rules.append((pl.col("created_at").is_null(), "the time is missing"))
    if notes is not None:
        written = notes.lazy().select("note", _author="author", _written="created_at").unique("note", keep="any")
        frame = frame.join(written.with_columns(_known=True), on="note", how="left", maintain_order="left")
        rules += [
            (pl.col("_known").is_null(), "the note is unknown"),
            (pl.col("_author") == pl.col("rater"), "the rater wrote the note"),
        ]
        rules += [(pl.col("created_at") < pl.col("_written"), "the rating is older than the note")] if timed else []
    if until is not None and timed:
        rules.append((pl.col("created_at") > until, "the rating is from the future"))
    told = pl.coalesce([pl.when(rule).then(pl.lit(reason)) for rule, reason in rules])
    return frame.with_columns(reason=told).drop("_author", "_written", "_known", strict=False)


def _absent(frame: pl.LazyFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    text = frame.collect_schema()[name] == pl.String
    return column.is_null() | (column.str.strip_chars() == "") if text else column.is_null()


@dataclass(frozen=True, kw_only=True)
class _Numbered:
    notes: pl.Series
    raters: pl.Series
    table: Table


def _numbered(good: pl.DataFrame) -> _Numbered:
    notes, raters = (good[name].unique().sort() for name in ("note", "rater"))
    rows, columns = (_numbers(good[name], ids) for name, ids in (("note", notes), ("rater", raters)))
    halves = (good["helpful"].to_numpy() * 2).astype(np.uint8)
    return _Numbered(notes=notes, raters=raters, table=table(rows, columns, halves, (len(notes), len(raters))))


def _numbers(values: pl.Series, ids: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    numbers = pl.DataFrame({"id": ids, "number": pl.Series(np.arange(len(ids), dtype=np.uint32))})
    joined = pl.DataFrame({"id": values}).join(numbers, on="id", how="left", maintain_order="left")
    return joined["number"].to_numpy()


def _once(good: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each rater's one rating of each note, and the others with their reasons."""
    pair = ["rater", "note"]
    if "created_at" in good.columns:
        order = pl.struct("created_at", "helpful", "row").rank("ordinal").over(pair)
        judged = good.with_columns(_extra=order > 1, reason=pl.lit("the rater rated this note before"))
    else:
        torn = pl.col("helpful").n_unique().over(pair) > 1
        torn_apart = pl.when(torn).then(pl.lit("the rater gave this note different ratings"))
        told = torn_apart.otherwise(pl.lit("the rater gave the same rating twice"))
        judged = good.with_columns(_extra=torn | (pl.col("row") != pl.col("row").min().over(pair)), reason=told)
    kept = judged.filter(~pl.col("_extra")).with_columns(reason=pl.lit(None, pl.String)).drop("_extra")
    return kept, judged.filter("_extra").drop("_extra")


def _rejects(bad: pl.DataFrame) -> pl.DataFrame:
    texts = [pl.col(name).cast(pl.String) for name in NEEDED]
    remedy = pl.col("reason").replace_strict(_REMEDY, return_dtype=pl.String)
    return bad.with_columns(texts).with_columns(remedy=remedy).select(REJECTS).sort("row")
