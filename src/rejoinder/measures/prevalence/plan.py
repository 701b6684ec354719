"""The plan of a sample: frozen and hashed before anything is judged, with what it will cost and show."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec
import numpy as np
import polars as pl

from rejoinder.errors import DataError, UsageError
from rejoinder.numerics.contrasts import smallest_rise
from rejoinder.numerics.strata import allocation, cuts, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rejoinder.measures.base import Records

HEADLINE = "hate"
STRATA = 6
NEYMAN = 0.5
SECONDS = 30
"""That a judgement is taken to need, for the cost."""
AT_MOST = 2.0
"""An upper limit this many times the share is worth printing as "at most"; above it only "at least" is bought."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that decides which posts are drawn from a period; its hash is the pre-registration."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[\w-]{1,60}$")]
    unit: Literal["posts", "views"] = "posts"
    cuts: tuple[float, ...] = ()
    """Probabilities at which a stratum begins; the last stratum, beyond all cuts, is of posts out of reach."""
    taken: tuple[int, ...] = ()
    """Draws from each stratum, in each period."""
    spread: bool = False
    """Whether draws are spread over language and time (systematic, from a random start) or drawn at random."""
    seed: int = 1
    detectors: tuple[str, ...] = ()
    """Name and version of those whose probabilities made the strata."""

    @property
    def hash(self) -> str:
        """SHA-256 of the plan as JSON with sorted keys."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class Prospect(NamedTuple):
    """What a number of judgements buys at a prevalence, if the detector is as good as it says."""

    judgements: int
    """Of the first look; positives are looked at again on top of it."""
    hours: float
    prevalence: float
    lower: float
    upper: float
    buys: str
    smallest_rise: float | None
    """How many times as much it must become, for as many judgements afterwards to show it in four cases of five.

    `None` where the detector expects no hate at all.
    """


def population(records: Records) -> pl.LazyFrame:
    """Posts with what sampling needs: `id`, `created_at`, `lang`, `views`, and the highest `probability` of hate."""
    headlines = records["signal"].filter((pl.col("kind") == HEADLINE) & (pl.col("subject_type") == "post"))
    strongest = headlines.group_by("subject").agg(pl.max("probability"))
    posts = records["post"].select("id", "created_at", "lang", "views")
    return posts.join(strongest, left_on="id", right_on="subject", how="left")


def plan(posts: pl.DataFrame, size: int, draft: Plan) -> Plan:
    """`draft` with strata and draws: for `size` draws from a period like that of `posts` (see `population`).

    About six strata by probability, half of the draws by Neyman's rule and half in proportion. Raises `UsageError`
    where there is nothing to draw from or `size` is below two for each stratum.

    >>> posts = pl.DataFrame({"id": ["a", "b", "c", "d"], "probability": [0.0, 0.1, 0.9, None]})
    >>> plan(posts, 4, Plan(name="small")).taken
    (1, 1, 1, 1)
    """
    probability = posts["probability"].drop_nulls().to_numpy()
    if not posts.height:
        raise UsageError("there are no posts to sample from", remedy="widen the period, or run the flow first")
    frozen = msgspec.structs.replace(draft, cuts=tuple(cuts(probability, STRATA).tolist()))
    sizes, means = _strata(posts, frozen)
    least = 2 * int((sizes > 0).sum())
    if size < least and size < sizes.sum():
        raise UsageError(f"{size} draws are too few", expected=f"two from each stratum, {least} or more")
    taken = allocation(sizes, np.sqrt(means * (1 - means)), size, neyman=NEYMAN)
    return msgspec.structs.replace(frozen, taken=tuple(taken.tolist()))


def stratum(of: Plan) -> pl.Expr:
    """The number of each post's stratum, by its `probability`; the last one where that is unknown."""
    edges = pl.sum_horizontal([pl.lit(0), *((pl.col("probability") >= cut).cast(pl.Int64) for cut in of.cuts)])
    return pl.when(pl.col("probability").is_null()).then(len(of.cuts) + 1).otherwise(edges).cast(pl.Int64)


def prospects(posts: pl.DataFrame, of: Plan, prevalences: Sequence[float] = (0.001, 0.003, 0.01)) -> list[Prospect]:
    """What a half, the whole, twice and four times the plan's draws would show, told before anything is judged.

    Expected counts, with the detector's probabilities scaled to each prevalence; chance makes it better or worse.
    """
    sizes, means = _strata(posts, of)
    spread = np.sqrt(means * (1 - means))
    found = []
    for share in prevalences:
        rate = np.minimum(1, means * share / max(float(sizes @ means / sizes.sum()), 1e-12))
        for times in (0.5, 1, 2, 4):
            taken = allocation(sizes, spread, round(sum(of.taken) * times), neyman=NEYMAN)
            found.append(_prospect(sizes, taken, rate))
    return found


def demand_frozen(given: Plan, registered: str) -> None:
    """Raises `DataError` where the plan is not the one whose hash was logged."""
    if given.hash != registered:
        raise DataError(
            f"the plan `{given.name}` was changed after it was frozen: its hash was {registered[:12]}, "
            f"it is now {given.hash[:12]}",
            remedy="restore the file, or freeze a new plan under another name and say why",
        )


def _prospect(sizes: np.ndarray, taken: np.ndarray, rate: np.ndarray) -> Prospect:
    told = total(sizes, taken, taken * rate)
    value, lower, upper = float(told.value), float(told.lower), float(told.upper)
    buys = "an interval" if upper <= AT_MOST * value else "only `at least`"
    judgements = int(taken.sum())
    rise = smallest_rise(value, float(told.variance)) if value else None
    return Prospect(judgements, round(judgements * SECONDS / 3600, 1), value, lower, upper, buys, rise)


def _strata(posts: pl.DataFrame, of: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Posts (or views) in each stratum, and the mean probability there; where it is unknown, that of all."""
    size = pl.col("views").fill_null(0) if of.unit == "views" else pl.lit(1)
    held = posts.select(stratum(of).alias("stratum"), "probability", size.alias("size"))
    tally = held.group_by("stratum").agg(pl.sum("size"), pl.mean("probability")).sort("stratum")
    sizes, means = np.zeros(len(of.cuts) + 2, np.int64), np.zeros(len(of.cuts) + 2)
    sizes[tally["stratum"].to_numpy()] = tally["size"].to_numpy()
    overall = posts["probability"].mean()
    means[tally["stratum"].to_numpy()] = tally["probability"].fill_null(overall or 0.0).to_numpy()
    return sizes, means
