"""Hashed n-grams: rows of numbers as sums of weights, without a dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming 3, section 6.4)."""

LONGEST = 3
"""Numbers in the longest n-gram."""


def codes(numbers: NDArray[np.int32], lengths: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    """The hashed n-grams of each row: shape `(3, len(numbers))`, each in `0 … 2^bits`.

    `numbers` are the rows end to end, `lengths` how many are each row's. Line `n` holds the code of the n-gram of
    n + 1 numbers that begins at each place, and `2^bits` where the row ends before it does.

    >>> codes(np.array([7, 7, 9], np.int32), np.array([2, 1]), bits=4).tolist()
    [[2, 2, 6], [13, 16, 16], [16, 16, 16]]
    """
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(numbers))
    found = np.full((LONGEST, len(numbers)), 1 << bits, np.int64)
    state = np.zeros(len(numbers), np.uint64)
    for size in range(1, LONGEST + 1):
        whole = len(numbers) - size + 1
        if whole <= 0:
            break
        state = (state[:whole] + numbers[size - 1 :].astype(np.uint64) + np.uint64(size)) * MULTIPLIER
        state ^= state >> np.uint64(29)
        held = left[:whole] >= size
        found[size - 1, :whole][held] = ((state * MULTIPLIER) >> np.uint64(64 - bits))[held]
    return found


def sums(numbers: NDArray[np.int32], lengths: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """The summed weights of each row's n-grams over the square root of their count; 0 for an empty row.

    `weights` has a power of two of them. The sum of a row depends on nothing but the row.

    >>> weights = np.arange(16, dtype=np.float32)
    >>> sums(np.array([7, 7, 9], np.int32), np.array([2, 0, 1]), weights).round(3).tolist()
    [9.815, 0.0, 6.0]
    """
    found = codes(numbers, lengths, len(weights).bit_length() - 1)
    known = np.append(weights, np.float32(0)).astype(np.float64)[found].sum(axis=0)
    totals = np.zeros(len(lengths))
    full = lengths > 0
    if full.any():
        starts = (np.cumsum(lengths) - lengths)[full]
        totals[full] = np.add.reduceat(known, starts) / np.sqrt(counts(lengths[full]))
    return totals


def counts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many n-grams of up to three numbers rows of these lengths have.

    >>> counts(np.array([0, 1, 2, 5])).tolist()
    [0, 1, 3, 12]
    """
    return lengths + np.maximum(lengths - 1, 0) + np.maximum(lengths - 2, 0)
