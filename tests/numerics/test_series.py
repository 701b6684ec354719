"""The step of a series against generalised least squares written out, and simulation."""

import numpy as np
import pytest

from rejoinder.numerics.series import _least_squares, _whitened, step


def errors(rng, days, memory):
    """AR(1) errors that begin as they go on."""
    u = rng.normal(size=days)
    u[0] /= np.sqrt(1 - memory**2)
    for day in range(1, days):
        u[day] += memory * u[day - 1]
    return u


def test_whitening_is_generalised_least_squares():
    """Coefficients are those with the inverse of the AR(1) covariance, written out as a matrix."""
    rng, memory = np.random.default_rng(0), 0.6
    design, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    inverse = np.linalg.inv(memory ** np.abs(np.subtract.outer(np.arange(40), np.arange(40))))
    expected = np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ y)

    np.testing.assert_allclose(_least_squares(*_whitened(design, y, memory))[0], expected)


def test_finds_the_step_beside_a_trend():
    """A step of 2 on a slope, small errors."""
    days = np.arange(120)
    y = 0.05 * days + 2 * (days >= 70) + 0.1 * errors(np.random.default_rng(1), 120, 0.5)
    found = step(y, 70)

    assert found.lower < 2 < found.upper
    assert pytest.approx(2, abs=0.3) == found.value
    assert pytest.approx(0.5, abs=0.25) == found.memory


def test_a_control_takes_away_what_happened_everywhere():
    """The same wave in both: the step is smaller than its error with the control, and not without."""
    rng, days = np.random.default_rng(2), np.arange(180)
    wave = 3 * np.exp(-((days - 110) ** 2) / 800)
    y = wave + 0.2 * rng.normal(size=180)
    alone, beside = step(y, 90), step(y, 90, control=wave)

    assert beside.lower < 0 < beside.upper
    assert beside.upper - beside.lower < alone.upper - alone.lower


def test_at_and_level_are_alive():
    """Another day, another step; a higher level is wider."""
    y = errors(np.random.default_rng(3), 100, 0.3)
    found, wide = step(y, 50), step(y, 50, level=0.99)

    assert found.value != step(y, 60).value
    assert wide.lower < found.lower < found.upper < wide.upper


@pytest.mark.parametrize(("days", "at", "control"), [(20, 10, None), (100, 5, None), (100, 95, None), (100, 50, [1.0])])
def test_too_few_days_are_refused(days, at, control):
    """As is a control of another length."""
    with pytest.raises(ValueError, match=r"days|control"):
        step(np.zeros(days), at, control=control)


def test_a_flat_series_has_no_step():
    """Nothing varies: nothing is found, and no division by zero."""
    assert (0.0, 0.0, 0.0) == tuple(round(limit, 12) for limit in step(np.zeros(60), 30)[:3])


@pytest.mark.slow
def test_false_rises_are_near_their_level():
    """200 series of 180 days with a memory of 0.7 and a trend: at most 6.5 % where 2.5 % are meant; power is high."""
    rng, days = np.random.default_rng(4), np.arange(180)
    false = seen = 0
    for _ in range(200):
        y = 0.08 * errors(rng, 180, 0.7) + 0.34 * days / 180
        false += step(y, 90).lower > 0
        seen += step(y + np.log(1.5) * (days >= 90), 90).lower > 0

    assert false <= 13
    assert seen > 180
