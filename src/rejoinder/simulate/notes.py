"""Notes on posts and their ratings: helpful ones that both camps find helpful, slanted ones, and rings of raters.

A rater of viewpoint f finds a note helpful by `0.48 + leniency + quality + 0.9 f slant + noise`, cut at 0.40
and 0.55 into not helpful, somewhat and helpful. Slanted notes lean to one camp and are of poorer quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.records import Note, Rating
from rejoinder.records.frames import conform
from rejoinder.simulate.chance import pick, some, spread
from rejoinder.simulate.columns import ids, listed, moments, named
from rejoinder.simulate.grammar import notes_grammar, posts_grammar
from rejoinder.simulate.people import PERSON
from rejoinder.simulate.posting import COUNTER, HATE, NEWS
from rejoinder.simulate.setting import DAY

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Bools, Floats, Ints
    from rejoinder.simulate.people import People
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.setting import Setting

HELPFUL, SLANTED, SLANTED_ELSEWHERE = 0.30, 0.15, 0.02
"""Notes per hateful post, helpful and slanted, and slanted ones per post of news or counter-speech."""
DRAFTED = 0.2
"""Share of helpful notes that a machine drafted."""
RATERS, RATINGS, REASONED = 0.30, 24, 0.6
"""Share of accounts that rate, median of ratings per note, share of ratings with a reason."""
COLLUDERS, TARGETS = 15, 3
"""Raters of a ring per 2,000 accounts, and how many slanted notes each ring pushes and helpful ones it buries."""
REASONS = ("clear", "good sources", "fair", "one-sided", "no source", "opinion")
"""Three for and three against."""


@dataclass(frozen=True, kw_only=True)
class Raters:
    """One value per rater."""

    camp: Ints
    viewpoint: Floats
    leniency: Floats
    eager: Floats
    """Heavy-tailed; how many of the ratings are theirs."""
    ring: Ints
    """Number of the ring of raters, from 1; 0 for none."""

    def __len__(self) -> int:
        return len(self.camp)


@dataclass(frozen=True, kw_only=True)
class Notes:
    """One value per note, in the order of time."""

    post: Ints
    time: Ints
    slanted: Bools
    slant: Floats
    """Which camp it speaks to: below 0 a, above 0 b; near 0 where not slanted."""
    quality: Floats
    raters: Raters

    def __len__(self) -> int:
        return len(self.post)


def notes(setting: Setting, people: People, posts: Posting) -> Notes:
    """Notes on hateful posts, and slanted ones on some that are not."""
    rng = setting.stream("notes")
    hateful, elsewhere = posts.of(HATE), np.concatenate([posts.of(COUNTER), posts.of(NEWS)])
    wanted = ((hateful, HELPFUL), (hateful, SLANTED), (elsewhere, SLANTED_ELSEWHERE))
    post = [rows[spread(rng, np.full(len(rows), share))] for rows, share in wanted]
    slanted = np.repeat([False, True, True], [len(rows) for rows in post])
    about, size = np.concatenate(post), len(slanted)
    side = np.where(np.arange(size) % 2, 0.55, -0.55)
    time = posts.time[about] + rng.integers(1800, 2 * DAY, size)
    order = np.lexsort((slanted, about, time))
    return Notes(
        post=about[order], time=time[order], slanted=slanted[order], raters=_raters(setting, people),
        slant=(np.where(slanted, side, 0.0) + rng.normal(0, 0.05, size))[order],
        quality=(np.where(slanted, -0.14, 0.24) + rng.normal(0, 0.06, size))[order],
    )  # fmt: skip


def note_frame(setting: Setting, posts: Posting, found: Notes) -> pl.DataFrame:
    """A frame of `Note`, in the order of time, all in need of ratings."""
    rng, size, grammar = setting.stream("note frame"), len(found), notes_grammar()
    narratives = [theme.narrative for theme in posts_grammar().themes]
    answers = {each.answers or "": at for at, each in enumerate(grammar.themes) if each.genre == "helpful"}
    fitting = np.array([answers.get(name, answers[""]) for name in narratives])[posts.theme[found.post]]
    page = pl.Series(rng.integers(100, 999, size))
    raw = pl.DataFrame({
        "id": ids("n", size), "post": ids("p", len(posts)).gather(found.post), "created_at": moments(found.time),
        "author": ids("rater", len(found.raters)).gather(pick(rng, found.raters.eager, size)),
        "text": grammar.speak(np.where(found.slanted, grammar.of("slanted")[0], fitting), rng),
        "narrative": pl.Series(narratives).gather(posts.theme[found.post]), "slanted": found.slanted,
        "links": pl.select(pl.format("https://archive.example/{}", page)).to_series(),
        "machine_drafted": ~found.slanted & some(rng, DRAFTED, size),
    }).with_columns(
        lang=pl.lit("en"), links=pl.when(~pl.col("slanted")).then("links"),
        narrative=pl.when(~pl.col("slanted") & (pl.col("narrative") != "")).then("narrative"),
    )  # fmt: skip
    return conform(Note, raw.with_columns(links=listed("links")))


def rating_frame(setting: Setting, found: Notes) -> pl.DataFrame:
    """A frame of `Rating`, at most one per note and rater, in the order of time."""
    rng = setting.stream("ratings")
    raw = pl.concat([_colluding(rng, found), _honest(rng, found)])
    raw = raw.unique(["note", "rater"], keep="first", maintain_order=True).sort("time", "note", "rater")
    against = raw["helpful"].to_numpy() == 0
    reason = rng.integers(len(REASONS) // 2, size=len(raw)) + np.where(against, len(REASONS) // 2, 0)
    told = named(pl.Series(REASONS), np.where(some(rng, REASONED, len(raw)), reason, -1))
    notes_, raters = ids("n", len(found)), ids("rater", len(found.raters))
    rated = raw.select(
        "helpful", note=notes_.gather(raw["note"]), rater=raters.gather(raw["rater"]),
        created_at=moments(raw["time"].to_numpy()), reasons=told,
    )  # fmt: skip
    return conform(Rating, rated.with_columns(reasons=listed("reasons")))


def _raters(setting: Setting, people: People) -> Raters:
    """Ordinary people of both camps and the middle; rings of raters among them."""
    rng = setting.stream("raters")
    who = rng.permutation(np.flatnonzero(people.role == PERSON))[: max(8, round(len(people) * RATERS))]
    number = np.arange(len(who))
    colluding = number < setting.clubs * min(COLLUDERS, len(who) // 8)
    return Raters(
        camp=people.camp[who], viewpoint=people.viewpoint[who], leniency=rng.normal(0, 0.1, len(who)),
        eager=rng.lognormal(0, 1, len(who)), ring=np.where(colluding, number % setting.clubs + 1, 0),
    )  # fmt: skip


def _honest(rng: np.random.Generator, found: Notes) -> pl.DataFrame:
    raters = found.raters
    many = np.minimum(rng.lognormal(np.log(RATINGS), 0.5, len(found)), len(raters) / 2).astype(np.int64)
    note = np.repeat(np.arange(len(found)), many)
    rater = pick(rng, raters.eager, len(note))
    agreeing = 0.9 * raters.viewpoint[rater] * found.slant[note]
    latent = 0.48 + raters.leniency[rater] + found.quality[note] + agreeing + rng.normal(0, 0.2, len(note))
    time = found.time[note] + 60 + rng.exponential(DAY, len(note)).astype(np.int64)
    return _ratings(note, rater, time, np.digitize(latent, (0.40, 0.55)) / 2)


def _colluding(rng: np.random.Generator, found: Notes) -> pl.DataFrame:
    """Each ring buries a few helpful notes and pushes a few slanted ones, each within ten minutes."""
    nothing = np.zeros(0, dtype=np.int64)
    parts = [_ratings(nothing, nothing, nothing, np.zeros(0))]
    for ring in range(1, int(found.raters.ring.max()) + 1):
        members = np.flatnonzero(found.raters.ring == ring)
        chosen = [rng.permutation(np.flatnonzero(found.slanted == push))[:TARGETS] for push in (True, False)]
        targets = np.concatenate(chosen)
        begun = np.repeat(found.time[targets] + rng.integers(600, 6 * 3600, len(targets)), len(members))
        note, rater = np.repeat(targets, len(members)), np.tile(members, len(targets))
        helpful = found.slanted[note].astype(np.float64)
        parts.append(_ratings(note, rater, begun + rng.integers(600, size=len(note)), helpful))
    return pl.concat(parts)


def _ratings(note: Ints, rater: Ints, time: Ints, helpful: Floats) -> pl.DataFrame:
    return pl.DataFrame({"note": note, "rater": rater, "time": time, "helpful": helpful})
