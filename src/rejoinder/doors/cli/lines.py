"""JSON lines in, findings out: what `rejoinder detect` does with its input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from rejoinder.acts import detecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

CHUNK = 1 << 20
"""Bytes asked for at once; what is there is judged at once, so that a slow pipe is answered line by line."""


class Line(msgspec.Struct):
    """What a line must have."""

    text: str
    id: str | int | None = None
    lang: str | None = None


def arriving(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Whole lines as they come, some at a time; blank ones are left out."""
    rest = b""
    while chunk := stream.read1(CHUNK):  # type: ignore[attr-defined]
        *lines, rest = (rest + chunk).split(b"\n")
        yield [line for line in lines if line.strip()]
    yield [rest] if rest.strip() else []


def judged(lines: list[bytes]) -> list[dict[str, Any]]:
    """One finding for each line, in order; a line that is no such object gives its `error`."""
    read = [_read(line) for line in lines]
    good = [line for line in read if isinstance(line, Line)]
    found = iter(detecting.detect_texts([line.text for line in good], langs=[line.lang for line in good]))
    return [{"id": line.id, **next(found)} if isinstance(line, Line) else line for line in read]


def _read(line: bytes) -> Line | dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return {"id": None, "error": f"{error}; expected a JSON object with `text`"}
