"""Who judges what, blind: everything once, every positive again by somebody else, disagreements by a third person."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.errors import UsageError
from rejoinder.measures.prevalence.rows import Assignment
from rejoinder.numerics.strata import allocation
from rejoinder.records.frames import conform

if TYPE_CHECKING:
    from collections.abc import Sequence

NEGATIVES = 50
"""Negatives that are looked at again, so that what was missed can be estimated."""


def first(selection: pl.DataFrame, coders: Sequence[str]) -> pl.DataFrame:
    """A frame of `Assignment`: every sampled post on the sheet of one coder, by lot, the sheets equally long."""
    _demand(coders, 1)
    subjects = _by_lot(selection.select("sample", "subject"), "first")
    names = np.array(sorted(coders))[np.arange(subjects.height) % len(coders)]
    return _assigned(subjects.with_columns(coder=pl.Series(names, dtype=pl.String)), "first")


def again(verdicts: pl.DataFrame, coders: Sequence[str], *, negatives: int = NEGATIVES) -> pl.DataFrame:
    """A frame of `Assignment`: every post judged hateful or unclear, among some negatives, by somebody else.

    The negatives are drawn from each stratum, mostly in proportion, two at least. Nobody can tell which is which.
    Raises `UsageError` where nothing was judged yet, and where a coder would have to judge the same post again.
    """
    _demand(coders, 2)
    judged = verdicts.filter(pl.col("coder").is_not_null() & pl.col("again").is_null())
    if not judged.height:
        raise UsageError("there is nothing to judge again", remedy="import the sheets of the first round")
    chosen = [judged.filter(pl.col("first").fill_null(value=True))]
    rest = judged.filter(~pl.col("first").fill_null(value=True)).partition_by("stratum", maintain_order=True)
    sizes = np.array([part.height for part in rest], np.int64)
    taken = allocation(sizes, np.zeros(len(rest)), negatives) if rest and negatives else np.zeros(len(rest), int)
    chosen += [_by_lot(part, "negatives").head(int(n)) for part, n in zip(rest, taken, strict=True)]
    return _to_others(_by_lot(pl.concat(chosen), "again"), coders, "again")


def adjudication(verdicts: pl.DataFrame, coders: Sequence[str]) -> pl.DataFrame:
    """A frame of `Assignment`: the posts on which two coders differ, to somebody who judged neither way.

    Raises `UsageError` where they differ nowhere, and where nobody is left who has not judged the post.
    """
    _demand(coders, 1)
    differing = verdicts.filter(pl.col("status") == "differing")
    if not differing.height:
        raise UsageError("there is nothing to adjudicate: no two coders differ")
    return _to_others(_by_lot(differing, "adjudication"), coders, "adjudication")


def _to_others(posts: pl.DataFrame, coders: Sequence[str], round_: str) -> pl.DataFrame:
    names, chosen = sorted(coders), []
    for at, seen in enumerate(posts.select("coder", "again_coder").iter_rows()):
        free = [name for name in names if name not in seen]
        if not free:
            raise UsageError(
                f"nobody is left to judge a post that {' and '.join(filter(None, seen))} judged",
                expected="a coder who has not seen it",
                remedy="name another coder; a single coder of 99.5 % specificity makes 0.3 % look like 0.75 %",
            )
        chosen.append(free[at % len(free)])
    return _assigned(posts.with_columns(coder=pl.Series(chosen, dtype=pl.String)), round_)


def _assigned(posts: pl.DataFrame, round_: str) -> pl.DataFrame:
    token = pl.concat_str("sample", "subject", separator="\n").map_elements(_token, pl.String)
    return conform(Assignment, posts.with_columns(item=token, round=pl.lit(round_)))


def _by_lot(posts: pl.DataFrame, salt: str) -> pl.DataFrame:
    """In an order that is nobody's choice and everybody's to repeat."""
    lot = pl.concat_str(pl.lit(salt), "sample", "subject", separator="\n").map_elements(_token, pl.String)
    return posts.with_columns(_lot=lot).sort("_lot").drop("_lot")


def _token(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _demand(coders: Sequence[str], least: int) -> None:
    if len(set(coders)) != len(coders) or not all(coders):
        raise UsageError("a coder is named twice, or not at all", expected="different pseudonyms")
    if len(coders) < least:
        raise UsageError(
            f"{len(coders)} coder is too few", expected=f"{least} or more", remedy="name them with --coders A,B"
        )
