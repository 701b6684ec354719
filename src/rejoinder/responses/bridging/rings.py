"""Rings: raters whose ratings coincide more often than chance and popularity allow.

Every pair of raters is compared by how often the two said the same of the same note. Were a rater's ratings strewn at
random over notes as popular, as one-sided and rated the same as those that it rated, the number would be Poisson with
mean sum over such strata of d_us d_vs Q_s; what else friends have in common adds to it, by a factor estimated from
pairs that coincide just twice. What exceeds it is tested with control of the false discovery rate over all pairs, so
that no public cut-off tells a ring what to stay under: the more raters and ratings there are, the less a ring can
share unseen. Evidence, not a verdict: a fan club that reads the same notes can look the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.discoveries import discovered, poisson_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.numerics.segments import Table, View

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

RATE = 0.01
"""False discovery rate, over pairs and then over raters who may join."""
PAIRS = 15_000_000
"""Pairs compared at most: where notes have many ratings, each note is represented by the raters of lowest hash."""
WIDEST, NARROWEST = 32, 4
"""Raters who represent a note and rating."""
FEWEST_COMMON = 3
"""Coincidences below which a pair is not tested."""
TWICE = 2
SAMPLE = 1_000
"""Raters from whose pairs the excess is estimated."""
BLOCK = 1 << 17
FEWEST = 3
"""Members of a ring."""
SHARED = 0.25
"""A rating is a ring's target where this share of those found first gave it."""


def rings(table: Table, lean: Floats) -> Ints:
    """For each rater (column) the number of its ring, from 1, in the order of their first members; 0 for none.

    `lean` is one number per note (row) that tells whom it pleases, such as its factor. Two steps: pairs among each
    note's representatives, joined where at least two pairs hold each of at least three raters; then everybody who
    gave the ring's targets the ring's ratings more often than chance. Costs memory for 15 million pairs. Cannot see a
    ring whose members each rate few of its targets, nor one of a single act.
    """
    said = _said(table.by_row)
    seeds = _seeds(*_thinned(*said), _strata(table, lean), table.shape[1])
    found = np.zeros(table.shape[1], np.int64)
    for seed in seeds:
        members = _joined(*said, seed, table.shape[1])
        found[members[found[members] == 0]] = int(members.min()) + 1
    return np.unique(np.concatenate([[0], found]), return_inverse=True)[1][1:].astype(np.int64)


def shares(ring: Ints) -> Floats:
    """A ring counts as one rater: each member by one over their number, everybody else by 1.

    >>> shares(np.array([0, 1, 1, 0, 1, 1])).tolist()
    [1.0, 0.25, 0.25, 1.0, 0.25, 0.25]
    """
    size = np.bincount(ring)
    size[0] = 1
    found: Floats = 1 / size[ring]
    return found


def _said(view: View) -> tuple[Ints, Ints]:
    """Rater and act (note and which side it took) of every rating that takes a side."""
    halves = view.packed & np.uint32(3)
    sided = halves != 1
    act = view.rows[sided].astype(np.int64) * 2 + (halves[sided] >> np.uint32(1))
    return view.columns[sided].astype(np.int64), act


def _hash(numbers: Ints) -> NDArray[np.uint64]:
    """Mixes numbers so that their order says nothing; source: D. Lemire's note on splitmix64, its finaliser."""
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(29))


def _thinned(rater: Ints, act: Ints) -> tuple[Ints, Ints]:
    """Of each act the raters of lowest hash: the same ones wherever they act, so that coincidences survive."""
    order = np.lexsort((_hash(rater), act))
    rater, act = rater[order], act[order]
    place = np.arange(act.size) - np.searchsorted(act, act)
    for width in range(WIDEST, NARROWEST - 1, -4):
        kept = place < width
        size = np.bincount(act[kept])
        if (size * (size - 1) // 2).sum() <= PAIRS or width <= NARROWEST:
            break
    return rater[kept], act[kept]


def _strata(table: Table, lean: Floats) -> Ints:
    """For each act the number of its stratum: size doubling, lean in fifths, and side."""
    size = np.log2(np.maximum(table.by_row.counts, 1)).astype(np.int64)
    fifth = np.searchsorted(np.quantile(lean, (0.2, 0.4, 0.6, 0.8)), lean)
    note = (size * 5 + fifth) * 2
    return np.unique(np.stack([note, note + 1], axis=1).ravel(), return_inverse=True)[1].astype(np.int64)


def _seeds(rater: Ints, act: Ints, strata: Ints, raters: int) -> list[Ints]:
    if rater.size < FEWEST:
        return []
    key, common = np.unique(_pairs(rater, act, raters), return_counts=True)
    chance = _Chance(rater, act, strata)
    tested = common >= FEWEST_COMMON
    one, other = key[tested] // raters, key[tested] % raters
    expected = chance.expected(one, other) * chance.excess(key[common == TWICE], raters)
    active = np.unique(rater).size
    held = discovered(poisson_tail(common[tested], expected), RATE, tests=active * (active - 1) // 2)
    return _groups(one[held], other[held])


class _Chance:
    """How often two raters would coincide by chance, stratum by stratum."""

    def __init__(self, rater: Ints, act: Ints, strata: Ints) -> None:
        self._names, at = np.unique(rater, return_inverse=True)
        count = int(strata.max()) + 1
        self._degree = np.bincount(at * count + strata[act], minlength=self._names.size * count)
        self._degree = self._degree.reshape(-1, count).astype(np.float32)
        size = np.bincount(act, minlength=strata.size).astype(np.float64)
        pairs, whole = np.bincount(strata, size * (size - 1)), np.bincount(strata, size)
        self._degree *= np.sqrt(pairs / np.maximum(whole, 1) ** 2).astype(np.float32)

    def expected(self, one: Ints, other: Ints) -> Floats:
        """The mean for each of these pairs."""
        found = np.empty(one.size)
        for first in range(0, one.size, BLOCK):
            part = slice(first, first + BLOCK)
            ends = (self._degree[np.searchsorted(self._names, side[part])] for side in (one, other))
            found[part] = np.einsum("ps,ps->p", *ends)
        return found

    def excess(self, twice: Ints, raters: int) -> float:
        """By how much more than that raters coincide: from the pairs that do so twice, which no ring disturbs much.

        Among a sample of raters, the number of such pairs over its expectation, the sum of mean^2 exp(-mean) / 2.
        """
        sample = np.argsort(_hash(self._names), kind="stable")[:SAMPLE]
        mean = np.einsum("us,vs->uv", self._degree[sample], self._degree[sample], optimize=False)
        np.fill_diagonal(mean, 0)
        usual = (mean**2 * np.exp(-mean)).sum(dtype=np.float64) / 4
        drawn = np.isin(twice // raters, self._names[sample]) & np.isin(twice % raters, self._names[sample])
        return max(1.0, float(np.sqrt(drawn.sum() / max(usual, 1e-9))))


def _pairs(rater: Ints, act: Ints, raters: int) -> Ints:
    """Every two raters of one act as a number, the lower first; acts are sorted and narrow."""
    size = np.bincount(act)
    start, parts = np.concatenate([[0], np.cumsum(size)])[:-1], [np.zeros(0, np.int64)]
    for width in np.unique(size[size > 1]):
        one, other = np.triu_indices(width, 1)
        block = rater[start[size == width][:, None] + np.arange(width)]
        low, high = np.minimum(block[:, one], block[:, other]), np.maximum(block[:, one], block[:, other])
        parts.append((low * raters + high).ravel())
    return np.concatenate(parts)


def _groups(one: Ints, other: Ints) -> list[Ints]:
    """Connected raters, those with a single partner left out."""
    while one.size:
        ends = np.bincount(np.concatenate([one, other]))
        kept = (ends[one] > 1) & (ends[other] > 1)
        if kept.all():
            break
        one, other = one[kept], other[kept]
    if not one.size:
        return []
    names, ends = np.unique(np.concatenate([one, other]), return_inverse=True)
    label = np.arange(names.size)
    half = one.size
    while True:
        least = np.minimum(label[ends[:half]], label[ends[half:]])
        new = label.copy()
        np.minimum.at(new, ends[:half], least)
        np.minimum.at(new, ends[half:], least)
        if np.array_equal(new, label):
            break
        label = new
    return [names[label == root] for root in np.unique(label) if (label == root).sum() >= FEWEST]


def _joined(rater: Ints, act: Ints, seed: Ints, raters: int) -> Ints:
    """The seed and everybody who did what it did more often than chance."""
    inside = np.zeros(raters, np.bool_)
    inside[seed] = True
    size = np.bincount(act)
    given = np.bincount(act[inside[rater]], minlength=size.size)
    target = given >= max(FEWEST, SHARED * seed.size)
    if not target.any():
        return seed
    degree = np.bincount(rater, minlength=raters)
    common = np.bincount(rater[target[act]], minlength=raters)
    expected = degree * (size[target].sum() / act.size)
    tested = (common >= FEWEST_COMMON) & ~inside
    held = discovered(poisson_tail(common[tested], expected[tested]), RATE, tests=int((degree > 0).sum()))
    inside[np.flatnonzero(tested)[held]] = True
    return np.flatnonzero(inside).astype(np.int64)
