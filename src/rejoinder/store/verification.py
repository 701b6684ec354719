"""What is wrong with a chain that was tampered with, and in which event. Pure: rows in, verdicts out."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Literal

import msgspec

from rejoinder.errors import EvidenceError
from rejoinder.store.chain import ZEROS, Head, Row, Text, decode, event_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rejoinder.records import Event

TOLD = 100
"""How many faults a verification spells out; further ones are only counted."""

FaultKind = Literal["changed", "unreadable", "dropped", "inserted", "reordered", "time", "head", "rewritten"]


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with the chain."""

    seq: int | None
    """The event; the first one of a range; `None` where no single event is to be named."""
    kind: FaultKind
    why: str

    def __str__(self) -> str:
        return f"event {self.seq}: {self.why}" if self.seq is not None else self.why


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What came of looking at every event."""

    events: int
    """How many rows there are."""
    head: Head | None
    """As the log's table says; `None` where it says nothing, or more than one thing."""
    found: tuple[Fault, ...]
    """In the order of the chain; the first 100 of them."""
    count: int
    """How many faults there are."""

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return self.count == 0

    @property
    def faults(self) -> list[str]:
        """What is wrong, in words; empty where nothing is."""
        untold = self.count - len(self.found)
        return [str(fault) for fault in self.found] + ([f"and {untold:,} more faults"] if untold else [])


def follow(row: Row, before: Head | None) -> Event:
    """The event in `row`, after a check of the row by itself and, where `before` is known, of its place after it.

    Raises `EvidenceError` that names the event and what is wrong.
    """
    here = _examine(row)
    fault = here.fault
    if fault is None and before and row.seq != before.seq + 1:
        fault = _gap(before.seq, row.seq)
    if fault is None and before and before.hash != here.previous:
        fault = Fault(row.seq, "inserted", f"it does not continue event {before.seq}")
    if fault or here.text is None:
        raise EvidenceError(
            f"the log was tampered with: {fault}", remedy="`rejoinder log verify` finds all that is wrong"
        )
    return event_of(here.text, row.hash)


def verify(rows: Iterable[Row], head: Head | None, published: str | None = None) -> Verification:
    """What is wrong with a chain, in constant memory; `rows` by rising number, all of them.

    `head` is the head as the log's table says it, `None` where that is gone. `published` is a hash that was made
    public earlier: a chain rewritten as a whole is sound in itself, but does not hold it any more.

    >>> from rejoinder.store.chain import START, Entry, link
    >>> first, _ = link(Entry("noted", {"note": "n:1"}), START, "2024-01-02T00:00:00.000000Z")
    >>> print(*verify([first._replace(event=first.event.replace("n:1", "n:2"))], Head(1, first.hash)).faults)
    event 1: it was changed: its text no longer gives its hash
    """
    walk = _Walk(head)
    met = published in (None, ZEROS)
    for row in rows:
        walk.step(row)
        met = met or row.hash == published
    walk.finish()
    if not met:
        why = f"no event has the published hash {published}: the chain was rewritten or cut"
        walk.tell(Fault(None, "rewritten", why))
    found = sorted(walk.found, key=lambda fault: (fault.seq is None, fault.seq or 0))
    return Verification(events=walk.events, head=head, found=tuple(found), count=walk.count)


class _Seen:
    """A row that was looked at: what it says, and what may be said against it."""

    __slots__ = ("blamed", "fault", "hashes", "previous", "seq", "text")

    def __init__(self, seq: int, hashes: tuple[object, ...], previous: str | None = None) -> None:
        self.seq = seq
        self.hashes = hashes
        """As stored and as computed; a row that was changed has two, and the next row knows the true one."""
        self.previous = previous
        """The hash before it; `None` where it cannot be known."""
        self.text: Text | None = None
        self.fault: Fault | None = None
        self.blamed = False


class _Walk:
    """Walks along the chain, remembers one event back, and puts the blame where the neighbours say.

    Where event 7 does not continue event 6, either may be the forgery. Event 8 decides: if it continues 7, then
    7 is what it was and 6 was replaced. So a doubt is settled one event later, at the end by the head.
    """

    def __init__(self, head: Head | None) -> None:
        self.head = head
        self.events = self.count = 0
        self.found: list[Fault] = []
        self._before = _Seen(0, (ZEROS,))
        self._doubt: tuple[_Seen, _Seen] | None = None

    def tell(self, fault: Fault) -> None:
        self.count += 1
        if len(self.found) < TOLD:
            self.found.append(fault)

    def step(self, row: Row) -> None:
        self.events += 1
        if row.seq < 1 or (self.head and row.seq > self.head.seq):
            place = "before the first" if row.seq < 1 else "after the head: it was inserted, or the head was set back"
            self.tell(Fault(row.seq, "inserted", f"it stands {place}"))
            return
        here = _examine(row)
        self._place(here)
        if here.fault:
            self._blame(here, here.fault)
        self._before = here

    def finish(self) -> None:
        """The head is what would come next: it has a number and a hash before it."""
        if self.head is None:
            self.tell(Fault(None, "head", "the table `head` does not hold one sound row"))
            self._settle(None)
            return
        self._place(_Seen(self.head.seq + 1, (), self.head.hash))
        if self._doubt:
            last = self._before
            self._doubt = None
            self._blame(last, Fault(last.seq, "head", "its hash is not that of the head: one of them was replaced"))

    def _place(self, here: _Seen) -> None:
        before = self._before
        if here.seq > before.seq + 1:
            self._settle(None)
            self.tell(_gap(before.seq, here.seq))
            return
        self._settle(here)
        if before.blamed or here.previous is None:
            return
        if here.previous not in before.hashes:
            self._doubt = (before, here)
        elif before.text and here.text and here.text.time < before.text.time:
            self._blame(here, Fault(here.seq, "time", f"its time is before that of event {before.seq}"))

    def _settle(self, witness: _Seen | None) -> None:
        """Decides who is to blame for a break, by the event after it."""
        if self._doubt is None:
            return
        before, here = self._doubt
        self._doubt = None
        if before.seq and witness and witness.previous in here.hashes:
            why = f"it was replaced: event {here.seq} was appended to another event than this"
            self._blame(before, Fault(before.seq, "inserted", why))
        else:
            self._blame(here, Fault(here.seq, "inserted", f"it does not continue event {before.seq}: it was replaced"))

    def _blame(self, seen: _Seen, fault: Fault) -> None:
        if not seen.blamed:
            seen.blamed = True
            self.tell(fault)


def _examine(row: Row) -> _Seen:
    """What can be said of a row by itself."""
    # The driver hands over bytes that are no UTF-8 as lone surrogates; so they are hashed as they lie there.
    raw = row.event.encode("utf-8", "surrogateescape") if isinstance(row.event, str) else b""
    computed = sha256(raw).hexdigest()
    seen = _Seen(row.seq, (row.hash, computed))
    if computed != row.hash:
        seen.fault = Fault(row.seq, "changed", "it was changed: its text no longer gives its hash")
        return seen
    try:
        seen.text = decode(raw)
    except (ValueError, RecursionError) as error:
        seen.fault = Fault(row.seq, "unreadable", f"its text is not that of an event: {error}")
        return seen
    seen.previous = seen.text.previous
    if seen.text.seq != row.seq:
        seen.fault = Fault(row.seq, "reordered", f"it was moved: its text is that of event {seen.text.seq}")
    return seen


def _gap(before: int, here: int) -> Fault:
    first, last = before + 1, here - 1
    if first == last:
        return Fault(first, "dropped", "it is missing")
    return Fault(first, "dropped", f"it is missing, and so are all up to event {last}")
