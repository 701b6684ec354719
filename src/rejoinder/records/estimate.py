"""An estimate: a figure with its interval, level, method, sample size and what it was computed from."""

from __future__ import annotations

from rejoinder.records.base import Count, Id, Probability, Record


class Estimate(Record, frozen=True, kw_only=True):
    """A figure that can be attacked, because it says how it came about.

    >>> Estimate(name="acted on", value=0.02, lower=0.008, upper=0.05, level=0.95, method="Wilson", n=200).n
    200
    """

    name: Id
    by: str = ""
    """The dimension of a breakdown, as in `kind`; empty for the whole."""
    group: str = ""
    """The value on that dimension, as in `threat`."""
    period: str = ""
    """First day of the week that it speaks of, as in `2023-11-13`; empty for all time."""
    value: float | None
    """`None` where nothing can be said; the interval says the same."""
    lower: float | None
    upper: float | None
    level: Probability
    method: Id
    n: Count
    """Size of the sample or of the denominator."""
    count: Count | None = None
    unit: str = "share"
    computed_from: tuple[str, ...] = ()
    """Hashes of the archive parts."""
    reading: str = ""
    """One sentence that says what it does and does not mean."""
