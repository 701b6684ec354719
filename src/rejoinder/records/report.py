"""A report: a complaint by a person or body about a subject (never a document)."""

from __future__ import annotations

from typing import Literal

from rejoinder.records.base import Id, Record, SubjectType, Time

ReporterKind = Literal["user", "trusted flagger", "body", "moderator", "automated"]
"""Who complains: a body is an authority or organisation without trusted-flagger status."""


class Report(Record, frozen=True, kw_only=True):
    """A complaint about a subject, with what the platform says it did.

    >>> from datetime import UTC, datetime
    >>> filed = datetime(2024, 1, 1, tzinfo=UTC)
    >>> Report(id="m:1", platform="m", subject="m:9", subject_type="account", created_at=filed).reporter_kind
    'user'
    """

    id: Id
    platform: Id
    created_at: Time
    subject: Id
    subject_type: SubjectType
    reporter: Id | None = None
    """A pseudonym; `None` where the platform hides it."""
    reporter_kind: ReporterKind = "user"
    category: str = ""
    """In the platform's own words, as in `violation` or `reasonHateSpeech`."""
    reason: str = ""
    rules: tuple[str, ...] = ()
    posts: tuple[Id, ...] = ()
    """The posts named as evidence, where the subject is an account."""
    acted: bool | None = None
    """Whether the platform says that it acted; `None` while undecided or untold."""
    acted_at: Time | None = None
