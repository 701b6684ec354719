"""Intervals for weighted sums of counts against Garwood's exact ones, and what must hold of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.weighted import at_least, gamma_interval, mid_p_interval

INTERVALS = [gamma_interval, mid_p_interval]
WEIGHTS = st.lists(st.floats(0.1, 10.0), min_size=0, max_size=30)


def poisson_tail(mean, count):
    """P(Poisson(mean) >= count), and the probability of just `count`."""
    terms = [math.exp(-mean + n * math.log(mean) - math.lgamma(n + 1)) for n in range(count + 1)]
    return 1 - sum(terms[:count]), terms[count]


def sums(weights):
    return sum(weights), sum(weight**2 for weight in weights)


@pytest.mark.parametrize("count", [1, 3, 10, 50])
def test_equal_weights_give_the_exact_interval(count):
    """With weight 1 the limits are Garwood's: just 2.5 % of Poisson's distribution is beyond what was seen."""
    lower, upper = gamma_interval(count, count, 1.0)
    beyond_lower, _ = poisson_tail(float(lower), count)
    beyond_upper, at_upper = poisson_tail(float(upper), count)

    assert (pytest.approx(0.025), pytest.approx(0.025)) == (beyond_lower, 1 - beyond_upper + at_upper)


@pytest.mark.parametrize("count", [1, 3, 10, 50])
def test_mid_p_counts_what_was_seen_half(count):
    """With weight 1 the limits are those at which half of the probability of what was seen is counted."""
    lower, upper = mid_p_interval(count, count, 1.0)
    (low_tail, low_at), (high_tail, high_at) = poisson_tail(float(lower), count), poisson_tail(float(upper), count)

    assert (pytest.approx(0.025), pytest.approx(0.025)) == (low_tail - low_at / 2, 1 - high_tail + high_at / 2)


def test_unequal_weights_are_the_formula_by_another_library():
    """Sum 16, squares 22, largest 5: through the chi-square quantiles of SciPy."""
    lower, upper = gamma_interval(16.0, 22.0, 5.0)

    assert (pytest.approx(8.169069478726595), pytest.approx(36.41694458921559)) == (lower, upper)


@pytest.mark.parametrize("interval", INTERVALS)
@given(weights=WEIGHTS, largest=st.floats(10.0, 20.0))
def test_an_interval_holds_its_value_and_scales(interval, weights, largest):
    """Lower <= value <= upper; in another unit the limits are in that unit."""
    value, square = sums(weights)
    lower, upper = interval(value, square, largest)
    scaled = interval(7 * value, 49 * square, 7 * largest)

    assert 0 <= lower <= value + 1e-9
    assert value <= upper
    assert (pytest.approx(7 * lower), pytest.approx(7 * upper)) == scaled


@given(weights=WEIGHTS, largest=st.floats(10.0, 20.0))
def test_mid_p_is_inside_above(weights, largest):
    """Its upper limit is never above Fay and Feuer's."""
    assert mid_p_interval(*sums(weights), largest)[1] <= gamma_interval(*sums(weights), largest)[1] * (1 + 1e-9)


@pytest.mark.parametrize("interval", INTERVALS)
def test_every_parameter_is_alive(interval):
    """A larger weight that might have been found, and a higher level, widen the interval."""
    base, heavier, higher = interval(5, 5, 1), interval(5, 5, 4), interval(5, 5, 1, level=0.99)

    assert base[1] < heavier[1]
    assert higher[0] < base[0] < base[1] < higher[1]
    assert interval(5, 9, 4)[0] < base[0]


def test_nothing_found_is_the_rule_of_three():
    """0 to 3.69 times the largest weight two-sided, 0 to 3.00 by mid-p; and no "at least"."""
    assert (0.0, pytest.approx(-2 * math.log(0.025))) == gamma_interval(0, 0, 2.0)
    assert (0.0, pytest.approx(-2 * math.log(0.05))) == mid_p_interval(0, 0, 2.0)
    assert at_least(0, 0) == 0


def test_at_least_is_the_lower_end_of_a_wider_level():
    """95 % on one side is the lower limit of a two-sided 90 %."""
    assert pytest.approx(gamma_interval(12, 20, 3, level=0.9)[0]) == at_least(12, 20, level=0.95)


@pytest.mark.parametrize(("arguments", "level"), [((-1, 1, 1), 0.95), ((1, 1, 0), 0.95), ((1, 1, 1), 95)])
@pytest.mark.parametrize("interval", INTERVALS)
def test_the_impossible_is_refused(interval, arguments, level):
    """Negative weights, no largest weight, a level in per cent."""
    with pytest.raises(ValueError, match=r"weights|level"):
        interval(*arguments, level=level)


def test_gamma_holds_the_truth_where_weights_differ():
    """By simulation over three strata of rare items: at least 95 %, and mid-p at least 94.5 %."""
    random = np.random.default_rng(4)
    weights, means = np.array([1.0, 5.0, 40.0]), np.array([20.0, 3.0, 0.2])
    counts = random.poisson(means, (4_000, 3))
    value, square, truth = counts @ weights, counts @ weights**2, weights @ means
    held = [np.mean((low <= truth) & (truth <= high)) for low, high in (i(value, square, 40.0) for i in INTERVALS)]

    assert held[0] >= 0.95
    assert held[1] >= 0.945
