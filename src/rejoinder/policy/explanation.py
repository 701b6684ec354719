"""Why a post is judged as it is: every clause and every comparison in it, true, false or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import narwhals as nw

from rejoinder.policy.evaluation import typed

if TYPE_CHECKING:
    import polars as pl

    from rejoinder.policy.document import Policy


class Explained(TypedDict):
    """One clause on one post."""

    clause: str
    applies: bool | None
    """`None` where it depends on something unknown."""
    because: str
    """Every comparison of its condition, in reading order, and whether it is true."""


def explain(policy: Policy, facts: pl.DataFrame) -> list[Explained]:
    """Every clause of `policy`, in order, on the one row of `facts`; what `facts` does not have is unknown.

    Evaluated by the same expressions as whole frames are.

    >>> import polars as pl
    >>> from rejoinder.policy import default_policy
    >>> threat = explain(default_policy(), pl.DataFrame({"hate": [0.95], "threat": [0.93]}))[2]
    >>> threat["clause"], threat["applies"], threat["because"]
    ('H1', None, "threat >= 0.7 is true; attitude = 'attacks' is unknown")
    """
    row = nw.from_native(typed(facts).head(1))
    explained: list[Explained] = []
    for clause, condition in zip(policy.clauses, policy.conditions, strict=True):
        truths = [condition.truth, *(comparison.truth for comparison in condition.comparisons)]
        found = row.with_columns(**{f"= {rank}": truth for rank, truth in enumerate(truths)}).row(0)
        applies, *parts = found[-len(truths) :]
        said = (
            f"{comparison.text} is {_WORDS[part]}"
            for comparison, part in zip(condition.comparisons, parts, strict=True)
        )
        explained.append({"clause": clause.id, "applies": applies, "because": "; ".join(said)})
    return explained


_WORDS = {True: "true", False: "false", None: "unknown"}
