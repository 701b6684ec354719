"""A note: a counter-argument written for readers of a post."""

from __future__ import annotations

from typing import Literal

from rejoinder.records.base import Id, Record, Time

NoteStatus = Literal["needs more ratings", "helpful", "not helpful"]


class Note(Record, frozen=True, kw_only=True):
    """A counter-argument to a post, shown only when raters who usually disagree both find it helpful."""

    id: Id
    post: Id
    author: Id
    """A pseudonym."""
    created_at: Time
    text: str
    lang: str | None = None
    narrative: str | None = None
    """The storyline that it answers."""
    links: tuple[str, ...] = ()
    """Its sources."""
    machine_drafted: bool = False
    status: NoteStatus = "needs more ratings"
