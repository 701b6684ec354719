"""A reject: a row that could not be read, kept with its place, the reason and the remedy."""

from __future__ import annotations

from rejoinder.records.base import Count, Id, Record


class Reject(Record, frozen=True, kw_only=True):
    """A row that did not become a record; nothing is lost, and the run goes on."""

    file: Id
    line: Count | None
    """Counted from 1; the item's number where a file is one JSON document."""
    format: Id
    reason: Id
    remedy: Id
    row: str = ""
    """The row as it stood, cut at 2,000 characters, e-mail and IP addresses blanked."""
