"""The facts of posts, one row each: every term of the vocabulary, computed from the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from rejoinder.policy.vocabulary import KINDS, SCHEMA

if TYPE_CHECKING:
    from rejoinder.records.signal import Reach, Stance

_c = nw.col

_OF_POST = {
    "time": _c("created_at"),
    "lang": _c("lang").str.to_lowercase().str.split("-").list.get(0),
    "platform": _c("platform").str.to_lowercase(),
    "is_repost": ~_c("repost_of").is_null(),
    "is_reply": ~_c("reply_to").is_null(),
    "has_text": _c("text").str.strip_chars() != "",
    "has_media": _c("media").list.len() > 0,
}

_FLAGGERS = ("trusted flagger", "body")

_MILDEST: tuple[Stance, ...] = ("counters", "reports", "reclaims", "unclear", "attacks")
"""Of attitudes that are equally likely the first of these holds, which is the best for the author."""

_FARTHEST: tuple[Reach, ...] = ("no text", "too short", "language", "no answer", "in reach")
"""Of several detectors the one that came farthest says the reach, which is the last of these."""


def facts(posts: pl.DataFrame, signals: pl.DataFrame, accounts: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """The facts that a policy judges by: one row per post, in the order of the posts, columns as in `SCHEMA`.

    Takes frames of `Post`, `Signal`, `Account` and `Report`; rows about other subjects do no harm. Of
    several detectors the highest probability of a kind holds; targets and narratives are united. A kind
    that no detector gave is 0 where its headline is known, and unknown where that is unknown, and so are
    the empty lists. Reports are those in `reports`, so none is 0. What nobody said is null.

    >>> from rejoinder.records import Account, Post, Report, Signal
    >>> from rejoinder.records.frames import to_frame
    >>> from datetime import UTC, datetime
    >>> post = Post(id="x:1", platform="x", author="x:9", created_at=datetime(2024, 5, 1, tzinfo=UTC), text="They ...")
    >>> said = Signal(subject="x:1", subject_type="post", detector="d", version="1", kind="hate", probability=0.7)
    >>> frame = facts(to_frame(Post, [post]), to_frame(Signal, [said]), to_frame(Account, []), to_frame(Report, []))
    >>> frame.select("hate", "threat", "attitude", "reports", "followers").row(0)
    (0.7, 0.0, None, 0, None)
    """
    rows = nw.from_native(posts).with_row_index("row").with_columns(**_OF_POST, subject=_c("id"))
    for about, key in (
        (_headlines(signals), "subject"),
        (_kinds(signals), "subject"),
        (_lists(signals, "targets"), "subject"),
        (_lists(signals, "narratives"), "subject"),
        (_looks(accounts), "author"),
        (_coordination(signals), "author"),
        (_reported(reports), "subject"),
    ):
        rows = rows.join(about, on=key, how="left")
    told = rows.with_columns(**_DERIVED).sort("row").to_native()
    named = pl.col("targets", "narratives").fill_null([])
    return told.with_columns(pl.when(pl.col("hate").is_not_null()).then(named)).select(SCHEMA.names()).cast(SCHEMA)


_DAY = 24 * 60

_DERIVED = {
    **{kind: nw.coalesce(kind, nw.when(~_c("hate").is_null()).then(nw.lit(0.0))) for kind in KINDS},
    "account_age_days": nw.when(_c("time") >= _c("account_created_at")).then(
        (_c("time") - _c("account_created_at")).dt.total_minutes() // _DAY
    ),
    "reports": _c("reports").fill_null(0),
    "flagger_reports": _c("flagger_reports").fill_null(0),
}


def _of_posts(signals: pl.DataFrame) -> nw.DataFrame[pl.DataFrame]:
    about = nw.from_native(signals).filter(_c("subject_type") == "post", _c("kind").is_in(KINDS))
    return about.with_columns(_c("probability").fill_nan(None))


def _headlines(signals: pl.DataFrame) -> nw.DataFrame[pl.DataFrame]:
    """Hate, attitude and reach by post: each from highest values, so that no order matters."""
    said = _of_posts(signals).filter(_c("kind") == "hate")
    stances = {f"as {stance}": _where(_c("stance") == stance, _c("probability")) for stance in _MILDEST}
    reached = nw.coalesce(*(_where(_c("reach") == reach, nw.lit(rank)) for rank, reach in enumerate(_FARTHEST)))
    highest = (
        said.select("subject", hate="probability", reached=reached, **stances)
        .group_by("subject")
        .agg(_c("hate", "reached", *stances).max())
    )
    likeliest = nw.max_horizontal(*stances)
    attitude = nw.coalesce(*(_where(_c(f"as {stance}") == likeliest, nw.lit(stance)) for stance in _MILDEST))
    reach = nw.coalesce(*(_where(_c("reached") == rank, nw.lit(reach)) for rank, reach in enumerate(_FARTHEST)))
    return highest.select("subject", "hate", attitude=attitude, reach=reach)


def _where(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(value)


def _kinds(signals: pl.DataFrame) -> nw.DataFrame[pl.DataFrame]:
    """The other kinds by post, each its highest probability."""
    said = _of_posts(signals).filter(_c("kind") != "hate")
    columns = {kind: _where(_c("kind") == kind, _c("probability")) for kind in KINDS[1:]}
    return said.select("subject", **columns).group_by("subject").agg(_c(*columns).max())


def _lists(signals: pl.DataFrame, name: str) -> nw.DataFrame[pl.DataFrame]:
    """Targets or narratives by post, united and sorted. Narwhals cannot gather lists, so this is Polars."""
    about = signals.lazy().filter(pl.col("subject_type") == "post", pl.col("kind").is_in(KINDS))
    named = about.filter(pl.col(name).list.len() > 0).select("subject", name).explode(name)
    return nw.from_native(named.group_by("subject").agg(pl.col(name).drop_nulls().unique().sort()).collect())


_LOOK = ("seen_at", "created_at", "followers", "verified", "paid", "automated")


def _looks(accounts: pl.DataFrame) -> nw.DataFrame[pl.DataFrame]:
    """The latest look at each account; of looks at the same time the highest values."""
    return (
        nw.from_native(accounts)
        .select(*_LOOK, author="id")
        .sort("author", *_LOOK, nulls_last=False)
        .unique("author", keep="last", maintain_order=True)
        .select("author", "followers", "verified", "paid", "automated", account_created_at=_c("created_at"))
    )


def _coordination(signals: pl.DataFrame) -> nw.DataFrame[pl.DataFrame]:
    """The highest probability of coordination of an account itself or of a group that it is in."""
    said = nw.from_native(signals).filter(_c("kind") == "coordination")
    own = said.filter(_c("subject_type") == "account").select("probability", author="subject")
    groups = said.filter(_c("subject_type") == "group").select("probability", author="members").explode("author")
    return (
        nw.concat([own, groups])
        .with_columns(_c("probability").fill_nan(None))
        .group_by("author")
        .agg(account_coordination=_c("probability").max())
        .filter(~_c("author").is_null())
    )


def _reported(reports: pl.DataFrame) -> nw.DataFrame[pl.DataFrame]:
    """How many reports name each post, as their subject or as evidence."""
    frame = nw.from_native(reports)
    direct = frame.filter(_c("subject_type") == "post").select("id", "reporter_kind", "subject")
    evidence = frame.select("id", "reporter_kind", subject="posts").explode("subject")
    return (
        nw.concat([direct, evidence])
        .filter(~_c("subject").is_null())
        .with_columns(flagger=_c("reporter_kind").is_in(_FLAGGERS))
        .group_by("subject", "id")
        .agg(_c("flagger").any())
        .group_by("subject")
        .agg(reports=nw.len(), flagger_reports=_c("flagger").sum())
    )
