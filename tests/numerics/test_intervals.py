"""Wilson's interval against an independent solution, and what must hold of any interval."""

from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.intervals import wilson

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def _limit_by_bisection(count, n, z, low, high):
    """The p between low and high whose score test is just at z: the definition, solved by halving."""
    for _ in range(200):
        middle = (low + high) / 2
        accepted = abs(count / n - middle) <= z * sqrt(middle * (1 - middle) / n)
        if accepted == (low < count / n):
            high = middle
        else:
            low = middle
    return low


@given(COUNTS, st.sampled_from([0.8, 0.95, 0.99]))
def test_equals_the_inverted_score_test(pair, level):
    """The limits are where the score test just stops rejecting, found by bisection."""
    count, n = pair
    z = NormalDist().inv_cdf((1 + level) / 2)
    lower, upper = wilson(count, n, level=level)
    expected_lower = _limit_by_bisection(count, n, z, 0.0, count / n) if count else 0.0
    expected_upper = 1 - _limit_by_bisection(n - count, n, z, 0.0, 1 - count / n) if count < n else 1.0

    assert (expected_lower, expected_upper) == (pytest.approx(lower, abs=1e-9), pytest.approx(upper, abs=1e-9))


@pytest.mark.parametrize(
    ("count", "n", "printed"),
    [
        (196, 200, "95.0 to 99.2"),
        (259, 300, "82.0 to 89.8"),
        (4, 200, "0.8 to 5.0"),
        (0, 200, "0.0 to 1.9"),
        (114, 714, "13.5 to 18.8"),
    ],
)
def test_gives_the_published_figures(count, n, printed):
    """The intervals of the public audits come out to the digit."""
    lower, upper = wilson(count, n)

    assert printed == f"{100 * lower:.1f} to {100 * upper:.1f}"


@given(COUNTS)
def test_mirrors(pair):
    """Counting the other outcome turns the interval round."""
    count, n = pair
    lower, upper = wilson(count, n)
    mirrored_lower, mirrored_upper = wilson(n - count, n)

    assert (pytest.approx(1 - upper), pytest.approx(1 - lower)) == (mirrored_lower, mirrored_upper)


@given(COUNTS)
def test_contains_the_share_and_stays_possible(pair):
    """0 <= lower <= share <= upper <= 1."""
    count, n = pair
    lower, upper = wilson(count, n)

    assert 0 <= lower <= count / n <= upper <= 1


def test_level_changes_the_width():
    """A higher level gives a wider interval."""
    narrow, wide = wilson(10, 100, level=0.8), wilson(10, 100, level=0.99)

    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_nothing_known_is_everything_possible():
    """Of no trials the interval is (0, 1)."""
    assert (0.0, 1.0) == wilson(0, 0)


def test_takes_arrays():
    """Arrays are taken element by element."""
    lower, _ = wilson([0, 4], [200, 200])

    np.testing.assert_allclose(lower, [0.0, wilson(4, 200)[0]])


@pytest.mark.parametrize(("count", "n", "level"), [(5, 4, 0.95), (-1, 4, 0.95), (1, 4, 95)])
def test_refuses_the_impossible(count, n, level):
    """A count outside 0..n or a level outside (0, 1) is an error, not a number."""
    with pytest.raises(ValueError, match=r"level|count"):
        wilson(count, n, level=level)


def test_covers_the_truth_about_as_often_as_it_says():
    """By simulation, 95 % intervals hold the true share in 93 to 97 % of samples, at three shares."""
    random = np.random.default_rng(1)
    for share in (0.02, 0.1, 0.5):
        counts = random.binomial(400, share, 20_000)
        lower, upper = wilson(counts, 400)
        assert 0.93 < np.mean((lower <= share) & (share <= upper)) < 0.97
