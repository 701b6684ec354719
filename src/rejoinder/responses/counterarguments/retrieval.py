"""Which answer suits a text: those to its narratives first, and among them the one with most words in common."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from math import log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rejoinder.responses.counterarguments.library import Counterargument, load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray


FLOOR = 0.15
"""Least similarity of an answer to no named narrative. Of 341 hateful examples that the detector's cues bring along,
118 were answered at this level, 104 of them to their own narrative; at 0.10 it was 252 and 154 (November 2026)."""


class Found(NamedTuple):
    """An answer, and how like the text it is."""

    counterargument: Counterargument
    similarity: float
    """Between 0, no word in common, and 1; not a probability."""


def find(
    text: str,
    narratives: Collection[str] = (),
    limit: int = 3,
    *,
    library: Iterable[Counterargument] | None = None,
) -> list[Found]:
    """The answers to the narratives that a text was found to hold, the most similar first; at most `limit`.

    Where the library answers none of them, or none is named, those whose similarity is at least `FLOOR`: a wrong
    answer under a post does more harm than none. It fails on posts that share no word with the library, and reads
    English only. Equals come in the order of their ids; the order of the library changes nothing.

    Similarity is the cosine between tf-idf vectors of words, (1 + ln count) x ln(answers / answers with the word), a
    word that the library lacks counting as one that a single answer has: the scheme `ltc` of Manning, Raghavan and
    Schütze, Introduction to Information Retrieval (2008), section 6.4.

    >>> found = find("The Rothschilds own every central bank", ["rothschild"], limit=1)
    >>> [(answer.id, round(similarity, 2)) for answer, similarity in found]
    [('rothschild-a-bank-among-banks', 0.4)]
    """
    known = tuple(sorted(load() if library is None else library, key=lambda answer: answer.id))
    alike = [Found(answer, one) for answer, one in zip(known, _vectors(known).similarities(text), strict=True)]
    named = [found for found in alike if found.counterargument.narrative in narratives]
    wanted = named or [found for found in alike if found.similarity >= FLOOR]
    return sorted(wanted, key=lambda found: -found.similarity)[: max(limit, 0)]


class _Vectors:
    """A library as unit vectors over its words."""

    def __init__(self, library: tuple[Counterargument, ...]) -> None:
        counted = [_count(f"{answer.claim} {answer.text}") for answer in library]
        spread = Counter(word for count in counted for word in count)
        self.columns = {word: column for column, word in enumerate(sorted(spread))}
        self.rarity = {word: log(len(library) / answers) for word, answers in spread.items()}
        self.unknown = log(max(len(library), 1))
        self.rows = np.array([self.unit(count) for count in counted]).reshape(len(library), len(spread))

    def unit(self, count: Counter[str]) -> NDArray[np.float64]:
        """The weights of the known words, over the length of all."""
        weights = np.zeros(len(self.columns))
        outside = 0.0
        for word, times in sorted(count.items()):
            weight = (1 + log(times)) * self.rarity.get(word, self.unknown)
            if word in self.columns:
                weights[self.columns[word]] = weight
            else:
                outside += weight**2
        length = np.sqrt((weights**2).sum() + outside)
        return weights / length if length else weights

    def similarities(self, text: str) -> list[float]:
        """One for each answer, in their order."""
        one = self.unit(_count(text))
        shared = np.flatnonzero(one)
        similar: list[float] = (self.rows[:, shared] * one[shared]).sum(axis=1).tolist()
        return similar


_vectors = cache(_Vectors)


def _count(text: str) -> Counter[str]:
    """How often each word occurs, singular and plural as one."""
    words = re.findall(r"\w+", re.sub("['’]", "", text.casefold()))
    return Counter(word[:-1] if re.fullmatch(r"\w{2,}[^\Ws]s", word) else word for word in words)
