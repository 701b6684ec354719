"""The same posts under two policies: who would newly be acted on, who would newly be spared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from rejoinder.policy.decisions import decide
from rejoinder.policy.effects import Effect, effect, words
from rejoinder.policy.evaluation import match

if TYPE_CHECKING:
    from rejoinder.policy.document import Clause, Policy

SAMPLES = 5
"""Posts shown of each group, evenly spread over time."""

CANNOT_KNOW = (
    "Posts that were never written, or written otherwise, because of the policy in force: it shaped what was said.",
    "Views, likes, reposts and reports as they would have been: limited reach changes exposure, and exposure all four.",
    "Posts that authors would have published, had their accounts not been suspended, or not, had they been.",
    "Strikes overturned on appeal, or given outside these posts: each policy climbs its ladders anew from these posts.",
    "What a person would have decided in a review: a review gained or lost is counted as such, not as an action.",
)
"""What no replay can know, in sentences for those who read its figures."""

CHANGES = ("newly acted", "newly spared", "changed", "review gained", "review lost")
"""What can differ: acted on only under the new policy; only under the old; under both but otherwise; and reviews."""


@dataclass(frozen=True)
class Replay:
    """What differs between two policies on the same posts."""

    posts: int
    """How many posts were replayed."""
    changes: pl.DataFrame
    """One row per post and change: `change`, `subject`, `time`, `lang`, `targets`, then `clause` and `response` of each
    policy as `old_clause` and so on; in the order of `CHANGES`, of time and of subjects."""
    by_change: pl.DataFrame
    """`change`, `count`, `samples`, in the order of `CHANGES`, zeros included."""
    by_clause: pl.DataFrame
    """The same by `old_clause` and `new_clause`."""
    by_target: pl.DataFrame
    """The same by `target`, with the `posts` that name it; a post that names two groups counts for both."""
    by_language: pl.DataFrame
    """The same by `lang`, with all `posts` in it."""
    cannot_know: tuple[str, ...] = CANNOT_KNOW


def replay(old: Policy, new: Policy, facts: pl.DataFrame) -> Replay:
    """What would have been decided otherwise about `facts` (columns as in `SCHEMA`) under `new` than under `old`.

    A post is acted on where something but a review is said on an axis, in any place. Samples are ids of
    posts, the same ones every time. Unknown targets and languages are groups of their own.

    >>> from rejoinder.policy import default_policy, parse_policy
    >>> from rejoinder.policy.evaluation import typed
    >>> stricter = parse_policy(default_policy().source.text.replace('hate >= 0.7 AND', 'hate >= 0.6 AND'))
    >>> rows = {"subject": ["x:1", "x:2"], "author": ["x:8", "x:9"], "hate": [0.65, 0.1], "threat": [0.0, 0.0],
    ...         "attitude": ["attacks", "unclear"], "reach": ["in reach", "in reach"], "lang": ["de", "en"]}
    >>> replay(default_policy(), stricter, typed(pl.DataFrame(rows))).by_change.head(2).rows()
    [('newly acted', 1, ['x:1']), ('newly spared', 0, [])]
    """
    about = facts.select("subject", "time", lang=pl.col("lang").fill_null("unknown"), targets=_targets())
    changes = _changes(_both(old, new, facts).join(about, on="subject"))
    by_target = changes.explode("targets").rename({"targets": "target"})
    targets = about.explode("targets").group_by(target="targets").agg(posts=pl.len())
    languages = about.group_by("lang").agg(posts=pl.len())
    return Replay(
        posts=facts.height,
        changes=changes,
        by_change=_every(_counted(changes, "change")),
        by_clause=_counted(changes, "change", "old_clause", "new_clause"),
        by_target=_counted(by_target, "change", "target").join(targets, on="target", maintain_order="left"),
        by_language=_counted(changes, "change", "lang").join(languages, on="lang", maintain_order="left"),
    )


def _targets() -> pl.Expr:
    """One target at least for every post, so that none is lost from a table by targets."""
    none, unknown = (pl.lit([name]) for name in ("none named", "unknown"))
    targets = pl.col("targets")
    return pl.when(targets.is_null()).then(unknown).when(targets.list.len() == 0).then(none).otherwise(targets)


def _both(old: Policy, new: Policy, facts: pl.DataFrame) -> pl.DataFrame:
    """What each policy says of the posts that either touches; where one does not, that is no action."""
    both = _outcome(old, facts, "old").join(_outcome(new, facts, "new"), on="subject", how="full", coalesce=True)
    return both.with_columns(
        pl.col("old_response", "new_response").fill_null(words(Effect())),
        pl.col("old_acts", "new_acts", "old_review", "new_review").fill_null(value=False),
    )


def _outcome(policy: Policy, facts: pl.DataFrame, name: str) -> pl.DataFrame:
    """What the policy decides of the posts that it touches: clause, response in words, whether it acts, review."""
    decided = decide(policy, match(policy, facts))
    steps = {clause.id: len(clause.ladder) for clause in policy.clauses}
    highest = pl.col("clause").replace_strict(steps, default=0, return_dtype=pl.Int64())
    step = pl.min_horizontal((pl.col("offence") - 1).clip(0), highest)
    said = decided.with_columns(step=step).join(_said(policy), on=["clause", "step"], how="left")
    columns = {f"{name}_{column}": pl.col(column) for column in ("clause", "response", "acts", "review")}
    return said.select("subject", **columns)


def _said(policy: Policy) -> pl.DataFrame:
    """The response of each clause and step in words, reviews left out, and whether it is any."""
    rows = [
        (clause.id, step, *_response(clause, step))
        for clause in policy.clauses
        for step in range(len(clause.ladder) + 1)
    ]
    schema = {"clause": pl.String(), "step": pl.Int64(), "response": pl.String(), "acts": pl.Boolean()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _response(clause: Clause, step: int) -> tuple[str, bool]:
    everywhere = replace(effect(clause, step), review=False)
    local = {place: replace(effect(clause, step, place), review=False) for place in sorted(clause.places)}
    told = [f"in {place}: {words(found)}" for place, found in local.items() if found != everywhere]
    return "; ".join([words(everywhere), *told]), any(found != Effect() for found in (everywhere, *local.values()))


def _changes(both: pl.DataFrame) -> pl.DataFrame:
    old, new = pl.col("old_acts"), pl.col("new_acts")
    conditions = (
        ~old & new,
        old & ~new,
        old & new & (pl.col("old_response") != pl.col("new_response")),
        ~pl.col("old_review") & pl.col("new_review"),
        pl.col("old_review") & ~pl.col("new_review"),
    )
    columns = ("subject", "time", "lang", "targets", "old_clause", "new_clause", "old_response", "new_response")
    ordered = both.sort("time", "subject")
    return pl.concat(
        ordered.filter(condition).select(pl.lit(change).alias("change"), *columns)
        for change, condition in zip(CHANGES, conditions, strict=True)
    )


def _counted(changes: pl.DataFrame, *by: str) -> pl.DataFrame:
    """How many, and some of them, spread evenly over the group in the order of time."""
    rank, count = pl.int_range(pl.len()), pl.len().cast(pl.Int64())
    chosen = (rank * SAMPLES) // count != ((rank - 1) * SAMPLES) // count
    counted = changes.group_by(by).agg(count=count, samples=pl.col("subject").filter(chosen))
    order = pl.col("change").replace_strict({change: rank for rank, change in enumerate(CHANGES)})
    return counted.sort(order, *by[1:])


def _every(counted: pl.DataFrame) -> pl.DataFrame:
    rows = pl.DataFrame({"change": CHANGES}).join(counted, on="change", how="left", maintain_order="left")
    return rows.with_columns(pl.col("count").fill_null(0), pl.col("samples").fill_null([]))
