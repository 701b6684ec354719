"""How much a rater counts: a number from 0 to 1 that moves steadily, and that no rating earns for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.blocks import Blocks, solve
from rejoinder.numerics.segments import moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.numerics.bridging import Fit, Ridge
    from rejoinder.numerics.segments import Table

PRIOR = 10.0
"""Ratings of usual reliability that every rater is taken to have given."""
BLOCK = 1 << 20


def reliability(table: Table, found: Fit, ridge: Ridge, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each rater how exactly it rates, given the others: 1 as usual or better, 0.25 with twice the usual variance.

    A rating is compared with what is predicted for it by its note *without that rating*: in a ridge regression the
    residual then is e / (1 - h), h = w x'A^-1 x, exactly. So no rating counts toward the audit of the note it helped
    decide. Weight = ((10 + n) / (10 + sum of squares / usual variance))^2, at most 1: few ratings say little, and there
    is no cliff to stay above; squared, since members of a ring are unpredictable in their targets only. Disagreeing
    costs nothing where it is in line with the rater's viewpoint and leniency: only unpredictability counts.

    Source of e / (1 - h): R. D. Cook, S. Weisberg, Residuals and Influence in Regression (1982), equation (2.2.5);
    of a precision per rater: A. Goyal et al., arXiv:2604.11224.
    """
    light = weight.astype(np.float32)
    blocks = Blocks.of(moments(table.by_row, found.beside_row, light), (ridge.row, ridge.row_factor))
    squares = _squares(table, found, blocks, light)
    count = table.by_column.counts
    usual = squares.sum() / max(count.sum(), 1)
    found_weight: NDArray[np.float64] = (PRIOR + count) / (PRIOR + squares / max(usual, 1e-9))
    return np.minimum(found_weight, 1.0) ** 2


def _squares(table: Table, found: Fit, blocks: Blocks, light: NDArray[np.float32]) -> NDArray[np.float64]:
    """Per rater the sum of squares of what its note does not predict without it."""
    size = len(blocks.matrix)
    whole = blocks.penalised
    inverse = [solve(whole, np.eye(size)[at][:, None] * np.ones(whole.shape[2])) for at in range(size)]
    total = np.zeros(table.shape[1])
    view = table.by_row
    rows, packed = view.rows, view.packed
    for first in range(0, table.size, BLOCK):
        row, held = rows[first : first + BLOCK], packed[first : first + BLOCK]
        column = held >> np.uint32(2)
        beside = [np.ones(row.size), *(factor[column] for factor in found.column_factor.T)]
        fitted = found.mean + found.row[row] + found.column[column]
        fitted += sum(factor[row] * q for factor, q in zip(found.row_factor.T, beside[1:], strict=True))
        own = sum(inverse[i][j][row] * beside[i] * beside[j] for i in range(size) for j in range(size))
        left = ((held & np.uint32(3)) * 0.5 - fitted) / np.maximum(1 - light[column] * own, 0.05)
        total += np.bincount(column, left**2, minlength=total.size)
    return total
