"""A sparse table of ratings, held by row and by column, and weighted sums over either."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics import loops

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 1 << 29
"""Rows or columns that can be numbered: an entry is four bytes, two bits of which are its value."""


@dataclass(frozen=True)
class View:
    """Entries under their rows: row r has `packed[start[r]:start[r + 1]]`, each `column * 4 + value * 2`."""

    start: NDArray[np.int64]
    packed: NDArray[np.uint32]

    @property
    def columns(self) -> NDArray[np.uint32]:
        """The column of each entry."""
        columns: NDArray[np.uint32] = self.packed >> np.uint32(2)
        return columns

    @property
    def values(self) -> NDArray[np.float64]:
        """The value of each entry: 0, 0.5 or 1."""
        values: NDArray[np.float64] = (self.packed & np.uint32(3)) * np.float64(0.5)
        return values

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many entries each row has."""
        return np.diff(self.start)

    @property
    def rows(self) -> NDArray[np.uint32]:
        """The row of each entry."""
        return np.repeat(np.arange(self.start.size - 1, dtype=np.uint32), self.counts)


@dataclass(frozen=True)
class Table:
    """The same entries twice, by row and by column, each in the order of the other: four bytes an entry and view."""

    by_row: View
    by_column: View

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns."""
        return self.by_row.start.size - 1, self.by_column.start.size - 1

    @property
    def size(self) -> int:
        """How many entries."""
        return self.by_row.packed.size

    @property
    def repeated(self) -> int:
        """How many entries stand at the place of an earlier one."""
        row = self.by_row
        same = row.columns[1:] == row.columns[:-1]
        same[row.start[1:-1][(row.start[1:-1] > 0) & (row.start[1:-1] < self.size)] - 1] = False
        return int(same.sum())


def table(
    rows: NDArray[np.uint32], columns: NDArray[np.uint32], halves: NDArray[np.uint8], shape: tuple[int, int]
) -> Table:
    """Entries in any order as a `Table`: the same bytes whatever that order is.

    `rows` and `columns` number from 0 and stay below `shape`; `halves` is twice the value, 0, 1 or 2. Takes three
    counting sorts. Raises `ValueError` where a number is out of range.

    >>> rows, columns = np.array([1, 0, 1], np.uint32), np.array([0, 0, 2], np.uint32)
    >>> small = table(rows, columns, np.array([2, 0, 1], np.uint8), (2, 3))
    >>> small.by_row.columns.tolist(), small.by_row.values.tolist(), small.by_column.counts.tolist()
    ([0, 0, 2], [0.0, 1.0, 0.5], [2, 0, 1])
    """
    for numbers, most in ((rows, shape[0]), (columns, shape[1])):
        if most > MOST or (numbers.size and int(numbers.max()) >= most):
            raise ValueError(f"a number is outside 0..{most - 1}, or there are more than {MOST:,}")
    if halves.size and int(halves.max()) > 2:  # noqa: PLR2004 - twice the value 1
        raise ValueError("a value is not 0, 0.5 or 1")
    by_row, by_column = _empty(rows, shape[0]), _empty(columns, shape[1])
    loops.gather(rows, columns, halves, _places(by_row), by_row.packed)
    loops.scatter(by_row.start, by_row.packed, _places(by_column), by_column.packed)
    loops.scatter(by_column.start, by_column.packed, _places(by_row), by_row.packed)
    return Table(by_row, by_column)


def moments(
    view: View, beside: NDArray[np.float32], weight: NDArray[np.float32] | None = None, *, threads: int = 1
) -> NDArray[np.float64]:
    """Per row the sums over its entries that a ridge regression on the columns' factors needs, in 64 bits.

    `beside` has for each column its intercept and K = 1 or 2 factors; `weight` its weight, 1 unless given. Out
    come, for K = 1, the sums of w, w f, w f f, w y, w y f with y the value less the intercept; for K = 2 those of
    w, w f, w g, w f f, w f g, w g g, w y, w y f, w y g. Each row is summed by one thread in order: the threads do
    not change a bit.

    >>> small = table(np.array([0, 0], np.uint32), np.array([0, 1], np.uint32), np.array([2, 0], np.uint8), (1, 2))
    >>> moments(small.by_row, np.array([[0.5, 2], [0, -1]], np.float32))
    array([[2. , 1. , 5. , 0.5, 1. ]])
    """
    factors = beside.shape[1] - 1
    if weight is None:
        loop = (loops.moments_1, loops.moments_2)[factors - 1]
    else:
        loop = (loops.weighted_1, loops.weighted_2)[factors - 1]
        beside = np.column_stack([weight, beside])
    out = np.empty((view.start.size - 1, (5, 9)[factors - 1]))
    if threads == 1:
        loop(view.start, view.packed, beside, out, 0, len(out))
        return out
    cuts = np.searchsorted(view.start, np.linspace(0, view.packed.size, threads * 4 + 1)[1:-1])
    edges = [0, *cuts.tolist(), len(out)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda at: loop(view.start, view.packed, beside, out, *edges[at : at + 2]), range(threads * 4)))
    return out


def _empty(numbers: NDArray[np.uint32], most: int) -> View:
    start = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=most), dtype=np.int64)])
    return View(start, np.empty(numbers.size, np.uint32))


def _places(view: View) -> NDArray[np.uint64]:
    return view.start[:-1].astype(np.uint64)
