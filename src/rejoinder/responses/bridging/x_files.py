"""Files of X Community Notes: which columns are needed, by what names they go, and how they are read.

Tab-separated with a header, plain or gzip, one file, several or a folder of parts. Columns are found by name: more of
them, fewer, or in another order are fine as long as the needed ones are there. Read by Polars' streaming engine;
raters' ids become categories, so that 200 million ratings do not carry 64 characters each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.errors import NotFound, UnknownFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NAMES = {
    "noteId": ("noteId",), "author": ("noteAuthorParticipantId", "participantId"),
    "rater": ("raterParticipantId", "participantId"), "createdAtMillis": ("createdAtMillis",),
    "classification": ("classification",), "helpfulnessLevel": ("helpfulnessLevel",), "helpful": ("helpful",),
    "notHelpful": ("notHelpful",), "participantId": ("participantId",), "modelingGroup": ("modelingGroup",),
    "mostRecentNonNMRStatus": ("mostRecentNonNMRStatus", "latestNonNMRStatus"),
}  # fmt: skip
"""What we call a column, and what the code and the documentation of X call it."""
TAGS = {
    "incorrect": ("notHelpfulIncorrect",),
    "sources": ("notHelpfulSourcesMissingOrUnreliable", "notHelpfulIrrelevantSources"),
    "harassment": ("notHelpfulSpamHarassmentOrAbuse",),
}
"""Families of reasons that block a note, and their columns."""
LEVELS = {"HELPFUL": 1.0, "SOMEWHAT_HELPFUL": 0.5, "NOT_HELPFUL": 0.0}


def notes_of(path: Path) -> pl.DataFrame:
    """`note`, `author`, `created_at`, `misleading`: whether the note says that the post is."""
    held, names = _scan(path, needed=("noteId", "author", "createdAtMillis"), wanted=("classification",))
    said = pl.col(names["classification"]) != "NOT_MISLEADING" if "classification" in names else pl.lit(value=True)
    return held.select(_id(names), author=_person(names["author"]), created_at=_time(names), misleading=said).collect()


def ratings_of(path: Path) -> pl.DataFrame:
    """`note`, `rater`, `created_at`, `helpful`, and for each family of `TAGS` whether the rater said so.

    What cannot be read becomes null, so that `admit` rejects it with its reason.
    """
    needed = ("noteId", "rater", "createdAtMillis")
    held, names = _scan(path, needed=needed, wanted=("helpfulnessLevel", "helpful", "notHelpful"))
    there = held.collect_schema().names()
    tags = {
        family: pl.any_horizontal([pl.col(name) == "1" for name in columns if name in there] or [pl.lit(value=False)])
        for family, columns in TAGS.items()
    }
    read = held.select(
        _id(names), rater=_person(names["rater"]), created_at=_time(names), helpful=_helpful(names),
        **{family: said.fill_null(value=False) for family, said in tags.items()},
    )  # fmt: skip
    return read.collect(engine="streaming")


def statuses_of(path: Path) -> pl.DataFrame:
    """The status history as it stands, every column a text, with `noteId` first and the code's names."""
    held, names = _scan(path, needed=("noteId", "createdAtMillis"), wanted=("mostRecentNonNMRStatus",))
    given = {theirs: ours for ours, theirs in names.items()}
    return held.rename(given).collect()


def groups_of(path: Path) -> pl.DataFrame:
    """`rater`, `group` (null where unassigned)."""
    held, names = _scan(path, needed=("participantId",), wanted=("modelingGroup",))
    group = pl.col(names["modelingGroup"]) if "modelingGroup" in names else pl.lit(None, pl.String)
    return held.select(rater=_person(names["participantId"]), group=group.replace("", None)).collect()


def _scan(path: Path, *, needed: Sequence[str], wanted: Sequence[str] = ()) -> tuple[pl.LazyFrame, Mapping[str, str]]:
    """The file's rows as texts, and by what names the columns go there."""
    held = pl.scan_csv(_parts(path), separator="	", infer_schema=False, truncate_ragged_lines=True)
    there = held.collect_schema().names()
    names = {}
    for name in (*needed, *wanted):
        found = next((known for known in NAMES[name] if known in there), None)
        if found is None and name in needed:
            raise UnknownFormat(
                f"`{path}` lacks the column `{NAMES[name][0]}`", where="columns " + ", ".join(there[:8]),
                expected="a file of X Community Notes, with a header", remedy="check which file is which",
            )  # fmt: skip
        if found is not None:
            names[name] = found
    return held, names


def _parts(path: Path) -> list[Path]:
    parts = sorted(each for each in path.iterdir() if ".tsv" in each.name) if path.is_dir() else [path]
    if not parts or not all(part.is_file() for part in parts):
        raise NotFound(
            f"there is no file `{path}`", remedy="check the path; a folder must hold files named *.tsv or *.tsv.gz"
        )
    return parts


def _id(names: Mapping[str, str]) -> pl.Expr:
    return pl.col(names["noteId"]).cast(pl.Int64, strict=False).alias("note")


def _person(name: str) -> pl.Expr:
    return pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)).cast(pl.Categorical)


def _time(names: Mapping[str, str]) -> pl.Expr:
    return pl.col(names["createdAtMillis"]).cast(pl.Int64, strict=False).cast(pl.Datetime("ms", "UTC"))


def _helpful(names: Mapping[str, str]) -> pl.Expr:
    """By the level; where there is none, by the two marks of old."""
    told = [pl.lit(None, pl.Float64)]
    if "helpful" in names:
        told.append(pl.when(pl.col(names["helpful"]) == "1").then(1.0))
    if "notHelpful" in names:
        told.append(pl.when(pl.col(names["notHelpful"]) == "1").then(0.0))
    if "helpfulnessLevel" in names:
        level = pl.col(names["helpfulnessLevel"]).replace_strict(LEVELS, default=None, return_dtype=pl.Float64)
        told.insert(0, level)
    return pl.coalesce(told)
