"""Stratified samples: where to cut, how many to take from each stratum, and what they tell of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rejoinder.numerics.weighted import at_least, gamma_interval, mid_p_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LEAST = 2
"""Items from every stratum that has as many: one alone tells nothing of the stratum's spread."""


class Total(NamedTuple):
    """A share of the whole population; each field is shaped as the leading axes of what was found."""

    value: Floats
    lower: Floats
    """Two-sided, by Fay and Feuer: the published interval."""
    upper: Floats
    at_least: Floats
    """One-sided, at the same level."""
    mid_lower: Floats
    """Two-sided, mid-p: the secondary interval."""
    mid_upper: Floats
    variance: Floats
    """Of `value`, for differences; never for an interval of its own at rare shares."""


def cuts(probability: ArrayLike, strata: int) -> Floats:
    """Where to cut probabilities into at most `strata` strata of equal expected spread; rising, without doubles.

    A stratum begins at its cut (included). Spread is the sum of sqrt(p (1 - p)), p being the probabilities
    themselves, so that Neyman's allocation takes about as many from each. Fewer cuts come out where many items share
    a probability. Probabilities that are badly calibrated cost width, never coverage.

    Source: T. Dalenius, J. L. Hodges, JASA 54 (1959) 88-101, with the spread in place of the square root of density.

    >>> cuts([0.0] * 90 + [0.2] * 5 + [0.5] * 3 + [0.9] * 2, 3)
    array([0.2, 0.5])
    """
    ordered = np.sort(np.asarray(probability, np.float64))
    spread = np.cumsum(np.sqrt(ordered * (1 - ordered)))
    if not spread.size or spread[-1] <= 0:
        return np.empty(0)
    at = np.searchsorted(spread, spread[-1] * np.arange(1, strata) / strata)
    found: Floats = np.unique(ordered[at])
    return np.asarray(found[found > ordered[0]])


def allocation(population: ArrayLike, spread: ArrayLike, size: int, *, neyman: float = 0.5) -> Ints:
    """How many to take from each stratum: a share `neyman` by Neyman's rule, the rest in proportion.

    `population` counts the items of each stratum, `spread` is the expected standard deviation within it. The
    proportional part keeps every weight at most 1 / (1 - neyman) times that of a plain sample, which is what keeps
    upper limits usable. Every stratum gives two items where it has them and never more than it has; the sum is `size`,
    or the whole population, or two from each where `size` is too small for that.

    >>> allocation([90_000, 9_000, 1_000], [0.01, 0.1, 0.4], 1_000)
    array([655, 249,  96])
    """
    whole, spread = np.asarray(population, np.int64), np.asarray(spread, np.float64)
    wanted = (1 - neyman) * whole / max(whole.sum(), 1)
    if (by_spread := whole * spread).sum() > 0:
        wanted = wanted + neyman * by_spread / by_spread.sum()
    least = np.minimum(whole, LEAST)
    size = int(np.clip(size, least.sum(), whole.sum()))
    low, high = 0.0, 1e18
    for _ in range(200):  # the scale at which the limited sizes add up
        middle = (low + high) / 2
        enough = np.clip(middle * wanted, least, whole).sum() >= size
        low, high = (low, middle) if enough else (middle, high)
    return _rounded(np.clip(high * wanted, least, whole), size)


def total(
    population: ArrayLike, taken: ArrayLike, found: ArrayLike, *, level: float = 0.95, again: bool = False
) -> Total:
    """The share of a whole population from `found` of `taken` in each of its strata (the last axis).

    `population` may count items, or views where views were drawn; `again` says that items could be drawn more than
    once, as views are. The estimate is Horvitz and Thompson's; intervals are those of `weighted`. A stratum taken
    whole has no error; without `again`, what was seen with one's own eyes bounds every limit.

    Raises `ValueError` where more was found than taken or taken than there is, and where a stratum with items has
    none taken: nothing is known of it.

    >>> told = total([90_000, 9_000, 1_000], [655, 249, 96], [1, 8, 40])
    >>> f"{told.value:.2%} ({told.lower:.2%} to {told.upper:.2%}), at least {told.at_least:.2%}"
    '0.84% (0.52% to 1.48%), at least 0.57%'
    """
    whole, n, k = (np.asarray(one, np.float64) for one in (population, taken, found))
    _demand_sense(whole, n, k, again=again)
    share = np.where(n > 0, whole / whole.sum() / np.maximum(n, 1), 0.0)
    complete = (n >= whole) & (not again)
    certain = (share * complete * k).sum(-1)
    rest = np.where(complete, 0.0, share)
    value, square = (rest * k).sum(-1), (rest**2 * k).sum(-1)
    p = k / np.maximum(n, 1)
    fraction = 0.0 if again else n / np.maximum(whole, 1)
    spread = (share * n) ** 2 * (1 - fraction) * p * (1 - p) / np.maximum(n - 1, 1)
    seen = (0.0, 1.0) if again else (k.sum(-1) / whole.sum(), 1 - (n - k).sum(-1) / whole.sum())
    limits = _limits(value, square, rest.max(initial=0.0), level)
    lower, upper, least, mid_lower, mid_upper = (np.clip(certain + limit, *seen)[()] for limit in limits)
    return Total((certain + value)[()], lower, upper, least, mid_lower, mid_upper, spread.sum(-1)[()])


def _limits(value: Floats, square: Floats, largest: float, level: float) -> tuple[Floats, ...]:
    if largest == 0:  # every stratum was taken whole
        return (value,) * 5
    two_sided, mid = (interval(value, square, largest, level=level) for interval in (gamma_interval, mid_p_interval))
    return (*two_sided, at_least(value, square, level=level), *mid)


def _rounded(sizes: Floats, size: int) -> Ints:
    """Whole numbers with the sum `size`: the largest remainders are rounded up."""
    floor = np.floor(sizes + 1e-9)
    missing = size - int(floor.sum())
    floor[np.argsort(floor - sizes, kind="stable")[:missing]] += 1
    return floor.astype(np.int64)


def _demand_sense(whole: Floats, n: Floats, k: Floats, *, again: bool) -> None:
    if np.any(k > n) or np.any(k < 0):
        raise ValueError("more was found than taken")
    if not again and np.any(n > whole):
        raise ValueError("more was taken from a stratum than it has")
    if np.any((n == 0) & (whole > 0)) or not whole.sum():
        raise ValueError("a stratum with items has none taken, so nothing is known of it")
