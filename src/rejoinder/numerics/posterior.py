"""How sure a fit of `bridging` is of its rows: their covariances, and ridges that the data themselves ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.blocks import Blocks, solve
from rejoinder.numerics.bridging import Fit, Ridge, fit
from rejoinder.numerics.segments import moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.numerics.segments import Table

ROUNDS = 4
"""Times that the ridges are estimated anew; after that they move by less than a tenth in simulations."""
ROUGH = 1e-5
"""Tolerance of the fits between."""
FIRST = Ridge(row=2.0, row_factor=1.0, column=8.0, column_factor=2.0)
"""Where the estimation begins; also the ridge for tables too small to estimate one from."""
ENOUGH = 30
"""Rows and columns each, below which ridges are not estimated."""
LEAST, MOST = 0.1, 1_000.0
"""Pseudo-counts outside of which an estimate is not believed."""
MIDDLE = (0.1, 0.9)
"""Where a level is cut before its variance is taken: at the very ends a bounded value would seem to have none."""


@dataclass(frozen=True)
class Doubt:
    """Covariances: of rows (K+1, K+1, rows), and of columns; in squared units of the values."""

    row: NDArray[np.float64]
    column: NDArray[np.float64]
    noise: float
    """Variance of an entry about its fitted value."""


def fitted(
    table: Table,
    *,
    axes: int = 1,
    weight: NDArray[np.float64] | None = None,
    start: NDArray[np.float32] | None = None,
    threads: int = 1,
) -> tuple[Fit, Ridge]:
    """A fit with the ridges that its own data ask for: each is noise over the variance of what it is a ridge on.

    The mean is free, so that a row without entries is expected to be like the others. Estimated by the expectation
    step for random effects, alternating with rough fits; tables of fewer than 30 rows or columns get `FIRST`.
    High pseudo-counts mean that rows (or columns) hardly differ. Source: C. M. Bishop, Pattern Recognition and
    Machine Learning, section 3.5.2, equations (3.92) and (3.95) with one prior per kind of parameter.
    """
    ridge = FIRST
    if min(table.shape) >= ENOUGH:
        for _ in range(ROUNDS):
            rough = fit(table, ridge, axes=axes, weight=weight, start=start, tolerance=ROUGH, threads=threads)
            ridge = estimated(rough, ridge, doubt(table, rough, ridge, weight=weight, threads=threads))
            start = rough.beside_row
    return fit(table, ridge, axes=axes, weight=weight, start=start, threads=threads), ridge


def estimated(found: Fit, ridge: Ridge, known: Doubt) -> Ridge:
    """Noise over the mean square of each kind of parameter, its uncertainty added."""

    def counts(values: NDArray[np.float64], covariance: NDArray[np.float64]) -> float:
        square = (values.T**2).mean() + covariance.mean()
        return float(np.clip(known.noise / max(square, 1e-9), LEAST, MOST))

    at = np.arange(1, 1 + found.row_factor.shape[1])
    return Ridge(
        row=counts(found.row, known.row[0, 0]), row_factor=counts(found.row_factor, known.row[at, at]),
        column=counts(found.column, known.column[0, 0]), mean=ridge.mean,
        column_factor=counts(found.column_factor, known.column[at, at]),
    )  # fmt: skip


def doubt(
    table: Table, found: Fit, ridge: Ridge, *, weight: NDArray[np.float64] | None = None, threads: int = 1
) -> Doubt:
    """Covariances of a fit: those of rows include what is not known of the columns beside them.

    With the columns fixed, a row's covariance is noise times the inverse of its block. Each entry besides carries its
    column's own error, independent from column to column: on average over the row's entries v = Var(b) + 2 p Cov(b, q)
    + p' Var(q) p, which adds v A^-1 (A - ridge) A^-1. Values between 0 and 1 vary less near the ends: a row's noise is
    the common one times m (1 - m) over its mean, m the row's level cut to 0.1 to 0.9. Not in it: errors that many
    columns share (a camp that is misplaced as a whole), and what rings do.

    Source: the sandwich form as in H. White, Econometrica 48 (1980) 817-838; errors in variables as in W. Fuller,
    Measurement Error Models (1987), section 1.2.
    """
    light = None if weight is None else weight.astype(np.float32)
    rows = Blocks.of(moments(table.by_row, found.beside_row, light, threads=threads), (ridge.row, ridge.row_factor))
    sums = moments(table.by_column, found.beside_column, threads=threads)
    sums *= 1.0 if weight is None else weight[:, None]
    columns = Blocks.of(sums, (ridge.column, ridge.column_factor))
    inverse, beside = _inverse(rows), _inverse(columns)
    size = rows.matrix[0, 0].sum()
    free = max(size - _used(rows, inverse) - _used(columns, beside), size / 10)
    penalty = ridge.row * (found.row**2).sum() + ridge.row_factor * (found.row_factor**2).sum()
    penalty += ridge.column * (found.column**2).sum() + ridge.column_factor * (found.column_factor**2).sum()
    noise = max((found.loss * table.size - penalty - ridge.mean * found.mean**2) / free, 1e-9)
    column = noise * beside
    spread = noise * _by_level(found) * inverse
    carried = _carried(table, found, column, light, threads) / np.maximum(rows.matrix[0, 0], 1e-9)
    return Doubt(spread + carried * np.einsum("ijn,jkn,kln->iln", inverse, rows.matrix, inverse), column, float(noise))


def _inverse(blocks: Blocks) -> NDArray[np.float64]:
    size = len(blocks.matrix)
    units = np.eye(size)[:, :, None] * np.ones(blocks.matrix.shape[2])
    whole = blocks.penalised
    return np.stack([solve(whole, units[at]) for at in range(size)])


def _used(blocks: Blocks, inverse: NDArray[np.float64]) -> float:
    """Degrees of freedom that the rows take: the trace of the smoother."""
    return float(np.einsum("ijn,jin->", inverse, blocks.matrix))


def _by_level(found: Fit) -> NDArray[np.float64]:
    level = np.clip(found.mean + found.row, *MIDDLE)
    share: NDArray[np.float64] = level * (1 - level)
    relative: NDArray[np.float64] = share / share.mean()
    return relative


def _carried(
    table: Table, found: Fit, column: NDArray[np.float64], light: NDArray[np.float32] | None, threads: int
) -> NDArray[np.float64]:
    """For each row the weighted sum of v over its entries."""
    total = np.zeros(table.shape[0])
    beside = np.concatenate([np.ones((table.shape[0], 1)), found.row_factor], axis=1)
    for i in range(len(column)):
        for j in range(len(column)):
            known = np.column_stack([np.zeros(table.shape[1]), column[i, j]]).astype(np.float32)
            total += beside[:, i] * beside[:, j] * moments(table.by_row, known, light, threads=threads)[:, 1]
    return total
