"""A growing set of hashes: have we met these before?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Seen:
    """A set of 128-bit hashes, asked and filled by whole batches; 16 bytes a member.

    A member is a pair of 64-bit halves. The first halves are kept sorted, so that a batch of b among n
    members costs O(b log n) for the question and one O(n) copy for the answer to be remembered.

    >>> seen = Seen()
    >>> seen.add(np.array([5, 7, 5], np.uint64), np.array([1, 1, 1], np.uint64))
    array([ True,  True, False])
    >>> seen.add(np.array([7, 9], np.uint64), np.array([1, 1], np.uint64))
    array([False,  True])
    >>> len(seen)
    3
    """

    def __init__(self) -> None:
        self._first: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._second: NDArray[np.uint64] = np.empty(0, np.uint64)

    def __len__(self) -> int:
        return self._first.size

    def add(self, first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which of the batch are new, in its order (of equal ones the earliest); they are members from now on."""
        new = self._unique(first, second) & ~self._holds(first, second)
        order = np.argsort(first[new], kind="stable")
        fresh, partner = first[new][order], second[new][order]
        at = np.searchsorted(self._first, fresh)
        self._first, self._second = np.insert(self._first, at, fresh), np.insert(self._second, at, partner)
        return new

    @staticmethod
    def _unique(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.bool_]:
        pairs = np.stack([first, second], axis=1)
        earliest = np.unique(pairs, axis=0, return_index=True)[1]
        mask = np.zeros(first.size, np.bool_)
        mask[earliest] = True
        return mask

    def _holds(self, first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Looks at the first member with an equal first half; that two members share one is a matter of 2^-64."""
        if not self._first.size:
            return np.zeros(first.size, np.bool_)
        at = np.minimum(np.searchsorted(self._first, first), self._first.size - 1)
        held: NDArray[np.bool_] = (self._first[at] == first) & (self._second[at] == second)
        return held
