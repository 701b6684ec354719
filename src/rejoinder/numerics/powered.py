"""Prediction-powered inference for a mean, for comparison: what it says, and where it must not be believed."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Powered(NamedTuple):
    """A mean by PPI++, with its interval and the weight that the predictions got."""

    value: float
    lower: float
    upper: float
    tuned: float


def powered_mean(judged: ArrayLike, predicted: ArrayLike, elsewhere: ArrayLike, *, level: float = 0.95) -> Powered:
    """The mean of judgements on a plain random sample, helped by predictions for it and for items `elsewhere`.

    For comparison only. Its interval rests on the normal limit: for shares below about 1 % with 1,000 to 3,000
    judgements it held the truth in 27 to 94 % of samples instead of 95 %. Source: A. N. Angelopoulos, J. C. Duchi,
    T. Zrnic, "PPI++: Efficient prediction-powered inference", arXiv:2311.01453, section 6 (mean estimation).

    >>> found = powered_mean([0, 1, 0, 1], [0.1, 0.8, 0.2, 0.7], [0.4, 0.3, 0.6, 0.5, 0.2, 0.8])
    >>> f"{found.value:.2f} ({found.lower:.2f} to {found.upper:.2f}), weight {found.tuned:.2f}"
    '0.52 (0.26 to 0.77), weight 1.00'
    """
    y, f, other = (np.asarray(one, np.float64) for one in (judged, predicted, elsewhere))
    spread = np.concatenate([f, other]).var()
    tuned = np.cov(y, f, ddof=0)[0, 1] / ((1 + len(y) / len(other)) * spread) if spread > 0 else 0.0
    tuned = float(np.clip(tuned, 0, 1))
    value = float((y - tuned * f).mean() + tuned * other.mean())
    error = np.sqrt((y - tuned * f).var() / len(y) + tuned**2 * other.var() / len(other))
    half = NormalDist().inv_cdf((1 + level) / 2) * float(error)
    return Powered(value, value - half, value + half, tuned)
