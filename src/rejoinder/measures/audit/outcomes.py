"""What became of the items of an audit: where each stood at each look, by arm and platform, with honest intervals."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from rejoinder.numerics.clusters import clustered_share
from rejoinder.numerics.contrasts import difference, holm, normal_tail

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKS = {"24 h": 24, "72 h": 72, "7 d": 168, "30 d": 720}
"""Hours after the report."""
LATE = 1.25
"""How late a look may be, as a multiple of its hour, and still count for it."""
ACTED = ("labelled", "limited", "removed by platform")
FINAL = ("removed by platform", "deleted by author", "account gone")
"""Taken to last until a later look says otherwise."""
STANDING = ("up", "disputed", "labelled", "limited")
"""Where a later look finds one of these, the item was not gone before."""
ALPHA = 0.05


class Share(NamedTuple):
    """The share of items with an outcome at a look, in one group of items."""

    look: str
    by: str
    group: str
    outcome: str
    """`acted on`, or one of a check's outcomes; outcomes exclude each other."""
    found: int
    n: int
    """Items whose state at that look is known."""
    unknown: int
    """Not looked at, or out of reach; in neither of the two."""
    value: float | None
    """Of those whose state is known; `None` where that is not more than half."""
    lower: float
    """Had nothing happened to any unknown item; so the interval holds whatever became of them."""
    upper: float
    design_effect: float
    accounts: int


class Contrast(NamedTuple):
    """Two groups at one look: second minus first, of the share acted on."""

    look: str
    first: str
    second: str
    value: float
    lower: float
    upper: float
    p: float
    """Two-sided score test, on as many items as clusters leave; adjusted (Holm) for all pairs of a look."""


def states(items: pl.DataFrame, checks: pl.DataFrame) -> pl.DataFrame:
    """Where each item stood at each look: the columns of `Item`, `look`, and `outcome` (`None` where unknown).

    The last look up to a quarter late counts. Where it did not reach the item, or there was none: gone for good stays
    gone, and what stands later was not gone before and counts as up. What else happened between two looks is unknown.
    """
    hours = (pl.col("created_at") - pl.col("started_at")).dt.total_seconds() / 3600
    seen = checks.select("subject", "created_at", "outcome").filter(pl.col("outcome") != "unreachable")
    looked = items.select("subject", "started_at").join(seen, on="subject").with_columns(hours=hours)
    looked = looked.sort("created_at", "outcome")
    parts, before = [], 0.0
    for look, hour in LOOKS.items():
        until = pl.col("hours") <= LATE * hour
        last = looked.filter(until).group_by("subject").agg(last=pl.last("outcome"), at=pl.last("hours"))
        later = looked.filter(~until).group_by("subject").agg(later=pl.first("outcome"))
        fresh = (pl.col("at") > before) | pl.col("last").is_in(FINAL)
        known = pl.when(fresh).then("last").when(pl.col("later").is_in(STANDING)).then(pl.lit("up"))
        rows = items.join(last, on="subject", how="left").join(later, on="subject", how="left")
        parts.append(rows.with_columns(look=pl.lit(look), outcome=known).drop("last", "at", "later"))
        before = LATE * hour
    return pl.concat(parts)


def shares(stood: pl.DataFrame, by: str) -> list[Share]:
    """For each look and each group `by` (`arm`, `platform`): acted on, and every outcome that was seen."""
    found = []
    for look in LOOKS:
        at = stood.filter(pl.col("look") == look)
        for (group,), rows in sorted(at.partition_by(by, as_dict=True).items()):
            outcomes = sorted(rows["outcome"].drop_nulls().unique())
            found += [_share(rows, (look, by, str(group)), name) for name in ("acted on", *outcomes)]
    return found


def contrasts(stood: pl.DataFrame, by: str) -> list[Contrast]:
    """For each look, each pair of groups `by`: the difference of the shares acted on."""
    found = []
    for look in LOOKS:
        acted = [
            one for one in shares(stood, by) if (one.look, one.outcome) == (look, "acted on") and one.value is not None
        ]
        pairs = list(combinations(acted, 2))
        adjusted = holm([_p_value(*pair) for pair in pairs])
        found += [_contrast(*pair, p) for pair, p in zip(pairs, adjusted, strict=True)]
    return found


def ranking(compared: Sequence[Contrast]) -> str:
    """Whether groups can be ranked, in a sentence."""
    apart = [one for one in compared if one.p < ALPHA and not one.lower <= 0 <= one.upper]
    if not compared:
        return "There is nothing to rank."
    if not apart:
        return "They cannot be ranked: no difference is larger than chance would make it."
    told = "; ".join("{} acted on more than {}".format(*_larger_first(one)) for one in apart)
    rest = len(compared) - len(apart)
    return f"{told}." + (f" The other {rest} pairs cannot be ranked." if rest else "")


def _larger_first(one: Contrast) -> tuple[str, str]:
    return (one.second, one.first) if one.value > 0 else (one.first, one.second)


def _share(rows: pl.DataFrame, of: tuple[str, str, str], outcome: str) -> Share:
    known, accounts = rows["outcome"].is_not_null(), rows["account"].to_numpy()
    hit = rows["outcome"].is_in(ACTED if outcome == "acted on" else [outcome]).fill_null(value=False)
    least = clustered_share(hit.to_numpy(), accounts)
    most = clustered_share((hit | ~known).to_numpy(), accounts)
    found, n = int(hit.sum()), int(known.sum())
    value = found / n if n > rows.height - n else None
    effect = max(least.design_effect, most.design_effect)
    return Share(*of, outcome, found, n, rows.height - n, value, least.lower, most.upper, effect, least.clusters)


def _p_value(first: Share, second: Share) -> float:
    sizes = [one.n / one.design_effect for one in (first, second)]
    pooled = sum((one.value or 0) * size for one, size in zip((first, second), sizes, strict=True)) / sum(sizes)
    error = (pooled * (1 - pooled) * sum(1 / size for size in sizes)) ** 0.5
    return min(1.0, 2 * float(normal_tail(abs((second.value or 0) - (first.value or 0)) / error))) if error else 1.0


def _contrast(first: Share, second: Share, p: float) -> Contrast:
    values = (first.value or 0.0, second.value or 0.0)
    lower, upper = difference(values, ((first.lower, first.upper), (second.lower, second.upper)))
    return Contrast(first.look, first.group, second.group, values[1] - values[0], lower, upper, p)
