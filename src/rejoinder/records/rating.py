"""A rating: a rater's verdict on a note."""

from __future__ import annotations

from rejoinder.records.base import Id, Probability, Record, Time


class Rating(Record, frozen=True, kw_only=True):
    """What one rater thinks of one note: 1 helpful, 0.5 somewhat, 0 not helpful."""

    note: Id
    rater: Id
    """A pseudonym."""
    created_at: Time
    helpful: Probability
    reasons: tuple[str, ...] = ()
