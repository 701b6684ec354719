"""Chance that can be repeated: one stream of random numbers per part, and ways to draw."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def stream(seed: int, part: str) -> np.random.Generator:
    """The random numbers of one part; those of another part do not change when it draws more.

    >>> int(stream(1, "ads").integers(100)) == int(stream(1, "ads").integers(100))
    True
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(crc32(part.encode()),)))


def pick(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """Indices of `weights`, drawn with replacement and in proportion; the sum must be above 0.

    >>> pick(stream(1, "docs"), [0, 1, 0], 3).tolist()
    [1, 1, 1]
    """
    heaped = np.cumsum(np.asarray(weights, dtype=np.float64))
    # never past the last weight above zero, should rounding push a draw there
    last = np.searchsorted(heaped, heaped[-1])
    drawn: Ints = np.minimum(np.searchsorted(heaped, rng.random(size) * heaped[-1], side="right"), last)
    return drawn


def some(rng: np.random.Generator, share: float | Floats, size: int) -> Bools:
    """For each of `size` whether it is drawn, each with its own share."""
    drawn: Bools = rng.random(size) < share
    return drawn


def spread(rng: np.random.Generator, shares: npt.ArrayLike) -> Bools:
    """Systematic sampling: each is drawn with its own share, and the number drawn is exact to one.

    >>> int(spread(stream(1, "docs"), np.full(1000, 0.1)).sum())
    100
    """
    heaped = np.floor(np.cumsum(np.asarray(shares, dtype=np.float64)) + rng.random())
    drawn: Bools = np.diff(heaped, prepend=0.0) > 0
    return drawn
