"""A check: one look at an item at a time."""

from __future__ import annotations

from typing import Literal

from rejoinder.records.base import Id, Record, SubjectType, Time

Outcome = Literal[
    "up", "labelled", "limited", "removed by platform", "deleted by author", "account gone", "unreachable", "disputed"
]
"""What was seen. `unreachable` is unknown: it never counts as removed."""


class Check(Record, frozen=True, kw_only=True):
    """What one look found, and how the look was obtained."""

    subject: Id
    subject_type: SubjectType
    platform: Id
    created_at: Time
    """When the look was taken."""
    outcome: Outcome
    method: str
    """How it was obtained, as in `jetstream-v2` or `by hand`."""
    remark: str = ""
    """The platform's own words, as in `takendown`."""
    evidence: str | None = None
    """SHA-256 of what was seen."""
