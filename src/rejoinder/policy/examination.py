"""What a policy says about itself: whether its examples come out as it claims, and what in it is odd."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypedDict

import narwhals as nw
import polars as pl

from rejoinder.policy.implication import implies
from rejoinder.policy.positions import places
from rejoinder.policy.problems import Problem
from rejoinder.policy.vocabulary import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.policy.document import Example, Policy
    from rejoinder.policy.language import Condition


class Tested(TypedDict):
    """One example of a clause, and what came of it."""

    clause: str
    number: int
    """Counted from 1 in its clause."""
    expected: bool | Literal["unknown"]
    got: bool | Literal["unknown"]
    passed: bool
    why: str


def test(policy: Policy) -> list[Tested]:
    """Every example of every clause, in order, with what the clause's condition says of it.

    An example is about its own clause; whether an earlier one would take the post is no part of it.

    >>> from rejoinder.policy import default_policy
    >>> [tested["clause"] for tested in test(default_policy()) if not tested["passed"]]
    []
    """
    tested: list[Tested] = []
    for clause, condition in zip(policy.clauses, policy.conditions, strict=True):
        for number, (example, got) in enumerate(_got(clause.examples, condition), 1):
            asked = example.matches
            tested.append(
                {
                    "clause": clause.id,
                    "number": number,
                    "expected": asked,
                    "got": got,
                    "passed": asked == got,
                    "why": example.why,
                }
            )
    return tested


def _got(examples: Sequence[Example], condition: Condition) -> Iterator[tuple[Example, bool | Literal["unknown"]]]:
    rows = [[example.facts.get(name) for name in SCHEMA] for example in examples]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    truths = nw.from_native(frame).with_columns(truth=condition.truth)["truth"].to_list()
    for example, truth in zip(examples, truths, strict=True):
        yield example, "unknown" if truth is None else truth


def lint(policy: Policy) -> list[str]:
    """What is odd in a policy that holds together, each with its place; nothing here keeps it from being applied.

    A clause that never decides since an earlier one always matches too, as far as that can be shown simply; a
    clause without an example that matches and one that does not; a ladder that nothing climbs.

    >>> from rejoinder.policy import default_policy
    >>> lint(default_policy())
    []
    """
    found = places(policy.source.text)
    odd = []
    for rank, what, expected in sorted([*_shadowed(policy), *_untested(policy), *_unclimbed(policy)]):
        place = found["clause", rank, "id"]
        odd.append(str(Problem(policy.source, place.value_start, place.value_end, what, expected)))
    return odd


def _shadowed(policy: Policy) -> Iterator[tuple[int, str, str]]:
    ranked = enumerate(zip(policy.clauses, policy.conditions, strict=True))
    for (_, (before, earlier)), (rank, (after, later)) in combinations(ranked, 2):
        if implies(later, earlier):
            what = f"clause `{after.id}` never decides: `{before.id}` stands before it and matches whatever it matches"
            yield rank, what, f"`{after.id}` before `{before.id}`, or another condition"


def _untested(policy: Policy) -> Iterator[tuple[int, str, str]]:
    for rank, clause in enumerate(policy.clauses):
        for matches, which in ((True, "that matches"), (False, "that does not match")):
            if matches not in [example.matches for example in clause.examples]:
                yield rank, f"clause `{clause.id}` has no example {which}", "`[[clause.example]]`"


def _unclimbed(policy: Policy) -> Iterator[tuple[int, str, str]]:
    if not any(clause.strikes for clause in policy.clauses):
        for rank, clause in enumerate(policy.clauses):
            if clause.ladder:
                yield rank, f"nothing climbs the ladder of clause `{clause.id}`", "a clause that gives strikes"
