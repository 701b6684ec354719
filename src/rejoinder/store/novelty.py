"""What is new among rows that come in: nothing is kept twice, and nothing that differs is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder.numerics.seen import Seen
from rejoinder.records import INGESTED, Record, Reject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rejoinder.store.case import Case

_KEPT: dict[str, type[Record]] = {record.noun(): record for record in (*INGESTED, Reject)}
_CONTENT = {"post": ("id", "text")}
"""What makes a later look at the same thing worth keeping; other columns, such as likes, do not."""
_CHUNK = 100_000


@dataclass(frozen=True)
class Sorted:
    """Rows of a batch sorted out, noun by noun."""

    first: dict[str, pl.DataFrame] = field(default_factory=dict)
    """Met for the first time."""
    later: dict[str, pl.DataFrame] = field(default_factory=dict)
    """Later versions of things that are known."""
    told: dict[str, Any] = field(default_factory=dict)
    """How many were `accepted`, `revised`, `duplicates` (each by noun) and `rejected`."""


@dataclass
class Novelty:
    """Remembers, by 128-bit hashes, which rows a case holds; 16 to 32 bytes a row.

    For a noun without a key the whole row counts: two equal rows are one. For a post its id counts, and its text:
    the same id with another text is a later version, which supersedes.

    >>> first, edited = (pl.DataFrame({"id": ["f:1"], "text": [text]}) for text in ("Hello", "Hello all"))
    >>> novelty = Novelty()
    >>> [novelty.sort_out({"post": rows}).told["duplicates"] for rows in (first, first, edited)]
    [{}, {'post': 1}, {}]
    """

    _things: dict[str, Seen] = field(default_factory=dict)
    _contents: dict[str, Seen] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case) -> Novelty:
        """A memory that knows all that the case holds."""
        novelty = cls()
        for noun in _KEPT:
            for frame in case.scan(noun, superseded=True).collect_batches(chunk_size=_CHUNK):
                novelty.sort_out({noun: frame})
        return novelty

    def sort_out(self, frames: Mapping[str, pl.DataFrame]) -> Sorted:
        """Which rows are new, later or met before; from now on all are remembered."""
        found = Sorted(told={"accepted": {}, "revised": {}, "duplicates": {}, "rejected": 0})
        for noun, frame in frames.items():
            fresh = self._new(self._contents, noun, frame.select(_CONTENT.get(noun, frame.columns)))
            key = _KEPT[noun].key
            unmet = self._new(self._things, noun, frame.select(key)) if key else fresh
            found.first[noun], later = frame.filter(unmet), frame.filter(fresh & ~unmet)
            if later.height:
                found.later[noun] = later
            _tell(found.told, noun, first=int(unmet.sum()), later=later.height, rows=frame.height)
        return found

    @staticmethod
    def _new(sets: dict[str, Seen], noun: str, rows: pl.DataFrame) -> pl.Series:
        seen = sets.setdefault(noun, Seen())
        return pl.Series(seen.add(rows.hash_rows(1).to_numpy(), rows.hash_rows(2).to_numpy()))


def _tell(told: dict[str, Any], noun: str, *, first: int, later: int, rows: int) -> None:
    """Rejects are counted as they are met, kept before or not: a file with bad rows has them each time it is read."""
    if noun == Reject.noun():
        told["rejected"] = rows
        return
    for name, count in (("accepted", first), ("revised", later), ("duplicates", rows - first - later)):
        if count:
            told[name][noun] = count
