"""The incumbent's core in short, as a baseline: its objective twice, with its filter of raters between.

X Community Notes (273c8958) read and written again: notes of five ratings and raters of ten, the fit, statuses, raters
who agree with two thirds of the statuses of the notes they rated, the fit again with them alone; helpful at an
intercept of 0.40, a factor within 0.5, and a surplus of four helpful ratings on either sign of the raters' factors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.bridging import Fit, Ridge, fit
from rejoinder.numerics.segments import Table, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.simulate.crowd import Crowd

    Bools = NDArray[np.bool_]


def table_of(world: Crowd, kept: Bools | None = None) -> Table:
    """The crowd's ratings, or those that are kept."""
    kept = np.ones(world.note.size, np.bool_) if kept is None else kept
    shape = (len(world.quality), len(world.leniency))
    return table(world.note[kept], world.rater[kept], world.halves[kept], shape)


def incumbent_core(world: Crowd) -> Bools:
    """Which notes the incumbent's core shows."""
    kept = _enough(world, np.ones(world.note.size, np.bool_))
    found = _fitted(world, kept)
    helpful, against = _statuses(found, world, kept)
    judged = kept & (helpful | against)[world.note] & (world.halves != 1)
    agrees = judged & ((world.halves == 2) == helpful[world.note])
    raters = len(world.leniency)
    total, right = (np.bincount(world.rater[which], minlength=raters) for which in (judged, agrees))
    passes = (total > 0) & (right >= 0.66 * np.maximum(total, 1))
    kept &= passes[world.rater]
    found = _fitted(world, kept)
    helpful, _ = _statuses(found, world, kept)
    for side in (found.column_factor[:, 0] < 0, found.column_factor[:, 0] > 0):
        on = kept & side[world.rater]
        helpful &= np.bincount(world.note[on], world.halves[on] - 1.0, minlength=helpful.size) >= 4
    return helpful


def _enough(world: Crowd, kept: Bools) -> Bools:
    notes, raters = len(world.quality), len(world.leniency)
    for which, size, least in ((world.note, notes, 5), (world.rater, raters, 10), (world.note, notes, 5)):
        kept = kept & (np.bincount(which[kept], minlength=size) >= least)[which]
    return kept


def _fitted(world: Crowd, kept: Bools) -> Fit:
    """Notes and raters without ratings must not count in the means of the penalties."""
    notes, rows = np.unique(world.note[kept], return_inverse=True)
    raters, columns = np.unique(world.rater[kept], return_inverse=True)
    data = table(rows.astype(np.uint32), columns.astype(np.uint32), world.halves[kept], (notes.size, raters.size))
    small = fit(data, Ridge.of_means(data), tolerance=1e-7)

    def spread(values: NDArray[np.float64], at: NDArray[np.uint32], size: int) -> NDArray[np.float64]:
        full = np.zeros((size, *values.shape[1:]))
        full[at] = values
        return full

    sizes = (len(world.quality), len(world.leniency))
    return Fit(
        mean=small.mean, row=spread(small.row, notes, sizes[0]), row_factor=spread(small.row_factor, notes, sizes[0]),
        column=spread(small.column, raters, sizes[1]), column_factor=spread(small.column_factor, raters, sizes[1]),
        loss=small.loss, sweeps=small.sweeps, converged=small.converged,
    )  # fmt: skip


def _statuses(found: Fit, world: Crowd, kept: Bools) -> tuple[Bools, Bools]:
    size = np.abs(found.row_factor[:, 0])
    rated = np.bincount(world.note[kept], minlength=len(world.quality)) >= 5
    return rated & (found.row >= 0.40) & (size <= 0.5), rated & (found.row <= -0.05 - 0.8 * size)
