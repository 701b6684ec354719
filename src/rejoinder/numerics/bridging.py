"""A table of ratings as a mean, intercepts of rows and columns, and products of K factors, solved exactly.

    value(r, c) = mean + a_r + b_c + sum_k p_rk q_ck + noise

is fitted by weighted least squares with ridges in absolute pseudo-counts: a row with ten entries and a ridge of five
is pulled towards zero by one third, however many rows there are. With the columns fixed, all rows and the mean are
small linear systems, and the other way round; the two are solved in turn. What neither of them moves well, the ways
in which rows can pass a constant, a multiple of a factor, or scale to columns at no change of fit, is minimised in
closed form after each turn; what then is left is accelerated by Anderson's method. The result does not depend on the
order of the entries or the number of threads by a single bit, and on the start by the tolerance only.

Source of the model: S. Wojcik et al., "Birdwatch: crowd wisdom and bridging algorithms", arXiv:2210.15723, equation
(1); of solving in turn: Y. Koren, R. Bell, C. Volinsky, IEEE Computer 42 (2009) 30-37.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.anderson import Anderson
from rejoinder.numerics.blocks import Blocks, inner
from rejoinder.numerics.segments import moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.numerics.segments import Table

TOLERANCE = 1e-8
"""Change of the mean loss in a sweep, below which the fit has converged."""
MOST_SWEEPS = 500
IRRATIONAL = (0.6180339887498949, 0.7548776662466927)
"""Multiples of these modulo 1 start the factors: evenly spread, of no pattern, and nobody's seed."""


@dataclass(frozen=True, kw_only=True)
class Ridge:
    """Pseudo-counts: how many entries that say 0 every parameter has had before the first one."""

    row: float
    row_factor: float
    column: float
    column_factor: float
    mean: float = 0.0

    @classmethod
    def of_means(cls, table: Table, *, intercept: float = 0.15, factor: float = 0.03) -> Ridge:
        """The ridge of an objective that adds *mean* squares of parameters to the *mean* squared error.

        That is what the code of X Community Notes minimises (its documents say sums): with M ratings of N notes the
        pseudo-count is 0.15 M / N, so that it grows with the ratings per note.

        >>> from rejoinder.numerics.segments import table
        >>> zero = np.zeros(4, np.uint32)
        >>> Ridge.of_means(table(zero, zero, zero.astype(np.uint8), (2, 1))).row
        0.3
        """
        rows, columns = table.shape
        size = table.size
        return cls(
            row=intercept * size / rows, row_factor=factor * size / rows, column=intercept * size / columns,
            column_factor=factor * size / columns, mean=intercept * size,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What was found: intercepts one per row and column, factors one row of K each; all in the unit of the values."""

    mean: float
    row: NDArray[np.float64]
    row_factor: NDArray[np.float64]
    column: NDArray[np.float64]
    column_factor: NDArray[np.float64]
    loss: float
    """Weighted squares and ridge penalties, summed, over the number of entries."""
    sweeps: int
    converged: bool

    @property
    def beside_row(self) -> NDArray[np.float32]:
        """What stands beside a row's entries: the columns' intercepts and factors, as `moments` wants them."""
        return np.column_stack([self.column, self.column_factor]).astype(np.float32)

    @property
    def beside_column(self) -> NDArray[np.float32]:
        """What stands beside a column's entries."""
        return np.column_stack([self.row, self.row_factor]).astype(np.float32)


def fit(  # noqa: PLR0913 - what is known of the table, and how long to try
    table: Table,
    ridge: Ridge,
    *,
    axes: int = 1,
    weight: NDArray[np.float64] | None = None,
    start: NDArray[np.float32] | None = None,
    tolerance: float = TOLERANCE,
    threads: int = 1,
) -> Fit:
    """The least penalised squares of a table, with `axes` = K = 1 or 2 factors.

    `weight` is one number from 0 to 1 per column, by which its squares count; `start` the `beside_row` of an earlier
    fit (warm starts save half of the sweeps). Axes come in the order of the variance they carry, rotated so that they
    are uncorrelated over columns, each with a minority of positive columns. Ten to twenty sweeps of 5 (K = 2: 10)
    nanoseconds an entry. Where the ridges are too strong for a factor, the factor is 0; where the table falls into
    unconnected parts, the relative sign of their factors is arbitrary. Raises `ValueError` where K is not 1 or 2 or
    the table is empty.

    >>> from rejoinder.numerics.segments import table
    >>> rows, columns = np.meshgrid(np.arange(6, dtype=np.uint32), np.arange(8, dtype=np.uint32), indexing="ij")
    >>> split = np.where((rows < 3) | (columns % 2), 2, 0).astype(np.uint8)
    >>> found = fit(table(rows.ravel(), columns.ravel(), split.ravel(), (6, 8)), Ridge(
    ...     row=0.1, row_factor=0.1, column=0.1, column_factor=0.1, mean=0.1))
    >>> found.row.round(2).tolist(), abs(found.row_factor[:, 0]).round(1).tolist()
    ([0.31, 0.31, 0.31, -0.11, -0.11, -0.11], [0.4, 0.4, 0.4, 0.6, 0.6, 0.6])
    """
    if axes not in (1, 2) or not table.size:
        raise ValueError("expected 1 or 2 axes and at least one entry")
    turns = _Turns(table, ridge, weight, threads)
    point = _start(table.shape[1], axes) if start is None else start
    speed, plain, before = Anderson(), point, np.inf
    for sweep in range(1, MOST_SWEEPS + 1):  # noqa: B007 - told at the end
        rows, mean, loss = turns.rows(point)
        if loss > before and plain is not point:  # the mixture was worse than what it was mixed from
            point, before = plain, np.inf
            speed.forget()
            continue
        converged = abs(before - loss) < tolerance
        if converged:
            break
        before = loss
        plain = turns.columns(rows, mean)
        point = speed.mix(point.ravel().astype(np.float64), plain.ravel().astype(np.float64)).astype(np.float32)
        point = point.reshape(plain.shape)
    found = Fit(
        mean=mean, row=rows[0], row_factor=rows[1:].T, column=point[:, 0].astype(np.float64),
        column_factor=point[:, 1:].astype(np.float64), loss=loss, sweeps=sweep, converged=converged,
    )  # fmt: skip
    return _upright(found)


class _Turns:
    """The two half-sweeps; knows the columns' own sums, so that the loss costs no pass over the entries."""

    def __init__(self, table: Table, ridge: Ridge, weight: NDArray[np.float64] | None, threads: int) -> None:
        self._table, self._ridge, self._threads = table, ridge, threads
        self._weight = np.ones(table.shape[1]) if weight is None else weight
        self._light = None if weight is None or np.all(weight == 1) else weight.astype(np.float32)
        if self._light is not None:
            self._weight = self._light.astype(np.float64)
        nothing = moments(table.by_column, np.zeros((table.shape[0], 2), np.float32), threads=threads)
        self._count, self._sum = nothing[:, 0], nothing[:, 3]
        codes = np.bincount(table.by_column.packed & np.uint32(3), minlength=3) if self._light is None else None
        self._square = float(codes[1] / 4 + codes[2]) if codes is not None else self._weighted_square()

    def rows(self, point: NDArray[np.float32]) -> tuple[NDArray[np.float64], float, float]:
        """Coefficients of the rows, the mean, and the loss with them."""
        ridge = self._ridge
        sums = moments(self._table.by_row, point, self._light, threads=self._threads)
        blocks = Blocks.of(sums, (ridge.row, ridge.row_factor))
        found, mean = blocks.with_mean(ridge.mean)
        column, factor = point[:, 0].astype(np.float64), point[:, 1:].astype(np.float64)
        shifted = found.copy()
        shifted[0] += mean
        known = self._square + (self._weight * column * (column * self._count - 2 * self._sum)).sum()
        penalty = ridge.row * (found[0] ** 2).sum() + ridge.row_factor * (found[1:] ** 2).sum() + ridge.mean * mean**2
        penalty += ridge.column * (column**2).sum() + ridge.column_factor * (factor**2).sum()
        return found, mean, float(known + blocks.squares(shifted) + penalty) / self._table.size

    def columns(self, rows: NDArray[np.float64], mean: float) -> NDArray[np.float32]:
        """Intercepts and factors of the columns, after everything that could be passed to them for nothing."""
        ridge = self._ridge
        sums = moments(self._table.by_column, rows.T.astype(np.float32), threads=self._threads)
        blocks = Blocks.of(sums * self._weight[:, None], (ridge.column, ridge.column_factor))
        found = blocks.solve(blocks.right - mean * blocks.matrix[0])
        return _settled(rows, found, mean, ridge).T.astype(np.float32)

    def _weighted_square(self) -> float:
        view = self._table.by_column
        squares = np.add.reduceat(view.values**2, view.start[:-1][view.counts > 0])
        return float((squares * self._weight[view.counts > 0]).sum())


def _settled(rows: NDArray[np.float64], columns: NDArray[np.float64], mean: float, ridge: Ridge) -> NDArray[np.float64]:
    """The columns after the least penalty over all changes that leave every fitted value as it is."""
    a, p, b, q = rows[0].copy(), rows[1:].copy(), columns[0].copy(), columns[1:].copy()
    # the three levels: a + x, b + y, mean - x - y
    level = np.array([[a.size * ridge.row + ridge.mean, ridge.mean], [ridge.mean, b.size * ridge.column + ridge.mean]])
    x, y = np.linalg.solve(level, ridge.mean * mean - np.array([ridge.row * a.sum(), ridge.column * b.sum()]))
    a, b = a + x, b + y
    # the factors' origins: q + s with a - p.s, then p + t with b - q.t
    s = _origin(q, a, p, ridge.column_factor, ridge.row)
    q, a = q + s[:, None], a - (s[:, None] * p).sum(axis=0)
    t = _origin(p, b, q, ridge.row_factor, ridge.column)
    p, b = p + t[:, None], b - (t[:, None] * q).sum(axis=0)
    return np.vstack([b, np.einsum("kl,ln->kn", _balance(p, q, ridge), q)])


def _origin(
    moved: NDArray[np.float64],
    other: NDArray[np.float64],
    beside: NDArray[np.float64],
    ridge: float,
    other_ridge: float,
) -> NDArray[np.float64]:
    """The s of least ridge |moved + s|^2 + other_ridge |other - s.beside|^2."""
    gram = ridge * moved.shape[1] * np.eye(len(moved)) + other_ridge * inner(beside, beside)
    if not np.trace(gram) > 0:
        return np.zeros(len(moved))
    found: NDArray[np.float64] = np.linalg.solve(
        gram, other_ridge * inner(beside, other[None])[:, 0] - ridge * moved.sum(axis=1)
    )
    return found


def _balance(p: NDArray[np.float64], q: NDArray[np.float64], ridge: Ridge) -> NDArray[np.float64]:
    """The transposed T of least ridge' |T'q|^2 + ridge |T^-1 p|^2: with S = (qq')^1/2, T = S^-1 (S pp' S)^1/4 c."""
    if not (ridge.row_factor > 0 and ridge.column_factor > 0):
        return np.eye(len(p))
    size = inner(q, q)
    root = _power(size, 0.5)
    both = root @ inner(p, p) @ root
    if np.linalg.eigvalsh(both)[0] < np.finfo(np.float64).tiny ** 0.25:  # an axis without any use has no scale
        return np.eye(len(p))
    found: NDArray[np.float64] = _power(both, 0.25) @ _power(size, -0.5)
    found *= (ridge.row_factor / ridge.column_factor) ** 0.25
    return found


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    found: NDArray[np.float64] = (vectors * np.maximum(values, np.finfo(np.float64).tiny) ** exponent) @ vectors.T
    return found


def _start(columns: int, axes: int) -> NDArray[np.float32]:
    spread = np.outer(np.arange(1, columns + 1), IRRATIONAL[:axes]) % 1 - 0.5
    return np.column_stack([np.zeros(columns), spread]).astype(np.float32)


def _upright(found: Fit) -> Fit:
    """Axes uncorrelated and in the order of their size, each with at most half of the columns above 0."""
    across = np.ascontiguousarray(found.column_factor.T)
    turn = np.linalg.eigh(inner(across, across))[1][:, ::-1]
    factor = np.einsum("nk,kl->nl", found.column_factor, turn)
    turn = turn * np.where((factor > 0).sum(axis=0) > (factor < 0).sum(axis=0), -1.0, 1.0)
    return replace(
        found,
        row_factor=np.einsum("nk,kl->nl", found.row_factor, turn),
        column_factor=np.einsum("nk,kl->nl", found.column_factor, turn),
    )
