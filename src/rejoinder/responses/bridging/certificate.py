"""How many raters a shown note hangs on."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.removal import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from rejoinder.numerics.bridging import Fit, Ridge
    from rejoinder.numerics.segments import Table
    from rejoinder.responses.bridging.status import Rules, Sides

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

CELLS = 1 << 20
"""Padded entries worked on at once."""


def certified_removals(  # noqa: PLR0913, PLR0917 - a fit, the rules, and which notes
    table: Table, found: Fit, ridge: Ridge, weight: Floats, notes: Ints, camps: Sides, rules: Rules
) -> tuple[Ints, Ints]:
    """For each of `notes`, shown as helpful: a number of raters such that no fewer can change that, and one that can.

    Whoever they are: what every other rater said is kept, and the raters' own parameters, which hang on all their
    ratings, stay. Looks at the ratings needed, at each side's level and at each side's net; not at tags, which removal
    seldom sets off, nor at the groups left out, whose limit is lower. Equal numbers are the exact minimum.
    """

    def each(rows: Rows, member: Ints) -> Iterator[tuple[Ints, Ints]]:
        net = rows.left + found.mean + np.where(member >= 0, found.column[member], 0)
        for point, side in zip(camps.point, camps.member, strict=True):
            yield rows.fewest_removals(point, rules.helpful - found.mean)
            yield _both(_until_below(rows.weight * (2 * net - 1) * side[member], rules.net))
        yield _both(_until_below(rows.weight, rules.ratings))

    return _least(table, found, ridge, weight, notes, each)


def intercept_removals(  # noqa: PLR0913 - the same
    table: Table, found: Fit, ridge: Ridge, notes: Ints, *, intercept: float, factor: float, ratings: int
) -> tuple[Ints, Ints]:
    """The same for the incumbent's rules: an intercept of at least so much, a factor between -`factor` and `factor`.

    The limits of the factor enter as levels at points far out on the axis, which is exact to 0.0001 of it.
    """
    far = np.array([1e4])

    def each(rows: Rows, _: Ints) -> Iterator[tuple[Ints, Ints]]:
        yield rows.fewest_removals(np.zeros(1), intercept)
        yield rows.fewest_removals(far, -1e4 * factor)
        yield rows.fewest_removals(-far, -1e4 * factor)
        yield _both(_until_below(rows.weight, ratings))

    return _least(table, found, ridge, np.ones(table.shape[1]), notes, each)


def breaking_additions(  # noqa: PLR0913, PLR0917 - a fit, the rules, and which notes
    table: Table, found: Fit, ridge: Ridge, weight: Floats, notes: Ints, camps: Sides, rules: Rules
) -> Ints:
    """For each of `notes`, shown as helpful: how many new raters, all saying 0, bring a side's level below the limit.

    Each with full weight and whatever intercept and factors are worst, among those that 98 % of the raters have: the
    most lenient intercept, since a 0 from a lenient rater says most, and the ends and the middle of every axis. They
    are taken to be alike, so the number is that of the worst one kind of rater, not of the worst mixture; -1 where a
    million would not do.
    """
    low, high = np.quantile(found.column_factor, (0.01, 0.99), axis=0)
    choices = np.array(list(product(*np.stack([low, np.zeros_like(low), high], axis=1))))
    left = -found.mean - float(np.quantile(found.column, 0.99))
    count = np.full(notes.size, -1, np.int64)
    for part in _parts(table.by_row.counts[notes]):
        rows, _ = _rows(table, found, ridge, weight, notes[part])
        limit = rules.helpful - found.mean
        each = np.array([rows.fewest_additions(at, limit, left=left, factors=choices) for at in camps.point])
        least = np.where(each < 0, np.iinfo(np.int64).max, each).min(axis=0)
        count[part] = np.where((each < 0).all(axis=0), -1, least)
    return count


def _least(  # noqa: PLR0913, PLR0917 - the same
    table: Table, found: Fit, ridge: Ridge, weight: Floats, notes: Ints,
    each: Callable[[Rows, Ints], Iterator[tuple[Ints, Ints]]],
) -> tuple[Ints, Ints]:  # fmt: skip
    certain, enough = np.zeros(notes.size, np.int64), np.zeros(notes.size, np.int64)
    for part in _parts(table.by_row.counts[notes]):
        rows, member = _rows(table, found, ridge, weight, notes[part])
        pairs = list(each(rows, member))
        certain[part] = np.min([pair[0] for pair in pairs], axis=0)
        enough[part] = np.min([pair[1] for pair in pairs], axis=0)
    return certain, enough


def _parts(count: Ints) -> Iterator[Ints]:
    """Notes of about one length together, as many as fit."""
    order = np.argsort(count, kind="stable")
    first = 0
    while first < order.size:
        last = first + 1
        while last < order.size and (last - first + 1) * count[order[last]] <= CELLS:
            last += 1
        yield order[first:last]
        first = last


def _rows(table: Table, found: Fit, ridge: Ridge, weight: Floats, notes: Ints) -> tuple[Rows, Ints]:
    """These notes' ratings side by side, and whose they are (-1 where there is none)."""
    view = table.by_row
    count = view.counts[notes]
    at = view.start[notes][:, None] + np.arange(max(int(count.max()), 1))
    there = np.arange(at.shape[1]) < count[:, None]
    held = view.packed[np.where(there, at, 0)]
    member = (held >> np.uint32(2)).astype(np.int64)
    left = (held & np.uint32(3)) * 0.5 - found.mean - found.column[member]
    rows = Rows(
        left=np.where(there, left, 0), weight=np.where(there, weight[member], 0), ridge=(ridge.row, ridge.row_factor),
        factor=found.column_factor[member] * there[..., None],
    )  # fmt: skip
    return rows, np.where(there, member, -1)


def _until_below(parts: Floats, limit: float) -> Ints:
    """How many of the largest parts must go before the sum is below the limit; exact."""
    left = parts.sum(axis=1, keepdims=True) - np.cumsum(-np.sort(-parts, axis=1), axis=1)
    below = np.column_stack([left < limit, np.ones(len(parts), np.bool_)])
    count: Ints = np.argmax(below, axis=1) + 1
    return count


def _both(count: Ints) -> tuple[Ints, Ints]:
    return count, count
