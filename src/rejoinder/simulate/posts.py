"""The posts as records, with the truth about each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.records import Judgement, Post
from rejoinder.records.frames import conform
from rejoinder.simulate.accounts import followers
from rejoinder.simulate.chance import some
from rejoinder.simulate.columns import PLATFORM, ids, listed, moments, named
from rejoinder.simulate.grammar import posts_grammar
from rejoinder.simulate.posting import QUOTE, REPLY, REPOST, roots

if TYPE_CHECKING:
    from rejoinder.simulate.people import People
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.setting import Setting

_UNTOLD, _NO_LANG, _SENSITIVE, _WITHHELD = 0.03, 0.06, 0.02, 0.25
"""Shares of posts without views, of posts without a language, of pictures marked sensitive, and of denial that is
withheld in two countries."""


def post_frame(setting: Setting, people: People, posts: Posting, words: pl.DataFrame) -> pl.DataFrame:
    """A frame of `Post`, in the order of time."""
    authors, size = ids("a", len(people)), len(posts)
    raw = words.with_columns(
        *_relations(posts, authors), *_figures(setting, people, posts), *_marks(setting, posts),
        id=ids("p", size), platform=pl.lit(PLATFORM), author=authors.gather(posts.author),
        created_at=moments(posts.time), url=pl.format("https://sim.example/posts/{}", pl.int_range(size)),
    ).with_columns(
        links=listed("link"), hashtags=listed("hashtag"), media=listed("media"), mentions=listed("mentions"),
        lang=pl.when(~pl.col("unmarked")).then("lang"), views=pl.when(~pl.col("untold")).then("views"),
        sensitive=pl.when("worded").then(pl.col("graphic") & pl.col("media").is_not_null()),
    ).with_columns(
        labels=pl.when("sensitive").then(["graphic-media"]).otherwise([]),
        withheld_in=pl.when("withheld").then(["DE", "AT"]).otherwise([]),
    )  # fmt: skip
    return conform(Post, raw)


def truth_frame(posts: Posting) -> pl.DataFrame:
    """A frame of `Judgement` by the coder `simulation` and the codebook `truth`, one row per post."""
    themes = posts_grammar().themes
    known = pl.DataFrame({
        "hateful": [each.genre == "hate" for each in themes], "kind": [each.kind for each in themes],
        "targets": [each.targets for each in themes], "narratives": [each.narratives for each in themes],
    })  # fmt: skip
    raw = known.select(pl.all().gather(pl.Series(posts.theme))).with_columns(
        subject=ids("p", len(posts)), coder=pl.lit("simulation"), codebook=pl.lit("truth")
    )
    return conform(Judgement, raw)


def origin_frame(posts: Posting, words: pl.DataFrame) -> pl.DataFrame:
    """What each post was made from: `post`, `genre`, `theme`, `disguise`."""
    themes = posts_grammar().themes
    return pl.DataFrame([
        ids("p", len(posts)).alias("post"),
        pl.Series("genre", [each.genre for each in themes]).gather(posts.theme),
        pl.Series("theme", [each.id for each in themes]).gather(posts.theme),
        words["disguise"].fill_null(""),
    ])  # fmt: skip


def _relations(posts: Posting, authors: pl.Series) -> list[pl.Series]:
    names = ids("p", len(posts))
    related = {
        name: np.where(posts.form == form, posts.parent, -1)
        for name, form in (("reply_to", REPLY), ("repost_of", REPOST), ("quote_of", QUOTE))
    }
    related["thread"] = np.where(posts.form == REPLY, roots(posts), -1)
    answered = np.where(posts.form == REPLY, posts.author[posts.parent], -1)
    return [named(authors, answered).alias("mentions"), *(named(names, at).alias(name) for name, at in related.items())]


def _figures(setting: Setting, people: People, posts: Posting) -> list[pl.Expr]:
    """Answers as counted in the books; likes and views drawn, views log-normal; null for reposts."""
    rng, size = setting.stream("figures"), len(posts)
    counts = {
        name: np.bincount(posts.parent[posts.form == form], minlength=size)
        for name, form in (("reposts", REPOST), ("replies", REPLY), ("quotes", QUOTE))
    }
    known = np.log1p(followers(setting, people)[posts.author])
    reach = np.exp(3 + 0.5 * known + 0.5 * posts.appeal + rng.normal(0, 1, size))
    counts["likes"] = rng.poisson(reach * 0.02 * rng.lognormal(0, 0.5, size))
    counts["views"] = reach.astype(np.int64) + 2 * np.sum(list(counts.values()), axis=0)
    own = pl.lit(pl.Series(posts.form != REPOST))
    return [pl.when(own).then(pl.Series(count, dtype=pl.Int64)).alias(name) for name, count in counts.items()]


def _marks(setting: Setting, posts: Posting) -> list[pl.Series]:
    """What the platform leaves out or puts on, as booleans."""
    rng, size, worded = setting.stream("marks"), len(posts), posts.form != REPOST
    denial = np.array([each.kind == "denial" for each in posts_grammar().themes])[posts.theme]
    return [
        pl.Series("worded", worded),
        pl.Series("unmarked", some(rng, _NO_LANG, size)),
        pl.Series("untold", some(rng, _UNTOLD, size)),
        pl.Series("graphic", some(rng, _SENSITIVE, size)),
        pl.Series("withheld", worded & denial & some(rng, _WITHHELD, size)),
    ]
