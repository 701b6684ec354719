"""Pages of the X API v2 as they are returned, as `twarc2` keeps them, and as `twarc2 flatten` joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder.sources.blocks import sample
from rejoinder.sources.columns import language, prefixed, times, unescaped
from rejoinder.sources.mapping import COUNT, TEXT, TEXTS, TRUTH, distinct, mapped
from rejoinder.sources.rows import Frames, JsonSource
from rejoinder.sources.x_pages import Entities, Found, Media, Problem, Tweet, User, listed, taken_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from rejoinder.sources.base import Head
    from rejoinder.sources.mapping import Fields


class XApi(JsonSource):
    """Pages of the X API v2, one to a line or one document, and the lines of `twarc2 flatten`.

    Posts of `data` and of `includes` become posts, users accounts; the same post may come more than once. What X did
    not give (`errors`) becomes a check at the time of retrieval, or else at the time of the page's newest post:
    `account gone` where X says that the account is suspended, else `unreachable`, for "not found" does not tell who
    removed it. Mentions and checks that X names by handle alone are `x:@handle`. `verified_type` `blue` is paid and
    `none` is not; `business` and `government` do not say. A bad post inside a page costs only itself.
    """

    name = "x-api"
    title = "X API v2 pages"
    row = Found
    keys = ("data", "includes", "meta")
    remedy = "collect it with `created_at` and `author_id` among `tweet.fields`, or leave the row out"

    def recognises(self, head: Head) -> bool:
        """Whether most of the first rows are pages with posts or users of X, or such posts themselves."""
        rows = sample(head)
        known = sum(any(map(_is_x, listed(row.get("data", row)))) or _gives_nothing(row) for row in rows)
        return 0 < known >= len(rows) / 2

    def decoder(self) -> Callable[[bytes], Found]:
        """What takes a page apart; where something inside is bad, piece by piece."""
        return taken_apart

    def convert(self, rows: list[Found]) -> Frames:
        """Posts, accounts and checks."""
        posts = [(place, found, tweet) for place, found in enumerate(rows) for tweet in found.tweets]
        users = [(place, found, user) for place, found in enumerate(rows) for user in found.users]
        bad = [(place, *one) for place, found in enumerate(rows) for one in found.bad]
        frames = {"post": _posts(posts), "account": _accounts(users)}
        seen = frames["post"].group_by("_row").agg(pl.col("created_at").max().alias("newest"))
        problems = [(place, found, problem) for place, found in enumerate(rows) for problem in found.problems]
        rejects = pl.DataFrame(bad, schema={"_row": COUNT, "reason": TEXT, "row": TEXT}, orient="row")
        return frames | {"check": _checks(problems, seen), "reject": rejects}


def _is_x(item: object) -> bool:
    """A post or a user as the API v2 gives it, also where no field but the least was asked for."""
    names = item.keys() if isinstance(item, dict) else set()
    post = {"id", "text"} <= names and bool({"author_id", "edit_history_tweet_ids", "public_metrics"} & names)
    return post or {"id", "username", "name"} <= names


def _gives_nothing(row: dict[str, Any]) -> bool:
    meta, errors = row.get("meta"), row.get("errors")
    told = [error for error in listed(errors) if isinstance(error, dict) and "resource_type" in error]
    return bool(told) or (isinstance(meta, dict) and meta.get("result_count") == 0)


_At = tuple[int, Found, Tweet]

_POST_FIELDS: Fields[_At] = {
    "_row": (COUNT, lambda at: at[0]),
    "id": (TEXT, lambda at: at[2].id),
    "author": (TEXT, lambda at: at[2].author_id or (at[2].author and at[2].author.id)),
    "created_at": (TEXT, lambda at: at[2].created_at),
    "text": (TEXT, lambda at: at[2].note_tweet.text if at[2].note_tweet else at[2].text),
    "lang": (TEXT, lambda at: at[2].lang),
    "reply_to": (TEXT, lambda at: _referenced(at[2], "replied_to")),
    "repost_of": (TEXT, lambda at: _referenced(at[2], "retweeted")),
    "quote_of": (TEXT, lambda at: _referenced(at[2], "quoted")),
    "thread": (TEXT, lambda at: at[2].conversation_id),
    "links": (TEXTS, lambda at: _links(at[2])),
    "hashtags": (TEXTS, lambda at: _hashtags(at[2])),
    "mentions": (TEXTS, lambda at: _mentions(at[2])),
    "media": (TEXTS, lambda at: _media(at[1], at[2])),
    "sensitive": (TRUTH, lambda at: at[2].possibly_sensitive),
    "withheld_in": (TEXTS, lambda at: at[2].withheld.country_codes),
    "likes": (COUNT, lambda at: at[2].public_metrics.like_count),
    "reposts": (COUNT, lambda at: at[2].public_metrics.retweet_count),
    "replies": (COUNT, lambda at: at[2].public_metrics.reply_count),
    "quotes": (COUNT, lambda at: at[2].public_metrics.quote_count),
    "views": (COUNT, lambda at: at[2].public_metrics.impression_count),
    "collected_at": (TEXT, lambda at: at[1].retrieved),
}

_USER_FIELDS: Fields[tuple[int, Found, User]] = {
    "_row": (COUNT, lambda at: at[0]),
    "id": (TEXT, lambda at: at[2].id),
    "handle": (TEXT, lambda at: at[2].username),
    "name": (TEXT, lambda at: at[2].name),
    "description": (TEXT, lambda at: at[2].description),
    "created_at": (TEXT, lambda at: at[2].created_at),
    "followers": (COUNT, lambda at: at[2].public_metrics.followers_count),
    "following": (COUNT, lambda at: at[2].public_metrics.following_count),
    "posts": (COUNT, lambda at: at[2].public_metrics.tweet_count),
    "verified": (TRUTH, lambda at: at[2].verified),
    "paid": (TRUTH, lambda at: {"blue": True, "none": False}.get(at[2].verified_type or "")),
    "seen_at": (TEXT, lambda at: at[1].retrieved),
}

_PROBLEM_FIELDS: Fields[tuple[int, Found, Problem]] = {
    "_row": (COUNT, lambda at: at[0]),
    "subject": (TEXT, lambda at: _named(at[2])),
    "subject_type": (
        TEXT,
        lambda at: {"tweet": "post", "post": "post", "user": "account"}.get(at[2].resource_type or ""),
    ),
    "created_at": (TEXT, lambda at: at[1].retrieved),
    "outcome": (TEXT, lambda at: "account gone" if "suspended" in at[2].detail else "unreachable"),
    "remark": (TEXT, lambda at: f"{at[2].title}: {at[2].detail}"),
    "_kind": (TEXT, lambda at: at[2].resource_type or "nothing"),
}


def _posts(posts: list[_At]) -> pl.DataFrame:
    return mapped(posts, _POST_FIELDS).with_columns(
        *(prefixed("x", name) for name in ("id", "author", "reply_to", "repost_of", "quote_of", "thread")),
        *(pl.col(name).alias(f"_{name}") for name in ("created_at", "collected_at")),
        *(times(name) for name in ("created_at", "collected_at")),
        language("lang"),
        unescaped("text"),
        platform=pl.lit("x"),
        url=pl.lit("https://x.com/i/status/") + pl.col("id"),
    )


def _accounts(users: list[tuple[int, Found, User]]) -> pl.DataFrame:
    return mapped(users, _USER_FIELDS).with_columns(
        prefixed("x", "id"),
        *(pl.col(name).alias(f"_{name}") for name in ("created_at", "seen_at")),
        *(times(name) for name in ("created_at", "seen_at")),
        platform=pl.lit("x"),
    )


def _checks(problems: list[tuple[int, Found, Problem]], newest: pl.DataFrame) -> pl.DataFrame:
    """What X could not show, at the time of retrieval or of the newest post beside it."""
    told = mapped(problems, _PROBLEM_FIELDS).join(newest, on="_row", how="left", maintain_order="left")
    other = pl.format("what X could not show is a `{}`, neither post nor account", pl.col("_kind"))
    timeless = pl.lit("no time is known: there is neither `__twarc.retrieved_at` nor a post beside it")
    when = pl.coalesce(times("created_at"), "newest")
    reason = pl.when(pl.col("subject_type").is_null()).then(other).when(when.is_null()).then(timeless)
    return told.with_columns(
        prefixed("x", "subject"), reason.alias("_reason"), created_at=when, platform=pl.lit("x"), method=pl.lit("x-api")
    )


def _referenced(tweet: Tweet, kind: str) -> str | None:
    for one in tweet.referenced_tweets:
        if one.type == kind:
            return one.id
    return None


def _links(tweet: Tweet) -> list[str] | None:
    urls = _entities(tweet).urls
    return distinct(link.expanded_url or link.url for link in urls) if urls else None


def _hashtags(tweet: Tweet) -> list[str] | None:
    hashtags = _entities(tweet).hashtags
    return [hashtag.tag for hashtag in hashtags] if hashtags else None


def _mentions(tweet: Tweet) -> list[str] | None:
    mentions = _entities(tweet).mentions
    return distinct(f"x:{one.id or '@' + one.username}" for one in mentions) if mentions else None


def _media(found: Found, tweet: Tweet) -> list[str] | None:
    """Addresses where the page has them, else the keys."""
    keys = tweet.attachments.media_keys
    known = [found.media.get(key) or Media(key) for key in keys] if keys else ()
    return [media.url or media.preview_image_url or media.media_key for media in known] or None


def _entities(tweet: Tweet) -> Entities:
    return tweet.note_tweet.entities if tweet.note_tweet else tweet.entities


def _named(problem: Problem) -> str | None:
    """The number of what could not be shown; `@handle` where X was asked by handle."""
    name = problem.resource_id or problem.value
    return name if not name or name.isdecimal() else f"@{name.removeprefix('@')}"
