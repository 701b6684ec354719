"""An impression: one showing of an ad next to posts."""

from __future__ import annotations

from rejoinder.records.base import Id, Record, Time


class Impression(Record, frozen=True, kw_only=True):
    """One showing of one ad, with the posts that stood beside it."""

    id: Id
    platform: Id
    created_at: Time
    ad: Id
    advertiser: Id
    beside: tuple[Id, ...]
    """The posts next to it."""
    viewer: Id | None = None
    """A pseudonym or a persona of a panel."""
