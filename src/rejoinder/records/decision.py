"""A decision: a clause of the written policy applied to a subject."""

from __future__ import annotations

from typing import Literal

import msgspec

from rejoinder.records.base import Count, Id, Record, SubjectType, Time

Say = Literal["none", "label", "note"]
"""What the platform *says* about a post (the axis called stance), mildest first."""

Access = Literal["none", "interstitial", "limit", "remove"]
"""What it does to the post's reach, mildest first."""

Ads = Literal["allow", "exclude"]
"""Whether ads may stand beside it."""

AccountAction = Literal["none", "warn", "suspend", "ban"]
"""What it does to the author's account, mildest first."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A name of the policy language and the value that it had, as text; `unknown` where there was none."""

    name: str
    value: str


class InPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What differs in one jurisdiction."""

    place: str
    """ISO 3166-1 alpha-2, as in `DE`."""
    stance: Say
    access: Access
    ads: Ads
    account: AccountAction
    review: bool


class Decision(Record, frozen=True, kw_only=True):
    """One clause applied to one subject, with what it rested on. Replays exactly from facts and policy.

    `clause` is `None` for "no action", which is a decision too.

    >>> from datetime import UTC, datetime
    >>> Decision(subject="x:1", subject_type="post", author="x:9", time=datetime(2024, 1, 1, tzinfo=UTC), clause=None,
    ...          policy_version="1", policy_hash="ab").access
    'none'
    """

    key = ("subject",)

    subject: Id
    subject_type: SubjectType
    author: Id | None
    """The account that answers for the subject."""
    time: Time
    """The time that the decision speaks of: for the first decision about a post, when it was published."""
    clause: Id | None
    policy_version: Id
    policy_hash: Id
    """SHA-256 of the policy file."""
    stance: Say = "none"
    access: Access = "none"
    ads: Ads = "allow"
    account: AccountAction = "none"
    account_days: Count | None = None
    """How long a suspension lasts; `None` for no end or none."""
    review: bool = False
    """Whether a person must look before anything follows: until then the axes say what is proposed."""
    strikes: Count = 0
    """Strikes that this decision gives its author."""
    offence: Count = 0
    """The author's first, second, … offence under unexpired strikes; 0 for no offence."""
    places: tuple[InPlace, ...] = ()
    facts: tuple[Fact, ...] = ()
    also: tuple[Id, ...] = ()
    """Clauses that matched too, and gave way."""
    unknown: tuple[Id, ...] = ()
    """Clauses that could not be decided, because a fact was unknown."""
    decided_by: Id = "policy"
    appeal_until: Time | None = None
