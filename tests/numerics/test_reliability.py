"""Probabilities held to what happened: against slow loops, and where the answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.reliability import auc, bootstrap, brier, calibration_error, reliability

PAIRS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.99, 1.0]), st.booleans()), min_size=1)


def arrays(pairs):
    """Probabilities and truths."""
    return np.array([p for p, _ in pairs]), np.array([t for _, t in pairs])


@given(PAIRS)
def test_figures_agree_with_slow_loops(pairs):
    """Every pair compared, every bin counted."""
    probability, truth = arrays(pairs)
    wins = [(p > q) + (p == q) / 2 for p, t in pairs if t for q, u in pairs if not u]
    bins = [[pair for pair in pairs if min(int(pair[0] * 10), 9) == place] for place in range(10)]
    gaps = [abs(sum(p for p, _ in held) - sum(t for _, t in held)) for held in bins]

    assert brier(probability, truth) == pytest.approx(sum((p - t) ** 2 for p, t in pairs) / len(pairs))
    assert calibration_error(probability, truth) == pytest.approx(sum(gaps) / len(pairs))
    assert auc(probability, truth) == pytest.approx(np.mean(wins) if wins else np.nan, nan_ok=True)
    assert len(pairs) == reliability(probability, truth).n.sum()


@given(PAIRS)
def test_the_order_of_rows_changes_nothing(pairs):
    """A figure of a set."""
    one, other = arrays(pairs), arrays(pairs[::-1])

    assert auc(*one) == pytest.approx(auc(*other), nan_ok=True)
    assert calibration_error(*one) == pytest.approx(calibration_error(*other))


def test_a_reliable_forecaster_has_hardly_any_calibration_error():
    """Of 0.3, three in ten come true."""
    rng = np.random.default_rng(1)
    probability = rng.random(100_000)

    assert calibration_error(probability, rng.random(100_000) < probability) < 0.01
    assert calibration_error(probability, rng.random(100_000) < probability**2) > 0.1


@pytest.mark.slow
def test_a_bootstrap_covers_the_truth_about_as_often_as_it_says():
    """A mean of 40 rows: 95 % in about 95 of 100, somewhat less as the percentile method is short."""
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(100):
        rows = rng.normal(size=40)
        lower, upper = bootstrap(lambda picked, rows=rows: float(rows[picked].mean()), 40)
        covered += lower <= 0 <= upper

    assert 86 <= covered <= 99


def test_each_parameter_of_the_bootstrap_does_something():
    """Level and seed."""
    rows = np.arange(50.0)

    def interval(**told):
        return bootstrap(lambda picked: float(rows[picked].mean()), 50, **told)

    assert interval() == interval()
    assert interval() != interval(seed=2)
    assert interval(level=0.5)[0] > interval()[0]
    assert (0.0, 1.0) == bootstrap(lambda _: float("nan"), 3)
