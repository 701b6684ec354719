"""One viewpoint axis or two: the number that predicts held-out entries better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.bridging import Fit, Ridge, fit
from rejoinder.numerics.segments import Table, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

HELD_OUT = 10
"""One entry in so many is held out."""
MOST = 1_000_000
"""Entries looked at: whole rows, evenly spread."""
SURE = 3.0
"""Standard errors by which a second axis must predict better."""


def choose_axes(whole: Table, ridge: Ridge, *, threads: int = 1) -> int:
    """1 or 2: two where the second axis raises the likelihood of held-out entries by three standard errors.

    With normal errors the difference of log likelihoods is that of squared errors over twice the noise; its standard
    error is that of the paired differences. Which entries are held out follows from their row and column numbers, so
    the answer does not change with the order of entries. Tables of fewer than 1,000 entries get one axis.
    """
    view = whole.by_row
    step = max(1, whole.size // MOST)
    kept = np.arange(0, whole.shape[0], step)
    rows = view.rows
    chosen = rows % step == 0
    rows, columns = rows[chosen] // np.uint32(step), view.columns[chosen]
    halves = (view.packed[chosen] & np.uint32(3)).astype(np.uint8)
    if rows.size < 1_000:  # noqa: PLR2004 - as the docstring says
        return 1
    mixed = (rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ (columns * np.uint64(0xC2B2AE3D27D4EB4F))
    out = (mixed >> np.uint64(33)) % np.uint64(HELD_OUT) == 0
    learned = table(rows[~out], columns[~out], halves[~out], (kept.size, whole.shape[1]))
    fits = [fit(learned, ridge, axes=axes, tolerance=1e-6, threads=threads) for axes in (1, 2)]
    missed = [(halves[out] / 2 - predicted(found, rows[out], columns[out])) ** 2 for found in fits]
    gain = missed[0] - missed[1]
    return 2 if gain.mean() > SURE * gain.std() / np.sqrt(gain.size) else 1


def predicted(found: Fit, rows: NDArray[np.uint32], columns: NDArray[np.uint32]) -> NDArray[np.float64]:
    """The fitted values of these entries."""
    level: NDArray[np.float64] = found.mean + found.row[rows] + found.column[columns]
    for p, q in zip(found.row_factor.T, found.column_factor.T, strict=True):
        level += p[rows] * q[columns]
    return level
