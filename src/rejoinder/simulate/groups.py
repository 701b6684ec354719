"""Rings and fan clubs: groups of accounts that repost the same posts within a minute of each other.

A ring passes on hateful posts of many authors (and harmless ones, as cover); a fan club passes on its idol,
and is what an honest detector must not mistake for a ring. The first, third, … ring acts at once, the others
15 minutes to 4 hours after the post.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.simulate.people import FAN, IDOL, RING
from rejoinder.simulate.posting import HATE, REPOST, TALK

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Ints
    from rejoinder.simulate.people import People
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.setting import Setting

JOINING = 0.5
"""Share of a group that takes part in one act."""
HATEFUL_ACTS = 0.62
"""Reposts of hateful posts by rings, per English hateful post that is not a repost."""
COVER = 2
"""Harmless posts passed on by a ring, per hateful one."""
IDOLISED = 15
"""Posts of an idol that its fans pass on together, at most."""
_AT_ONCE, _LATE, _FANS = (20, 90), (15 * 60, 4 * 3600), (5, 30)
"""How long after the post a group sets in, in seconds."""
_QUIET = 5 * 3600
"""Nothing is passed on that was posted in so many last seconds of the books."""


def with_groups(setting: Setting, people: People, posts: Posting) -> Posting:
    """The same number of posts, in order: part of the ordinary reposts become acts of rings and fan clubs."""
    rng = setting.stream("groups")
    rows = (posts.of(HATE), posts.of(TALK), posts.worded)
    hateful, talk, worded = (_eligible(setting, people, posts, each) for each in rows)
    acts = []
    for club in range(setting.clubs):
        ring, fans = people.members(RING, club), people.members(FAN, club)
        targets = _amplified(rng, hateful, talk, round(len(ring) * JOINING), (club, setting.clubs))
        acts.append(_acts(rng, posts, ring, targets, _LATE if club % 2 else _AT_ONCE))
        own = worded[np.isin(posts.author[worded], people.members(IDOL, club))]
        acts.append(_acts(rng, posts, fans, rng.permutation(own)[:IDOLISED], _FANS))
    labels = np.repeat(
        [sign * (club + 1) for club in range(setting.clubs) for sign in (1, -1)], [a.shape[1] for a in acts]
    )
    return _done(rng, posts, np.vstack([np.concatenate(acts, axis=1), labels]))


def _eligible(setting: Setting, people: People, posts: Posting, rows: Ints) -> Ints:
    """In time, and in English as rings and fans are."""
    kept: Ints = rows[(posts.time[rows] < setting.end - _QUIET) & (people.lang[posts.author[rows]] == 0)]
    return kept


def _amplified(rng: np.random.Generator, hateful: Ints, talk: Ints, joining: int, turn: tuple[int, int]) -> Ints:
    """What one ring passes on: its turn of the hateful posts, evenly over time, so that it doubles as hate does."""
    club, clubs = turn
    number = round(HATEFUL_ACTS * len(hateful) / (max(1, joining) * clubs))
    share = (np.arange(number) * clubs + club + rng.random()) / max(1, number * clubs)
    chosen = hateful[(share * len(hateful)).astype(np.int64)]
    return np.concatenate([chosen, rng.choice(talk, min(COVER * number, len(talk)), replace=False)])


def _acts(rng: np.random.Generator, posts: Posting, members: Ints, targets: Ints, delay: tuple[int, int]) -> Ints:
    """Three rows (what is passed on, by whom, when), one column per repost."""
    which, who = np.nonzero(rng.random((len(targets), len(members))) < JOINING)
    begun = posts.time[targets] + rng.integers(*delay, len(targets))
    when = begun[which] + rng.integers(60, size=len(which))
    return np.stack([targets[which], members[who], when])


def _done(rng: np.random.Generator, posts: Posting, acts: Ints) -> Posting:
    """Ordinary reposts give way to the acts, three quarters of them at most."""
    free = rng.permutation(np.flatnonzero(posts.form == REPOST))
    free = free[: min(len(free) * 3 // 4, acts.shape[1])]
    parent, author, time, act = (column.copy() for column in (posts.parent, posts.author, posts.time, posts.act))
    parent[free], author[free], time[free], act[free] = acts[:, : len(free)]
    return replace(posts, parent=parent, author=author, time=time, act=act).in_order()
