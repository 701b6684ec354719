"""PPI++ by its formula, and that it fails where the documentation says so."""

import numpy as np
import pytest

from rejoinder.numerics.powered import powered_mean


def test_useless_predictions_give_the_plain_mean():
    """A constant prediction has no weight: Wald's interval of the sample."""
    told = powered_mean([0, 1, 1, 0], [0.5] * 4, [0.5] * 10)

    assert (0.5, 0.0, pytest.approx(0.5 - 1.959964 * 0.25)) == (told.value, told.tuned, told.lower)


def test_perfect_predictions_give_nearly_all_of_the_other_items():
    """With many items elsewhere the answer is theirs."""
    rng = np.random.default_rng(0)
    elsewhere, judged = rng.random(100_000) < 0.3, rng.random(200) < 0.3
    told = powered_mean(judged, judged, elsewhere)

    assert pytest.approx(elsewhere.mean(), abs=1e-3) == told.value
    assert told.upper - told.lower < 0.01


def test_level_is_alive():
    """A higher level is wider."""
    y, f = [0, 1, 0, 1], [0.2, 0.6, 0.3, 0.9]

    assert powered_mean(y, f, f).upper < powered_mean(y, f, f, level=0.99).upper


def test_fails_where_hate_is_rare():
    """At 0.1 % with 1,000 judgements and a weak detector, far below 95 %."""
    rng, held = np.random.default_rng(1), 0
    for _ in range(400):
        hateful = rng.random(21_000) < 0.001
        score = 1 / (1 + np.exp(-(rng.normal(size=21_000) + 1.63 * hateful)))
        told = powered_mean(hateful[:1_000], score[:1_000], score[1_000:])
        held += told.lower <= 0.001 <= told.upper

    assert held < 320
