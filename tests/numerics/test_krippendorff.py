"""Krippendorff's alpha against its author's example, simulation, and what must hold."""

import numpy as np
import pytest

from rejoinder.numerics.krippendorff import alpha

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: four observers, twelve units, 0.743.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, -1, -1, -1],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, -1, 3],
    [-1, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, -1],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, -1],
]


def two_coders(share, rng, items):
    """Coders with sensitivity 0.85 and specificity 0.995."""
    hateful = rng.random(items) < share
    return np.stack([np.where(hateful, rng.random(items) < 0.85, rng.random(items) >= 0.995) for _ in range(2)], 1)


def test_is_the_published_figure():
    """0.743 for nominal data, from eleven units with two verdicts or more."""
    found = alpha(np.array(OBSERVERS).T)

    assert (0.743, 11) == (round(found.alpha, 3), found.items)
    assert found.lower < found.alpha < found.upper


def test_falls_for_the_same_coders_where_hate_is_rare():
    """About 0.78 at 30 %, about 0.27 at 0.3 %."""
    rng = np.random.default_rng(1)

    assert pytest.approx(0.78, abs=0.02) == alpha(two_coders(0.3, rng, 50_000), resamples=2).alpha
    assert pytest.approx(0.27, abs=0.03) == alpha(two_coders(0.003, rng, 400_000), resamples=2).alpha


@pytest.mark.parametrize("verdicts", [[[1, -1], [0, -1]], [[1, 1], [1, 1]], np.empty((0, 2))])
def test_agreement_about_nothing_is_unknown(verdicts):
    """One coder only, one verdict only, no items."""
    assert alpha(verdicts).alpha is None


def test_perfect_and_chance():
    """1 where all agree; about 0 where both guess."""
    guesses = np.random.default_rng(2).integers(0, 2, (20_000, 2))

    assert alpha([[0, 0], [1, 1]] * 5).alpha == 1
    assert pytest.approx(0, abs=0.02) == alpha(guesses, resamples=2).alpha


def test_seed_and_level_are_alive():
    """The same seed gives the same limits; a lower level narrower ones."""
    verdicts = two_coders(0.3, np.random.default_rng(3), 200)
    again, other, narrow = alpha(verdicts), alpha(verdicts, seed=2), alpha(verdicts, level=0.5)

    assert alpha(verdicts) == again != other
    assert again.lower < narrow.lower < narrow.upper < again.upper


@pytest.mark.slow
def test_the_bootstrap_holds_the_truth():
    """300 samples of 200 items at 30 %: in about 89 %, as documented."""
    rng = np.random.default_rng(4)
    truth = alpha(two_coders(0.3, rng, 400_000), resamples=2).alpha
    found = [alpha(two_coders(0.3, rng, 200), resamples=300) for _ in range(300)]

    assert 0.86 < np.mean([one.lower <= truth <= one.upper for one in found]) < 0.93
