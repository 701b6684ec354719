"""The rows of a file while they are still text: one to a line, or the items of one JSON document."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

import ijson  # type: ignore[import-untyped]
import msgspec

from rejoinder.sources.rejects import Bad
from rejoinder.sources.streams import newlines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.sources.base import Head

LONGEST = 32 * 1024 * 1024
"""Bytes of the longest line that is read."""
_BLOCK_BYTES = 16 * 1024 * 1024
_CHUNK = 256 * 1024
_SAMPLE = 20


class Block:
    """Some rows of a file in their order, and what could not be one."""

    def __init__(self, numbers: Sequence[int] = (), texts: Sequence[bytes] = (), bad: Sequence[Bad] = ()) -> None:
        self._rows = list(numbers), list(texts)
        self.bad = list(bad)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.texts)

    @property
    def numbers(self) -> list[int]:
        """Line numbers, or numbers of items in a document, from 1."""
        return self._both()[0]

    @property
    def texts(self) -> list[bytes]:
        """The text of each row."""
        return self._both()[1]

    @property
    def pieces(self) -> list[bytes]:
        """All rows as lines, many to a piece."""
        return [b"\n".join(self.texts)]

    def _both(self) -> tuple[list[int], list[bytes]]:
        return self._rows


class Lines(Block):
    """Rows that are lines. They are split as they are asked for, and each is soon forgotten: memory stays warm."""

    def __init__(self, first: int, pieces: Sequence[bytes] = (), bad: Sequence[Bad] = ()) -> None:
        super().__init__(bad=bad)
        self.first, self._pieces = first, list(pieces)
        self.count = sum(newlines(piece) + 1 for piece in pieces)
        """Lines, blank ones too."""
        self.size = sum(map(len, pieces))

    def __iter__(self) -> Iterator[bytes]:
        return chain.from_iterable(filter(bytes.strip, piece.split(b"\n")) for piece in self.pieces)

    @property
    def pieces(self) -> list[bytes]:
        """The lines as they were read."""
        return self._pieces

    def add(self, other: Lines) -> None:
        """The lines after these."""
        self._pieces += other.pieces
        self.count += other.count
        self.size += other.size
        self.bad += other.bad

    def cut(self, count: int) -> tuple[Lines, Lines]:
        """The first `count` lines of a piece, and the others."""
        end = -1
        for _ in range(count):
            end = self.pieces[0].find(b"\n", end + 1)
        first, rest = self.pieces[0][:end], self.pieces[0][end + 1 :]
        return Lines(self.first, [first]), Lines(self.first + count, [rest], self.bad)

    def _both(self) -> tuple[list[int], list[bytes]]:
        if not self._rows[0]:
            lines = enumerate((line for piece in self.pieces for line in piece.split(b"\n")), self.first)
            kept = [(number, line) for number, line in lines if line.strip()]
            self._rows = [number for number, _ in kept], [line for _, line in kept]
        return self._rows


class Reread:
    """A stream whose beginning has been looked at and is given again."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start, self._stream = start, stream
        self.given = 0
        """Bytes given so far."""

    def read(self, size: int = _CHUNK) -> bytes:
        """The next `size` bytes or fewer; none at the end."""
        data, self._start = self._start[:size], self._start[size:]
        data = data or self._stream.read(size)
        self.given += len(data)
        return data


def blocks(start: bytes, stream: BinaryIO, rows: int, inside: tuple[str, ...] = ()) -> Iterator[Block]:
    """Blocks of `rows` rows, or fewer where they are large; `start` has been read from `stream` already.

    A file of JSON objects has one to a line, or is one JSON document: a list of them, or one object written over
    many lines. Where an object has a list named in `inside`, the items of that list are the rows, else the object is.
    """
    whole = Reread(start, stream)
    path = _document(start, inside)
    if path is not None:
        return _grouped(_items(whole, path), rows)
    if inside:
        return _grouped(_unwrapped(_lines(whole), inside), rows)
    return _gathered(_lines(whole), rows)


def sample(head: Head) -> list[dict[str, object]]:
    r"""The first JSON objects of a file, up to 20, the last as far as the beginning goes; none where it has none.

    >>> from rejoinder.sources.base import Head
    >>> sample(Head(name="", start=b'{"id": "1"}\n{"id": "2", "text": "cut o'))
    [{'id': '1'}, {'id': '2'}]
    """
    start = head.start.lstrip()
    lines = [line for line in start.split(b"\n")[: 2 * _SAMPLE] if line.strip()]
    found = [_begun(line) for line in lines] if _document(start, ()) is None else _begun_items(start)
    return [row for row in found if isinstance(row, dict)][:_SAMPLE]


def _document(start: bytes, inside: tuple[str, ...]) -> str | None:
    """Where the rows of a JSON document are, as `ijson` writes it; `None` where each line is a row."""
    text = start.lstrip()
    if not text.startswith((b"{", b"[")):
        return None
    first, *others = (line for line in text.split(b"\n")[: 2 * _SAMPLE] if line.strip())
    if text.startswith(b"["):
        return None if _is(list, first) and any(map(_is_object, others)) else "item"
    over_many_lines = bool(others) and not _is_object(first) and (_goes_on(text) or not any(map(_is_object, others)))
    if not over_many_lines and (others or _is_object(first)):
        return None
    top = _begun(text)
    lists = [name for name in inside if isinstance(top, dict) and isinstance(top.get(name), list)]
    if lists:
        return f"{lists[0]}.item"
    return "" if over_many_lines else None


def _goes_on(text: bytes) -> bool:
    """Whether all of it is JSON, as far as it goes."""
    try:
        for _ in ijson.basic_parse(text[: text.rfind(b"\n")], use_float=True, multiple_values=True):
            pass
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        return "premature EOF" in str(error)
    return True


def _is(kind: type, line: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), kind)
    except (ValueError, RecursionError):
        return False


def _is_object(line: bytes) -> bool:
    return _is(dict, line)


def _begun(text: bytes) -> object:
    """A JSON value that may be cut off, as far as it goes."""
    builder = ijson.common.ObjectBuilder()
    try:
        for event, value in ijson.basic_parse(text, use_float=True):
            builder.event(event, value)
    except (ijson.JSONError, UnicodeDecodeError, ValueError):
        pass
    return getattr(builder, "value", None)


def _begun_items(start: bytes) -> list[object]:
    found = _begun(start)
    return found if isinstance(found, list) else [found]


def _lines(whole: Reread) -> Iterator[Lines]:
    """The lines of each chunk; one that is too long is passed over in constant memory."""
    number, carried, skipping = 1, b"", False
    while chunk := whole.read(_CHUNK):
        end = chunk.rfind(b"\n") + 1
        if end:
            piece, carried = carried + chunk[:end], chunk[end:]
            part = Lines(number, [piece[piece.index(b"\n") if skipping else 0 : -1]])
            yield part
            number, skipping = number + part.count, False
        elif not skipping:
            carried += chunk
        if len(carried) > LONGEST:
            yield Lines(number, bad=[Bad(number, f"the line is longer than {LONGEST:,} bytes", carried[:_CHUNK])])
            carried, skipping = b"", True
    if carried:
        yield Lines(number, [carried])


def _gathered(parts: Iterator[Lines], rows: int) -> Iterator[Lines]:
    """The same lines, `rows` at a time or fewer where their bytes are many; what is bad stays in its place."""
    block = Lines(1)
    for part in parts:
        rest = part
        while block.count + rest.count > rows:
            full, rest = rest.cut(rows - block.count)
            block.add(full)
            yield block
            block = Lines(rest.first)
        block.add(rest)
        if block.count == rows or block.size >= _BLOCK_BYTES:
            yield block
            block = Lines(block.first + block.count)
    yield block


def _unwrapped(lines: Iterator[Lines], inside: tuple[str, ...]) -> Iterator[tuple[int, bytes] | Bad]:
    """Lines that wrap a list of rows, as those rows under the line's number."""
    items = tuple[msgspec.Raw, ...] | None
    wrapper = msgspec.json.Decoder(msgspec.defstruct("Wrapper", [(name, items, None) for name in inside]))
    for block in lines:
        for number, text in zip(block.numbers, block.texts, strict=True):
            for row in _wrapped(wrapper, text):
                yield number, row
        yield from block.bad


def _wrapped(wrapper: msgspec.json.Decoder[msgspec.Struct], text: bytes) -> list[bytes]:
    try:
        lists = [items for items in msgspec.structs.astuple(wrapper.decode(text)) if items is not None]
    except (ValueError, RecursionError):
        return [text]  # whoever decodes the row will say what is wrong with it
    return [bytes(item) for item in lists[0]] if lists else [text]


def _items(whole: Reread, path: str) -> Iterator[tuple[int, bytes] | Bad]:
    """The items of a document, each written anew as JSON, up to where the document is broken."""
    number = 0
    try:
        for number, item in enumerate(ijson.items(whole, path, use_float=True, multiple_values=True), 1):
            yield number, msgspec.json.encode(item)
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        said = str(error).split("\n")[0].strip()
        yield Bad(number + 1, f"the document breaks off near byte {whole.given:,}: {said}")


def _grouped(found: Iterator[tuple[int, bytes] | Bad], rows: int) -> Iterator[Block]:
    """The same rows, `rows` at a time or fewer where their bytes are many."""
    while some := list(_share(found, rows)):
        good = [row for row in some if not isinstance(row, Bad)]
        numbers, texts = [number for number, _ in good], [text for _, text in good]
        yield Block(numbers, texts, [row for row in some if isinstance(row, Bad)])


def _share(found: Iterator[tuple[int, bytes] | Bad], rows: int) -> Iterator[tuple[int, bytes] | Bad]:
    size = 0
    for row in islice(found, rows):
        yield row
        size += len(row[1])
        if size >= _BLOCK_BYTES:
            return
