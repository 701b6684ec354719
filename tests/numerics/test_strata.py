"""Stratified samples against slow loops, simulation, and what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.intervals import wilson
from rejoinder.numerics.strata import allocation, cuts, total
from rejoinder.numerics.weighted import gamma_interval

POPULATIONS = st.lists(st.integers(1, 50_000), min_size=1, max_size=8)


@given(POPULATIONS, st.integers(0, 5_000), st.floats(0, 1), st.data())
def test_allocation_adds_up_and_never_takes_more_than_there_is(population, size, neyman, data):
    """Two from each stratum where it has them, the sum as asked, or all there is."""
    spread = data.draw(st.lists(st.floats(0, 0.5), min_size=len(population), max_size=len(population)))
    taken = allocation(population, spread, size, neyman=neyman)
    least = sum(min(2, one) for one in population)

    assert max(least, min(size, sum(population))) == taken.sum()
    assert all(min(2, one) <= n <= one for one, n in zip(population, taken, strict=True))


def test_allocation_is_half_neyman_half_proportional():
    """By hand: 1,000 of 90,000 and 10,000, the smaller with ten times the spread."""
    # Neyman: 900 to 1,000; in proportion: 900 to 100.
    assert [round(500 * 0.9 + 500 * 900 / 1900), round(500 * 0.1 + 500 * 1000 / 1900)] == allocation(
        [90_000, 10_000], [0.01, 0.1], 1_000
    ).tolist()


def test_neyman_share_is_alive():
    """All in proportion, or all by Neyman."""
    proportional, by_spread = (allocation([900, 100], [0.1, 0.4], 100, neyman=share).tolist() for share in (0, 1))

    assert [90, 10] == proportional
    assert [69, 31] == by_spread


def test_cuts_share_the_spread():
    """Each stratum has about as much of it as the others."""
    p = np.random.default_rng(0).beta(0.05, 2, 50_000)
    at = cuts(p, 6)
    spread = np.bincount(np.searchsorted(at, p, "right"), np.sqrt(p * (1 - p)))

    assert 6 == len(spread)
    np.testing.assert_allclose(spread, spread.mean(), rtol=0.02)


@pytest.mark.parametrize("p", [[], [0.0, 0.0], [1.0], [0.4, 0.4, 0.4]])
def test_one_probability_for_all_is_one_stratum(p):
    """No cut where there is nothing to tell items apart."""
    assert [] == cuts(p, 6).tolist()


def test_the_estimate_is_that_of_a_loop_over_items():
    """Horvitz and Thompson: one over the inclusion probability of each item found, over all items."""
    population, taken, found = [1_000, 200, 50], [40, 30, 25], [1, 6, 20]
    by_loop = sum(k * size / n for size, n, k in zip(population, taken, found, strict=True)) / 1_250

    assert pytest.approx(by_loop) == total(population, taken, found).value


def test_one_stratum_is_a_plain_sample():
    """The interval is Fay and Feuer's with one weight, near Wilson's."""
    told, (lower, upper) = total([10**9], [1_000], [10]), gamma_interval(0.01, 1e-5, 1e-3)
    plain = wilson(10, 1_000)

    assert (pytest.approx(lower), pytest.approx(upper)) == (told.lower, told.upper)
    assert (pytest.approx(plain[0], abs=1e-3), pytest.approx(plain[1], abs=1e-3)) == (told.lower, told.upper)


def test_a_stratum_taken_whole_has_no_error():
    """All taken: the count itself. One of two taken: what is certain is certain."""
    whole = total([10, 90], [10, 90], [3, 2])
    half = total([10, 90], [10, 45], [3, 0])

    assert (0.05, 0.05, 0.05, 0.05, 0.0) == (whole.value, whole.lower, whole.upper, whole.at_least, whole.variance)
    assert pytest.approx(0.03) == half.lower
    assert pytest.approx(0.03) == half.value
    assert half.upper < 0.03 + 0.9 * 3.69 / 45 + 1e-9


def test_what_was_seen_bounds_the_limits():
    """Of 10 items 9 were taken and 8 found: at least 8 and at most 9 of 10."""
    told = total([10], [9], [8])

    assert (0.8, 0.9) == (told.lower, told.upper)


def test_views_drawn_again_are_never_a_census():
    """Ten draws from ten views may have met the same view."""
    assert total([10], [10], [3], again=True).upper > total([10], [10], [3]).upper


def test_zero_found_says_what_can_be_said():
    """No positives: from 0 to 3.69 times the largest weight."""
    told = total([90_000, 10_000], [500, 500], [0, 0])

    assert (0.0, 0.0, 0.0) == (told.value, told.lower, told.at_least)
    assert pytest.approx(3.6889 * 0.9 / 500, rel=1e-4) == told.upper


@pytest.mark.parametrize(
    ("population", "taken", "found", "words"),
    [([10, 5], [5, 0], [1, 0], "nothing is known"), ([10], [5], [6], "more was found"),
     ([10], [11], [1], "more was taken"), ([0], [0], [0], "nothing is known")],
)  # fmt: skip
def test_the_impossible_is_refused(population, taken, found, words):
    """An empty stratum, more found than taken, more taken than there is, nothing at all."""
    with pytest.raises(ValueError, match=words):
        total(population, taken, found)


def test_an_empty_stratum_without_items_is_no_matter():
    """Strata fixed before may be empty afterwards."""
    assert total([10, 0], [5, 0], [1, 0]).value == total([10], [5], [1]).value


@pytest.mark.slow
@pytest.mark.parametrize("size", [1_000, 3_000])
@pytest.mark.parametrize("prevalence", [0.001, 0.01])
def test_intervals_hold_the_truth_where_hate_is_rare(prevalence, size):
    """2,000 samples from strata like a weak detector's: published at least 95 %, mid-p at least 94.5 %, both sides."""
    random = np.random.default_rng(2)
    population = np.array([1_500_000, 300_000, 120_000, 50_000, 20_000, 10_000])
    shares = np.array([0.1, 0.5, 1.5, 4, 10, 30])
    positive = np.round(population * shares * prevalence / (population @ shares / population.sum())).astype(int)
    p = positive / population
    taken = allocation(population, np.sqrt(p * (1 - p)), size)
    told = total(population, taken, random.hypergeometric(positive, population - positive, taken, (2_000, 6)))
    truth = positive.sum() / population.sum()

    assert np.mean((told.lower <= truth) & (truth <= told.upper)) >= 0.95
    assert np.mean((told.mid_lower <= truth) & (truth <= told.mid_upper)) >= 0.945
    assert np.mean(told.at_least <= truth) >= 0.945
    assert pytest.approx(truth, rel=0.05) == told.value.mean()
    assert pytest.approx(told.variance.mean(), rel=0.15) == told.value.var()
