"""An appeal: somebody asks that a decision be looked at again, by someone else."""

from __future__ import annotations

from typing import Literal

from rejoinder.records.base import Id, Record, Time


class Appeal(Record, frozen=True, kw_only=True):
    """A request to decide again, and what came of it."""

    id: Id
    subject: Id
    appellant: Id
    created_at: Time
    text: str = ""
    outcome: Literal["pending", "upheld", "rejected"] = "pending"
    """`upheld` means that the appellant was right."""
    decided_by: Id | None = None
    """Never who decided first."""
    decided_at: Time | None = None
