"""The contract of a source: something from outside in, checked frames of records and rejects out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What came of some rows of one file."""

    rows: int
    """How many rows (lines, items) of the file were read for it, blank ones not counted."""
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    """Noun to checked frame, with exactly the columns of its schema; `reject` among them."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The beginning of a file, unpacked: what a format is recognised by."""

    name: str
    """The file's name without `.gz` or `.zst`; empty for standard input."""
    start: bytes
    """Up to 256 KiB."""


@runtime_checkable
class Source(Protocol):
    """Reads one format. It reads and never judges."""

    name: str
    """As registered and as given to `--format`."""
    title: str
    """What a person calls it."""

    def recognises(self, head: Head) -> bool:
        """Whether the beginning of the file is of this format, by its content."""
        ...

    def read(self, stream: BinaryIO, name: str, rows: int) -> Iterator[Batch]:
        """Batches of about `rows` rows, in constant memory; bad rows go to `reject`, and reading goes on.

        `name` is the file's, for rejects. Never raises for a bad row.
        """
        ...
