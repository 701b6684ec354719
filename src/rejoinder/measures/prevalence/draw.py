"""A probability sample by a frozen plan, with the inclusion probability of every item."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.errors import DataError, UsageError
from rejoinder.measures.prevalence.plan import stratum
from rejoinder.measures.prevalence.rows import Selection
from rejoinder.numerics.strata import LEAST
from rejoinder.records.frames import conform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.measures.prevalence.plan import Plan

    Ints = NDArray[np.int64]


def draw(posts: pl.DataFrame, plan: Plan, *, sample: str) -> pl.DataFrame:
    """A frame of `Selection`, sorted by subject: which of `posts` are drawn (columns as `population` gives them).

    Decided by the plan's hash and the sample's name alone: same posts, same draw, in whatever order they come. A
    stratum with fewer posts than planned is taken whole; one that was empty when the plan was made gives two. Views
    are drawn with replacement, in proportion to each post's views; posts of unknown views cannot be drawn then.

    Raises `DataError` where a post comes twice, `UsageError` where there is nothing to draw from.
    """
    held = posts.with_columns(stratum=stratum(plan)).sort("lang", "created_at", "id", nulls_last=True)
    if plan.unit == "views":
        held = held.filter(pl.col("views") > 0)
    if held["id"].is_duplicated().any():
        raise DataError("a post comes twice in what is to be sampled", remedy="`rejoinder log verify` the case")
    if not held.height:
        raise UsageError("there are no posts to sample from", remedy="widen the period, or draw posts and not views")
    seed = hashlib.sha256(f"{plan.hash}\n{sample}".encode()).digest()
    random = np.random.default_rng(np.frombuffer(seed, np.uint32))
    parts = [_drawn(part, plan, random) for part in held.partition_by("stratum", maintain_order=True)]
    return conform(Selection, pl.concat(parts).with_columns(sample=pl.lit(sample))).sort("subject")


def _drawn(part: pl.DataFrame, plan: Plan, random: np.random.Generator) -> pl.DataFrame:
    wanted = plan.taken[part["stratum"][0]] or LEAST
    if plan.unit == "views":
        size, times = part["views"].to_numpy(), _views(part["views"].to_numpy(), wanted, random)
    else:
        wanted = min(wanted, part.height)
        size, times = np.ones(part.height), _posts(part.height, wanted, random, spread=plan.spread)
    drawn = part.with_columns(draws=pl.Series(times), inclusion=pl.Series(wanted * size / size.sum()))
    return drawn.filter(pl.col("draws") > 0).select(
        "stratum", "draws", "inclusion", subject="id", population=pl.lit(int(size.sum())), taken=pl.lit(wanted)
    )


def _posts(whole: int, wanted: int, random: np.random.Generator, *, spread: bool) -> Ints:
    times = np.zeros(whole, np.int64)
    if spread:  # every (whole / wanted)-th in order of language and time: each has the same probability
        times[((random.random() + np.arange(wanted)) * whole / wanted).astype(np.int64)] = 1
    else:
        times[random.choice(whole, wanted, replace=False, shuffle=False)] = 1
    return times


def _views(views: Ints, wanted: int, random: np.random.Generator) -> Ints:
    seen = random.integers(views.sum(), size=wanted)
    return np.bincount(np.searchsorted(np.cumsum(views), seen, "right"), minlength=len(views)).astype(np.int64)
