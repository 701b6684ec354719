"""The chain: an event's canonical text, its hash, and how it is linked to the event before. Pure.

The hash covers exactly the text that is stored, so whoever verifies needs no JSON canonicaliser, only SHA-256
(`docs/log.md`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from rejoinder.errors import UsageError
from rejoinder.records import Event
from rejoinder.records.base import Count, Id, Time  # noqa: TC001 - msgspec reads the types of the fields

if TYPE_CHECKING:
    from collections.abc import Mapping

ZEROS = "0" * 64
"""What the first event has as `previous`: the hash of nothing."""

_E_MAIL = re.compile(r"[^@\s:/]+@[^@\s:/]+\.[^@\s:/]+")


class Entry(msgspec.Struct, frozen=True):
    """What is to be appended: what was done (a verb in the past), its particulars, and by whom."""

    kind: str
    body: Mapping[str, Any]
    actor: str = "system"


class Head(msgspec.Struct, frozen=True):
    """The end of the chain: the newest event's number (0 where there is none) and its hash. Publish it."""

    seq: int
    hash: str


START = Head(0, ZEROS)


class Row(NamedTuple):
    """An event as it lies in the table. Values are of these types unless somebody tampered with them."""

    seq: int
    event: str
    hash: str


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of an event's text, in their canonical order."""

    actor: Id
    body: dict[str, Any]
    kind: Id
    previous: str
    seq: Count
    time: Time


_encode = msgspec.json.Encoder(order="sorted").encode
decode = msgspec.json.Decoder(Text).decode


def stamp(time: datetime) -> str:
    """A moment as the text has it: RFC 3339, in UTC, always with microseconds.

    >>> stamp(datetime(2024, 1, 2, tzinfo=UTC))
    '2024-01-02T00:00:00.000000Z'
    """
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def link(entry: Entry, before: Head, time: str) -> tuple[Row, Event]:
    """The row that continues the chain after `before`, and the event as it will be read back; `time` by `stamp`.

    Raises `UsageError` for what would not be read back as it was given (a number that is not finite, a name that
    is not text), and for an actor that is an e-mail address.

    >>> row, event = link(Entry("noted", {"b": 1, "a": "é"}), START, "2024-01-02T00:00:00.000000Z")
    >>> print(row.event.replace(ZEROS, "0…0"))
    {"actor":"system","body":{"a":"é","b":1},"kind":"noted","previous":"0…0","seq":1,"time":"2024-01-02T00:00:00.000000Z"}
    >>> row.hash == event.hash == sha256(row.event.encode()).hexdigest()
    True
    """
    if _E_MAIL.fullmatch(entry.actor):
        raise UsageError("an actor is an e-mail address", expected="a pseudonym", remedy="give the person's pseudonym")
    seq = before.seq + 1
    fields = {"actor": entry.actor, "body": entry.body, "kind": entry.kind, "previous": before.hash, "seq": seq}
    try:
        raw = _encode(fields | {"time": time})
        text = decode(raw)
        faithful = text.body == entry.body or text.body == _listed(msgspec.to_builtins(entry.body, order="sorted"))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise _unfit(entry, str(error)) from error
    if not faithful:
        raise _unfit(entry, "it would not be read back as it was given (not a number, or infinite)")
    row = Row(seq, raw.decode(), sha256(raw).hexdigest())
    return row, event_of(text, row.hash)


def event_of(text: Text, hash_: str) -> Event:
    """The record of an event, from its text and its hash."""
    return Event(
        seq=text.seq,
        time=text.time,
        kind=text.kind,
        actor=text.actor,
        body=text.body,
        previous=text.previous,
        hash=hash_,
    )


def _listed(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value with lists in place of tuples, as JSON gives it back."""
    if isinstance(value, dict):
        return {name: _listed(inner) for name, inner in value.items()}
    return [_listed(inner) for inner in value] if isinstance(value, list | tuple) else value


def _unfit(entry: Entry, why: str) -> UsageError:
    return UsageError(
        f"this cannot be an event: {why}",
        where=f"kind {entry.kind!r}",
        expected="a kind, an actor and a body of plain JSON values",
    )
