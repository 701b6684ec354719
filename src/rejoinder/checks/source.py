"""What every source keeps to, ours and a stranger's alike."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from rejoinder.errors import DataError
from rejoinder.records import INGESTED, Reject
from rejoinder.records.frames import schema_of, split
from rejoinder.sources import Head, Source
from rejoinder.sources.rejects import KEPT, redacted
from rejoinder.sources.streams import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

FOREIGN = (
    b"", b"\n", b"Dear reader,\nthis is a letter.\n", b"{}\n", b"[]", b'{"answer": 42}\n', b'[{"a": 1}, {"a": 2}]',
    b"a,b\n1,2\n", b"<!doctype html><title>Page</title>", b"\x89PNG\r\n\x1a\n\x00\x00", b'{"id": "1", "name": "thing"}',
)  # fmt: skip
"""Beginnings of files that no source is meant to take for its own."""

_BROKEN = b'{"id": "broken", "text": "ada@example.org'
_RECORDS = {record.noun(): record for record in (*INGESTED, Reject)}


class _Read(NamedTuple):
    rows: int
    frames: dict[str, pl.DataFrame]


def check_source(source: Source, sample: bytes) -> None:
    """Tries a source on a small file of its format, unpacked, in which every row is good and at least two are there.

    It must recognise the file and nothing foreign, give frames with exactly their schema and no row that breaks it,
    give the same whatever the size of the batches, and lose nothing where a line is broken or the file cut off.
    Raises `AssertionError` that says which promise of `Source` was not kept.

    >>> from rejoinder.sources.own import OwnJsonl
    >>> line = b'{"id": "1", "author": "2", "created_at": "2024-01-31T12:00:00Z"}'
    >>> check_source(OwnJsonl(), line + bytes([10]) + line)
    """
    assert isinstance(source, Source), "a source has `name`, `title`, `recognises` and `read`"
    assert source.name, "a source has a name"
    assert source.title, "a source has a title"
    assert source.recognises(_head(sample)), "it recognises its own sample"
    for foreign in FOREIGN:
        assert not source.recognises(_head(foreign)), f"it does not take {foreign[:40]!r} for its own"
    whole = _read(source, sample, 1000)
    assert whole.frames.keys() - {"reject"}, "its own sample gives records"
    assert "reject" not in whole.frames, "its own sample has no bad row"
    for rows in (1, 2, 3, 1000):
        _check_same(_read(source, sample, rows), whole, f"batches of {rows} rows give the same as one batch")
    _check_frames(whole)
    _check_cut_off(source, sample)
    if _is_one_to_a_line(sample):
        _check_broken_line(source, sample, whole)


def _head(sample: bytes) -> Head:
    return Head(name="", start=sample[:HEAD_BYTES])


def _read(source: Source, sample: bytes, rows: int) -> _Read:
    parts: dict[str, list[pl.DataFrame]] = {}
    total = 0
    for batch in source.read(io.BytesIO(sample), "sample", rows):
        total += batch.rows
        for noun, frame in batch.frames.items():
            parts.setdefault(noun, []).append(frame)
    return _Read(total, {noun: pl.concat(frames) for noun, frames in parts.items() if sum(map(len, frames))})


def _read_to_the_end(source: Source, sample: bytes, rows: int) -> _Read:
    try:
        return _read(source, sample, rows)
    except DataError:
        raise
    except Exception as error:
        raise AssertionError(f"a bad row never stops the reading, as {error!r} did") from error


def _check_same(one: _Read, other: _Read, promise: str) -> None:
    assert one.rows == other.rows, promise
    assert one.frames.keys() == other.frames.keys(), promise
    assert all(frame.equals(other.frames[noun]) for noun, frame in one.frames.items()), promise


def _check_frames(read: _Read) -> None:
    for noun, frame in read.frames.items():
        assert noun in _RECORDS, f"`{noun}` is a noun that may come in"
        record = _RECORDS[noun]
        assert frame.schema == schema_of(record), f"a frame of `{noun}` has exactly the columns of its schema"
        bad = split(record, frame)[1]
        assert bad.is_empty(), f"every `{noun}` is checked: {bad['reason'].to_list()[:1]}"
    for reject in read.frames.get("reject", pl.DataFrame()).iter_rows(named=True):
        assert reject["file"] == "sample", "a reject names the file that it was told"
        assert len(reject["row"]) <= KEPT, f"a reject keeps at most {KEPT:,} characters of its row"
        assert reject["row"] == redacted(reject["row"]), "a reject holds no e-mail or IP address"


def _check_cut_off(source: Source, sample: bytes) -> None:
    """A file that breaks off in mid-row is read as far as it goes, unless nothing of it can be read."""
    with suppress(DataError):
        _check_frames(_read_to_the_end(source, sample[: len(sample) * 2 // 3], 2))


def _is_one_to_a_line(sample: bytes) -> bool:
    return all(_is_object(line) for line in _lines(sample))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(sample: bytes) -> list[bytes]:
    return [line for line in sample.split(b"\n") if line.strip()]


def _check_broken_line(source: Source, sample: bytes, whole: _Read) -> None:
    first, *rest = _lines(sample)
    for broken in _broken_lines():
        read = _read_to_the_end(source, b"\n".join([first, broken, *rest]), 1000)
        rejects = read.frames.pop("reject", pl.DataFrame())
        assert len(rejects) == 1, f"a broken line gives one reject, not {len(rejects)}"
        assert rejects["line"].to_list() == [2], "a reject names the line"
        _check_same(_Read(read.rows - 1, read.frames), whole, "a broken line costs no other row")
        _check_frames(_Read(1, {"reject": rejects}))


def _broken_lines() -> Iterator[bytes]:
    yield _BROKEN
    yield b"\xff\xfe\x00"
    yield b"[" * 100_000
    yield b"null"
