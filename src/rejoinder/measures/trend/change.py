"""Did it rise between two periods: fresh judgements in both, on a design frozen before the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rejoinder.errors import UsageError
from rejoinder.numerics.contrasts import ratio, rise_p_value, smallest_rise

if TYPE_CHECKING:
    from rejoinder.measures.prevalence.figures import Figure

ONE_SIDED = 0.025
"""Of the test for a rise: the lower end of a 95 % interval."""


class Change(NamedTuple):
    """What changed between two samples, and what could have been seen."""

    before: float
    after: float
    ratio: float | None
    lower: float | None
    """Fieller's 95 % interval; `None` above means that the figure before is too uncertain for an upper limit."""
    upper: float | None
    p_rise: float
    """One-sided: low means that a rise as large would seldom come by chance."""
    p_fall: float
    smallest_rise: float | None
    """How many times as much it must become to be seen in four of five such pairs; `None` where none was found."""
    claim: str


class BreakEven(NamedTuple):
    """An apparent rise in what a detector flags, and the precision at which nothing rose."""

    apparent: float
    before: float
    after: float
    """If the share of flagged posts that are hateful fell from `before` to this, nothing rose."""


def change(before: Figure, after: Figure, *, plans: tuple[str, str], planned_before: bool) -> Change:
    """The change from one period to another, from figures of two samples by the same plan (its hashes are `plans`).

    Wald's test of the difference, whose skew cancels; never the overlap of two intervals, which sees next to nothing.
    Raises `UsageError` where the two samples were drawn by different plans.
    """
    if plans[0] != plans[1]:
        raise UsageError(
            "the two samples were drawn by different plans, so what changed may be the plan",
            expected="one plan, frozen before the second period",
            remedy="draw both with `rejoinder sample draw --plan` of the same name",
        )
    variances = (before.variance, after.variance)
    value, lower, upper = ratio(before.value, after.value, variances)
    rise, fall = (float(rise_p_value(a, b, variances)) for a, b in
                  ((before.value, after.value), (after.value, before.value)))  # fmt: skip
    least = smallest_rise(before.value, before.variance) if before.value else None
    claim = _claim((rise, fall), (value, lower, upper), least)
    if not planned_before:
        claim += " The plan was frozen after the second period began, so this is a finding to be tested, not a test."
    return Change(before.value, after.value, value, lower, upper, rise, fall, least, claim)


def break_even(flagged_before: int, flagged_after: int, precision: float) -> BreakEven:
    """The change of precision that would erase a rise in what is flagged; `precision` is the share right before.

    Counts of flags say nothing else without fresh judgements in both periods. Raises `UsageError` where nothing was
    flagged in one of the periods, or `precision` is outside 0 to 1.

    >>> told = break_even(6_204, 12_762, 0.75)
    >>> f"x {told.apparent:.2f}; nothing rose if precision fell from {told.before:.0%} to {told.after:.1%}"
    'x 2.06; nothing rose if precision fell from 75% to 36.5%'
    """
    if flagged_before <= 0 or flagged_after <= 0 or not 0 < precision <= 1:
        raise UsageError("a break-even needs flagged posts in both periods and a precision between 0 and 1")
    apparent = flagged_after / flagged_before
    return BreakEven(apparent, precision, precision / apparent)


def _claim(p: tuple[float, float], times: tuple[float | None, float | None, float | None], least: float | None) -> str:
    value, lower, upper = times
    seen = f" A rise below {least:.1f} times would mostly have gone unseen." if least else ""
    if value is None:
        return "None was found before, so no ratio can be given." + (
            " There is more after." if p[0] < ONE_SIDED else ""
        )
    interval = f"{value:.2f} times as much (95 % interval {lower:.2f} to {upper:.2f})" if upper else (
        f"{value:.2f} times as much (at least {lower:.2f} times; no upper limit)"
    )  # fmt: skip
    if p[0] < ONE_SIDED:
        return f"It rose: {interval}."
    if p[1] < ONE_SIDED:
        return f"It fell: {interval}."
    return f"A rise cannot be claimed, nor a fall: {interval}.{seen}"
