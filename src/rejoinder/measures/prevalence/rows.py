"""What a sample leaves in the archive: which posts were drawn, and who judges which of them."""

from __future__ import annotations

from typing import Literal

from rejoinder.records.base import Count, Id, Record

Round = Literal["first", "again", "adjudication"]
"""Everything once; every positive and some negatives again, blind; and by a third person where the two disagree."""


class Selection(Record, frozen=True, kw_only=True):
    """One sampled post and how likely it was to be drawn."""

    key = ("sample", "subject")

    sample: Id
    subject: Id
    stratum: Count
    """From 0 by rising probability; the last one holds posts out of the detector's reach."""
    population: Count
    """Posts in the stratum, or views where views were drawn."""
    taken: Count
    """Draws from the stratum."""
    draws: Count
    """How often this post was drawn: once, or more where views were drawn."""
    inclusion: float
    """The probability of being drawn, or the expected number of draws where views were drawn."""


class Assignment(Record, frozen=True, kw_only=True):
    """One sampled post on one coder's sheet."""

    key = ("sample", "subject", "coder", "round")

    sample: Id
    subject: Id
    coder: Id
    """A pseudonym."""
    round: Round
    item: Id
    """The name by which the coder knows it: it tells nothing about author or platform."""
