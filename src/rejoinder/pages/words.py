"""Figures in words: numbers as people read them, unknown said as such, intervals always with their value."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - `date` is what is told
from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rejoinder.records import Estimate

UNKNOWN = "cannot be said"
"""What stands where there is no value."""

FEW = 30
"""Below so many items, a share is said to rest on few."""


def number(value: float | None) -> str:
    """A count with its thousands apart.

    >>> number(1234567), number(0), number(2.5), number(None)
    ('1,234,567', '0', '2.5', 'cannot be said')
    """
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def counted(value: float | None, one: str, many: str = "") -> str:
    """A count and its noun, in the singular where it is one.

    >>> counted(1, "post"), counted(2000, "post"), counted(0, "reply", "replies")
    ('1 post', '2,000 posts', '0 replies')
    """
    return f"{number(value)} {noun(value, one, many)}"


def noun(value: float | None, one: str, many: str = "") -> str:
    """The noun alone, in the number that goes with the count.

    >>> noun(1, "post"), noun(2, "post")
    ('post', 'posts')
    """
    return one if value == 1 else many or f"{one}s"


def share(value: float | None, lower: float | None = None, upper: float | None = None) -> str:
    """A share in per cent with its interval: two digits that count, at least one decimal; none and all are exact.

    `value` is between 0 and 1; without `lower` or `upper` no interval is said.

    >>> share(0.02, 0.0078, 0.0502)
    '2.0 % (0.8 to 5.0)'
    >>> share(0.0012), share(0, 0, 0.0188), share(0.99971), share(None)
    ('0.12 %', '0 % (0.0 to 1.9)', '99.971 %', 'cannot be said')
    """
    if value is None:
        return UNKNOWN
    digits = _decimals(value, lower, upper)
    told = f"{value * 100:.{digits if 0 < value < 1 else 0}f} %"
    return told if lower is None or upper is None else f"{told} ({between(lower, upper, digits)})"


def between(lower: float, upper: float, digits: int) -> str:
    """The two ends of an interval in per cent, without the sign.

    >>> between(0.0078, 0.0502, 1)
    '0.8 to 5.0'
    """
    return f"{lower * 100:.{digits}f} to {upper * 100:.{digits}f}"


def told(estimate: Estimate) -> str:
    """An estimate in words: a share with its interval, anything else as a count.

    >>> from rejoinder.records import Estimate
    >>> told(Estimate(name="read", value=20000, lower=20000, upper=20000, level=1, method="count of all", n=20000,
    ...               unit="posts"))
    '20,000'
    """
    if estimate.unit == "share":
        return share(estimate.value, estimate.lower, estimate.upper)
    return number(estimate.value)


def level(estimates: Sequence[Estimate]) -> str:
    """The level of their intervals, for a heading; empty where they have none or differ.

    >>> from rejoinder.records import Estimate
    >>> level([Estimate(name="a", value=0.5, lower=0.1, upper=0.9, level=0.95, method="Wilson", n=4)])
    '95 % interval'
    """
    levels = {estimate.level for estimate in estimates if estimate.lower is not None}
    only = levels.pop() if len(levels) == 1 else 1.0
    return f"{only * 100:g} % interval" if 0 < only < 1 else ""


def few(n: int, one: str, many: str = "") -> str:
    """A warning, where a share rests on few.

    >>> few(12, "post")
    'It rests on 12 posts, which is few.'
    >>> few(1, "post"), few(200, "post"), few(0, "post")
    ('It rests on 1 post, which is few.', '', '')
    """
    return f"It rests on {counted(n, one, many)}, which is few." if 0 < n < FEW else ""


def joined(items: Sequence[str]) -> str:
    """Items as a sentence lists them.

    >>> joined(["a", "b", "c"]), joined(["a", "b"]), joined(["a"])
    ('a, b and c', 'a and b', 'a')
    """
    *first, last = items or [""]
    return f"{', '.join(first)} and {last}" if first else last


def day(date: str) -> str:
    """A date in words; it stands as it is where it is none.

    >>> day("2023-11-06"), day("soon")
    ('6 November 2023', 'soon')
    """
    try:
        return f"{Date.fromisoformat(date):%-d %B %Y}"
    except ValueError:
        return date


def sentences(*parts: str) -> str:
    """The parts that say something, one after the other.

    >>> sentences("One.", "", "Two.")
    'One. Two.'
    """
    return " ".join(part for part in parts if part)


def _decimals(value: float, lower: float | None, upper: float | None) -> int:
    """So many that the distance from the nearer of 0 and 100 %, or failing that the interval, shows two digits."""
    distance = min(value, 1 - value)
    if distance <= 0:
        distance = (upper or 0) - (lower or 0)
    return min(4, max(1, 1 - floor(log10(distance * 100)))) if distance > 0 else 1
