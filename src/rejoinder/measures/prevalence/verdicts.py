"""One verdict for each sampled post, from one, two or three looks; and how good the looks were."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from rejoinder.errors import DataError
from rejoinder.numerics.intervals import wilson
from rejoinder.numerics.krippendorff import Agreement, alpha
from rejoinder.records import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping


class Coder(NamedTuple):
    """One coder of the first look, held against the verdicts in the end; rates with 95 % intervals (Wilson)."""

    coder: str
    judged: int
    confirmed: tuple[int, int]
    """Of the posts that this coder judged hateful and that were settled by others, how many are."""
    missed: tuple[int, int]
    """Of this coder's negatives that were looked at again, how many are hateful after all."""
    sensitivity: float | None
    """Estimated share of hateful posts that this coder would call so; rests on few negatives looked at again."""
    specificity: float | None


def verdicts(selection: pl.DataFrame, rounds: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per sampled post: the columns of `Selection`, each look and its coder, `verdict`, `status`.

    `rounds` holds the judgements of `first`, `again` and `adjudication`. `status` is `missing` (not judged), `once`
    (one look), `agreed`, `differing` (two looks, not yet adjudicated), `adjudicated`; `verdict` is `None` where that
    is missing, differing, or a coder could not tell in the end. `kind` and `targets` are those of the last look that
    called it hateful.

    Raises `DataError` where a judged post is not in the sample or somebody judged it twice in a round.
    """
    rows = selection
    for name, at in (("first", "first"), ("again", "again"), ("adjudication", "third")):
        rows = _joined(rows, rounds.get(name), at)
    two = pl.col("first").eq_missing(pl.col("again"))
    looked = [pl.col(f"{at}_coder").is_not_null() for at in ("first", "again", "third")]
    status = (
        pl.when(looked[2]).then(pl.lit("adjudicated"))
        .when(looked[1] & looked[0]).then(pl.when(two).then(pl.lit("agreed")).otherwise(pl.lit("differing")))
        .when(looked[0]).then(pl.lit("once")).otherwise(pl.lit("missing"))
    )  # fmt: skip
    rows = rows.with_columns(status=status).with_columns(
        verdict=pl.when(pl.col("status") == "adjudicated").then("third")
        .when(pl.col("status").is_in(["agreed", "once"])).then("first"),
        **{field: _last(field) for field in ("kind", "targets")},
    ).rename({"first_coder": "coder"})  # fmt: skip
    return rows.sort("subject")


def agreement(told: pl.DataFrame) -> Agreement:
    """Krippendorff's alpha between first and second look, where there are both: on posts rich in hate, by design.

    An answer of unclear counts as a third verdict.
    """
    both = told.filter(pl.col("again_coder").is_not_null())
    codes = [both[look].cast(pl.Int64).fill_null(2).to_numpy() for look in ("first", "again")]
    return alpha(np.stack(codes, 1) if both.height else np.empty((0, 2)))


def coders(told: pl.DataFrame) -> list[Coder]:
    """How each coder of the first look fared, by name; unsettled posts are left out."""
    rows = told.filter(pl.col("coder").is_not_null()).partition_by("coder", as_dict=True)
    return [_coder(str(name[0]), rows[name]) for name in sorted(rows)]


def limits(count: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % limits."""
    lower, upper = wilson(count, n)
    return float(lower), float(upper)


def _coder(name: str, rows: pl.DataFrame) -> Coder:
    settled = rows.filter(pl.col("status").is_in(["agreed", "adjudicated"]) & pl.col("verdict").is_not_null())
    yes, no = settled.filter(pl.col("first")), settled.filter(~pl.col("first"))
    confirmed, missed = (_true(yes["verdict"]), yes.height), (_true(no["verdict"]), no.height)
    sensitivity = specificity = None
    if yes.height and no.height:
        called, negatives = _true(rows["first"]), rows.filter(~pl.col("first")).height
        right, lost = called * confirmed[0] / confirmed[1], negatives * missed[0] / missed[1]
        sensitivity = right / (right + lost) if right + lost else None
        specificity = (negatives - lost) / (negatives - lost + called - right) if negatives else None
    return Coder(name, rows.height, confirmed, missed, sensitivity, specificity)


def _true(values: pl.Series) -> int:
    return int(values.sum() or 0)


def _joined(rows: pl.DataFrame, judged: pl.DataFrame | None, at: str) -> pl.DataFrame:
    names = {"hateful": at, "coder": f"{at}_coder", "kind": f"{at}_kind", "targets": f"{at}_targets"}
    if judged is None:
        judged = pl.DataFrame(schema=Judgement.schema())
    if judged["subject"].is_duplicated().any():
        twice = judged.filter(pl.col("subject").is_duplicated())["subject"].sort()[0]
        raise DataError(f"`{twice}` was judged twice in one round", remedy="import each sheet once")
    outside = judged.join(rows, on="subject", how="anti")
    if outside.height:
        raise DataError(
            f"{outside.height:,} judged posts are not in the sample, such as `{outside['subject'].sort()[0]}`",
            remedy="import them for the sample that they belong to: an item that was not drawn has no weight",
        )
    return rows.join(judged.select("subject", *names).rename(names), on="subject", how="left")


def _last(field: str) -> pl.Expr:
    held = [pl.when(pl.col(look)).then(f"{look}_{field}") for look in ("third", "again", "first")]
    return pl.coalesce(*held)
