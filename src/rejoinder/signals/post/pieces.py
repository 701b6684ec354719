"""Word pieces: a text as the numbers that the model reads, each with the place that it stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UNKNOWN = "[UNK]"

LONGEST = 100
"""A word of more letters is one unknown piece, as in BERT."""

MOST = 200_000
"""Words that are remembered, so that their pieces need not be looked for again."""

WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


class Pieces:
    """WordPiece of Schuster and Nakajima 2012, as in uncased BERT: each word by its longest known beginnings.

    Words are cut at anything that is neither letter nor digit. It expects text as `reading` gives it, so neither
    case nor accents are its business. Fails on languages written without spaces: a whole run is one word.

    >>> pieces = Pieces(["[UNK]", "vote", "##rs", "!"])
    >>> pieces("voters vote!"), pieces.spans("voters vote!")
    ([1, 2, 1, 3], [(0, 4), (4, 6), (7, 11), (11, 12)])
    >>> pieces("vöters")
    [0]
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        """`vocabulary` in the order of its numbers; it must hold `[UNK]`."""
        self._number = {piece: number for number, piece in enumerate(vocabulary)}
        self._unknown = self._number[UNKNOWN]
        self._numbers: dict[str, list[int]] = {}

    def __call__(self, text: str) -> list[int]:
        """The numbers of a text's pieces."""
        known = self._numbers
        words = WORD.findall(text)
        try:
            return [number for word in words for number in known[word]]
        except KeyError:
            if len(known) > MOST:
                known.clear()
            known.update({word: [number for number, _ in self._cut(word)] for word in words if word not in known})
            return [number for word in words for number in known[word]]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each of those pieces stands in the text."""
        spans = []
        for word in WORD.finditer(text):
            end = word.start()
            for _, size in self._cut(word[0]):
                spans.append((end, end + size))
                end += size
        return spans

    def _cut(self, word: str) -> list[tuple[int, int]]:
        """Number and length of each piece of a word."""
        pieces: list[tuple[int, int]] = []
        start = 0
        while start < len(word) <= LONGEST:
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._number), None)
            if end is None:
                break
            pieces.append((self._number[mark + word[start:end]], end - start))
            start = end
        return pieces if start == len(word) else [(self._unknown, len(word))]
