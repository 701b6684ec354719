"""Ads: each showing stands between two posts that people were looking at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.records import Impression
from rejoinder.records.frames import conform
from rejoinder.simulate.chance import pick, some
from rejoinder.simulate.columns import PLATFORM, ids, moments, named
from rejoinder.simulate.setting import DAY

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Ints
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.setting import Setting

ADVERTISERS, CAMPAIGNS = 12, 5
SIGNED_IN = 0.8
"""Share of showings to a known viewer."""
_OLD = 8 * 3600
"""How old the posts beside an ad are on average, in seconds."""


def impression_frame(setting: Setting, posts: Posting) -> pl.DataFrame:
    """A frame of `Impression`, in the order of time: 10,000 at 20,000 posts, and less than in proportion beyond."""
    rng, size = setting.stream("ads"), round(10_000 * (len(posts) / 20_000) ** 0.7)
    when = np.sort(rng.integers(posts.time[0] + DAY // 24, setting.end, size))
    above, below = _beside(rng, posts, when), _beside(rng, posts, when)
    names, viewers = ids("p", len(posts)), ids("v", max(1, size // 4))
    viewer = rng.integers(len(viewers), size=size)
    raw = pl.DataFrame({
        "id": ids("i", size), "created_at": moments(when), "campaign": rng.integers(1, CAMPAIGNS + 1, size),
        "number": 1 + pick(rng, 1 / np.arange(1, ADVERTISERS + 1), size),
        "above": names.gather(above), "below": named(names, np.where(below == above, -1, below)),
        "viewer": named(viewers, np.where(some(rng, SIGNED_IN, size), viewer, -1)),
    }).with_columns(
        platform=pl.lit(PLATFORM), beside=pl.concat_list("above", "below").list.drop_nulls(),
        ad=pl.format("sim:ad-{}-{}", "number", "campaign"), advertiser=pl.format("sim:advertiser-{}", "number"),
    )  # fmt: skip
    return conform(Impression, raw)


def _beside(rng: np.random.Generator, posts: Posting, when: Ints) -> Ints:
    """Of three recent posts that are not reposts the one people like best."""
    rows, age = posts.worded, rng.exponential(_OLD, (len(when), 3)).astype(np.int64)
    latest = np.searchsorted(posts.time[rows], when[:, None] - age, side="right") - 1
    found = rows[np.maximum(latest, 0)]
    best: Ints = found[np.arange(len(when)), posts.appeal[found].argmax(axis=1)]
    return best
