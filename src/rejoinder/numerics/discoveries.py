"""Many tests at once: tails of counts, and which of them to believe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def poisson_tail(count: NDArray[np.int64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """An upper bound, close where it is small, of the chance that a Poisson number of this mean is at least `count`.

    The first term of the tail times the geometric series that bounds the rest: e^-m m^c / c! / (1 - m / (c + 1)); 1
    where the count is not above the mean. Source: W. Feller, An Introduction to Probability Theory and Its
    Applications I, chapter VI, the argument of (3.5).

    >>> [f"{chance:.2g}" for chance in poisson_tail(np.array([3, 80]), np.array([0.5, 13.0]))]
    ['0.014', '4.9e-36']
    """
    heaped = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, max(int(count.max(initial=0)), 1) + 1)))])
    with np.errstate(divide="ignore"):
        first = count * np.log(mean) - mean - heaped[count]
    rest = np.where(mean < count + 1, 1 - mean / (count + 1), 1)
    return np.where(count > mean, np.minimum(np.exp(np.minimum(first, 0)) / rest, 1.0), 1.0)


def discovered(chance: NDArray[np.float64], rate: float, *, tests: int) -> NDArray[np.bool_]:
    """Which of `tests` hypotheses to reject so that at most a share `rate` of the rejected is true, on average.

    `chance` are the p-values that can matter; those of the other tests count as 1. Holds for independent tests and
    for positively dependent ones. Source: Y. Benjamini, Y. Hochberg, J. R. Statist. Soc. B 57 (1995) 289-300,
    procedure (1); dependence: Y. Benjamini, D. Yekutieli, Ann. Statist. 29 (2001) 1165-1188, theorem 1.2.

    >>> discovered(np.array([0.001, 0.2, 0.012]), 0.05, tests=4).tolist()
    [True, False, True]
    """
    ordered = np.sort(chance)
    holds = np.flatnonzero(ordered <= rate * np.arange(1, chance.size + 1) / max(tests, 1))
    limit = ordered[holds[-1]] if holds.size else -1.0
    found: NDArray[np.bool_] = chance <= limit
    return found
