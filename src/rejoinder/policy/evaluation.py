"""Which clauses match which posts: every condition over a whole frame, then precedence, with unknowns kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from rejoinder.policy.effects import effect
from rejoinder.policy.vocabulary import SCHEMA, VOCABULARY
from rejoinder.records import Fact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rejoinder.policy.document import Policy

_TEXTS = pl.List(pl.String())

MATCHES = pl.Schema(
    {
        "subject": pl.String(),
        "author": pl.String(),
        "time": pl.Datetime("us", "UTC"),
        "clause": pl.String(),
        "also": _TEXTS,
        "unknown": _TEXTS,
        "review": pl.Boolean(),
        "facts": pl.List(pl.Struct({"name": pl.String(), "value": pl.String()})),
    }
)
"""The columns of a frame of matches."""
assert Fact.__struct_fields__ == ("name", "value")


def match(policy: Policy, facts: pl.DataFrame) -> pl.DataFrame:
    r"""The posts that a clause matches or may match: one row each, in the order of `facts`, columns as in `MATCHES`.

    `clause` is the first that matches, in the order of the policy; `also` the others that match; `unknown`
    those before it that could not be decided, which may leave `clause` null. `review` says whether one of
    `also` asks for a person or anything is unknown. `facts` are the terms of the clauses named, as they
    were. A post that surely matches nothing has no row. Rows do not depend on one another, so batches do
    not matter.

    >>> from rejoinder.policy import parse_policy
    >>> from rejoinder.policy.vocabulary import SCHEMA
    >>> policy = parse_policy('version = "1"\ntitle = "t"\nlanguage = "en"\n[[clause]]\nid = "H1"\ntitle = "t"\n'
    ...                'text = "t"\nwhen = "threat >= 0.9"\naccess = "remove"')
    >>> facts = pl.DataFrame({"subject": ["x:1", "x:2", "x:3"], "threat": [0.95, None, 0.1]}, schema_overrides=SCHEMA)
    >>> match(policy, typed(facts)).select("subject", "clause", "unknown", "review", "facts").rows()
    [('x:1', 'H1', [], False, [{'name': 'threat', 'value': '0.95'}]),
     ('x:2', None, ['H1'], True, [{'name': 'threat', 'value': 'unknown'}])]
    """
    verdicts = [f"= {clause.id}" for clause in policy.clauses]  # no term begins so
    truths = {name: condition.truth for name, condition in zip(verdicts, policy.conditions, strict=True)}
    touched = nw.any_horizontal(*(nw.col(name).fill_null(value=True) for name in verdicts), ignore_nulls=False)
    found: pl.DataFrame = nw.from_native(facts.lazy()).with_columns(**truths).filter(touched).collect().to_native()
    meanings = _meanings(policy, found.select(verdicts).unique())
    told = found.with_row_index("row").join(meanings, on=verdicts, nulls_equal=True, maintain_order="left")
    return told.hstack(_facts(policy, told)).select(MATCHES.names())


def typed(facts: pl.DataFrame) -> pl.DataFrame:
    """`facts` with every column of `SCHEMA` and no other; what is absent is unknown."""
    absent = {name: pl.lit(None, dtype=dtype) for name, dtype in SCHEMA.items() if name not in facts.columns}
    return facts.with_columns(**absent).select(SCHEMA.names()).cast(SCHEMA)


def _meanings(policy: Policy, combinations: pl.DataFrame) -> pl.DataFrame:
    """What each combination of verdicts means. There are few, however many posts there are."""
    schema = {name: MATCHES[name] for name in ("clause", "also", "unknown", "review")}
    schema |= {f"with {term}": pl.Boolean() for term in _terms(policy)}
    said = [_meaning(policy, verdicts) for verdicts in combinations.iter_rows()]
    return combinations.hstack(pl.DataFrame(said, schema=schema, orient="row"))


def _meaning(policy: Policy, verdicts: Sequence[bool | None]) -> list[object]:
    matched = [rank for rank, verdict in enumerate(verdicts) if verdict]
    unknown = [rank for rank, verdict in enumerate(verdicts[: matched[0] if matched else None]) if verdict is None]
    also = [policy.clauses[rank] for rank in matched[1:]]
    asks = bool(unknown) or any(effect(other).review for other in also)
    terms = {term for rank in (*matched, *unknown) for term in policy.conditions[rank].terms}
    return [
        policy.clauses[matched[0]].id if matched else None,
        [other.id for other in also],
        [policy.clauses[rank].id for rank in unknown],
        asks,
        *(term in terms for term in _terms(policy)),
    ]


def _terms(policy: Policy) -> list[str]:
    return sorted({term for condition in policy.conditions for term in condition.terms})


def _facts(policy: Policy, told: pl.DataFrame) -> pl.DataFrame:
    """The facts that each row rests on. Gathered from one long column: a wide one would take ten times as long."""
    parts = [
        told.lazy().filter(f"with {term}").select("row", name=pl.lit(term), value=_text(term).fill_null("unknown"))
        for term in _terms(policy)
    ]
    nothing = pl.LazyFrame(schema={"row": pl.UInt32(), "name": pl.String(), "value": pl.String()})
    gathered = pl.concat([nothing, *parts]).sort("row", maintain_order=True).group_by("row", maintain_order=True)
    facts = gathered.agg(facts=pl.struct("name", "value")).collect()
    if facts.height < told.height:  # a clause without terms, as `TRUE`, rests on nothing
        facts = told.select("row").join(facts, on="row", how="left", maintain_order="left")
    return facts.select(pl.col("facts").fill_null([]).cast(MATCHES["facts"]))


def _text(term: str) -> pl.Expr:
    column = pl.col(term)
    if VOCABULARY[term].kind != "list":
        return column.cast(pl.String())
    return pl.when(column.list.len() == 0).then(pl.lit("none")).otherwise(column.list.join(", "))
