"""How good probabilities are: their error, their order, and whether they mean what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rejoinder.numerics.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

BINS = 10
DRAWS = 1000
"""Resamples of a bootstrap."""


class Reliability(NamedTuple):
    """One row for each bin of probabilities that holds any, from low to high."""

    said: NDArray[np.float64]
    """The mean probability."""
    found: NDArray[np.float64]
    """The share that was true, with the limits of its Wilson interval (95 %)."""
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    n: NDArray[np.int64]


def brier(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The mean squared error of probabilities: 0 is perfect, 0.25 is what 0.5 for everything gets (Brier 1950).

    >>> brier(np.array([1.0, 0.5]), np.array([True, True]))
    0.125
    """
    return float(np.mean((probability - truth) ** 2))


def calibration_error(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Expected calibration error: how far bins of probabilities lie from the shares that were true, on average.

    Ten bins of equal width, weighed by how many are in them (Naeini, Cooper and Hauskrecht 2015, equation 3). 0 is
    perfect. With few judgements it is too high: chance alone moves each bin.

    >>> round(calibration_error(np.array([0.9, 0.9, 0.1]), np.array([True, False, False])), 3)
    0.3
    """
    table = reliability(probability, truth)
    return float((np.abs(table.said - table.found) * table.n).sum() / max(table.n.sum(), 1))


def reliability(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> Reliability:
    """What was said and what was found, in ten bins of equal width.

    >>> reliability(np.array([0.9, 0.9, 0.1]), np.array([True, False, False])).found.tolist()
    [0.0, 0.5]
    """
    place = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    n = np.bincount(place, minlength=BINS)
    full = n > 0
    hits = np.bincount(place, truth, minlength=BINS)[full]
    said = np.bincount(place, probability, minlength=BINS)[full] / n[full]
    lower, upper = wilson(hits, n[full])
    return Reliability(said, hits / n[full], lower, upper, n[full])


def auc(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """How often a true one has a higher probability than a false one, ties counted half; not a number without both.

    The area under the ROC curve, by the rank sum of Mann and Whitney 1947.

    >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    right = int(truth.sum())
    wrong = len(truth) - right
    if not right or not wrong:
        return float("nan")
    _, place, count = np.unique(probability, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((ranks[truth].sum() - right * (right + 1) / 2) / (right * wrong))


def bootstrap(
    figure: Callable[[NDArray[np.intp]], float], n: int, *, level: float = 0.95, seed: int = 1
) -> tuple[float, float]:
    """Percentile bootstrap interval of a figure of `n` rows (Efron 1979); `figure` is given the rows of each resample.

    Resamples for which it is not a number are left out. The same seed gives the same interval.

    >>> rows = np.arange(100.0)
    >>> tuple(round(limit) for limit in bootstrap(lambda picked: rows[picked].mean(), 100))
    (44, 55)
    """
    rng = np.random.default_rng(seed)
    found = np.array([figure(rng.integers(0, n, n)) for _ in range(DRAWS)])
    tail = (1 - level) / 2
    lower, upper = np.quantile(found[~np.isnan(found)], [tail, 1 - tail]) if (~np.isnan(found)).any() else (0.0, 1.0)
    return float(lower), float(upper)
