"""The contract of a response: decisions in, what is said to whom out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


@runtime_checkable
class Response(Protocol):
    """Turns decisions into messages and requests; carries nothing out itself.

    One decision has many readers: its author, whoever reported it, those who write notes, the platform.
    """

    name: str

    def respond(self, records: Mapping[str, pl.LazyFrame], clauses: pl.DataFrame) -> pl.DataFrame:
        """A frame of `Message`, `response` equal to this name, sorted by subject and reader.

        `clauses` has `clause`, `title`, `text`.
        """
        ...
