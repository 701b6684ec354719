"""A crowd that rates notes, with known truth: two camps and a middle, heavy tails, slant on two axes, and rings.

A rater with viewpoint v and leniency l finds a note of quality q and slant s helpful by `0.48 + l + q + 0.9 v.s +
noise`, cut at 0.40 and 0.55 into not helpful, somewhat and helpful. Slanted notes are poorer, and draw those whom
they please. For benchmarks and tests of the bridging engine; nothing here is about real people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import erf, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from rejoinder.simulate.chance import pick, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.simulate.chance import Floats, Ints

CAMPS = (0.45, 0.35, 0.20)
"""Shares of the one camp, the other, and the middle."""
NOISE, LEVEL, PULL = 0.27, 0.48, 0.9
CUTS = (0.40, 0.55)
PER_NOTE, PER_RATER = 80, 100
"""Ratings per note and per rater, on average."""
ACTIVITY, POPULARITY = 1.4, 1.2
"""Standard deviations of the logarithms."""
GOOD, FAIR = 0.3, 0.4
"""A note is truly good whose quality is above the one and whose slant, on both axes together, is below the other."""
CHUNK = 2_000_000
CAMOUFLAGE = 60
"""Honest-looking ratings of each camouflaged colluder."""

Mode = Literal["naive", "camouflaged"]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Ratings as numbers, and the truth behind them."""

    rater: NDArray[np.uint32]
    note: NDArray[np.uint32]
    halves: NDArray[np.uint8]
    """Twice the rating: 0, 1 or 2."""
    viewpoint: Floats
    """(raters, 2)."""
    leniency: Floats
    quality: Floats
    slant: Floats
    """(notes, 2)."""
    ring: Ints
    """Number of a rater's ring, from 1; 0 for none."""

    @property
    def good(self) -> NDArray[np.bool_]:
        """Notes that ought to be shown: of quality, and not one-sided."""
        good: NDArray[np.bool_] = (self.quality > GOOD) & (np.linalg.norm(self.slant, axis=1) < FAIR)
        return good

    def expected(self, rater: NDArray[np.uint32], note: NDArray[np.uint32]) -> Floats:
        """The mean of the rating that each of these raters would honestly give to each of these notes."""
        level = LEVEL + self.leniency[rater] + self.quality[note]
        level = level + PULL * (self.viewpoint[rater] * self.slant[note]).sum(axis=1)
        return sum((_normal((level - cut) / NOISE) for cut in CUTS), np.zeros(len(level))) / 2


def crowd(seed: int, ratings: int, *, second: float = 0.0, slanted: float = 0.5) -> Crowd:
    """About so many `ratings`, by a rater per 100 of them on a note per 80; the same for the same seed.

    `slanted` is the share of slanted notes, `second` the share of those that are slanted on the second axis.

    >>> some = crowd(1, 20_000)
    >>> len(some.quality), len(some.leniency), len(some.note) > 6_000
    (250, 200, True)
    """
    rng = stream(seed, "crowd")
    notes, raters = max(2, ratings // PER_NOTE), max(2, ratings // PER_RATER)
    lean = rng.random(notes) < slanted
    strength = np.where(lean, rng.uniform(0.4, 0.9, notes) * rng.choice((-1, 1), notes), rng.normal(0, 0.08, notes))
    axis = (rng.random(notes) < second).astype(np.int64)
    slant = np.zeros((notes, 2))
    slant[np.arange(notes), np.where(lean, axis, 0)] = strength
    world = Crowd(
        viewpoint=np.stack([_camps(rng, raters), _camps(rng, raters)], axis=1), leniency=rng.normal(0, 0.1, raters),
        quality=rng.normal(0, 0.3, notes) - 0.12 * lean, slant=slant, ring=np.zeros(raters, np.int64),
        rater=np.zeros(0, np.uint32), note=np.zeros(0, np.uint32), halves=np.zeros(0, np.uint8),
    )  # fmt: skip
    return _rated(rng, world, ratings)


def with_ring(  # noqa: PLR0913 - a ring has many ways
    honest: Crowd, size: int, mode: Mode, *, targets: int = 40, share: float = 1.0, seed: int = 1
) -> tuple[Crowd, NDArray[np.bool_], NDArray[np.bool_]]:
    """The crowd with a ring of `size` new raters, and which notes it buries and which it pushes: `targets` of each.

    It buries the good and pushes poor slanted ones, of those with 40 to 200 honest ratings; each member rates a
    `share` of them. Camouflaged members also give 60 honest-looking ratings, in the manner of alternating camps.
    """
    rng = stream(seed, f"ring {size} {mode} {share}")
    chance = stream(seed, "targets")
    count = np.bincount(honest.note, minlength=len(honest.quality))
    usual = (count >= 40) & (count <= 200)  # noqa: PLR2004 - as the docstring says
    slanted = np.linalg.norm(honest.slant, axis=1) >= FAIR
    wanted = (honest.good & usual, slanted & (honest.quality < 0) & usual)
    ordered = [chance.permutation(np.flatnonzero(kind))[:targets] for kind in wanted]
    buried, pushed = (np.isin(np.arange(len(count)), kind) for kind in ordered)
    first, chosen = len(honest.leniency), np.flatnonzero(buried | pushed)
    takes = rng.random((size, chosen.size)) < share
    member, at = np.nonzero(takes)
    grown = replace(
        honest, leniency=np.concatenate([honest.leniency, rng.normal(0, 0.1, size)]),
        viewpoint=np.vstack([honest.viewpoint, np.outer(np.where(np.arange(size) % 2, 0.7, -0.7), (1, 0))]),
        ring=np.concatenate([honest.ring, np.ones(size, np.int64)]),
    )  # fmt: skip
    rater, note = [(first + member).astype(np.uint32)], [chosen[at].astype(np.uint32)]
    halves = [np.where(pushed[chosen[at]], 2, 0).astype(np.uint8)]
    if mode == "camouflaged":
        key = np.unique(_alike(rng, count * ~(buried | pushed), size) + np.uint64(first << 32))
        rater.append((key >> np.uint64(32)).astype(np.uint32))
        note.append((key & np.uint64(0xFFFFFFFF)).astype(np.uint32))
        halves.append(_given(rng, grown, rater[-1], note[-1]))
    return _joined(grown, rater, note, halves), buried, pushed


def _alike(rng: np.random.Generator, weight: Ints, size: int) -> NDArray[np.uint64]:
    members = np.repeat(np.arange(size, dtype=np.uint64), CAMOUFLAGE)
    return (members << np.uint64(32)) | pick(rng, weight, members.size).astype(np.uint64)


def _joined(
    grown: Crowd, rater: list[NDArray[np.uint32]], note: list[NDArray[np.uint32]], halves: list[NDArray[np.uint8]]
) -> Crowd:
    return replace(
        grown, rater=np.concatenate([grown.rater, *rater]), note=np.concatenate([grown.note, *note]),
        halves=np.concatenate([grown.halves, *halves]),
    )  # fmt: skip


def _camps(rng: np.random.Generator, size: int) -> Floats:
    camp = rng.choice(3, size, p=CAMPS)
    found: Floats = np.array([-0.7, 0.7, 0.0])[camp] + rng.normal(0, 0.15, size)
    return found


def _rated(rng: np.random.Generator, world: Crowd, ratings: int) -> Crowd:
    """Note by note in chunks, so that each pair can be kept to one rating."""
    notes, raters = len(world.quality), len(world.leniency)
    popular = rng.lognormal(0, POPULARITY, notes)
    wanted = np.minimum(np.ceil(popular / popular.sum() * ratings), raters / 3).astype(np.int64)
    eager = np.cumsum(rng.lognormal(0, ACTIVITY, raters))
    cuts = np.searchsorted(np.cumsum(wanted), np.arange(CHUNK, int(wanted.sum()) + CHUNK, CHUNK), side="right")
    edges = np.unique(np.concatenate([[0], cuts, [notes]]))
    parts = [_chunk(rng, world, eager, np.repeat(np.arange(a, b), wanted[a:b])) for a, b in pairwise(edges)]
    rater, note, halves = zip(*parts, strict=True)
    return _joined(world, [*rater], [*note], [*halves])


def _chunk(
    rng: np.random.Generator, world: Crowd, eager: Floats, note: Ints
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8]]:
    note = np.repeat(note, rng.integers(1, 3, note.size))  # half of the candidates again, as a third will not rate
    rater = np.minimum(np.searchsorted(eager, rng.random(note.size) * eager[-1]), eager.size - 1)
    pleased = PULL * (world.viewpoint[rater] * world.slant[note]).sum(axis=1)
    comes = rng.random(note.size) < 1 / (1 + np.exp(-0.7 - 1.5 * pleased))
    key = np.unique((note[comes].astype(np.uint64) << np.uint64(32)) | rater[comes].astype(np.uint64))
    one, other = (key & np.uint64(0xFFFFFFFF)).astype(np.uint32), (key >> np.uint64(32)).astype(np.uint32)
    return one, other, _given(rng, world, one, other)


def _given(
    rng: np.random.Generator, world: Crowd, rater: NDArray[np.uint32], note: NDArray[np.uint32]
) -> NDArray[np.uint8]:
    level = LEVEL + world.leniency[rater] + world.quality[note] + rng.normal(0, NOISE, rater.size)
    level += PULL * (world.viewpoint[rater] * world.slant[note]).sum(axis=1)
    return np.digitize(level, CUTS).astype(np.uint8)


def _normal(values: Floats) -> Floats:
    """The normal distribution function."""
    found: Floats = 0.5 + 0.5 * np.vectorize(erf, otypes=[np.float64])(values / sqrt(2))
    return found
