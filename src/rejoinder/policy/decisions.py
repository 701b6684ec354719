"""Matches to decisions: the ladder of offences, what differs from place to place, until when to appeal.

`decide` does all at once. Bulk goes in batches and gives the same: `match` each batch and keep its
`offences`, which are few and small; climb the `ladder` once over those of all batches; `decide_batch`
each batch by that ladder; `decisions` adds the posts about which nothing had to be decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.policy.effects import effect
from rejoinder.records import Decision
from rejoinder.records.frames import conform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rejoinder.policy.document import Clause, Policy

OFFENCES = pl.Schema(
    {
        "subject": pl.String(),
        "author": pl.String(),
        "time": pl.Datetime("us", "UTC"),
        "clause": pl.String(),
        "strikes": pl.Int64(),
    }
)
"""What the ladder needs to know of a match."""

LADDER = pl.Schema({"subject": pl.String(), "offence": pl.Int64()})
"""The columns of a ladder."""


def decide(policy: Policy, matches: pl.DataFrame, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """The decisions about `matches`, as a frame of `Decision` in their order.

    `earlier` are decisions of the case that stand already (see `ladder`).

    >>> from datetime import UTC, datetime
    >>> from rejoinder.policy import parse_policy
    >>> from rejoinder.policy.evaluation import match, typed
    >>> policy = parse_policy('''
    ...   version = "1"
    ...   title = "House rules"
    ...   language = "en"
    ...   [[clause]]
    ...   id = "H1"
    ...   title = "Threats"
    ...   text = "Threats of violence against a group are removed."
    ...   when = "threat >= 0.9"
    ...   access = "remove"
    ...   strikes = 1
    ...   strikes_expire = "90d"
    ...   ladder = [{account = "suspend", account_days = 7}]
    ... ''')
    >>> times = [datetime(2024, month, 1, tzinfo=UTC) for month in (1, 2, 12)]
    >>> rows = {"subject": ["x:1", "x:2", "x:3"], "author": ["x:9"] * 3, "time": times, "threat": [0.9, 1.0, 0.95]}
    >>> decide(policy, match(policy, typed(pl.DataFrame(rows)))).select("clause", "access", "account", "offence").rows()
    [('H1', 'remove', 'none', 1), ('H1', 'remove', 'suspend', 2), ('H1', 'remove', 'none', 1)]
    """
    return decide_batch(policy, matches, ladder(policy, offences(policy, matches), earlier))


def offences(policy: Policy, matches: pl.DataFrame) -> pl.DataFrame:
    """The matches that count on the ladder, cut to what it needs: columns as in `OFFENCES`."""
    strikes = {clause.id: clause.strikes for clause in policy.clauses if clause.counts}
    counted = matches.filter(pl.col("clause").is_in(list(strikes)))
    given = pl.col("clause").replace_strict(strikes, return_dtype=pl.Int64())
    return counted.with_columns(strikes=given).select(OFFENCES.names()).cast(OFFENCES)


def ladder(policy: Policy, offences: pl.DataFrame, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """Which offence of its author each is: 1 and the strikes that stood against the author just before it.

    A strike stands from the time of its decision for as many days as its clause says, the last moment not
    included; a clause that gives two strikes thus moves its author by two steps. Of two offences at the
    same time the one whose subject sorts first came first. `earlier` are decisions (a frame of `Decision`)
    that stand already: of several about one subject the last row holds, those about a subject in
    `offences` give way to it, and strikes of a clause that the policy no longer has, have lapsed.

    The order of rows does not matter. Columns out as in `LADDER`, sorted. Grows like sorting the rows.
    """
    new = offences.unique()
    given = pl.concat([new, _standing(new, earlier)]).join(_lasting(policy), on="clause")
    begun = given.select("author", "time", "subject", "strikes", begun=True)
    ended = given.select("author", pl.col("time") + pl.col("lasting"), "subject", -pl.col("strikes"), begun=False)
    rows = pl.concat([begun, ended]).sort("author", "time", "begun", "subject")
    before = pl.col("strikes").cum_sum().over("author") - pl.col("strikes")
    counted = rows.with_columns(offence=before + 1).filter("begun").join(new, on="subject", how="semi")
    return counted.select(LADDER.names()).sort("subject").cast(LADDER)


def _standing(offences: pl.DataFrame, earlier: pl.DataFrame | None) -> pl.DataFrame:
    if earlier is None:
        return OFFENCES.to_frame()
    last = earlier.unique("subject", keep="last", maintain_order=True)
    given = last.filter(pl.col("strikes") > 0, pl.col("author").is_not_null())
    return given.join(offences, on="subject", how="anti").select(OFFENCES.names()).cast(OFFENCES)


def _lasting(policy: Policy) -> pl.DataFrame:
    """By clause, how long its strikes stand."""
    rows = [(clause.id, clause.strikes_days) for clause in policy.clauses if clause.counts]
    table = pl.DataFrame(rows, schema={"clause": pl.String(), "days": pl.Int64()}, orient="row")
    return table.select("clause", lasting=pl.duration(days="days"))


def decide_batch(policy: Policy, matches: pl.DataFrame, ladder: pl.DataFrame) -> pl.DataFrame:
    """The decisions about some of the matches, by a `ladder` over the offences of all, in their order."""
    steps = {clause.id: len(clause.ladder) for clause in policy.clauses}
    offence = pl.col("offence").fill_null(0)
    highest = pl.col("clause").replace_strict(steps, default=0, return_dtype=pl.Int64())
    rows = matches.join(ladder, on="subject", how="left", validate="m:1", maintain_order="left").with_columns(
        offence=offence, step=pl.min_horizontal((offence - 1).clip(0), highest)
    )
    keys = ["clause", "step", "review"]
    told = rows.join(_responses(policy), on=keys, how="left", nulls_equal=True, validate="m:1", maintain_order="left")
    return conform(
        Decision,
        told.with_columns(
            subject_type=pl.lit("post"),
            policy_version=pl.lit(policy.version),
            policy_hash=pl.lit(policy.hash),
            review=pl.col("to_review"),
            appeal_until=pl.col("time") + pl.duration(days="appeal_days"),
        ),
    )


def _responses(policy: Policy) -> pl.DataFrame:
    """Everything that can be decided: one row by clause, step of its ladder, and whether a review is asked anyway."""
    own = ("stance", "access", "ads", "account", "account_days", "strikes", "places")
    schema = {name: Decision.schema()[name] for name in ("clause", *own)}
    schema |= {"step": pl.Int64(), "review": pl.Boolean(), "to_review": pl.Boolean(), "appeal_days": pl.Int64()}
    rows = [row for clause in policy.clauses for row in _steps(clause)]
    rows += [{"clause": None, "step": 0, "review": asked, "to_review": asked} for asked in (False, True)]
    return pl.DataFrame(rows, schema=schema)


def _steps(clause: Clause) -> Iterator[dict[str, object]]:
    for step in range(len(clause.ladder) + 1):
        for asked in (False, True):
            found = effect(clause, step)
            yield {
                **{axis: getattr(found, axis) for axis in ("stance", "access", "ads", "account", "account_days")},
                "clause": clause.id,
                "step": step,
                "review": asked,
                "to_review": found.review or asked,
                "strikes": clause.strikes,
                "appeal_days": clause.appeal_days,
                "places": [_in_place(clause, step, place, asked=asked) for place in sorted(clause.places)],
            }


def _in_place(clause: Clause, step: int, place: str, *, asked: bool) -> dict[str, object]:
    found = effect(clause, step, place)
    said = {axis: getattr(found, axis) for axis in ("stance", "access", "ads", "account")}
    return {"place": place, **said, "review": found.review or asked}


def decisions(policy: Policy, posts: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """A decision about every post, in the order of `posts`: the one in `decided`, or "no action" under no clause.

    `posts` is a frame of `Post`, `decided` one of `Decision` with at most one row about each.
    """
    own = decided.drop("subject_type", "author", "time", "policy_version", "policy_hash")
    rows = posts.select(
        subject="id",
        subject_type=pl.lit("post"),
        author="author",
        time="created_at",
        policy_version=pl.lit(policy.version),
        policy_hash=pl.lit(policy.hash),
    )
    return conform(Decision, rows.join(own, on="subject", how="left", validate="m:1", maintain_order="left"))
