"""The archive: bulk rows as Parquet parts, each named by the hash of its bytes."""

from __future__ import annotations

import os
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, unquote, urlsplit

import msgspec
import obstore
import polars as pl
from msgspec import Meta
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, from_url

from rejoinder.errors import EvidenceError, OutsideError, UsageError
from rejoinder.records.base import Count  # noqa: TC001 - msgspec reads the types of the fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from obstore.store import ObjectStore

    from rejoinder.records import Record

_LONGEST = 128
"""Characters of a folder's name for a platform; file systems stop at 255."""

_REMEDY = "check the address, the network and the credentials in the environment, or that the disk is not full"

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
PartPath = Annotated[
    str, Meta(pattern=r"^[a-z]+/(platform=[A-Za-z0-9_.~%-]+/day=[A-Za-z0-9%+-]+/)?[0-9a-f]{64}\.parquet$")
]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One Parquet file of the archive, as the log keeps it: which rows, where, how many.

    `msgspec.to_builtins` and `msgspec.convert` take it into an event's body and back; the latter refuses a path
    that leads out of the archive.
    """

    noun: str
    path: PartPath
    """Below the archive's address, so that an archive can be moved."""
    sha256: Sha256
    """Of the file's bytes; also its name."""
    rows: Count


class Archive:
    """The archive at `url`: a folder, made if there is none, or an `s3://`, `gs://` or `az://` address.

    **A part is visible only once the log names it.** Nobody lists the folder: readers take the parts that the log
    names, so what a killed writer left behind (whole parts that nobody named, or the beginning of one under a
    temporary name) is never seen, and several writers do not disturb each other. Parts are never changed.

    Credentials and the endpoint of object storage come from the environment (`AWS_ACCESS_KEY_ID`,
    `AWS_ENDPOINT_URL`, …). `memory:///` keeps parts for as long as the object lives.

    Raises `UsageError` for an address of another kind, `OutsideError` where the storage does not answer.

    >>> from datetime import UTC, datetime
    >>> from rejoinder.records import Post
    >>> from rejoinder.records.frames import to_frame
    >>> post = Post(id="x:1", platform="x", author="x:9", created_at=datetime(2023, 11, 15, 23, tzinfo=UTC))
    >>> archive = Archive("memory:///")
    >>> parts = archive.write(Post, to_frame(Post, [post]))
    >>> parts[0].path.replace(parts[0].sha256, "<sha256>"), parts[0].rows
    ('post/platform=x/day=2023-11-15/<sha256>.parquet', 1)
    >>> archive.scan(Post, parts).collect()["id"].to_list(), archive.verify(parts)
    (['x:1'], [])
    """

    def __init__(self, url: str) -> None:
        self._folder = _folder(url)
        self.name = str(self._folder) if self._folder else _bare(url)
        self._store = _opened(url, self._folder)

    def write(self, record: type[Record], frame: pl.DataFrame) -> list[Part]:
        """The rows of `frame` as parts, in order of their paths; on disk when it returns, but visible to nobody yet.

        Records that must have a platform and a time go to one part per platform and day (UTC) of `created_at`,
        others to a single part; no rows, no part. Rows stay in the order given, so equal frames give equal bytes
        and equal parts, however often they are written.

        Raises `UsageError` unless the frame has exactly the columns of `record.schema()`.
        """
        _demand_columns(record, frame)
        parts = [self._put(record.noun(), folder, rows) for folder, rows in _partitions(record, frame)]
        if self._folder and os.name == "posix":  # elsewhere a folder cannot be waited for
            with self._explained():
                _settle(self._folder, parts)
        return parts

    def scan(self, record: type[Record], parts: Sequence[Part]) -> pl.LazyFrame:
        """The rows of `parts`, part by part in the order given; an empty frame of the schema where there are none.

        Lazy, so a filter or a choice of columns reads only what it needs. It trusts the files: a part that is
        missing fails when the frame is collected, a part that was changed is found by `verify` (or by `read`).
        """
        if not parts:
            return pl.LazyFrame(schema=record.schema())
        return pl.scan_parquet(
            [self._source(part) for part in parts], schema=record.schema(), glob=False, hive_partitioning=False
        )

    def read(self, part: Part) -> pl.DataFrame:
        """The rows of one part, its bytes checked first.

        Raises `EvidenceError` where it is missing or its bytes are not those that the log names.
        """
        with self._explained():
            try:
                data = obstore.get(self._store, part.path).bytes().to_bytes()
            except FileNotFoundError:
                raise self._spoilt(_missing(part)) from None
        found = sha256(data).hexdigest()
        if found != part.sha256:
            raise self._spoilt(_changed(part, found))
        return pl.read_parquet(data)

    def verify(self, parts: Iterable[Part]) -> list[str]:
        """What is wrong with `parts`, in words, in the order given: missing, or changed; empty where nothing is."""
        with self._explained():
            return [fault for part in parts if (fault := self._fault(part))]

    def _fault(self, part: Part) -> str | None:
        digest = sha256()
        try:
            for chunk in obstore.get(self._store, part.path).stream():
                digest.update(chunk)
        except FileNotFoundError:
            return _missing(part)
        return None if digest.hexdigest() == part.sha256 else _changed(part, digest.hexdigest())

    def _put(self, noun: str, folder: str, rows: pl.DataFrame) -> Part:
        data = _parquet(rows)
        digest = sha256(data).hexdigest()
        path = f"{folder}/{digest}.parquet"
        with self._explained():
            obstore.put(self._store, path, data)  # to a temporary name, then renamed: whole or not there
        return Part(noun=noun, path=path, sha256=digest, rows=rows.height)

    def _source(self, part: Part) -> Any:  # noqa: ANN401 - Polars has no name for what it reads from
        """What Polars reads a part from."""
        if self._folder:
            return str(self._folder / part.path)
        if isinstance(self._store, MemoryStore):
            return BytesIO(obstore.get(self._store, part.path).bytes().to_bytes())
        return f"{self.name}/{part.path}"

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            why = str(error).partition("\n")[0]  # what follows is the other library's account of itself
            raise OutsideError(
                f"the archive's storage did not answer: {why}", where=self.name, remedy=_REMEDY
            ) from error

    def _spoilt(self, fault: str) -> EvidenceError:
        return EvidenceError(
            f"the archive is not what was written: {fault}", where=self.name, remedy="restore a backup"
        )


def _folder(url: str) -> Path | None:
    """The local folder that is meant, if one is."""
    if "://" not in url:
        return Path(url).absolute()
    parsed = urlsplit(url)
    return Path(unquote(parsed.path)) if parsed.scheme == "file" else None


def _bare(url: str) -> str:
    """The address without what may be a secret in it."""
    parsed = urlsplit(url)
    return f"{parsed.scheme}://{parsed.netloc.rpartition('@')[2]}{parsed.path}".rstrip("/")


def _opened(url: str, folder: Path | None) -> ObjectStore:
    try:
        return LocalStore(folder, mkdir=True) if folder else from_url(url)
    except OSError as error:
        raise OutsideError(f"the archive cannot be opened: {error}", where=str(folder), remedy=_REMEDY) from error
    except (BaseError, ValueError):
        # The cause is dropped on purpose: it may repeat the whole address.
        expected = "a folder, or s3://BUCKET/FOLDER, gs://…, az://…"
        raise UsageError(f"an archive cannot be kept at `{_bare(url)}`", expected=expected) from None


def _demand_columns(record: type[Record], frame: pl.DataFrame) -> None:
    given, expected = frame.schema, record.schema()
    if given == expected:
        return
    odd = sorted(name for name in {**given, **expected} if given.get(name) != expected.get(name))
    raise UsageError(
        f"this is no frame of `{record.noun()}`",
        where=f"columns {', '.join(odd)}" if odd else "the order of the columns",
        expected="exactly the columns of its schema",
        remedy="pass it through `records.frames.conform` and `split` first",
    )


def _partitions(record: type[Record], frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Folder and rows of each part-to-be, in order."""
    if not _by_day(record):
        if frame.height:
            yield record.noun(), frame
        return
    day = pl.col("created_at").dt.to_string("%Y-%m-%d").alias("_day")
    groups = frame.with_columns(day).partition_by("platform", "_day", maintain_order=True, as_dict=True)
    for platform, date in sorted(groups):
        folder = f"{record.noun()}/platform={_escaped(platform)}/day={_escaped(date)}"
        yield folder, groups[platform, date].drop("_day")


def _by_day(record: type[Record]) -> bool:
    """Whether each row has a platform and a time; an account may be without, and its age says nothing of its use."""
    required = {field.name for field in msgspec.structs.fields(record) if field.required}
    return {"platform", "created_at"} <= required


def _escaped(name: str) -> str:
    """A name as one folder's name, whatever is in it."""
    escaped = quote(name, safe="")
    return escaped if len(escaped) <= _LONGEST else sha256(name.encode()).hexdigest()


def _parquet(rows: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    rows.rechunk().write_parquet(buffer, compression="zstd")  # in one chunk: how the rows came must not show
    return buffer.getvalue()


def _settle(folder: Path, parts: Sequence[Part]) -> None:
    """Waits for the disk, so that the log never names a part that a power cut can still take away."""
    files = [folder / part.path for part in parts]
    folders = {parent for file in files for parent in file.parents if parent.is_relative_to(folder)}
    for path in [*files, *sorted(folders)]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _missing(part: Part) -> str:
    return f"{part.path}: it is missing"


def _changed(part: Part, found: str) -> str:
    return f"{part.path}: it was changed, its hash is now {found}"
