"""A message: what is said to whom because of a decision."""

from __future__ import annotations

from rejoinder.records.base import Id, Record


class Message(Record, frozen=True, kw_only=True):
    """One decision read to one reader: its author, whoever reported it, or those who write notes."""

    response: Id
    """Which response wrote it, as in `notice`."""
    to: Id
    """An account, a reporter's pseudonym, or `note writers`."""
    subject: Id
    clause: str | None
    text: Id
