"""The accounts as records, and which of them go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.records import Account
from rejoinder.records.frames import conform
from rejoinder.simulate.chance import some
from rejoinder.simulate.columns import PLATFORM, ids, moments
from rejoinder.simulate.grammar import people_words
from rejoinder.simulate.people import BOT, HATER, NEVER, OUTLET, PERSON, RING
from rejoinder.simulate.setting import DAY, START

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Ints
    from rejoinder.simulate.people import People
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.setting import Setting

PAID, RING_PAID = 0.12, 0.40
"""Shares of accounts that pay for a tier, and of a ring's."""
_LEAVING, _DEACTIVATED, _LIMITED = 0.02, 0.5, 0.05
"""Shares of accounts that go, of those gone that may come back, and of haters whose reach is limited."""
_NEWCOMERS = 0.10
_FOLLOWED = (1, 1, 0.3, 1, 20, 2, 30)
"""How many follow each role, against persons."""


def handles(setting: Setting) -> pl.Series:
    """A handle per account, each different."""
    rng, words = setting.stream("handles"), people_words()
    first, second = (pl.Series(words[part]) for part in ("first", "second"))
    drawn = [part.gather(rng.integers(len(part), size=setting.accounts)) for part in (first, second)]
    return pl.select(pl.format("{}{}{}", *drawn, pl.int_range(setting.accounts, dtype=pl.Int64))).to_series()


def followers(setting: Setting, people: People) -> Ints:
    """How many follow each account: heavy-tailed, most for outlets, few for rings."""
    drawn = setting.stream("followers").lognormal(4, 1.3, len(people)) * np.sqrt(people.activity)
    counted: Ints = (drawn * np.array(_FOLLOWED)[people.role]).astype(np.int64)
    return counted


def departures(setting: Setting, people: People, posts: Posting) -> Ints:
    """When accounts are closed by their owners, after their last post; `NEVER` for most."""
    rng, last = setting.stream("departures"), np.zeros(len(people), dtype=np.int64)
    np.maximum.at(last, posts.author, posts.time)
    leaving = some(rng, _LEAVING, len(people)) & np.isin(people.role, (PERSON, HATER)) & (last > 0)
    gone = last + rng.integers(DAY // 2, 10 * DAY, len(people))
    return np.where(leaving & (people.banned == NEVER), gone, NEVER)


def account_frame(setting: Setting, people: People, posts: Posting, gone: Ints) -> pl.DataFrame:
    """A frame of `Account`, as seen when the books close."""
    rng, size, names = setting.stream("accounts"), len(people), handles(setting)
    paid = some(rng, np.where(people.role == RING, RING_PAID, PAID), size)
    descriptions = pl.Series(people_words()["descriptions"])
    before = rng.lognormal(4, 1.5, size).astype(np.int64)
    raw = pl.DataFrame({
        "id": ids("a", size), "handle": names, "name": _names(people, names),
        "description": descriptions.gather(rng.integers(len(descriptions), size=size)),
        "created_at": moments(_created(setting, people, posts)), "followers": followers(setting, people),
        "following": rng.lognormal(4.5, 1, size).astype(np.int64),
        "posts": before + np.bincount(posts.author, minlength=size),
        "verified": paid | (people.role == OUTLET), "paid": paid, "automated": people.role == BOT,
        "status": _status(setting, people, gone), "seen_at": moments(np.full(size, setting.end)),
    })  # fmt: skip
    return conform(Account, raw.with_columns(platform=pl.lit(PLATFORM)))


def _created(setting: Setting, people: People, posts: Posting) -> Ints:
    """Long ago for most, within a few weeks of each other for a ring; before the first post for everyone."""
    rng, size = setting.stream("created"), len(people)
    drawn = START - rng.integers(DAY, 11 * 365 * DAY, size)
    drawn = np.where(some(rng, _NEWCOMERS, size), rng.integers(START, setting.end, size), drawn)
    together = START - (100 + people.group * 30 % 300) * DAY + rng.integers(20 * DAY, size=size)
    drawn = np.where(people.role == RING, together, drawn)
    first = np.full(size, setting.end)
    np.minimum.at(first, posts.author, posts.time)
    return np.minimum(drawn, first - rng.integers(3600, 3 * DAY, size))


def _names(people: People, names: pl.Series) -> pl.Series:
    """Outlets and bots have names of their own; others show their handle."""
    shown = pl.DataFrame({"name": names, "role": people.role}).with_row_index("at")
    for role, kind in ((OUTLET, "outlets"), (BOT, "bots")):
        own = pl.Series(people_words()[kind])
        called = pl.format("{} {}", own.gather(np.arange(len(people)) % len(own)), "at")
        shown = shown.with_columns(name=pl.when(pl.col("role") == role).then(called).otherwise("name"))
    return shown["name"]


def _status(setting: Setting, people: People, gone: Ints) -> pl.Series:
    rng, size = setting.stream("status"), len(people)
    suspended = (people.banned < setting.end) & (people.back >= setting.end)
    left, stays = gone < setting.end, some(rng, _DEACTIVATED, size)
    limited = (people.role == HATER) & some(rng, _LIMITED, size)
    told = np.select(
        [suspended, left & stays, left, limited], ["suspended", "deactivated", "deleted", "limited"], default="active"
    )
    return pl.Series(told)
