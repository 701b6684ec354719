"""Shares of items that come in clusters, such as posts of the same account."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rejoinder.numerics.intervals import wilson
from rejoinder.numerics.special import t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Clustered(NamedTuple):
    """A share with an interval that knows of clusters."""

    value: float
    lower: float
    upper: float
    design_effect: float
    """How many times as many clustered items carry as much as independent ones; 1 or more."""
    clusters: int


def clustered_share(hit: ArrayLike, cluster: ArrayLike, *, level: float = 0.95) -> Clustered:
    """The share of items with `hit`, where items of one `cluster` may fare alike; Wilson's interval on fewer items.

    The number of items is divided by the design effect, estimated from how clusters differ, and widened for few
    clusters by Student's t. Where all items fared alike nothing can be estimated, and each cluster counts as one item.
    Below about 20 clusters the interval is a rough one. Source: E. L. Korn, B. I. Graubard, Survey Methodology 24
    (1998) 193-201, with Wilson's limits in place of Clopper and Pearson's; the variance is the linearised one of
    W. G. Cochran, Sampling Techniques, 3rd edition (1977), section 9A.

    Raises `ValueError` where there is no item.

    >>> same = clustered_share([1, 1, 1, 0, 0, 0] * 10, [n // 3 for n in range(60)])
    >>> f"{same.design_effect:.1f}, {same.lower:.2f} to {same.upper:.2f}"
    '3.2, 0.28 to 0.72'
    """
    hits = np.asarray(hit, np.float64)
    if not hits.size:
        raise ValueError("a share of no items")
    _, of = np.unique(np.asarray(cluster), return_inverse=True)
    clusters = int(of.max()) + 1
    share, n = float(hits.mean()), hits.size
    effect = _design_effect(hits, of, clusters)
    known = n / effect / _for_few(clusters, n, level)
    lower, upper = wilson(share * known, known, level=level)
    return Clustered(share, float(lower), float(upper), effect, clusters)


def _design_effect(hits: np.ndarray, of: np.ndarray, clusters: int) -> float:
    n, share = hits.size, hits.mean()
    if clusters == n:
        return 1.0
    if share in (0.0, 1.0):
        return n / clusters
    if clusters == 1:
        return float(n)
    residual = np.bincount(of, hits - share)
    variance = clusters / (clusters - 1) * (residual**2).sum() / n**2
    return float(max(1.0, variance / (share * (1 - share) / n)))


def _for_few(clusters: int, n: int, level: float) -> float:
    """By how much fewer items count, since a design effect from few clusters is itself uncertain."""
    if clusters in {1, n}:
        return 1.0
    one_sided = (1 + level) / 2
    return (t_quantile(one_sided, clusters - 1) / NormalDist().inv_cdf(one_sided)) ** 2
