"""The log: one append-only, hash-chained table of everything that a person or the system did."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from sqlalchemy import bindparam, insert, select, update

from rejoinder.errors import EvidenceError, UsageError
from rejoinder.store import chain, database, verification
from rejoinder.store.chain import Entry, Head, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    from sqlalchemy import Connection

    from rejoinder.records import Event
    from rejoinder.store.verification import Verification

__all__ = ["Entry", "Log"]

_HASH_LENGTH = 64

_IN_ORDER = select(database.events).order_by(database.events.c.seq).execution_options(yield_per=1_000)
"""Every event, a thousand at a time in memory."""

_MOVE_HEAD = (
    update(database.head)
    .values(seq=database.head.c.seq + bindparam("count"))
    .returning(database.head.c.seq, database.head.c.hash)
)
_SET_HEAD = update(database.head).values(hash=bindparam("newest"))
_AT = select(database.events).where(database.events.c.seq == bindparam("at"))


class Log:
    """The log in the database at `url`, made there if there is none.

    `sqlite:///PATH` (one file; the default of a case) or `postgresql://USER@HOST/DATABASE`, with the same promises:

    * Many processes may append at once; their events form one chain, numbered from 1 without gaps.
    * What `append` or `extend` has returned is on disk and survives a crash of process or machine; what a crash
      interrupts is wholly absent. Either way the chain is valid.
    * Times never go backwards along the chain: an event's time is the clock's, or the time of the event before
      where the clock lags behind it.
    * Names in it are ids and pseudonyms. An e-mail address is refused as an actor; keep it out of bodies.

    Raises `OutsideError` where the database cannot be reached (no message holds a password), `MissingExtra` for
    PostgreSQL without its driver, `EvidenceError` where the file is damaged, `UsageError` for another kind of URL.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Log(f"sqlite:///{folder}/log.sqlite") as log:
    ...     first = log.append("noted", {"note": "n:1", "post": "x:1"}, actor="moderator-7")
    ...     second = log.append("rated", {"note": "n:1", "helpful": 1.0}, actor="rater-3")
    ...     [event.kind for event in log.read()], second.previous == first.hash, log.verify().valid
    (['noted', 'rated'], True, True)
    """

    def __init__(self, url: str) -> None:
        self._database = database.Database(url)

    def __repr__(self) -> str:
        return f"Log({self._database.name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the database; the log opens it again when it is used again."""
        self._database.close()

    def append(self, kind: str, body: Mapping[str, Any], *, actor: str = "system") -> Event:
        """Adds one event and returns it, once it is on disk.

        `kind` is a verb in the past; `body` holds plain JSON values (or what msgspec turns into them).
        Raises `UsageError` for a body that would not be read back as given, `EvidenceError` where the end of the
        chain is not as it was left: nothing is built on damage.
        """
        return self.extend([Entry(kind, body, actor)])[0]

    def extend(self, entries: Sequence[Entry]) -> list[Event]:
        """Adds several events next to each other, at one time, all of them or none; returns them in order.

        Much faster than one by one: a thousand events wait for the disk once. Raises as `append` does.
        """
        if not entries:
            return []
        with self._database.writing() as connection:
            before, last = self._claim(connection, len(entries))
            time = chain.stamp(max(_now(), last.time) if last else _now())
            rows, events = [], []
            for entry in entries:
                row, event = chain.link(entry, before, time)
                rows.append({"seq": row.seq, "event": row.event, "hash": row.hash})
                events.append(event)
                before = Head(row.seq, row.hash)
            connection.execute(insert(database.events), rows)
            connection.execute(_SET_HEAD, {"newest": before.hash})
        return events

    def read(self, *, kind: str | None = None, after: int = 0) -> Iterator[Event]:
        """The events with a number above `after`, in order, of one kind or of all, a thousand at a time in memory.

        Each is checked on the way, by itself and against the one before it: raises `EvidenceError` at the first
        that was tampered with. What is appended while reading is not seen.
        """
        before = chain.START if after == 0 else None
        query = _IN_ORDER.where(database.events.c.seq > after)
        with self._database.reading() as connection, connection.execute(query) as rows:
            for values in rows:
                event = verification.follow(Row(*values), before)
                before = Head(event.seq, event.hash)
                if kind in (None, event.kind):
                    yield event

    def head(self) -> Head:
        """The newest event's number and hash; 0 and 64 zeros where there is no event yet.

        Whoever publishes the hash cannot later rewrite unseen what came before.
        """
        with self._database.reading() as connection:
            return self._sole(_heads(connection))

    def verify(self, *, head: str | None = None) -> Verification:
        """What is wrong with the log: every changed, dropped, inserted or reordered event and a cut tail, by number.

        `head` is a hash that was published earlier; with it a chain that was rewritten as a whole is found too.
        Memory is constant. Raises `UsageError` where `head` is not 64 hexadecimal digits.
        """
        published = None if head is None else _published(head)
        with self._database.reading() as connection:
            heads = _heads(connection)
            with connection.execute(_IN_ORDER) as rows:
                end = heads[0] if len(heads) == 1 else None
                return verification.verify((Row(*values) for values in rows), end, published)

    def export(self, stream: BinaryIO) -> None:
        r"""Writes the log as it lies there, unchecked, for verifiers in other languages (`docs/log.md`).

        One JSON object a line, `{"seq":…,"hash":"…","event":"…"}`, in that order and without white space; `event`
        is the hashed text as a string, in which only `"` and `\` are escaped.
        """
        with self._database.reading() as connection, connection.execute(_IN_ORDER) as rows:
            for seq, text, hash_ in rows:
                line = {"seq": seq, "hash": hash_, "event": text}
                told = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
                stream.write(told.encode("utf-8", "surrogateescape") + b"\n")

    def _claim(self, connection: Connection, count: int) -> tuple[Head, Event | None]:
        """Takes the lock that all writers share, and `count` numbers; gives the end of the chain."""
        moved = connection.execute(_MOVE_HEAD, {"count": count}).all()
        end = self._sole([Head(seq - count, hash_) for seq, hash_ in moved])
        if end == chain.START:
            return end, None
        last = connection.execute(_AT, {"at": end.seq}).one_or_none()
        if last is None or last.hash != end.hash:
            raise self._torn(f"event {end.seq}, its newest, is missing or not that of the head")
        return end, verification.follow(Row(*last), None)

    def _sole(self, heads: Sequence[Head]) -> Head:
        if len(heads) != 1:
            raise self._torn("its table `head` does not hold one sound row")
        return heads[0]

    def _torn(self, why: str) -> EvidenceError:
        remedy = "`rejoinder log verify` finds all that is wrong; restore a backup"
        return EvidenceError(f"the log was tampered with: {why}", where=self._database.name, remedy=remedy)


def _heads(connection: Connection) -> list[Head]:
    """The rows of the table `head`, two at most; one that holds no number and text, as SQLite allows, is none."""
    rows = connection.execute(select(database.head).limit(2)).all()
    return [Head(seq, hash_) for seq, hash_ in rows if isinstance(seq, int) and isinstance(hash_, str)]


def _published(head: str) -> str:
    text = head.strip().lower()
    if len(text) != _HASH_LENGTH or set(text) - set("0123456789abcdef"):
        raise UsageError(f"`{head[:100]}` is no hash of the log", expected="64 hexadecimal digits")
    return text


def _now() -> datetime:
    return datetime.now(UTC)
