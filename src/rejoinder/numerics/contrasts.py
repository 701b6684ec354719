"""Two figures beside each other: their difference, their ratio, and how many items it takes to tell them apart."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_NORMAL = NormalDist()


class Ratio(NamedTuple):
    """After over before. `None` for a limit that the data leave open."""

    value: float | None
    lower: float | None
    upper: float | None


def rise_p_value(before: ArrayLike, after: ArrayLike, variances: tuple[ArrayLike, ArrayLike]) -> Floats:
    """The one-sided p-value of "no rise": low means that a rise as large would seldom come by chance.

    Wald's test of the difference of two independent estimates with these `variances`; the skew that ruins Wald's
    interval of a single rare share cancels in a difference. 1/2 where neither estimate varies and they are equal.

    >>> f"{rise_p_value(0.003, 0.006, (2.5e-7, 5e-7)):.4f}"
    '0.0003'
    """
    difference = np.asarray(after, np.float64) - np.asarray(before, np.float64)
    error = np.sqrt(np.asarray(variances[0], np.float64) + np.asarray(variances[1], np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where((error > 0) | (difference != 0), difference / error, 0.0)
    return normal_tail(z)


def normal_tail(z: ArrayLike) -> Floats:
    """The probability that a standard normal variable exceeds `z`, exact in the far tail."""
    return np.asarray(_erfc(np.asarray(z, np.float64) / math.sqrt(2)), np.float64)[()] / 2


def ratio(before: float, after: float, variances: tuple[float, float], *, level: float = 0.95) -> Ratio:
    """How many times as much after as before, with Fieller's interval: the ratios that a test would not reject.

    It agrees with `rise_p_value`: the lower limit is above 1 just when a two-sided test at `level` finds a rise.
    Where the figure before is not itself clearly above 0 there is no upper limit (and no lower one above 0 may exist):
    `None` says so. Source: E. C. Fieller, Journal of the Royal Statistical Society B 16 (1954) 175-185.

    >>> "{:.2f} ({:.2f} to {:.2f})".format(*ratio(0.003, 0.006, (2.5e-7, 5e-7)))
    '2.00 (1.36 to 3.12)'
    """
    if before <= 0:
        return Ratio(None, None, None)
    z = _NORMAL.inv_cdf((1 + level) / 2)
    lead, middle, constant = (
        before**2 - z**2 * variances[0], before * after, after**2 - z**2 * variances[1],
    )  # fmt: skip
    root = middle**2 - lead * constant
    if lead <= 0 or root < 0:
        positive = constant > 0 and root >= 0
        return Ratio(after / before, constant / (middle + math.sqrt(root)) if positive else 0.0, None)
    lower, upper = ((middle + sign * math.sqrt(root)) / lead for sign in (-1, 1))
    return Ratio(after / before, max(lower, 0.0), upper)


def difference(
    shares: tuple[float, float], limits: tuple[tuple[float, float], tuple[float, float]]
) -> tuple[float, float]:
    """Limits of the second share minus the first, from each one's own limits (Wilson's, or wider for clusters).

    Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10; with other limits it is the "MOVER"
    of G. Zou, A. Donner, Statistics in Medicine 27 (2008) 1693-1702.

    >>> from rejoinder.numerics.intervals import wilson
    >>> first, second = ((float(low), float(high)) for low, high in (wilson(48, 80), wilson(56, 70)))
    >>> "{:.4f} to {:.4f}".format(*difference((48 / 80, 56 / 70), (first, second)))
    '0.0524 to 0.3339'
    """
    (first, second), ((low1, high1), (low2, high2)) = shares, limits
    down = math.hypot(second - low2, high1 - first)
    up = math.hypot(high2 - second, first - low1)
    return second - first - down, second - first + up


def arm_size(first: float, second: float, *, power: float = 0.8, level: float = 0.95) -> int:
    """How many items each of two arms needs, to see that their shares are `first` and `second`, two-sided.

    The items are independent; times the design effect where accounts give several. Source: J. L. Fleiss, Statistical
    Methods for Rates and Proportions, 2nd edition (1981), equation (3.14), without correction for continuity.

    Raises `ValueError` where the shares are equal or outside 0 to 1.

    >>> arm_size(0.02, 0.05), arm_size(0.02, 0.10)
    (588, 138)
    """
    if first == second or not (0 <= first <= 1 and 0 <= second <= 1):
        raise ValueError(f"shares are {first:g} and {second:g}, expected two different ones between 0 and 1")
    mean = (first + second) / 2
    wanted = _NORMAL.inv_cdf((1 + level) / 2) * math.sqrt(2 * mean * (1 - mean))
    wanted += _NORMAL.inv_cdf(power) * math.sqrt(first * (1 - first) + second * (1 - second))
    return math.ceil((wanted / (first - second)) ** 2)


def smallest_rise(before: float, variance: float, *, power: float = 0.8, level: float = 0.95) -> float:
    """How many times as much it must become for the test of the difference to see it; infinite where none was found.

    `variance` is that of the estimate before; after a rise it is taken to grow with the share, as counts do, on a
    sample of the same design. Two-sided at `level`, as the ratio's interval is. High means a blunt instrument.

    >>> f"{smallest_rise(0.003, 2.5e-7):.2f}"
    '1.78'
    """
    if before <= 0:
        return math.inf
    reach = (_NORMAL.inv_cdf((1 + level) / 2) + _NORMAL.inv_cdf(power)) ** 2 * variance / before**2
    return 1 + reach / 2 + math.sqrt(reach**2 / 4 + 2 * reach)  # the root of (r - 1)^2 = reach (1 + r)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for how many there are, in the order given; the chance of one false finding stays below each.

    Source: S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, p_values[at] * (len(p_values) - rank)))
        adjusted[at] = highest
    return adjusted


_erfc = np.frompyfunc(math.erfc, 1, 1)
