"""Did it rise: what may be claimed, and what may not."""

import numpy as np
import pytest

from rejoinder.errors import UsageError
from rejoinder.measures.prevalence.figures import Figure
from rejoinder.measures.trend.change import break_even, change
from rejoinder.numerics.contrasts import ratio, rise_p_value, smallest_rise


def figure(value, variance):
    """A figure of which only value and variance matter."""
    return Figure("", "", 10, 1_000, value, 0.0, 1.0, 0.0, 0.0, 1.0, variance)


def told(before, after, **changes):
    """The change between two figures of one plan."""
    return change(figure(*before), figure(*after), **{"plans": ("p", "p"), "planned_before": True} | changes)


def test_a_clear_rise_is_claimed_with_its_interval():
    """0.3 to 0.6 % with small errors."""
    found = told((0.003, 2.5e-7), (0.006, 5e-7))

    assert found.claim == "It rose: 2.00 times as much (95 % interval 1.36 to 3.12)."
    assert (found.lower, found.upper) == ratio(0.003, 0.006, (2.5e-7, 5e-7))[1:]


def test_a_fall_is_claimed_too():
    """The other way round."""
    assert told((0.006, 5e-7), (0.003, 2.5e-7)).claim.startswith("It fell")


def test_what_cannot_be_claimed_is_said_with_what_could_have_been_seen():
    """A half more, with large errors."""
    found = told((0.003, 1e-6), (0.0045, 1.5e-6))

    assert found.claim.startswith("A rise cannot be claimed")
    assert f"below {smallest_rise(0.003, 1e-6):.1f} times" in found.claim


def test_none_before_gives_no_ratio():
    """Zero positives before: no division by zero, and no silence either."""
    assert (
        told((0.0, 0.0), (0.003, 2.5e-7)).claim
        == "None was found before, so no ratio can be given. There is more after."
    )
    assert told((0.0, 0.0), (0.0, 0.0)).claim == "None was found before, so no ratio can be given."


def test_a_plan_frozen_late_is_no_test():
    """It is said in the same breath."""
    assert "a finding to be tested" in told((0.003, 2.5e-7), (0.006, 5e-7), planned_before=False).claim


def test_two_plans_are_refused():
    """A change of plan looks like a change of hate."""
    with pytest.raises(UsageError, match="different plans"):
        told((0.003, 2.5e-7), (0.006, 5e-7), plans=("p", "q"))


def test_break_even_of_the_published_rise():
    """6,204 to 12,762 a week is x 2.06: erased if precision fell to 0.486 of what it was."""
    assert pytest.approx(0.486, abs=5e-4) == break_even(6_204, 12_762, 1.0).after
    assert pytest.approx(0.5) == break_even(10, 20, 1.0).after
    for bad in ((0, 1, 0.5), (1, 0, 0.5), (1, 1, 0.0), (1, 1, 1.1)):
        with pytest.raises(UsageError, match="break-even"):
            break_even(*bad)


def test_the_smallest_rise_is_seen_in_four_of_five():
    """By simulation of counts: at that ratio, the test finds it in about 80 %."""
    rng, mean, size = np.random.default_rng(1), 40, 10_000
    times = smallest_rise(mean, mean)
    before, after = rng.poisson(mean, size), rng.poisson(mean * times, size)
    found = rise_p_value(before, after, (before, after)) < 0.025

    assert pytest.approx(0.8, abs=0.02) == found.mean()
    same = rng.poisson(mean, size)
    assert np.mean(rise_p_value(before, same, (before, same)) < 0.025) < 0.03
