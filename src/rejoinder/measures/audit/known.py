"""The published audits, shipped as facts with their sources, and the intervals that nobody printed."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Literal

import msgspec

from rejoinder.numerics.intervals import wilson

ICC = 0.5
"""How alike the fates of one account's posts are taken to be where the source lets nobody see; 0 is not at all."""


class Audit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source says of one audit."""

    name: str
    year: int
    platform: str
    acted: int
    """On which the platform acted, as the source counts."""
    up: int
    """Still up, or not acted on where the source has only these two."""
    reported: int
    rate_of: Literal["acted", "up"]
    """Which of the two is the headline."""
    source: str
    group: str = ""
    """Rows of one group were made the same way, so they may be compared."""
    accounts: int | None = None
    counted: bool = True
    limits: str = ""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One audit with its rate and 95 % interval; shares between 0 and 1."""

    name: str
    up: int
    acted: int
    reported: int
    rate: float
    lower: float
    upper: float
    rate_of: str
    clustered_lower: float | None
    """Wilson's interval on fewer, independent posts: reported / (1 + (posts per account - 1) x `ICC`)."""
    clustered_upper: float | None
    counted: bool
    source: str
    limits: str


def audits() -> list[Audit]:
    """The audits as shipped, in order.

    >>> len(audits()), audits()[0].name
    (15, 'CCDH 2021: Facebook')
    """
    text = files("rejoinder.measures.audit").joinpath("known.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["audit"], list[Audit])


def known() -> list[Known]:
    """Every published audit with its rate and Wilson's 95 % interval, as if its items were a random sample.

    They were not: most were chosen by hand, and the interval says only what chance alone would leave open.

    >>> [f"{a.rate:.1%} ({a.lower:.1%} to {a.upper:.1%})" for a in known() if a.name == "CCDH November 2023"]
    ['98.0% (95.0% to 99.2%)']
    """
    return [_with_interval(audit) for audit in audits()]


def _with_interval(audit: Audit) -> Known:
    count = audit.up if audit.rate_of == "up" else audit.acted
    lower, upper = wilson(count, audit.reported)
    clustered = _clustered(count, audit.reported, audit.accounts)
    return Known(
        name=audit.name, up=audit.up, acted=audit.acted, reported=audit.reported, rate=count / audit.reported,
        lower=float(lower), upper=float(upper), rate_of=audit.rate_of, clustered_lower=clustered[0],
        clustered_upper=clustered[1], counted=audit.counted, source=audit.source, limits=audit.limits,
    )  # fmt: skip


def _clustered(count: int, n: int, accounts: int | None) -> tuple[float, float] | tuple[None, None]:
    if accounts is None or accounts == n:
        return None, None
    effect = 1 + (n / accounts - 1) * ICC
    lower, upper = wilson(count / effect, n / effect)
    return float(lower), float(upper)
