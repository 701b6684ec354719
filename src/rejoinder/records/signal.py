"""A signal: what one detector, at one version, says about one subject."""

from __future__ import annotations

from typing import Literal

import msgspec

from rejoinder.records.base import Id, Probability, Record, SubjectType

PARENT = {
    "hate": "hate",
    "derogation": "hate",
    "dehumanisation": "hate",
    "threat": "hate",
    "slur": "hate",
    "conspiracy": "hate",
    "denial": "hate",
    "exclusion": "hate",
    "coordination": "coordination",
}
"""Each kind and its headline: a detector that speaks of `hate` speaks of all the kinds under it.

`hate` is group-directed hate as a whole. `threat` covers incitement, `denial` covers denial and
glorification of atrocities, `conspiracy` a conspiracy narrative about a group, `exclusion` calls to
deny a group rights or presence. `coordination` is about accounts and groups of accounts.
"""

TARGETS = (
    "jews", "muslims", "christians", "black-people", "asian-people", "hispanic-people",
    "indigenous-people", "arabs", "palestinians", "israelis", "roma", "migrants", "women",
    "lgbt-people", "trans-people", "disabled-people",
)  # fmt: skip
"""The groups that may be targeted; a group is named as its members would."""

Stance = Literal["attacks", "counters", "reports", "reclaims", "unclear"]
"""What the post does with the hateful idea: attacks a group; counters or condemns; reports or quotes
as news; reclaims a term about the speaker's own group; unclear."""

Reach = Literal["in reach", "language", "too short", "no text", "no answer"]
"""Whether the detector could judge at all, and if not, why not: `no answer` is an endpoint that failed."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a signal rests on: a cue in the text, or a figure with a name.

    `start` and `end` count Unicode code points in the **original** text, end not included.
    """

    what: str
    """The id of a cue (`narrative:great-replacement`) or of a statistic (`p-value`)."""
    start: int | None = None
    end: int | None = None
    value: float | None = None


class Signal(Record, frozen=True, kw_only=True):
    """What one detector says about one subject, for one kind.

    Of every subject it is shown, a detector gives the headline kind (see `PARENT`) once, with its
    probability or, out of reach, with `None`; other kinds only where it found something. So a kind
    that is absent is 0 where its headline is known, and unknown where that is unknown or absent.

    >>> Signal(subject="x:1", subject_type="post", detector="cues", version="1", kind="hate", probability=None,
    ...        reach="language").probability is None
    True
    """

    key = ("subject", "detector")

    subject: Id
    subject_type: SubjectType
    detector: Id
    version: Id
    kind: Id
    """A key of `PARENT`, or a kind of the detector's own as `name.kind`."""
    probability: Probability | None
    """Of the subject being of this kind; `None` is unknown, never no."""
    reach: Reach = "in reach"
    targets: tuple[str, ...] = ()
    narratives: tuple[str, ...] = ()
    stance: Stance | None = None
    evidence: tuple[Evidence, ...] = ()
    members: tuple[Id, ...] = ()
    """For a group: its accounts."""
