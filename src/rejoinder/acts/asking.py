"""Questions about a case: why a post was decided so, and what another policy decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder import policy
from rejoinder.errors import NotFound
from rejoinder.store import Case, todo

if TYPE_CHECKING:
    from pathlib import Path


def explain(case: Case, post_id: str) -> dict[str, Any]:
    """One post's way through the house: post, signals, clauses, decisions, messages.

    `post_id` may leave the platform out. Raises `NotFound` where the case has no such post.
    """
    named = (pl.col("id") == post_id) | pl.col("id").str.ends_with(f":{post_id}")
    posts = case.scan("post").filter(named).collect()
    if posts.height != 1:
        raise NotFound(
            f"{posts.height} posts are called `{post_id}`", where=str(case.folder), remedy="give its whole id"
        )
    (subject,) = posts["id"]
    about = {
        noun: case.scan(noun).filter(pl.col("subject") == subject).collect()
        for noun in ("signal", "decision", "message")
    }
    accounts = case.scan("account").filter(pl.col("id") == posts["author"].item()).collect()
    facts = policy.facts(posts, about["signal"], accounts, case.scan("report").collect())
    return {
        "post": posts.to_dicts()[0],
        "signals": about["signal"].to_dicts(),
        "facts": {name: value for name, value in facts.to_dicts()[0].items() if value is not None},
        "clauses": policy.explain(policy.load_policy(case.policy_path), facts),
        "decisions": about["decision"].to_dicts(),
        "messages": about["message"].to_dicts(),
    }


def replay(case: Case, old: Path, new: Path) -> policy.Replay:
    """The case's history under two policies: who would newly be acted on, who newly spared (see `policy.replay`)."""
    rules = policy.load_policy(old), policy.load_policy(new)
    accounts, reports = case.scan("account").collect(), case.scan("report").collect()
    facts = [
        policy.facts(batch.subjects.collect(), batch.signals.collect(), accounts, reports)
        for batch in todo.batches(case)
    ]
    return policy.replay(*rules, pl.concat([policy.SCHEMA.to_frame(), *facts]))
