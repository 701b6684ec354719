"""Calibration recovers a known shift, and does little with little."""

import numpy as np
import pytest

from rejoinder.signals.post.calibration import Calibration, logits


def judged(rows, slope, offset, seed=5):
    """Probabilities of a detector, and judgements under a known line."""
    chance = np.random.default_rng(seed)
    logit = chance.normal(scale=2, size=rows)
    hateful = chance.random(rows) < 1 / (1 + np.exp(-(slope * logit + offset)))
    return 1 / (1 + np.exp(-logit)), hateful


@pytest.mark.parametrize(("slope", "offset"), [(1.0, -2.0), (0.5, 0.0), (1.5, 1.0)])
def test_many_judgements_recover_the_line(slope, offset):
    found = Calibration.fitted(*judged(20_000, slope, offset))
    assert (found.slope, found.offset) == pytest.approx((slope, offset), abs=0.1)


def test_a_handful_of_judgements_changes_little():
    found = Calibration.fitted(*judged(4, 0.2, -3.0))
    assert found.slope == pytest.approx(1.0, abs=0.5)


def test_nothing_fitted_is_nothing_changed():
    probabilities = np.array([0.01, 0.5, 0.99])
    np.testing.assert_allclose(probabilities, Calibration().probability(logits(probabilities)))


def test_a_higher_offset_raises_and_a_higher_slope_spreads():
    logit = np.array([-1.0, 1.0])
    plain, raised, spread = (each.probability(logit) for each in (Calibration(), Calibration(1, 1), Calibration(2, 0)))
    assert (raised > plain).all()
    assert spread[0] < plain[0] < plain[1] < spread[1]
