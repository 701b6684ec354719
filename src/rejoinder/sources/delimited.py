"""The plumbing for formats whose rows stand in CSV under a header."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, ClassVar

import polars as pl

from rejoinder.errors import UnknownFormat
from rejoinder.sources.blocks import Block
from rejoinder.sources.rejects import Bad, BadRow
from rejoinder.sources.rows import RowSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.sources.base import Batch, Head

_LONGEST = 1024 * 1024
_BLOCK_CHARACTERS = 16 * 1024 * 1024


class CsvSource(RowSource):
    """A format in CSV: `convert` takes a frame of texts with the header's names, where an empty cell is null.

    A quotation mark that is never closed costs its own line only; the lines after it are read.
    """

    keys: ClassVar[tuple[str, ...]]
    """Names of columns by which the format is known."""

    def recognises(self, head: Head) -> bool:
        """Whether the header has all `keys`."""
        names, _ = header(head.start.lstrip().split(b"\n")[0].decode(errors="replace"))
        return set(self.keys).issubset(names)

    def check(self, file: str, names: Sequence[str]) -> None:
        """Raises `UnknownFormat` where the header lacks one of the `keys`."""
        missing = ", ".join(f"`{key}`" for key in self.keys if key not in names)
        if missing:
            what = f"`{file}` is not {self.title}: it lacks the columns {missing}"
            raise UnknownFormat(what, remedy="check that it is the file you mean")

    def read(self, stream: BinaryIO, name: str, rows: int) -> Iterator[Batch]:
        """Batches of about `rows` rows, in constant memory; bad rows go to `reject`, and reading goes on.

        Raises `UnknownFormat` where the header is of another format.
        """
        lines = _Lines(stream)
        first = ""
        with suppress(BadRow):  # a line too long to be a header has none of its names
            first = next((line for line in lines if line.strip()), "")
        names, separator = header(first)
        if lines.taken:
            self.check(name, names)
        found = _rows(lines, separator, len(names))
        while block := list(_share(found, rows)):
            yield self._batch(name, names, block)

    def _batch(self, name: str, names: list[str], found: list[_Row | Bad]) -> Batch:
        good = [row for row in found if not isinstance(row, Bad)]
        cells = zip(*(cells for _, _, cells in good), strict=True) if good else [()] * len(names)
        columns = {column: pl.Series(values, dtype=pl.String) for column, values in zip(names, cells, strict=True)}
        frame = pl.DataFrame(columns).with_columns(pl.when(pl.all() != "").then(pl.all()))
        texts = [text.encode(errors="surrogateescape") for _, text, _ in good]
        block = Block([line for line, _, _ in good], texts, [row for row in found if isinstance(row, Bad)])
        return self.batch(name, block, range(len(good)), frame, [])


_Row = tuple[int, str, list[str]]


def header(line: str) -> tuple[list[str], str]:
    """The names in a header, and its separator: the one of comma, semicolon and tab that makes the most of it.

    >>> header("id;text")
    (['id', 'text'], ';')
    """
    tried = [([name.strip() for name in _cells(line, mark)], mark) for mark in ",;\t"]
    return max(tried, key=lambda one: len(one[0]))


class _Lines:
    """A file's lines as text, of which those of one row can be given again."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._again: list[str] = []
        self.taken: list[str] = []
        self.line = 0
        """Lines given, those given again counted once."""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        if not line:
            raise StopIteration
        self.line += 1
        self.taken.append(line)
        if len(line) >= _LONGEST:
            raise BadRow(f"the line is longer than {_LONGEST:,} bytes")
        return line

    def give_again(self, lines: list[str]) -> None:
        """Lines that were taken wrongly."""
        self._again += reversed(lines)
        self.line -= len(lines)

    def _read(self) -> str:
        """The next line; of one that is too long just the beginning."""
        line = rest = self._stream.readline(_LONGEST)
        while len(rest) == _LONGEST and not rest.endswith(b"\n"):
            rest = self._stream.readline(_LONGEST)
        return line.decode(errors="surrogateescape")


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _share(found: Iterator[_Row | Bad], rows: int) -> Iterator[_Row | Bad]:
    """The next `rows` rows, or fewer where they are large."""
    characters = 0
    for row in islice(found, rows):
        yield row
        characters += len(row[1])
        if characters >= _BLOCK_CHARACTERS:
            return


def _rows(lines: _Lines, separator: str, width: int) -> Iterator[_Row | Bad]:
    """Each row with its line, its text and its cells; of a bad row over several lines only the first is given up."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        lines.taken = []
        line = lines.line + 1
        try:
            cells = next(reader)
            if any(map(str.strip, cells)):
                _sound(cells, width)
                yield line, "".join(lines.taken), cells
        except StopIteration:
            return
        except (csv.Error, BadRow) as error:
            yield Bad(line, _in_words(error), lines.taken[0].encode(errors="surrogateescape"))
            lines.give_again(lines.taken[1:])
            reader = csv.reader(lines, delimiter=separator, strict=True)


def _in_words(error: Exception) -> str:
    said = str(error)
    if isinstance(error, BadRow):
        return said
    if "unexpected end" in said or "field larger" in said:
        return "a quotation mark is not closed, or a cell is longer than 131,072 characters"
    return f"the row is not CSV: {said}"


def _sound(cells: list[str], width: int) -> None:
    if len(cells) != width:
        raise BadRow(f"the row has {len(cells)} columns, expected {width} as in the header")
    text = "".join(cells)
    if "\0" in text:
        raise BadRow("the row holds NUL bytes")
    if not text.isascii() and re.search("[\ud800-\udfff]", text):
        raise BadRow("the row is not UTF-8")
