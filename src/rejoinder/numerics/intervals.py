"""Intervals for proportions."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def wilson(count: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson's score interval for a proportion: lower and upper limits, shaped as `count`.

    `count` successes of `n` trials, both non-negative with `count <= n`; `n = 0` gives (0, 1), as nothing
    is known. It holds for independent trials: posts of one account are not (the interval is then too short),
    and below about 1 % with few trials its upper limit is somewhat low; `measures` says where this matters.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
    (1927) 209-212, equation for the limits; L. D. Brown, T. T. Cai, A. DasGupta, Statistical Science 16 (2001),
    equation (4).

    Raises `ValueError` where `count` is outside 0..n or `level` outside (0, 1).

    >>> lower, upper = wilson(4, 200)
    >>> f"{lower:.1%} to {upper:.1%}"
    '0.8% to 5.0%'
    """
    successes, trials = np.broadcast_arrays(np.asarray(count, np.float64), np.asarray(n, np.float64))
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1, as in 0.95")
    if np.any((successes < 0) | (successes > trials)):
        raise ValueError("a count is outside 0..n")
    z = NormalDist().inv_cdf((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(trials > 0, successes / trials, 0.5)
        centre = (successes + z * z / 2) / (trials + z * z)
        half = z / (trials + z * z) * np.sqrt(trials * share * (1 - share) + z * z / 4)
    # At 0 and n of n the limits are exact; rounding must not push them past what is possible.
    lower = np.where(successes == 0, 0.0, np.maximum(centre - half, 0.0))
    upper = np.where(successes == trials, 1.0, np.minimum(centre + half, 1.0))
    return lower, upper
