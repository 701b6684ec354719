"""Policies of a few clauses and facts by columns, for the tests of this room."""

from datetime import UTC, datetime, timedelta

import polars as pl

from rejoinder.policy import parse_policy, typed

START = datetime(2024, 1, 1, tzinfo=UTC)


def policy_of(*clauses):
    """A policy of clauses given as dicts; what is not given is filled in."""
    head = 'version = "1"\ntitle = "t"\nlanguage = "en"\n'
    return parse_policy(head + "".join(_clause(rank, clause) for rank, clause in enumerate(clauses)))


def _clause(rank, clause):
    filled = {"id": f"C{rank}", "title": "t", "text": "t", "when": "TRUE"} | clause
    places = filled.pop("places", {})
    lines = ["[[clause]]", *(f"{key} = {_toml(value)}" for key, value in filled.items())]
    for place, axes in places.items():
        lines += [f"[clause.in.{place}]", *(f"{key} = {_toml(value)}" for key, value in axes.items())]
    return "\n".join(lines) + "\n"


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def facts_of(count=None, **columns):
    """A frame of facts: `count` posts, one a minute, all by one author unless told otherwise."""
    count = count or len(next(iter(columns.values())))
    own = {
        "subject": [f"x:{n:04}" for n in range(count)],
        "author": ["x:a"] * count,
        "time": [START + timedelta(minutes=n) for n in range(count)],
    }
    return typed(pl.DataFrame(own | columns))
