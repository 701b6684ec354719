"""Calibration: what a detector's logit is worth among the posts of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.logistic import logistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE = np.array([2.0, 0.2])
"""How many judgements the slope of 1 and the offset of 0 weigh as much as: with few judgements little changes."""


@dataclass(frozen=True)
class Calibration:
    """A line that a logit is put through: `slope * logit + offset` (Platt 1999).

    A slope below 1 means that the detector was too sure of itself, an offset below 0 that hate is rarer here than where
    it was trained. As it stands nothing changes.

    >>> Calibration(slope=1.0, offset=-2.0).probability(np.array([0.0, 2.0])).round(3).tolist()
    [0.119, 0.5]
    """

    slope: float = 1.0
    offset: float = 0.0

    @classmethod
    def fitted(cls, probabilities: NDArray[np.float64], hateful: NDArray[np.bool_]) -> Calibration:
        """The line under which the judgements are likeliest, drawn to no change where they are few.

        Targets are smoothed as in Platt 1999, equation 6 of Lin 2007: (n+ + 1) / (n+ + 2) and 1 / (n- + 2).

        >>> Calibration.fitted(np.full(100, 0.5), np.arange(100) < 20).offset < -1
        True
        """
        right, wrong = int(hateful.sum()), int((~hateful).sum())
        truth = np.where(hateful, (right + 1) / (right + 2), 1 / (wrong + 2))
        logit = logits(probabilities)
        found = logistic(np.column_stack([logit, np.ones_like(logit)]), truth, np.array([1.0, 0.0]), RIDGE)
        return cls(float(found[0]), float(found[1]))

    def probability(self, logit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities of raw logits."""
        return np.asarray(1 / (1 + np.exp(-(self.slope * logit + self.offset))))


def logits(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logits of probabilities, those of 0 and 1 finite."""
    inner = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inner / (1 - inner)))
