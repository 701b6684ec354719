"""An event: one thing that a person or the system did, as the log keeps it."""

from __future__ import annotations

from typing import Any

from rejoinder.records.base import Count, Id, Record, Time


class Event(Record, frozen=True, kw_only=True):
    """One link of the log's chain. `hash` covers everything else, `previous` too."""

    seq: Count
    time: Time
    """When it was appended."""
    kind: Id
    """A verb in the past, as in `collected`, `decided`, `rated`."""
    actor: Id
    """A person's pseudonym, or `system`."""
    body: dict[str, Any]
    previous: str
    """The hash of the event before; 64 zeros for the first."""
    hash: str
