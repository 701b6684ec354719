"""A case: a folder with its settings, its policy, its archive and its log, as a git repository is to code."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import polars as pl

from rejoinder.errors import NotFound, UsageError, nearest
from rejoinder.records import NOUNS
from rejoinder.store.archive import Archive, Part
from rejoinder.store.log import Entry, Log

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from rejoinder.records import Event, Record

_SETTINGS = "rejoinder.toml"
_OF_NOUN: dict[str, type[Record]] = {record.noun(): record for record in NOUNS}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `rejoinder.toml` says; every path is taken from the case's folder."""

    title: str = "A case"
    policy: str = "policy.toml"
    log: str = "sqlite:///log.sqlite"
    """A SQLAlchemy URL: `sqlite:///…` or `postgresql://…` (a password belongs in ~/.pgpass, not here)."""
    archive: str = "archive"
    """A folder, or a URL such as `s3://bucket/folder`."""
    detectors: tuple[str, ...] = ("hate",)
    processes: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    """Among how many a detector may share its work; the answers are the same."""


class Case:
    """A case that is open: what happened is in its log, the rows are in its archive.

    A part of the archive exists for readers only once the log names it. So one appended event makes the rows
    of a step visible all at once, and a run killed before it leaves nothing behind that anybody sees.

    Raises `NotFound` where the folder holds no case; the remedy is `rejoinder init`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._events: list[Event] = []
        self.settings = _settings(folder)
        self.policy_path = folder / self.settings.policy
        self.log = Log(_placed_url(self.settings.log, folder))
        self.archive = Archive(_placed_path(self.settings.archive, folder))

    @classmethod
    def init(cls, folder: Path, *, policy: str, title: str = "A case") -> Case:
        """A new case in `folder`, which is made; `policy` is the text of its policy.

        Raises `UsageError` where there already is one.
        """
        if (folder / _SETTINGS).exists():
            raise UsageError("there already is a case", where=str(folder), remedy="open it, or choose another folder")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "policy.toml").write_text(policy, encoding="utf-8")
        # The settings come last: a folder is a case once it has them.
        (folder / _SETTINGS).write_text(_settings_text(title), encoding="utf-8")
        return cls(folder)

    @classmethod
    def open_or_init(cls, folder: Path, *, policy: str, title: str) -> Case:
        """The case in `folder`, made anew where there is none."""
        if (folder / _SETTINGS).exists():
            return cls(folder)
        return cls.init(folder, policy=policy, title=title)

    def close(self) -> None:
        """Lets go of the log's database."""
        self.log.close()

    def commit(
        self,
        kind: str,
        body: Mapping[str, Any],
        frames: Mapping[str, pl.DataFrame],
        *,
        later: Mapping[str, pl.DataFrame] | None = None,
    ) -> Event:
        """Writes `frames` (noun to frame) into the archive, then appends the event that makes them visible.

        Rows of `later` supersede earlier rows of the same key; they come in an event `<kind> again`, in the same
        transaction. Returns the first of the events.
        """
        entries = []
        if frames or not later:
            entries.append(Entry(kind, {**body, "parts": self._stored(frames), "later": False}))
        if later:
            entries.append(Entry(f"{kind} again", {**body, "parts": self._stored(later), "later": True}))
        return self.log.extend(entries)[0]

    def events(self, *kinds: str) -> list[Event]:
        """The events of these kinds, or all of them, oldest first."""
        self._events += self.log.read(after=self._events[-1].seq if self._events else 0)
        return [event for event in self._events if not kinds or event.kind in kinds]

    def scan(self, noun: str, *, events: Sequence[Event] | None = None, superseded: bool = False) -> pl.LazyFrame:
        """All rows of a noun that are in force, or those of `events` that are, with the columns of its schema.

        Rows come in the order in which they were committed. A row that a later one of the same key supersedes is
        not in force, and comes only where `superseded` asks for it.
        """
        record = _OF_NOUN[noun]
        rows = self._numbered(record, self.events() if events is None else events)
        if rows is None:
            return self.archive.scan(record, [])
        later = self._numbered(record, [event for event in self.events() if event.body.get("later")])
        if record.key and later is not None and not superseded:
            newest = later.group_by(record.key).agg(_newest=pl.col("_seq").max())
            overtaken = pl.col("_seq") < pl.col("_newest").fill_null(0)
            rows = rows.join(newest, on=record.key, how="left", maintain_order="left").filter(~overtaken)
        return rows.select(record.schema().names())

    def digest(self, nouns: Collection[str]) -> str:
        """One SHA-256 for all rows of these nouns: over the sorted hashes of their parts, a line each."""
        hashes = sorted({part.sha256 for event in self.events() for part in parts_of(event) if part.noun in nouns})
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()

    def verify(self, *, head: str | None = None) -> list[str]:
        """What is wrong with the log or the archive, in words; empty where nothing is.

        `head` is a hash of the log that was published earlier.
        """
        faults = list(self.log.verify(head=head).faults)
        if faults:  # what a broken log says of the archive is worth nothing
            return faults
        return self.archive.verify([part for event in self.log.read() for part in parts_of(event)])

    def _numbered(self, record: type[Record], events: Iterable[Event]) -> pl.LazyFrame | None:
        """Rows with the number of the event that made them visible; `None` where there are none."""
        held = [(event.seq, parts_of(event, record.noun())) for event in events]
        rows = [
            self.archive.scan(record, parts).with_columns(_seq=pl.lit(seq, pl.Int64)) for seq, parts in held if parts
        ]
        return pl.concat(rows) if rows else None

    def _stored(self, frames: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
        parts = [
            part for noun, frame in frames.items() if frame.height for part in self.archive.write(_OF_NOUN[noun], frame)
        ]
        return [msgspec.to_builtins(part) for part in parts]


def parts_of(event: Event, noun: str | None = None) -> list[Part]:
    """The archive parts that an event names, of one noun or of all."""
    parts = [msgspec.convert(part, Part) for part in event.body.get("parts", ())]
    return [part for part in parts if noun in (None, part.noun)]


def _settings(folder: Path) -> Settings:
    path = folder / _SETTINGS
    if not path.exists():
        raise NotFound("there is no case here", where=str(folder), remedy=f"make one with `rejoinder init {folder}`")
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        known = [field.name for field in msgspec.structs.fields(Settings)]
        asked = str(error).rpartition("unknown field `")[2].partition("`")[0]
        raise UsageError(
            f"the settings cannot be read: {error}", where=str(path), remedy=nearest(asked, known)
        ) from error


def _settings_text(title: str) -> str:
    return (
        f"title = {msgspec.json.encode(title).decode()}\n"
        'policy = "policy.toml"\n'
        'log = "sqlite:///log.sqlite"  # or postgresql://user@host/database\n'
        'archive = "archive"           # or s3://bucket/folder\n'
        'detectors = ["hate"]\n'
        "processes = 1                 # how many share the detector's work\n"
    )


def _placed_url(url: str, folder: Path) -> str:
    """A SQLite path is taken from the case's folder, whatever folder one stands in."""
    scheme, separator, path = url.partition(":///")
    if scheme != "sqlite" or path.startswith("/"):
        return url
    return f"{scheme}{separator}{(folder / path).resolve()}"


def _placed_path(archive: str, folder: Path) -> str:
    return archive if "://" in archive else str((folder / archive).resolve())
