"""What a model said of one text, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rejoinder.records.signal import TARGETS
from rejoinder.signals.own.spec import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

LIKELY = 0.5
"""From this share on a kind or a group counts as found."""


class Verdict(NamedTuple):
    """What a model said of one text, before calibration."""

    probability: float
    """Of hate."""
    kinds: dict[str, float]
    """Each kind's probability, at most that of hate."""
    targets: tuple[str, ...]


def verdict(shares: Mapping[str, float], means: Mapping[str, tuple[str, ...]], *, exclusive: bool) -> Verdict:
    """The shares of a model's labels as a verdict.

    A label that means `hate` or a kind counts as hate. Labels that exclude each other (`exclusive`, after a softmax)
    are added up; of labels that may hold together the highest counts. A label without a share counts as 0.

    >>> means = {"threat": ("threat",), "antisemitic": ("hate", "jews")}
    >>> verdict({"threat": 0.25, "antisemitic": 0.5, "none": 0.25}, means, exclusive=True)
    Verdict(probability=0.75, kinds={'threat': 0.25}, targets=('jews',))
    """

    def share(*wanted: str) -> float:
        found = [shares.get(label, 0.0) for label, said in means.items() if not set(said).isdisjoint(wanted)]
        return min(1.0, sum(found) if exclusive else max(found, default=0.0))

    named = {meaning for said in means.values() for meaning in said}
    kinds = {kind: share(kind) for kind in KINDS if kind in named}
    return Verdict(share("hate", *KINDS), kinds, tuple(group for group in sorted(TARGETS) if share(group) >= LIKELY))


def worst(verdicts: list[Verdict]) -> Verdict:
    """Of the parts of one text the one with most hate; the first of equals."""
    return max(verdicts, key=lambda said: said.probability)
