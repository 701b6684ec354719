"""A judgement: a coder's verdict on a sampled item, by a codebook."""

from __future__ import annotations

from rejoinder.records.base import Id, Record, Time


class Judgement(Record, frozen=True, kw_only=True):
    """What one coder says of one item: the ground truth of people, never a label."""

    subject: Id
    coder: Id
    """A pseudonym; `simulation` where the truth is known by construction."""
    codebook: Id
    hateful: bool | None
    """`None` where the coder could not tell."""
    kind: str | None = None
    targets: tuple[str, ...] = ()
    narratives: tuple[str, ...] = ()
    created_at: Time | None = None
