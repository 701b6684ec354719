"""The whole way from ratings to statuses, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rejoinder.numerics.axes import choose_axes
from rejoinder.numerics.bridging import Fit, Ridge, fit
from rejoinder.numerics.posterior import Doubt, doubt, fitted
from rejoinder.responses.bridging import rings as found_rings
from rejoinder.responses.bridging import status
from rejoinder.responses.bridging.certificate import breaking_additions, certified_removals, intercept_removals
from rejoinder.responses.bridging.reliability import reliability
from rejoinder.responses.bridging.status import Evidence, Rules, Sides

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from rejoinder.responses.bridging.ratings import Ratings

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Z = 1.959963984540054
"""Half of a 95 % interval in deviations."""
INTERCEPT, FACTOR, AGAINST, SLOPE, RATED = 0.40, 0.50, -0.05, 0.8, 5
"""Limits of X Community Notes' rules GeneralCRH, FilterLargeFactor and GeneralCRNH, and its least number of ratings."""


@dataclass(frozen=True, kw_only=True)
class Bridged:
    """Everything that is known about notes and raters after one look at all ratings."""

    ratings: Ratings
    fit: Fit
    ridge: Ridge
    doubt: Doubt
    weight: Floats
    """One per rater, from 0 to 1."""
    ring: Ints
    """Number of the ring that a rater seems to be in; 0 for none."""
    status: NDArray[np.object_]
    certain: Ints
    """Of helpful notes, a number of raters such that no fewer can change the status; -1 for others."""
    enough: Ints
    """Of helpful notes, how many are known to suffice; -1 for others."""
    added: Ints
    """Of helpful notes, how many new raters who all say 0 change the status; -1 for others."""
    rules: Rules | None
    """None where the incumbent's rules were applied."""
    sides: Sides | None = None
    evidence: Evidence | None = None

    @property
    def notes(self) -> pl.DataFrame:
        """`note`, `intercept`, `factor`, `lower`, `upper`, `status`, `certified_removals`, `ratings`.

        `lower` and `upper` are a 95 % interval of the intercept; `factor` is that of the first axis;
        `certified_removals` is null where the note is not shown.
        """
        deviation = np.sqrt(self.doubt.row[0, 0])
        return pl.DataFrame({
            "note": self.ratings.notes, "intercept": self.fit.row, "factor": self.fit.row_factor[:, 0],
            "lower": self.fit.row - Z * deviation, "upper": self.fit.row + Z * deviation,
            "status": pl.Series(self.status, dtype=pl.String), "certified_removals": pl.Series(self.certain),
            "ratings": self.ratings.table.by_row.counts,
        }).with_columns(certified_removals=_shown("certified_removals"))  # fmt: skip

    @property
    def raters(self) -> pl.DataFrame:
        """`rater`, `intercept`, `factor`, `weight`."""
        return pl.DataFrame({
            "rater": self.ratings.raters, "intercept": self.fit.column,
            "factor": self.fit.column_factor[:, 0], "weight": self.weight,
        })  # fmt: skip

    @property
    def explanations(self) -> pl.DataFrame:
        """Per note what the rules looked at, and `because`: the rules that a note which is not shown does not meet.

        `lowest_level` and `highest_level` are what typical raters of the least and the most pleased side are expected
        to rate, `net` the least surplus of helpful ratings on a side, `without` the lowest level with one group of
        raters left out, `weight` the ratings by their raters' weight, `breaking_removals` a number of raters whose
        removal is known to change a shown status, `breaking_additions` how many new ones who all say 0 would. No rows
        where the incumbent's rules were applied.
        """
        if self.evidence is None or self.rules is None:
            return pl.DataFrame()
        broken = status.broken_rules(self.evidence, self.rules)
        told = [pl.when(pl.Series(np.asarray(which))).then(pl.lit(rule)) for rule, which in broken]
        factors = {f"factor_{at + 1}": factor for at, factor in enumerate(self.fit.row_factor.T)}
        seen = self.evidence
        return pl.DataFrame({
            "note": self.ratings.notes, **factors, "lowest_level": seen.level.min(axis=0),
            "highest_level": seen.level.max(axis=0), "net": seen.net.min(axis=0), "without": seen.without,
            "weight": seen.weight, "breaking_removals": pl.Series(self.enough),
            "breaking_additions": pl.Series(self.added),
        }).with_columns(
            breaking_removals=_shown("breaking_removals"), breaking_additions=_shown("breaking_additions"),
            because=pl.concat_list(told).list.drop_nulls()
        )  # fmt: skip

    @property
    def summary(self) -> dict[str, Any]:
        """The fit in figures, for `fit.json`."""
        table, found = self.ratings.table, self.fit
        names, counts = np.unique(self.status.astype(str), return_counts=True)
        return {
            "ratings": table.size, "notes": table.shape[0], "raters": table.shape[1],
            "rejected": len(self.ratings.rejects), "axes": found.row_factor.shape[1], "loss": found.loss,
            "mean": found.mean, "noise": self.doubt.noise, "sweeps": found.sweeps, "converged": found.converged,
            "ridge": {name: getattr(self.ridge, name) for name in self.ridge.__dataclass_fields__},
            "rings": int(self.ring.max(initial=0)), "raters_in_rings": int((self.ring > 0).sum()),
            "statuses": dict(zip(names.tolist(), counts.tolist(), strict=True)),
        }  # fmt: skip


def bridge(  # noqa: PLR0913 - everything but the ratings has a default
    ratings: Ratings,
    *,
    axes: int | None = None,
    rules: Rules | None = None,
    groups: Mapping[str, NDArray[np.bool_]] | None = None,
    against: Callable[[Fit, Floats], NDArray[np.bool_]] | None = None,
    start: NDArray[np.float32] | None = None,
    threads: int = 1,
) -> Bridged:
    """Statuses of all notes: fit, rings, reliability, fit again with weights, rules, certificates.

    `axes` is 1 or 2, chosen by held-out ratings unless given; `groups` are raters to be left out one group at a time
    (each a mask over raters), `against` tells of a fit and the raters' weights which notes tags speak against (see
    `tags`), `start` is the `beside_row` of an earlier fit of the same raters. The same bytes for the same ratings in
    any order, with any number of threads.

    >>> from rejoinder.responses.bridging.ratings import admit
    >>> rated = [(f"r{r}", f"n{n}", 1.0 if n % 2 or r % 2 else 0.0) for r in range(40) for n in range(30)]
    >>> done = bridge(admit(pl.DataFrame(rated, schema=["rater", "note", "helpful"], orient="row")))
    >>> done.notes.select("note", "status", "ratings").head(2).rows()
    [('n0', 'needs more ratings', 40), ('n1', 'helpful', 40)]
    """
    rules = rules or Rules()
    table = ratings.table
    plain, ridge = fitted(table, start=start if start is not None and start.shape[1] == 2 else None, threads=threads)  # noqa: PLR2004
    ring = found_rings.rings(table, plain.row_factor[:, 0])
    weight = found_rings.shares(ring)
    weight = weight * reliability(table, plain, ridge, weight)
    axes = choose_axes(table, ridge, threads=threads) if axes is None else axes
    begun = plain.beside_row if axes == 1 else None
    found, ridge = fitted(table, axes=axes, weight=weight, start=begun, threads=threads)
    known = doubt(table, found, ridge, weight=weight, threads=threads)
    camps = status.sides(found, known.column, weight)
    blocked = against(found, weight) if against else None
    seen = status.evidence(table, found, ridge, weight, camps, groups=groups, blocked=blocked)
    decided = status.decide(seen, rules)
    shown = np.flatnonzero(decided == status.HELPFUL)
    certain, enough, added = (np.full(table.shape[0], -1) for _ in range(3))
    certain[shown], enough[shown] = certified_removals(table, found, ridge, weight, shown, camps, rules)
    added[shown] = breaking_additions(table, found, ridge, weight, shown, camps, rules)
    return Bridged(
        ratings=ratings, fit=found, ridge=ridge, doubt=known, weight=weight, ring=ring, status=decided, certain=certain,
        enough=enough, added=added, rules=rules, sides=camps, evidence=seen,
    )  # fmt: skip


def bridge_as_incumbent(ratings: Ratings, *, threads: int = 1, tolerance: float = 1e-8) -> Bridged:
    """The objective that X Community Notes' code minimises, on all ratings as they are, and its three plain rules.

    Its penalties grow with the density of ratings, its statuses are those of GeneralCRH, GeneralCRNH and the limit of
    the factor: no weights, no rings, no sides, no tags. For comparison; `bridge` shows better notes.
    """
    table = ratings.table
    ridge = Ridge.of_means(table)
    found = fit(table, ridge, tolerance=tolerance, threads=threads)
    decided = _as_incumbent(found, table.by_row.counts)
    shown = np.flatnonzero(decided == status.HELPFUL)
    certain, enough = (np.full(table.shape[0], -1) for _ in range(2))
    certain[shown], enough[shown] = intercept_removals(
        table, found, ridge, shown, intercept=INTERCEPT, factor=FACTOR, ratings=RATED
    )
    return Bridged(
        ratings=ratings, fit=found, ridge=ridge, doubt=doubt(table, found, ridge, threads=threads),
        weight=np.ones(table.shape[1]), ring=np.zeros(table.shape[1], np.int64), status=decided, certain=certain,
        enough=enough, added=np.full(table.shape[0], -1), rules=None,
    )  # fmt: skip


def _as_incumbent(found: Fit, count: Ints) -> NDArray[np.object_]:
    size = np.abs(found.row_factor[:, 0])
    rated = count >= RATED
    helpful = rated & (found.row >= INTERCEPT) & (size <= FACTOR)
    against = rated & (found.row <= AGAINST - SLOPE * size)
    return np.where(helpful, status.HELPFUL, np.where(against, status.NOT, status.MORE)).astype(object)


def _shown(name: str) -> pl.Expr:
    return pl.when(pl.col(name) >= 0).then(pl.col(name))
