"""What is not done yet, as the log tells it: batches to be judged by a detector, and batches to be decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder.store.case import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rejoinder.records import Event
    from rejoinder.store.case import Case

COLLECTED = ("collected", "collected again")
SIGNALLED = ("signalled", "signalled again")
DECIDED = ("decided", "decided again")


@dataclass(frozen=True)
class Batch:
    """Posts or accounts that wait for something, and what is known of them."""

    body: dict[str, Any]
    """What the event will say that commits the result."""
    subjects: pl.LazyFrame
    signals: pl.LazyFrame
    again: bool
    """Whether the result supersedes an earlier one."""


def unsignalled(case: Case, noun: str, detector: str, version: str) -> list[Batch]:
    """Batches of posts (or accounts, as `noun` says) that the detector has not said anything of at this version."""
    said = {
        event.body["of"]: event.body["version"]
        for event in case.events(*SIGNALLED)
        if event.body["detector"] == detector
    }
    return [
        Batch(
            {"of": event.seq, "detector": detector, "version": version},
            case.scan(noun, events=[event]),
            case.scan("signal", events=[]),
            again=event.seq in said or event.body["later"],
        )
        for event in _holding(case, noun)
        if said.get(event.seq) != version
    ]


def batches(case: Case) -> list[Batch]:
    """Every batch of posts with all that detectors said of it, whether it is decided or not."""
    return [
        Batch({"of": event.seq}, case.scan("post", events=[event]), _signals(case, event), again=True)
        for event in _holding(case, "post")
    ]


def undecided(case: Case, policy_hash: str, detectors: Mapping[str, str]) -> list[Batch]:
    """Batches that this policy has not decided on signals of these detectors (name to version), and reported posts.

    The last of them holds posts of other batches that were reported since decisions were last made.
    """
    under = {"policy": policy_hash, "detectors": dict(detectors)}
    before = case.events(*DECIDED)
    current = {event.body["of"] for event in before if event.body.items() >= under.items()}
    ever = {event.body["of"] for event in before}
    collected = _holding(case, "post")
    upto = {"upto": max((event.seq for event in case.events(*COLLECTED)), default=0)}
    waiting = [event for event in collected if event.seq not in current]
    new = [
        Batch(
            under | upto | {"of": event.seq},
            case.scan("post", events=[event]),
            _signals(case, event),
            again=event.seq in ever or event.body["later"],
        )
        for event in waiting
    ]
    reported = _reported_since(case, before, [event for event in collected if event.seq in current])
    return new if reported is None else [*new, Batch(under | upto | {"of": 0}, *reported, again=True)]


def earlier(case: Case, policy_hash: str, todo: Sequence[Batch]) -> pl.DataFrame:
    """Decisions of this policy that stand and gave strikes, without those that are about to be made again."""
    made_again = {batch.body["of"] for batch in todo}
    stand = [
        event
        for event in case.events(*DECIDED)
        if event.body["policy"] == policy_hash and event.body["of"] not in made_again
    ]
    rows = case.scan("decision", events=stand).filter(pl.col("strikes") > 0)
    for batch in todo:
        if batch.again:
            rows = rows.join(batch.subjects.select(subject="id"), on="subject", how="anti", maintain_order="left")
    return rows.collect()


def _holding(case: Case, noun: str) -> list[Event]:
    return [event for event in case.events(*COLLECTED) if parts_of(event, noun)]


def _signals(case: Case, batch: Event) -> pl.LazyFrame:
    return case.scan("signal", events=[event for event in case.events(*SIGNALLED) if event.body["of"] == batch.seq])


def _reported_since(
    case: Case, decided: Sequence[Event], batches: Sequence[Event]
) -> tuple[pl.LazyFrame, pl.LazyFrame] | None:
    """Posts of `batches` with a report that came in after decisions were last made, and their signals."""
    last = max((event.body["upto"] for event in decided), default=0)
    new = [event for event in case.events(*COLLECTED) if event.seq > last]
    reports = (
        case.scan("report", events=new).select(id=pl.concat_list("subject", "posts")).explode("id", empty_as_null=True)
    )
    posts = case.scan("post", events=batches).join(reports.unique(), on="id", how="semi")
    ids = posts.select(subject="id").collect()
    if ids.is_empty():
        return None
    return posts, case.scan("signal").join(ids.lazy(), on="subject", how="semi", maintain_order="left")
