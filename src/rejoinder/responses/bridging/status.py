"""From a fit to statuses: the rules, the numbers they look at, and which of them a note met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.blocks import Blocks
from rejoinder.numerics.segments import moments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rejoinder.numerics.bridging import Fit, Ridge
    from rejoinder.numerics.segments import Table

    Floats = NDArray[np.float64]

MORE, HELPFUL, NOT = "needs more ratings", "helpful", "not helpful"
KNOWN = 1.0
"""A rater is on a side of an axis when its factor is so many posterior deviations from 0."""
HEAVY, FAR_MORE = 0.001, 5
"""Share of raters, those with most ratings, without whom a helpful note must stay so."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Limits, on the scale of ratings (0 not helpful, 0.5 somewhat, 1 helpful)."""

    ratings: float = 5.0
    """Ratings, by weight, below which nothing is said."""
    helpful: float = 0.75
    """A note is helpful when a typical rater of *every* side is expected to rate it so high."""
    not_helpful: float = 0.25
    """It is not helpful when one of no side is expected to rate it higher."""
    net: float = 2.0
    """Helpful less not helpful ratings, by weight, that a helpful note needs on each side."""
    slack: float = 0.05
    """By how much the level may fall when a group of raters is left out."""
    stay: float = 0.02
    """A note that is helpful stays so this far below the limit."""
    tags: float = 0.25
    """Share of raters near the note's viewpoint who may give a tag that speaks against it, before it blocks."""
    tagged: float = 2.5
    """Weight of such ratings from which the share is looked at."""


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The two sides of each axis: where their typical rater stands, and who is on them."""

    point: Floats
    """(2K, K): mean factors of the raters on each side; axis 1 below and above 0, then axis 2."""
    member: NDArray[np.bool_]
    """(2K, raters)."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the rules look at, one value per note."""

    weight: Floats
    """Ratings, each by its rater's weight."""
    level: Floats
    """(2K, notes): the rating expected from a typical rater of each side."""
    net: Floats
    """(2K, notes): helpful less not helpful ratings of each side, by weight."""
    without: Floats
    """The lowest level on any side when any one group of raters is left out."""
    blocked: NDArray[np.bool_]
    """Tags speak against it."""


def sides(found: Fit, covariance: Floats, weight: Floats) -> Sides:
    """Who is known to be on which side: factors of at least one posterior deviation; others are on none.

    `covariance` is that of the columns, (K+1, K+1, raters).
    """
    points, members = [], []
    for axis in range(found.column_factor.shape[1]):
        known = found.column_factor[:, axis] / np.sqrt(covariance[axis + 1, axis + 1])
        for member in (known <= -KNOWN, known >= KNOWN):
            heavy = weight * member
            mean = (heavy[:, None] * found.column_factor).sum(axis=0) / max(heavy.sum(), 1e-9)
            points.append(mean)
            members.append(member)
    return Sides(point=np.array(points), member=np.array(members))


def evidence(  # noqa: PLR0913 - a fit and all that the rules ask about it
    table: Table, found: Fit, ridge: Ridge, weight: Floats, camps: Sides, *,
    groups: Mapping[str, NDArray[np.bool_]] | None = None, blocked: NDArray[np.bool_] | None = None,
) -> Evidence:  # fmt: skip
    """The numbers behind the statuses; `groups` are further sets of raters to be left out one at a time."""
    groups = {"heavy": heavy_raters(table), **(groups or {})}
    sums = moments(table.by_row, found.beside_row, weight.astype(np.float32))
    left_out = [_levels_without(table, found, ridge, weight * ~group, camps).min(axis=0) for group in groups.values()]
    return Evidence(
        weight=sums[:, 0], level=levels(found.mean, np.vstack([found.row, found.row_factor.T]), camps),
        net=np.array([_net(table, weight * member) for member in camps.member]),
        without=np.min(left_out, axis=0),
        blocked=np.zeros(table.shape[0], np.bool_) if blocked is None else blocked,
    )  # fmt: skip


def levels(mean: float, coefficients: Floats, camps: Sides) -> Floats:
    """(2K, notes): mean + intercept + factors . point, from coefficients (K+1, notes)."""
    found: Floats = mean + coefficients[0] + np.einsum("sk,kn->sn", camps.point, coefficients[1:])
    return found


def decide(seen: Evidence, rules: Rules) -> NDArray[np.object_]:
    """The status of every note by the rules, without its history."""
    helpful = ~np.any([broken for _, broken in broken_rules(seen, rules)], axis=0)
    against = (seen.weight >= rules.ratings) & (seen.level.max(axis=0) <= rules.not_helpful)
    return np.where(helpful, HELPFUL, np.where(against, NOT, MORE)).astype(object)


def broken_rules(seen: Evidence, rules: Rules) -> list[tuple[str, NDArray[np.bool_]]]:
    """Each rule that a helpful note must meet, in words, and which notes break it."""
    return [
        ("too few ratings", seen.weight < rules.ratings),
        ("one side does not find it helpful", seen.level.min(axis=0) < rules.helpful),
        ("too few of one side found it helpful", seen.net.min(axis=0) < rules.net),
        ("it hangs on one group of raters", seen.without < rules.helpful - rules.slack),
        ("raters say what is wrong with it", seen.blocked),
    ]


def heavy_raters(table: Table) -> NDArray[np.bool_]:
    """The raters with the most ratings, one in a thousand, if they have five times as many as is usual."""
    count = table.by_column.counts
    most = np.sort(count)[-max(1, round(HEAVY * count.size))]
    heavy: NDArray[np.bool_] = count >= max(most, FAR_MORE * np.median(count))
    return heavy


def _levels_without(table: Table, found: Fit, ridge: Ridge, weight: Floats, camps: Sides) -> Floats:
    sums = moments(table.by_row, found.beside_row, weight.astype(np.float32))
    blocks = Blocks.of(sums, (ridge.row, ridge.row_factor))
    return levels(found.mean, blocks.solve(blocks.right - found.mean * blocks.matrix[0]), camps)


def _net(table: Table, weight: Floats) -> Floats:
    sums = moments(table.by_row, np.zeros((table.shape[1], 2), np.float32), weight.astype(np.float32))
    net: Floats = 2 * sums[:, 3] - sums[:, 0]
    return net
