"""Posts of X as its own pages load them, which is what browser tools capture. X documents none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from rejoinder.sources.columns import language, prefixed, times
from rejoinder.sources.mapping import COUNT, TEXT, TEXTS, TRUTH, at, count, distinct, mapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rejoinder.sources.mapping import Captured, Fields
    from rejoinder.sources.rows import Frames


class Tweet(NamedTuple):
    """A post that is shown, the row it is from, and when that was captured, in milliseconds since 1970."""

    row: int
    collected: int | None
    data: dict[str, Any]

    @property
    def legacy(self) -> dict[str, Any]:
        """Where nearly all of a post stands."""
        legacy: dict[str, Any] = self.data["legacy"]
        return legacy

    @property
    def id(self) -> str | None:
        """The post's number; never `id`, which loses its last digits in a browser."""
        return self.data.get("rest_id") or self.legacy.get("id_str")

    @property
    def user(self) -> dict[str, Any]:
        """Its author."""
        return at(self.data, "core", "user_results", "result") or {"legacy": self.data.get("user")}

    def author(self, *paths: str) -> Any:  # noqa: ANN401 - it is whatever X says
        """What is said of the author at the first of some places; X moved it, bit by bit, out of `legacy`."""
        return next((said for path in paths if (said := at(self.user, *path.split("."))) is not None), None)

    @property
    def handle(self) -> str | None:
        """The author's name in addresses."""
        handle: str | None = self.author("core.screen_name", "legacy.screen_name")
        return handle

    @property
    def reposted(self) -> str | None:
        """The number of the post that this one reposts."""
        inner = _inside(self.legacy.get("retweeted_status_result"))
        return at(inner, "rest_id") or at(inner, "legacy", "id_str") or self.legacy.get("retweeted_status_id_str")

    @property
    def quoted(self) -> str | None:
        """The number of the post that this one quotes."""
        quoted: str | None = self.own.get("quoted_status_id_str")
        return quoted if self.reposted else quoted or at(_inside(self.data.get("quoted_status_result")), "rest_id")

    @property
    def own(self) -> dict[str, Any]:
        """What the post itself shows, and how that fared: of a repost nothing."""
        return {} if self.reposted else self.legacy

    @property
    def long(self) -> dict[str, Any]:
        """The whole text and what is in it, where `legacy` has only the beginning."""
        note = at(self.data, "note_tweet", "note_tweet_results", "result")
        return note if note and not self.reposted else {}

    def said(self, kind: str, name: str) -> list[str]:
        """What is in the text: links, hashtags, mentions."""
        sets = (at(self.own, "entities", kind), at(self.long, "entity_set", kind))
        return distinct(entity.get(name) for entities in sets for entity in entities or ())


def frames(captured: list[Captured]) -> Frames:
    """Posts, also those reposted and quoted, and their authors; a capture without a post is told as bad."""
    tweets = [tweet for one in captured for tweet in _tweets(one)]
    rows = {tweet.row for tweet in tweets}
    empty = [one.row for one in captured if one.row not in rows]
    return {
        "post": _posts(tweets),
        "account": _accounts([tweet for tweet in tweets if tweet.handle]),
        "reject": pl.DataFrame({"_row": empty}, schema={"_row": pl.Int64}).with_columns(
            reason=pl.lit("X did not give the post (there is no `legacy.full_text`)")
        ),
    }


def _tweets(captured: Captured) -> Iterator[Tweet]:
    """A post, the one it reposts and those they quote, as far as X shows them."""
    todo = [captured.data.get("tweet") or captured.data]
    for data in todo:
        if at(data, "legacy", "full_text") is not None:
            yield Tweet(captured.row, captured.collected, data)
            inner = (at(data, "legacy", "retweeted_status_result"), data.get("quoted_status_result"))
            todo += [_inside(result) for result in inner if result]


def _inside(result: Any) -> Any:  # noqa: ANN401 - whatever X says
    """The post in a wrapper, and in the second wrapper that it has where its visibility is limited."""
    return at(result, "result", "tweet") or at(result, "result")


def _posts(tweets: list[Tweet]) -> pl.DataFrame:
    return mapped(tweets, _POST).with_columns(
        times("created_at"),
        times("collected_at"),
        language("lang"),
        *(prefixed("x", name) for name in ("id", "author", "reply_to", "thread", "quote_of", "repost_of")),
        platform=pl.lit("x"),
        _created_at="created_at",
        text=pl.col("text").str.replace_many(["&lt;", "&gt;", "&amp;"], ["<", ">", "&"]),
    )


_POST: Fields[Tweet] = {
    "_row": (COUNT, lambda tweet: tweet.row),
    "id": (TEXT, lambda tweet: tweet.id),
    "author": (TEXT, lambda tweet: tweet.legacy.get("user_id_str") or tweet.user.get("rest_id")),
    "created_at": (TEXT, lambda tweet: tweet.legacy.get("created_at")),
    "collected_at": (COUNT, lambda tweet: tweet.collected),
    "text": (TEXT, lambda tweet: tweet.long.get("text") or tweet.own.get("full_text")),
    "lang": (TEXT, lambda tweet: tweet.own.get("lang")),
    "reply_to": (TEXT, lambda tweet: tweet.own.get("in_reply_to_status_id_str")),
    "repost_of": (TEXT, lambda tweet: tweet.reposted),
    "quote_of": (TEXT, lambda tweet: tweet.quoted),
    "thread": (TEXT, lambda tweet: tweet.own.get("conversation_id_str")),
    "url": (TEXT, lambda tweet: f"https://x.com/{tweet.handle or 'i'}/status/{tweet.id}"),
    "links": (TEXTS, lambda tweet: tweet.said("urls", "expanded_url")),
    "hashtags": (TEXTS, lambda tweet: tweet.said("hashtags", "text")),
    "mentions": (TEXTS, lambda tweet: [f"x:{number}" for number in tweet.said("user_mentions", "id_str")]),
    "media": (TEXTS, lambda tweet: _media(tweet.own)),
    "sensitive": (TRUTH, lambda tweet: tweet.own.get("possibly_sensitive", tweet.data.get("possibly_sensitive"))),
    "withheld_in": (TEXTS, lambda tweet: tweet.own.get("withheld_in_countries") or []),
    "likes": (COUNT, lambda tweet: count(tweet.own.get("favorite_count"))),
    "reposts": (COUNT, lambda tweet: count(tweet.own.get("retweet_count"))),
    "replies": (COUNT, lambda tweet: count(tweet.own.get("reply_count"))),
    "quotes": (COUNT, lambda tweet: count(tweet.own.get("quote_count"))),
    "views": (COUNT, lambda tweet: None if tweet.reposted else _views(tweet.data)),
}


def _media(legacy: dict[str, Any]) -> list[str]:
    media = at(legacy, "extended_entities", "media") or at(legacy, "entities", "media") or ()
    return distinct(one.get("media_url_https") for one in media)


def _views(data: dict[str, Any]) -> int | None:
    return count(at(data, "views", "count") or at(data, "ext_views", "count"))


def _accounts(tweets: list[Tweet]) -> pl.DataFrame:
    return mapped(tweets, _ACCOUNT).with_columns(
        times("created_at"), times("seen_at"), prefixed("x", "id"), platform=pl.lit("x"), _created_at="created_at"
    )


_ACCOUNT: Fields[Tweet] = {
    "_row": (COUNT, lambda tweet: tweet.row),
    "id": (TEXT, lambda tweet: tweet.user.get("rest_id") or tweet.legacy.get("user_id_str")),
    "handle": (TEXT, lambda tweet: tweet.handle),
    "name": (TEXT, lambda tweet: tweet.author("core.name", "legacy.name")),
    "description": (TEXT, lambda tweet: tweet.author("profile_bio.description", "legacy.description")),
    "created_at": (TEXT, lambda tweet: tweet.author("core.created_at", "legacy.created_at")),
    "followers": (COUNT, lambda tweet: count(tweet.author("relationship_counts.followers", "legacy.followers_count"))),
    "following": (COUNT, lambda tweet: count(tweet.author("relationship_counts.following", "legacy.friends_count"))),
    "posts": (COUNT, lambda tweet: count(tweet.author("tweet_counts.tweets", "legacy.statuses_count"))),
    "verified": (TRUTH, lambda tweet: tweet.author("verification.verified", "legacy.verified")),
    "paid": (TRUTH, lambda tweet: tweet.author("is_blue_verified")),
    "seen_at": (COUNT, lambda tweet: tweet.collected),
}
