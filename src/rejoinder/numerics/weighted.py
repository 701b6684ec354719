"""Intervals for weighted sums of rare counts: what a stratified sample of rare items gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.special import beyond, gamma_cdf, gamma_quantile, reached

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def gamma_interval(
    total: ArrayLike, square: ArrayLike, largest: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Fay and Feuer's interval for a weighted sum of Poisson counts: lower and upper limits.

    `total` is the sum of the weights of the items found, `square` the sum of their squared weights, `largest` the
    largest weight that any item could have had, found or not; all in the same unit, as shares of the population.
    With nothing found the interval is 0 to 3.69 times `largest` (at 95 %): the rule of three, two-sided. It covers at
    least its level in all known simulations, and more where weights differ much; counts of a sample of common items
    vary less than Poisson's, so above a few per cent it is wider than need be. The limits are not cut at 1.

    Source: M. P. Fay, E. J. Feuer, "Confidence intervals for directly standardized rates: a method based on the
    gamma distribution", Statistics in Medicine 16 (1997) 791-801, equations (5) and (6).

    Raises `ValueError` where a weight is negative or `largest` is 0, or `level` outside (0, 1).

    >>> lower, upper = gamma_interval(10.0, 10.0, 1.0)  # ten items of weight 1: Garwood's exact interval
    >>> f"{lower:.2f} to {upper:.2f}"
    '4.80 to 18.39'
    """
    return tuple(
        _limit(*_checked(total, square, largest), probability, upper=probability > 1 / 2)
        for probability in _tails(level)
    )  # type: ignore[return-value]


def mid_p_interval(
    total: ArrayLike, square: ArrayLike, largest: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """The mid-p variant of `gamma_interval`: narrower, and below its level in some cases by less than a point.

    The limits are quantiles of an even mixture of the two gamma distributions on which Fay and Feuer's limits rest.
    Where all that was found has small weights and `largest` is far above them, its lower limit may lie below theirs.
    Source: M. P. Fay, S. Kim, "Confidence intervals for directly standardized rates using mid-p gamma intervals",
    Biometrical Journal 59 (2017) 377-387.

    >>> lower, upper = mid_p_interval(10.0, 10.0, 1.0)
    >>> f"{lower:.2f} to {upper:.2f}"
    '5.08 to 17.82'
    """
    total, square, largest = _checked(total, square, largest)
    low, high = _parameters(total, square), _parameters(total + largest, square + largest**2)
    edge = np.maximum(beyond(low[0]) * low[1], beyond(high[0]) * high[1])

    def mixture(x: Floats) -> Floats:
        below = np.where(total > 0, gamma_cdf(x / low[1], low[0]), 1.0)
        return (below + gamma_cdf(x / high[1], high[0])) / 2

    lower, upper = (reached(mixture, np.full(edge.shape, probability), edge) for probability in _tails(level))
    return np.where(total > 0, lower, 0.0)[()], upper


def at_least(total: ArrayLike, square: ArrayLike, *, level: float = 0.95) -> Floats:
    """The one-sided limit that goes with "at least": the truth is below it with a probability of 1 - `level` at most.

    Fay and Feuer's lower limit with the whole error on one side; 0 where nothing was found. High means that much is
    certain; it needs no assumption about what was not found.

    >>> f"{at_least(10.0, 10.0):.2f}"
    '5.43'
    """
    return _limit(*_checked(total, square, 1.0), 1 - level, upper=False)


def _limit(total: Floats, square: Floats, largest: Floats, probability: float, *, upper: bool) -> Floats:
    added = largest if upper else np.zeros_like(largest)
    shape, scale = _parameters(total + added, square + added**2)
    limit = gamma_quantile(np.full(shape.shape, probability), shape) * scale
    return np.where(total + added > 0, limit, 0.0)[()]


def _parameters(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Shape and scale of the gamma distribution with this mean and variance; 1 and 1 where there is nothing."""
    something = mean > 0
    safe, spread = np.where(something, mean, 1.0), np.where(something, variance, 1.0)
    return safe**2 / spread, spread / safe


def _tails(level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1, as in 0.95")
    return (1 - level) / 2, (1 + level) / 2


def _checked(*values: ArrayLike) -> tuple[Floats, Floats, Floats]:
    total, square, largest = np.broadcast_arrays(*(np.asarray(value, np.float64) for value in values))
    if np.any(total < 0) or np.any(square < 0) or np.any(largest <= 0):
        raise ValueError("weights are above 0, and `largest` is one of them")
    return total, square, largest
