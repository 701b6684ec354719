"""Differences, ratios and sizes against published figures, definitions and simulation."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.contrasts import arm_size, difference, holm, ratio, rise_p_value
from rejoinder.numerics.intervals import wilson

SHARES = st.floats(0.01, 0.5)


@pytest.mark.parametrize(
    ("first", "second", "printed"), [(0.02, 0.10, 138), (0.15, 0.25, 250), (0.02, 0.05, 588), (0.16, 0.21, 946)]
)
def test_sizes_are_those_of_the_table(first, second, printed):
    """80 % power, two-sided 5 %."""
    assert printed == arm_size(first, second)


def test_the_size_has_the_power():
    """By simulation, the score test finds the difference in four of five audits of that size."""
    random, n = np.random.default_rng(3), arm_size(0.05, 0.12)
    first, second = random.binomial(n, 0.05, 20_000) / n, random.binomial(n, 0.12, 20_000) / n
    mean = (first + second) / 2
    found = np.abs(first - second) > 1.959964 * np.sqrt(2 * mean * (1 - mean) / n)

    assert 0.79 < found.mean() < 0.815


def test_power_and_level_are_alive():
    """More certainty takes more items."""
    assert arm_size(0.1, 0.2) < arm_size(0.1, 0.2, power=0.9) < arm_size(0.1, 0.2, power=0.9, level=0.99)


@pytest.mark.parametrize(("first", "second"), [(0.1, 0.1), (-0.1, 0.1), (0.1, 1.1)])
def test_sizes_of_no_difference_are_refused(first, second):
    """No number of items shows what is not there."""
    with pytest.raises(ValueError, match="shares are"):
        arm_size(first, second)


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "printed"),
    [(56, 70, 48, 80, (0.0524, 0.3339)), (9, 10, 3, 10, (0.1705, 0.8090)), (5, 56, 0, 29, (-0.0381, 0.1926))],
)
def test_differences_are_newcombes(a, m, b, n, printed):
    """Table II of Newcombe (1998), method 10."""
    limits = tuple((float(low), float(high)) for low, high in (wilson(b, n), wilson(a, m)))

    assert printed == tuple(round(limit, 4) for limit in difference((b / n, a / m), limits))


@given(SHARES, SHARES, st.floats(1e-6, 1e-2), st.floats(1e-6, 1e-2))
def test_the_ratio_agrees_with_the_test_of_the_difference(before, after, first, second):
    """Its lower limit is above 1 just when the difference is more than 1.96 standard errors."""
    found = ratio(before, after, (first, second))
    z = (after - before) / math.sqrt(first + second)
    rose = z > NormalDist().inv_cdf(0.975)
    assert found.lower is not None

    assert rose == (found.lower > 1)
    assert (rise_p_value(before, after, (first, second)) < 0.025) == rose
    assert found.lower <= found.value * (1 + 1e-12)
    assert found.upper is None or found.value <= found.upper * (1 + 1e-12)


@given(SHARES, SHARES, st.floats(1e-6, 1e-4), st.floats(1e-6, 1e-4))
def test_the_limits_of_the_ratio_are_just_not_rejected(before, after, first, second):
    """At each limit r the statistic of "after = r before" is just 1.96."""
    found = ratio(before, after, (first, second))
    for limit in (found.lower, found.upper):
        if limit:
            z = abs(after - limit * before) / math.sqrt(second + limit**2 * first)
            assert pytest.approx(NormalDist().inv_cdf(0.975), rel=1e-6) == z


def test_a_ratio_over_nothing_says_nothing():
    """None found before: no ratio. Too few before: no upper limit."""
    assert (None, None, None) == ratio(0.0, 0.1, (0.0, 1e-4))
    assert ratio(0.001, 0.01, (1e-6, 1e-6)).upper is None
    assert (0.0, None) == ratio(0.001, 0.001, (1e-6, 1e-6))[1:]


def test_no_change_and_no_spread_is_no_rise():
    """Equal and certain: one half; different and certain: sure."""
    assert (0.5, 0.0, 1.0) == tuple(rise_p_value(0.1, after, (0.0, 0.0)) for after in (0.1, 0.2, 0.05))


def test_holm_by_hand():
    """The smallest times three, then never below it."""
    assert [0.03, 0.03, 0.5] == pytest.approx(holm([0.01, 0.012, 0.5]))
    assert [] == holm([])
