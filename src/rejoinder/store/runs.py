"""Runs, as the log tells them: which one goes on, how far it came, and what it read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rejoinder.store.case import Case


def begin(case: Case, files: Mapping[str, str]) -> int:
    """The number of the run over `files` (name to SHA-256): a new one, or the last one where it was cut short.

    A run was cut short if its start is in the log and its end is not, and it read the same files.
    """
    last = case.events("run started")[-1:]
    ended = {event.body["run"] for event in case.events("run finished")}
    if last and last[0].seq not in ended and last[0].body["files"] == dict(files):
        return last[0].seq
    return case.log.append("run started", {"files": dict(files)}).seq


def rows_done(case: Case, run: int, file: str) -> int:
    """How many rows of `file` this run has committed."""
    bodies = [event.body for event in case.events("collected") if event.body["run"] == run]
    return sum(body["rows"] for body in bodies if body["file"] == file)


def tally(case: Case, run: int) -> dict[str, Any]:
    """What a run read: `posts` (read, accepted, revised, duplicates), `rejected`, and `records` accepted by noun.

    A rejected row is rarely known to be a post, so rejects of all nouns are counted together.
    """
    bodies = [event.body for event in case.events("collected") if event.body["run"] == run]
    counts = {name: _sum(body[name] for body in bodies) for name in ("accepted", "revised", "duplicates")}
    posts = {name: by_noun["post"] for name, by_noun in counts.items()}
    rejected = sum(body["rejected"] for body in bodies)
    return {
        "posts": {"read": sum(posts.values()) + rejected, **posts, "rejected": rejected},
        "records": dict(sorted(counts["accepted"].items())),
    }


def spent(case: Case, run: int) -> dict[str, dict[str, Any]]:
    """What detectors that cost money took in a run, by detector: calls, tokens, money in its currency."""
    totals: dict[str, dict[str, Any]] = {}
    for event in case.events("signalled", "signalled again"):
        if event.seq > run and "spent" in event.body:
            total = totals.setdefault(event.body["detector"], {})
            for name, value in event.body["spent"].items():
                total[name] = value if isinstance(value, str) else round(total.get(name, 0) + value, 6)
    return totals


def _sum(counts: Any) -> Counter[str]:  # noqa: ANN401 - an iterable of mappings, as JSON gives them
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total
