"""The incomplete gamma and beta functions against sums, published tables and each other."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.special import beta_cdf, beta_quantile, gamma_cdf, gamma_quantile, t_quantile

PROBABILITIES = st.floats(1e-4, 1 - 1e-4)


@given(st.integers(1, 60), st.floats(0.01, 150))
def test_gamma_is_the_tail_of_poisson(shape, x):
    """P(gamma with whole shape k <= x) is P(Poisson(x) >= k), summed term by term."""
    term, below = math.exp(-x), 0.0
    for n in range(shape):
        below += term
        term *= x / (n + 1)

    assert pytest.approx(1 - below, abs=1e-12) == float(gamma_cdf(x, shape))


@given(st.integers(1, 12), st.integers(1, 12), st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50))
def test_beta_is_the_tail_of_binomial(a, b, x):
    """With whole parameters, P(beta <= x) is P(binomial(a + b - 1, x) >= a), in exact fractions."""
    n = a + b - 1
    tail = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))

    assert pytest.approx(float(tail), abs=1e-12) == float(beta_cdf(float(x), a, b))


@given(st.floats(1.0, 1e3), PROBABILITIES)
def test_the_gamma_quantile_turns_the_distribution_round(shape, probability):
    """The distribution function of the quantile is the probability."""
    assert pytest.approx(probability, rel=1e-7) == float(gamma_cdf(gamma_quantile(probability, shape), shape))


@given(st.floats(0.5, 1e3), st.floats(0.5, 1e3), PROBABILITIES)
def test_the_beta_quantile_turns_the_distribution_round(a, b, probability):
    """The same for beta."""
    assert pytest.approx(probability, abs=1e-8) == float(beta_cdf(beta_quantile(probability, a, b), a, b))


@given(st.floats(0.6, 50.0), st.floats(0.1, 80.0))
def test_gamma_keeps_its_recurrence(shape, x):
    """P(a + 1, x) = P(a, x) - x^a e^-x / Gamma(a + 1), for shapes that are not whole."""
    step = math.exp(shape * math.log(x) - x - math.lgamma(shape + 1))

    assert pytest.approx(float(gamma_cdf(x, shape)) - step, abs=1e-11) == float(gamma_cdf(x, shape + 1))


@pytest.mark.parametrize(("freedom", "printed"), [(1, 12.706), (5, 2.571), (30, 2.042), (120, 1.980)])
def test_t_is_that_of_the_tables(freedom, printed):
    """As printed in any textbook."""
    assert printed == round(t_quantile(0.975, freedom), 3)


def test_half_shapes_are_the_error_function():
    """P(1/2, x) is erf(sqrt x)."""
    x = np.linspace(0.01, 20, 50)

    np.testing.assert_allclose(gamma_cdf(x, 0.5), [math.erf(math.sqrt(one)) for one in x], atol=1e-13)


def test_the_ends_are_exact():
    """Nothing is below 0, all below infinity."""
    assert (0.0, 1.0) == (gamma_cdf(0.0, 2.0), gamma_cdf(np.inf, 2.0))
    assert (0.0, 1.0) == (beta_cdf(0.0, 2.0, 3.0), beta_cdf(1.0, 2.0, 3.0))


def test_what_is_given_is_left_as_it_was():
    """Arrays of the caller are not written into."""
    x = np.array([0.5, 30.0])
    gamma_cdf(x, 2.0)
    beta_cdf(x / 40, 2.0, 3.0)

    assert [0.5, 30.0] == x.tolist()
