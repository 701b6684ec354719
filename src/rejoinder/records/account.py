"""An account: somebody or something that publishes."""

from __future__ import annotations

from typing import Literal

from rejoinder.records.base import Count, Id, Record, Time

AccountStatus = Literal["active", "limited", "suspended", "deactivated", "deleted"]
"""What the platform says of the account: limited = reach reduced; deactivated = by its owner."""


class Account(Record, frozen=True, kw_only=True):
    """One look at an account. E-mail and IP addresses have no field here, on purpose.

    >>> Account(id="x:9", platform="x", handle="ada").verified is None
    True
    """

    id: Id
    platform: Id
    handle: str = ""
    name: str = ""
    description: str = ""
    created_at: Time | None = None
    followers: Count | None = None
    following: Count | None = None
    posts: Count | None = None
    verified: bool | None = None
    paid: bool | None = None
    """Whether it pays for a tier; `None` where the platform does not say."""
    automated: bool | None = None
    """Whether it declares itself automated; never our guess."""
    status: AccountStatus | None = None
    seen_at: Time | None = None
    """When the source says that the account looked like this."""
