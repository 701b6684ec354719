"""Long texts in windows: no word of a post goes unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rejoinder.errors import DataError, MissingExtra
from rejoinder.signals.post.pieces import Pieces
from rejoinder.signals.post.reading import reading_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

S = TypeVar("S", list[int], str)

OVERLAP = 4
"""A window begins with the last quarter of the one before, so that nothing is cut off from what it belongs to."""


class Tokenizer(Protocol):
    """Texts in, for each the windows that a model reads, as numbers of pieces with what begins and ends a text."""

    def __call__(self, texts: Sequence[str]) -> Iterator[list[list[int]]]:
        """The windows of each text, one at least."""
        ...


class Whole:
    """A `tokenizer.json`, by the library `tokenizers`: texts as they are."""

    def __init__(self, file: Path, longest: int) -> None:
        """Raises `MissingExtra` without the library, `DataError` where the file is no tokenizer."""
        try:
            from tokenizers import Tokenizer as Library
        except ImportError as error:
            raise MissingExtra.named("tokenizers", f"`{file.name}`") from error
        try:
            self._tokenizer: Any = Library.from_file(str(file))
        except Exception as error:  # the library raises plain exceptions
            raise DataError(f"`{file.name}` is no tokenizer: {error}", where=str(file)) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest, stride=longest // OVERLAP)

    def __call__(self, texts: Sequence[str]) -> Iterator[list[list[int]]]:
        """The windows of each text."""
        for text in texts:
            whole = self._tokenizer.encode(text)
            yield [list(window.ids) for window in (whole, *whole.overflowing)]


class Uncased:
    """A vocabulary of word pieces: texts normalised, with emoji by their names, as the shipped model reads them."""

    def __init__(self, file: Path, longest: int) -> None:
        """Raises `DataError` where a piece is missing that begins a text, ends it, or stands for the unknown."""
        vocabulary = file.read_text(encoding="utf-8").splitlines()
        for piece in ("[UNK]", "[CLS]", "[SEP]"):
            if piece not in vocabulary:
                raise DataError(f"the vocabulary has no `{piece}`", where=str(file), remedy="use the model's own file")
        self._pieces = Pieces(vocabulary)
        self._first, self._last = vocabulary.index("[CLS]"), vocabulary.index("[SEP]")
        self._longest = longest - 2

    def __call__(self, texts: Sequence[str]) -> Iterator[list[list[int]]]:
        """The windows of each text."""
        import polars as pl

        for text in reading_column(pl.Series(texts, dtype=pl.String)):
            yield [[self._first, *part, self._last] for part in windows(self._pieces(text), self._longest)]


def windows(pieces: S, longest: int) -> list[S]:
    """A text in windows of at most `longest` pieces or letters, each with the last quarter of the one before.

    >>> windows([1, 2, 3, 4, 5, 6], 4), windows([], 4)
    ([[1, 2, 3, 4], [4, 5, 6]], [[]])
    """
    step = longest - longest // OVERLAP
    starts = range(0, max(len(pieces) - longest + step, 1), step)
    return [pieces[start : start + longest] for start in starts]
