"""What raters say is wrong with a note: reasons that weigh more from raters near the note's own viewpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rejoinder.responses.bridging.status import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from rejoinder.numerics.bridging import Fit
    from rejoinder.numerics.segments import Table

    Floats = NDArray[np.float64]

NEAR = 0.40
"""Quantile of the distance between note and rater at which a reason weighs half."""
STEEP = 5
"""How fast its weight falls beyond."""


def against(
    table: Table, tagged: Mapping[str, NDArray[np.bool_]], rules: Rules | None = None
) -> Callable[[Fit, Floats], NDArray[np.bool_]]:
    """Which notes the reasons in `tagged` speak against, once a fit and the raters' weights are known.

    `tagged` has for each family of reasons ("incorrect", "sources", "harassment") a mask over ratings, in the order of
    `table.by_row`. A rating weighs its rater's weight times 1 / (1 + (d / d40)^5), d the distance of rater and note on
    the first axis, both as deviations from their means, d40 its 40 % quantile: that those who would like to agree find
    a note wrong says more. A note is blocked where the weight of a family is at least `rules.tagged` and its share of
    all ratings, so weighed, above `rules.tags`.

    Source of the weights: X Community Notes, tag filter (documentation "Tag outlier filtering").
    """
    limits = rules or Rules()

    def judge(found: Fit, weight: Floats) -> NDArray[np.bool_]:
        rows, columns = table.by_row.rows, table.by_row.columns
        note, rater = (_standard(factor[:, 0]) for factor in (found.row_factor, found.column_factor))
        distance = np.abs(note[rows] - rater[columns])
        near = weight[columns] / (1 + (distance / max(float(np.quantile(distance, NEAR)), 1e-9)) ** STEEP)
        whole = np.bincount(rows, near, table.shape[0])
        blocked = np.zeros(table.shape[0], np.bool_)
        for said in tagged.values():
            heavy = np.bincount(rows[said], near[said], table.shape[0])
            blocked |= (heavy >= limits.tagged) & (heavy > limits.tags * whole)
        return blocked

    return judge


def _standard(values: Floats) -> Floats:
    standard: Floats = (values - values.mean()) / max(float(values.std()), 1e-9)
    return standard
