"""Events of Bluesky's Jetstream, as written down from its socket: version 1 and version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from rejoinder.sources.blocks import sample
from rejoinder.sources.bluesky import POST, REPOST, PostRecord, Ref, finished, record_columns
from rejoinder.sources.columns import TIME, times
from rejoinder.sources.mapping import COUNT, TEXT, mapped
from rejoinder.sources.rejects import BadRow
from rejoinder.sources.rows import Frames, JsonSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from rejoinder.sources.base import Head
    from rejoinder.sources.mapping import Fields

_NONE = msgspec.Raw()
_V2 = {"$type", "payload"}
_STATUS = {"suspended": "suspended", "takendown": "suspended", "deactivated": "deactivated", "deleted": "deleted"}
_STILL_THERE = ("desynchronized", "throttled")  # a host lags behind; nothing happened to the account


class RepostRecord(msgspec.Struct, rename="camel", tag_field="$type", tag=REPOST):
    """The record of a repost."""

    subject: Ref
    created_at: Any = None


class Identity(msgspec.Struct, gc=False):
    """An account's new name."""

    handle: str | None = None


class Standing(msgspec.Struct, gc=False):
    """Whether an account can be seen, and if not, why not."""

    active: bool
    status: str | None = None


class Commit(msgspec.Struct, gc=False):
    """One record made, changed or deleted."""

    operation: str
    collection: str
    rkey: str
    record: msgspec.Raw = _NONE


class Payload(msgspec.Struct, gc=False):
    """What a message of version 2 carries; a notice about the stream has no `did`."""

    error: str = ""
    did: str = ""
    time: str | None = None
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: msgspec.Raw = _NONE
    identity: Identity | None = None
    account: Standing | None = None


class Line(msgspec.Struct, gc=False):
    """A line of version 1, or of version 2 where it has a `payload`."""

    did: str = ""
    time_us: int | None = None
    commit: Commit | None = None
    identity: Identity | None = None
    account: Standing | None = None
    payload: Payload | None = None


class Event(msgspec.Struct, gc=False):
    """An event of either version."""

    method: str
    did: str
    at_us: int | None = None
    at: str | None = None
    commit: Commit | None = None
    """Of a post or a repost; of nothing else."""
    identity: Identity | None = None
    account: Standing | None = None
    record: PostRecord | RepostRecord | None = None

    @property
    def uri(self) -> str:
        """How the record is called that the event is about."""
        assert self.commit is not None
        return f"at://{self.did}/{self.commit.collection}/{self.commit.rkey}"


class Jetstream(JsonSource):
    """Events of posts, reposts and accounts; likes, follows and the like are read and passed over.

    | event | becomes |
    |---|---|
    | a post or repost made or changed | a post (`repost_of`, no text), seen when the event says |
    | a post or repost deleted | the check `deleted by author` |
    | an account deactivated, deleted, suspended, taken down | the check `account gone`, and the account's status |
    | an account active again, or with a new handle | the account as it is now |

    The check's remark is the network's own word. `created_at` is the author's word, unless it cannot be read, lies
    before 2000 or more than a day after the event; then the event's time stands. A change keeps the post's id: it is
    a later look at the same post. The stream delivers an event at least once, so lines may come twice.
    """

    name = "jetstream"
    title = "events of Bluesky's Jetstream (version 1 or 2)"
    row = Event
    keys = ("did", "time_us", "kind")

    def recognises(self, head: Head) -> bool:
        """Whether most of the first rows are events of either version."""
        rows = sample(head)
        known = sum(all(key in row for key in self.keys) or row.keys() == _V2 for row in rows)
        return 0 < known >= len(rows) / 2

    def decoder(self) -> Callable[[bytes], Event]:
        """What reads a line of either version, and of its record only where it is a post or a repost."""
        line = msgspec.json.Decoder(Line).decode
        records: dict[str, Callable[[msgspec.Raw], Any]] = {
            POST: msgspec.json.Decoder(PostRecord).decode,
            REPOST: msgspec.json.Decoder(RepostRecord).decode,
        }

        def decode(text: bytes) -> Event:
            event = _event(line(text))
            commit = event.commit
            if commit and commit.operation != "delete":
                if not commit.record:
                    raise BadRow(f"`record` is missing from a commit to `{commit.collection}`")
                event.record = records[commit.collection](commit.record)
            return event

        return decode

    def convert(self, rows: list[Event]) -> Frames:
        """Posts, checks, and accounts."""
        seen = pl.DataFrame(
            {"at_us": [row.at_us for row in rows], "at": [row.at for row in rows]},
            schema={"at_us": pl.Int64, "at": pl.String},
        ).select(pl.coalesce(pl.col("at_us").cast(TIME), times("at")).alias("seen"))["seen"]
        posts = [(at, row) for at, row in enumerate(rows) if isinstance(row.record, PostRecord)]
        reposts = [(at, row) for at, row in enumerate(rows) if isinstance(row.record, RepostRecord)]
        made = finished(pl.concat([_posts(posts, seen), _reposts(reposts, seen)], how="diagonal"))
        return {
            "post": made.with_columns(collected_at="seen"),
            "account": _accounts(rows, seen),
            "check": _checks(rows, seen),
        }


def _event(line: Line) -> Event:
    if line.payload is None:
        _expect(line.did, "did")
        _expect(line.time_us, "time_us")
        return Event("jetstream-v1", line.did, line.time_us, None, _ours(line.commit), line.identity, line.account)
    said = line.payload
    if said.error:
        raise BadRow(f"the stream ended: {said.error}")
    commit = _ours(Commit(said.operation, said.collection, said.rkey, said.record))
    if commit or said.identity or said.account:  # a notice about the stream is about nobody
        _expect(said.did, "did")
    return Event("jetstream-v2", said.did, None, said.time, commit, said.identity, said.account)


def _expect(said: object, name: str) -> None:
    if said in (None, ""):
        raise BadRow(f"`{name}` is missing")


def _ours(commit: Commit | None) -> Commit | None:
    """The commit, if it is of a post or a repost."""
    if commit is None or commit.collection not in (POST, REPOST):
        return None
    _expect(commit.rkey, "rkey")
    return commit


def _posts(events: list[tuple[int, Event]], seen: pl.Series) -> pl.DataFrame:
    said = record_columns([row.record for _, row in events if isinstance(row.record, PostRecord)])
    return pl.concat([mapped(events, _TOLD), said], how="horizontal").with_columns(_at(seen))


def _reposts(events: list[tuple[int, Event]], seen: pl.Series) -> pl.DataFrame:
    said = mapped([row.record for _, row in events if isinstance(row.record, RepostRecord)], _REPOST)
    return pl.concat([mapped(events, _TOLD), said], how="horizontal").with_columns(_at(seen))


def _at(seen: pl.Series) -> pl.Expr:
    return pl.lit(seen).gather("_row").alias("seen")


_TOLD: Fields[tuple[int, Event]] = {"_row": (COUNT, lambda told: told[0]), "uri": (TEXT, lambda told: told[1].uri)}

_REPOST: Fields[RepostRecord] = {
    "repost_of": (TEXT, lambda record: record.subject.uri),
    "created_at": (TEXT, lambda record: record.created_at if isinstance(record.created_at, str) else None),
}


def _accounts(rows: list[Event], seen: pl.Series) -> pl.DataFrame:
    """What is now known of an account: its handle, or whether it stands."""
    told = [(at, row) for at, row in enumerate(rows) if _standing(row) or (row.identity and row.identity.handle)]
    return mapped(told, _ACCOUNT).with_columns(_at(seen).alias("seen_at"))


_ACCOUNT: Fields[tuple[int, Event]] = {
    "_row": (COUNT, lambda told: told[0]),
    "id": (TEXT, lambda told: f"bluesky:{told[1].did}"),
    "platform": (TEXT, lambda _: "bluesky"),
    "handle": (TEXT, lambda told: told[1].identity.handle if told[1].identity else None),
    "status": (TEXT, lambda told: _status(told[1].account) if told[1].account else None),
}


def _standing(row: Event) -> bool:
    return row.account is not None and row.account.status not in _STILL_THERE


def _status(standing: Standing) -> str | None:
    return "active" if standing.active else _STATUS.get(standing.status or "")


def _checks(rows: list[Event], seen: pl.Series) -> pl.DataFrame:
    told = [(at, row) for at, row in enumerate(rows) if _deleted(row) or _gone(row)]
    return mapped(told, _CHECK).with_columns(_at(seen).alias("created_at"))


_CHECK: Fields[tuple[int, Event]] = {
    "_row": (COUNT, lambda told: told[0]),
    "subject": (TEXT, lambda told: f"bluesky:{told[1].uri if told[1].commit else told[1].did}"),
    "subject_type": (TEXT, lambda told: "post" if told[1].commit else "account"),
    "platform": (TEXT, lambda _: "bluesky"),
    "outcome": (TEXT, lambda told: "deleted by author" if told[1].commit else "account gone"),
    "method": (TEXT, lambda told: told[1].method),
    "remark": (TEXT, lambda told: told[1].account.status if told[1].account else None),
}


def _deleted(row: Event) -> bool:
    return row.commit is not None and row.commit.operation == "delete"


def _gone(row: Event) -> bool:
    return _standing(row) and row.account is not None and not row.account.active
