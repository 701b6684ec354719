"""The first stage: what can be ruled out at a fiftieth of the transformer's cost."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.ngrams import sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class FirstStage:
    """A logistic regression on hashed n-grams of one to three pieces, taught by the transformer's own answers.

    High means that the transformer may find hate; `bar` is the logit from which on a text is passed to it, set so that
    of the hate which the transformer finds in the development posts a stated share is passed.

    >>> first = FirstStage()
    >>> first.logits([[2748, 999], []]).shape
    (2,)
    """

    def __init__(self, weights: NDArray[np.float32] | None = None, bar: float | None = None) -> None:
        """`weights`, a power of two of them, and `bar` in place of those that ship."""
        self._weights = shipped()[0] if weights is None else weights
        self.bar = shipped()[2] if bar is None else bar

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that change with the weights and the bar."""
        return hashlib.sha256(self._weights.tobytes() + str(self.bar).encode()).hexdigest()[:8]

    def logits(self, texts: Sequence[list[int]]) -> NDArray[np.float64]:
        """The logit of each text, given as the numbers of its pieces."""
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        numbers = np.fromiter((number for text in texts for number in text), np.int32, int(lengths.sum()))
        return sums(numbers, lengths, self._weights) + shipped()[1]


@cache
def shipped() -> tuple[NDArray[np.float32], float, float]:
    """Weights, constant and bar, as `training/first_stage.py` wrote them."""
    with (files(__package__) / "model" / "first.npz").open("rb") as stream, np.load(stream) as table:
        return table["weights"].astype(np.float32), float(table["constant"]), float(table["bar"])
