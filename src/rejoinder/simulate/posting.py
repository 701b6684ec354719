"""Who posts when, of what genre, and in answer to whom: the whole platform in numbers, before a word is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.simulate.chance import pick, some
from rejoinder.simulate.people import BOT, NEVER, OUTLET
from rejoinder.simulate.setting import DAY, START

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Floats, Ints
    from rejoinder.simulate.people import People
    from rejoinder.simulate.setting import Setting

ORIGINAL, REPLY, QUOTE, REPOST = range(4)

TALK, EVENT, IDENTITY, NEWS, COUNTER, HATE = range(6)
BEFORE = (0.8950, 0.00, 0.035, 0.035, 0.0265, 0.0085)
"""Share of each genre among posts that are not reposts, before the event, in the order above."""
AFTER = (0.8170, 0.03, 0.035, 0.055, 0.0460, 0.0170)
"""The same after the event: hate doubles, and news of it and answers to it rise as well."""
REPOSTS = 0.20
FORMS = (
    (0.60, 0.34, 0.06),
    (0.75, 0.15, 0.10),
    (0.85, 0.10, 0.05),
    (0.95, 0.00, 0.05),
    (0.20, 0.60, 0.20),
    (0.60, 0.25, 0.15),
)
"""Share of originals, replies and quotes, by genre."""
BY_OUTLETS, TO_HATE = 0.6, 0.8
"""Shares of news that come from outlets, and of counter-speech under other posts that answers hate."""
SOONEST = 5
"""Seconds that lie at least between a post and an answer to it."""

_WEEK = (1.0, 1.0, 1.02, 1.03, 1.08, 0.85, 0.92)
_HOURS = (5, 3, 2, 1, 1, 2, 5, 9, 12, 12, 11, 12, 14, 13, 12, 12, 13, 15, 18, 21, 22, 20, 15, 9)


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One value per post, in the order of time."""

    time: Ints
    author: Ints
    form: Ints
    genre: Ints
    """Of a repost, that of the post it repeats, once `in_order`."""
    parent: Ints
    """The post answered, quoted or repeated; -1 for none."""
    appeal: Floats
    """How much people like to pass it on; a logarithm."""
    act: Ints
    """0; for what a ring did its number from 1, for what a fan club did its number below 0."""
    theme: Ints
    """What it is about, as a number of the grammar's theme; -1 before `matters`."""

    def __len__(self) -> int:
        return len(self.time)

    @property
    def worded(self) -> Ints:
        """The posts that are not reposts."""
        return np.flatnonzero(self.form != REPOST)

    def of(self, genre: int) -> Ints:
        """The posts of a genre that are not reposts."""
        return np.flatnonzero((self.form != REPOST) & (self.genre == genre))

    def in_order(self) -> Posting:
        """The same posts sorted by time, with parents renumbered and reposts taking after what they repeat."""
        order = np.argsort(self.time, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        parent = np.where(self.parent < 0, -1, rank[self.parent])[order]
        form, genre = self.form[order], self.genre[order]
        return Posting(
            time=self.time[order], author=self.author[order], form=form, parent=parent, act=self.act[order],
            appeal=self.appeal[order], genre=np.where(form == REPOST, genre[parent], genre), theme=self.theme[order],
        )  # fmt: skip


def posting(setting: Setting, people: People) -> Posting:
    """What is posted; at the event the shares of genres change from `BEFORE` to `AFTER`."""
    time, nothing = _times(setting), np.zeros(setting.posts, dtype=np.int64)
    genre = _genres(setting, time)
    form = _forms(setting, genre)
    form[time < time[0] + SOONEST] = ORIGINAL
    author = _authors(setting, people, time, genre, form)
    drawn = setting.stream("appeal").normal(0, 1, setting.posts)
    posts = Posting(
        time=time, author=author, form=form, genre=genre, parent=nothing - 1, act=nothing, theme=nothing - 1,
        appeal=drawn + 0.3 * np.log1p(people.activity[author]),
    )  # fmt: skip
    return replace(posts, parent=_parents(setting, people, posts))


def roots(posts: Posting) -> Ints:
    """The first post of each post's conversation: replies are followed to their beginning, quotes are not."""
    up = np.where((posts.form == REPLY) & (posts.parent >= 0), posts.parent, np.arange(len(posts)))
    while not np.array_equal(up[up], up):
        up = up[up]
    return up


def _times(setting: Setting) -> Ints:
    """Sorted; busier in the evening, on Fridays, and after the event."""
    rng, size = setting.stream("times"), setting.posts
    since = np.arange(setting.days) - (setting.event - START) // DAY
    stir = np.where(since < 0, 1, 1 + 0.5 * np.exp(-since / 3))
    day = pick(rng, stir * np.resize(_WEEK, setting.days), size)
    times: Ints = np.sort(START + day * DAY + pick(rng, _HOURS, size) * 3600 + rng.integers(3600, size=size))
    return times


def _genres(setting: Setting, time: Ints) -> Ints:
    rng, size = setting.stream("genres"), len(time)
    return np.where(time >= setting.event, pick(rng, AFTER, size), pick(rng, BEFORE, size))


def _forms(setting: Setting, genre: Ints) -> Ints:
    rng, size = setting.stream("forms"), len(genre)
    heaped = np.cumsum(FORMS, axis=1)[genre, :2]
    form = (rng.random(size)[:, None] >= heaped).sum(axis=1)
    return np.where(some(rng, REPOSTS, size), REPOST, form)


def _authors(setting: Setting, people: People, time: Ints, genre: Ints, form: Ints) -> Ints:
    """By activity; hate by those who hate, much of the news by outlets. Nobody posts while banned."""
    rng, worded = setting.stream("authors"), form != REPOST
    author = np.empty(len(time), dtype=np.int64)
    for rows, weight in (
        (np.ones_like(worded), np.where(people.role == BOT, 0, people.activity)),
        (worded & (genre == TALK) & (form == ORIGINAL), people.activity),
        (worded & (genre == NEWS) & some(rng, BY_OUTLETS, len(time)), people.activity * (people.role == OUTLET)),
        (worded & (genre == HATE), people.hate),
    ):
        author[rows] = pick(rng, weight, int(rows.sum()))
        gone = rows & people.out(author, time)
        if weight is people.hate:
            gone |= rows & people.reformed[author] & (time >= people.back[author])
        author[gone] = pick(rng, weight * (people.banned == NEVER), int(gone.sum()))
    return author


def _parents(setting: Setting, people: People, posts: Posting) -> Ints:
    """Recent posts that people like; counter-speech answers hate where there is some."""
    rng, parent = setting.stream("parents"), np.full(len(posts), -1)
    hateful, worded = posts.of(HATE), posts.worded
    for form, among in ((REPLY, 3), (QUOTE, 3), (REPOST, 6)):
        rows = np.flatnonzero(posts.form == form)
        parent[rows] = _liked(people, posts, rows, worded, _lags(rng, len(rows), among))
    answers = np.flatnonzero((posts.genre == COUNTER) & np.isin(posts.form, (REPLY, QUOTE)))
    first = posts.time[hateful[0]] if len(hateful) else setting.end
    answers = answers[some(rng, TO_HATE, len(answers)) & (posts.time[answers] >= first + SOONEST)]
    parent[answers] = _liked(people, posts, answers, hateful, _lags(rng, len(answers), 3))
    return parent


def _lags(rng: np.random.Generator, rows: int, among: int) -> Ints:
    """How long before each row its candidates were posted: log-normal around two hours."""
    return np.maximum(SOONEST, rng.lognormal(np.log(2 * 3600), 1.6, (rows, among))).astype(np.int64)


def _liked(people: People, posts: Posting, rows: Ints, pool: Ints, lags: Ints) -> Ints:
    """For each row the candidate of the pool with most appeal, rather of its own language and camp, rarely a bot.

    The pool's first must be earlier than every row by `SOONEST`.
    """
    latest = np.searchsorted(posts.time[pool], posts.time[rows][:, None] - lags, side="right") - 1
    found = pool[np.maximum(latest, 0)]
    who, whom = posts.author[rows][:, None], posts.author[found]
    alike = people.viewpoint[who] * people.viewpoint[whom] + 2 * (people.lang[who] == people.lang[whom])
    liking = posts.appeal[found] + alike - 3 * (people.role[whom] == BOT)
    best: Ints = found[np.arange(len(rows)), liking.argmax(axis=1)]
    return best
