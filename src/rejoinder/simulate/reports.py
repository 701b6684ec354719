"""Who complains about which post, and what the platform does about it: little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.records import Report
from rejoinder.records.frames import conform
from rejoinder.simulate.chance import pick, some, spread
from rejoinder.simulate.columns import PLATFORM, ids, moments, named
from rejoinder.simulate.grammar import people_words, posts_grammar
from rejoinder.simulate.people import BOT, RING
from rejoinder.simulate.posting import COUNTER, HATE

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Bools, Ints
    from rejoinder.simulate.people import People
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.setting import Setting

BY_USERS = (0.002, 0.002, 0.006, 0.010, 0.012, 0.60)
"""Reports by users per post that is not a repost, by genre in the order of `posting`."""
BY_FLAGGERS = (0.0, 0.0, 0.0, 0.003, 0.003, 0.15)
"""The same by trusted flaggers, who err less."""
THREATS = 2.5
"""How much more often threats are reported and acted on."""
BRIGADES, BRIGADING = 3, 0.3
"""Posts of counter-speech that each ring reports in concert, within ten minutes, and the share of it that does."""
ACTED, ACTED_WRONGLY = 0.12, 0.02
"""Share of reported posts acted on, where hateful and where not; 1.5 times that where a trusted flagger asks."""
UNDECIDED, EXPLAINED = 0.10, 0.5
"""Shares of reports that are never decided, and of those with a sentence."""
USER, FLAGGER = 0, 1
NOTHING, LABELLED, LIMITED, REMOVED = range(4)
MEASURES = (0.0, 0.2, 0.3, 0.5)
"""Shares of each among what is done."""
_KINDS = ("user", "trusted flagger")


@dataclass(frozen=True, kw_only=True)
class Complaints:
    """One value per report about a post, in the order of time."""

    post: Ints
    time: Ints
    kind: Ints
    reporter: Ints
    """An account, or the number of a trusted flagger."""
    ring: Ints
    """Number of the ring that brigades, from 1; 0 for none."""


@dataclass(frozen=True, kw_only=True)
class Handled:
    """One value per reported post, in the order of posts."""

    post: Ints
    first: Ints
    """When first reported."""
    flagged: Bools
    """Whether a trusted flagger reported it."""
    measure: Ints
    """`NOTHING`, `LABELLED`, `LIMITED` or `REMOVED`."""
    since: Ints
    """When it was done, always after the last report."""
    undecided: Bools


def complaints(setting: Setting, people: People, posts: Posting) -> Complaints:
    """Reports by users and trusted flaggers, most about hateful posts, and brigades by rings."""
    rng, rows = setting.stream("reports"), posts.worded
    pressing = np.where(_threats(posts, rows), THREATS, 1.0)
    users = np.repeat(rows, rng.poisson(np.array(BY_USERS)[posts.genre[rows]] * pressing))
    flagged = rows[spread(rng, np.array(BY_FLAGGERS)[posts.genre[rows]])]
    counter = posts.of(COUNTER)
    able = np.where(people.role == BOT, 0.0, np.sqrt(people.activity))
    bodies = rng.integers(len(people_words()["flaggers"]), size=len(flagged))
    both = np.concatenate([
        _stacked(users, posts.time[users] + hours(rng, 4, len(users)), USER, pick(rng, able, len(users)), 0),
        _stacked(flagged, posts.time[flagged] + hours(rng, 20, len(flagged)), FLAGGER, bodies, 0),
        *(_brigade(rng, people, posts, counter, ring) for ring in range(setting.clubs)),
    ], axis=1)  # fmt: skip
    both = both[:, both[1] < setting.end]
    post, time, kind, reporter, ring = both[:, np.argsort(both[1], kind="stable")]
    return Complaints(post=post, time=time, kind=kind, reporter=reporter, ring=ring)


def handled(setting: Setting, posts: Posting, found: Complaints) -> Handled:
    """What the platform does: little, and more where a trusted flagger or a threat asks for it."""
    rng = setting.stream("handled")
    post, first, which = np.unique(found.post, return_index=True, return_inverse=True)
    last, flagged = np.zeros(len(post), dtype=np.int64), np.zeros(len(post), dtype=np.bool_)
    np.maximum.at(last, which, found.time)
    np.logical_or.at(flagged, which, found.kind == FLAGGER)
    share = np.where(posts.genre[post] == HATE, ACTED, ACTED_WRONGLY) * np.where(flagged, 1.5, 0.85)
    acted = spread(rng, np.minimum(1.0, share * np.where(_threats(posts, post), THREATS, 1.0)))
    return Handled(
        post=post, first=found.time[first], flagged=flagged,
        measure=np.where(acted, pick(rng, MEASURES, len(post)), NOTHING), since=last + hours(rng, 20, len(post)),
        undecided=~acted & some(rng, UNDECIDED, len(post)),
    )  # fmt: skip


def report_frame(setting: Setting, people: People, posts: Posting, found: Complaints, done: Handled) -> pl.DataFrame:
    """A frame of `Report`, in the order of time; reporters stand under pseudonyms."""
    rng, size, words = setting.stream("report frame"), len(found.post), people_words()
    secret = pl.select(pl.format(PLATFORM + ":r{}", pl.Series(rng.permutation(len(people))))).to_series()
    by = pl.concat([secret, pl.Series(words["flaggers"])])
    sentence = rng.integers(len(words["complaints"]), size=size)
    about = np.searchsorted(done.post, found.post)
    raw = pl.DataFrame({
        "id": ids("c", size), "created_at": moments(found.time), "subject": ids("p", len(posts)).gather(found.post),
        "reporter": by.gather(found.reporter + np.where(found.kind == FLAGGER, len(people), 0)),
        "reporter_kind": pl.Series(_KINDS).gather(found.kind),
        "category": np.where(_threats(posts, found.post), "threat", "hateful conduct"),
        "reason": named(pl.Series(words["complaints"]), np.where(some(rng, EXPLAINED, size), sentence, -1)),
        "acted": done.measure[about] > NOTHING, "undecided": done.undecided[about],
        "acted_at": moments(done.since[about]),
    }).with_columns(
        platform=pl.lit(PLATFORM), subject_type=pl.lit("post"), acted_at=pl.when("acted").then("acted_at"),
        acted=pl.when(~pl.col("undecided")).then("acted"),
    )  # fmt: skip
    return conform(Report, raw)


def hours(rng: np.random.Generator, median: float, size: int) -> Ints:
    """Seconds, log-normal around so many hours, at least a minute."""
    return np.maximum(60, rng.lognormal(np.log(median * 3600), 0.9, size)).astype(np.int64)


def _threats(posts: Posting, rows: Ints) -> Bools:
    known = np.array([theme.kind == "threat" for theme in posts_grammar().themes])
    return known[posts.theme[rows]]


def _brigade(rng: np.random.Generator, people: People, posts: Posting, counter: Ints, ring: int) -> Ints:
    members, targets = people.members(RING, ring), rng.permutation(counter)[:BRIGADES]
    which, who = np.nonzero(rng.random((len(targets), len(members))) < BRIGADING)
    begun = posts.time[targets] + rng.integers(3600, 6 * 3600, len(targets))
    return _stacked(targets[which], begun[which] + rng.integers(600, size=len(which)), USER, members[who], ring + 1)


def _stacked(post: Ints, time: Ints, kind: int, reporter: Ints, ring: int) -> Ints:
    return np.stack([post, time, np.full(len(post), kind), reporter, np.full(len(post), ring)])
