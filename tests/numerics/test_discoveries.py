"""Many tests at once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.discoveries import discovered, poisson_tail


@given(count=st.integers(0, 60), mean=st.floats(0.01, 30))
def test_the_tail_is_bounded_from_above_and_close_where_it_is_small(count, mean):
    """Against the sum written out."""
    exact = 1 - sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))
    (bound,) = poisson_tail(np.array([count]), np.array([mean]))

    assert bound >= exact - 1e-12
    if count > 2 * mean:
        assert bound <= 2.1 * max(exact, 1e-14) or exact < 1e-13


def test_false_discoveries_stay_rare():
    """Of hypotheses that are all true, at most about the rate of the experiments finds any."""
    rng = np.random.default_rng(1)
    found = [discovered(rng.random(200), 0.1, tests=200).any() for _ in range(400)]

    assert np.mean(found) < 0.14


def test_discoveries_are_those_of_the_procedure_written_out():
    """The largest k with p_(k) <= k q / m, and everything below it; more tests make it harder."""
    chance = np.array([0.04, 0.001, 0.03, 0.6])

    assert discovered(chance, 0.1, tests=4).tolist() == [True, True, True, False]
    assert discovered(chance, 0.1, tests=40).tolist() == [False, True, False, False]
    assert discovered(chance, 0.01, tests=4).tolist() == [False, True, False, False]
    assert discovered(np.zeros(0), 0.1, tests=4).tolist() == []
    assert poisson_tail(np.array([2, 9]), np.array([2.0, 0.0])) == pytest.approx([1.0, 0.0])
