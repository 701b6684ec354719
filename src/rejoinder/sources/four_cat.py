"""What 4CAT exports: items as their platform gave them (NDJSON), or as 4CAT maps them (CSV)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from rejoinder.sources.blocks import sample
from rejoinder.sources.cells import typed
from rejoinder.sources.columns import language, times
from rejoinder.sources.delimited import CsvSource
from rejoinder.sources.rejects import BadRow
from rejoinder.sources.rows import Frames, JsonSource
from rejoinder.sources.zeeschuimer import Capture, from_captures

if TYPE_CHECKING:
    from collections.abc import Callable

    from rejoinder.sources.base import Head

_IMPORTED, _COLLECTED = "__import_meta", "4CAT_metadata"


class FourCatNdjson(JsonSource):
    """What 4CAT imported from Zeeschuimer, read as `Zeeschuimer` does; what it collected itself becomes rejects."""

    name = "4cat-ndjson"
    title = "4CAT items (NDJSON)"
    row = Capture
    keys = (_IMPORTED,)

    def recognises(self, head: Head) -> bool:
        """Whether most of the first rows carry a mark of 4CAT."""
        rows = sample(head)
        return 0 < sum(_IMPORTED in row or _COLLECTED in row for row in rows) >= len(rows) / 2

    def decoder(self) -> Callable[[bytes], Capture]:
        """What takes an item apart into the platform's object and what 4CAT knows of its import."""
        decode = msgspec.json.Decoder(dict[str, Any]).decode

        def capture(text: bytes) -> Capture:
            data = decode(text)
            about = data.pop(_IMPORTED, None)
            if not isinstance(about, dict):
                raise BadRow(f"`{_IMPORTED}` is missing: not imported from Zeeschuimer; export it from 4CAT as CSV")
            return msgspec.convert(about | {"data": data}, Capture)

        return capture

    def convert(self, rows: list[Capture]) -> Frames:
        """Posts and accounts."""
        return from_captures(rows)


class FourCatCsv(CsvSource):
    """Items as 4CAT maps them: X, Bluesky and TikTok with all that they have, others with what is common to all.

    The platform is that of the link (`x`, `bluesky`, `tiktok`, `instagram`, `threads`, else the host's name), or else
    what the columns tell. Ids are as in the platform's other formats, but 4CAT gives those mentioned, and at times
    the author, by handle: such an account is `platform:@handle`. Of a repost on X it does not give the number of the
    post reposted, only its text after `RT @handle:`, so the repost keeps that text and has no `repost_of`; and of a
    reply on X only the thread. What 4CAT calls `verified` on X is the paid mark. Times without a zone are in UTC.
    """

    name = "4cat-csv"
    title = "4CAT items (CSV)"
    keys = ("id", "thread_id", "body", "author")

    def convert(self, rows: pl.DataFrame) -> Frames:
        """Posts and their authors."""
        items = _named(rows.with_row_index("_row"))
        known, unknown = items.filter(pl.col("platform").is_not_null()), items.filter(pl.col("platform").is_null())
        reason = pl.lit("the platform is not known: there is no link, and no column tells")
        return {"post": _posts(known), "account": _accounts(known), "reject": unknown.select("_row", reason=reason)}


_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "text": ("body",),
    "url": ("link", "url", "post_url", "tiktok_url"),
    "thread": ("thread_id",),
    "said_at": ("unix_timestamp", "created_at", "timestamp"),
    "collected_at": ("collected_at",),
    "lang": ("language_guess", "languages", "language"),
    "replied": ("replied_to_post",),
    "quoted": ("quote_tweet_id", "quoted_post"),
    "hashtags": ("hashtags", "tags"),
    "links": ("urls", "links", "link_url"),
    "mentioned": ("mentions",),
    "labels": ("labels",),
    "warning": ("warning",),
    "withheld": ("is_withheld",),
    "sensitive": ("possibly_sensitive", "is_sensitive"),
    "likes": ("like_count", "likes", "num_likes"),
    "reposts": ("retweet_count", "repost_count", "reposts"),
    "replies": ("reply_count", "replies", "comment_count", "comments", "num_comments"),
    "quotes": ("quote_count", "quotes"),
    "views": ("impression_count", "views", "view_count", "plays"),
    "author_id": ("author_id",),
    "handle": ("author",),
    "name": ("author_fullname", "author_full", "author_display_name"),
    "description": ("author_bio",),
    "since": ("author_created_at",),
    "followers": ("author_followers",),
    "following": ("author_following",),
    "posts": ("author_videos",),
    "marked": ("verified", "author_is_verified"),
}
"""Under which names 4CAT gives what we want to know; the first that says something counts."""

_MEDIA = ("images", "videos", "image_url", "video_url", "media_url", "image_urls")
_PLATFORMS = {
    "x.com": "x", "twitter.com": "x", "bsky.app": "bluesky", "tiktok.com": "tiktok", "instagram.com": "instagram",
    "threads.net": "threads", "threads.com": "threads",
}  # fmt: skip
_TOLD_BY = {"is_retweet": "x", "replied_to_post": "bluesky", "tiktok_url": "tiktok"}


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """The cells under one name each, still texts, with the platform and whole ids."""
    columns = [pl.coalesce(pl.lit(None, pl.String), *_there(rows, names)).alias(name) for name, names in _NAMES.items()]
    media = pl.concat_str(pl.lit(""), *_there(rows, _MEDIA), separator=",", ignore_nulls=True).str.strip_chars(",")
    told = next((platform for column, platform in _TOLD_BY.items() if column in rows.columns), None)
    host = pl.col("url").str.extract(r"^(?i)https?://(?:www\.|m\.|mobile\.|old\.)?([^/:?#]+)").str.to_lowercase()
    items = rows.select("_row", *columns, media=media)
    handle = pl.col("handle").str.strip_chars_start("@")
    return items.with_columns(
        handle=handle,
        lang=pl.col("lang").str.split(",").list.first().replace("N/A", None),
        platform=pl.coalesce(host.replace(_PLATFORMS), pl.lit(told, pl.String)),
        account=pl.coalesce("author_id", pl.concat_str(pl.lit("@"), handle)),
    ).with_columns(pl.concat_str("platform", pl.lit(":"), name).alias(name) for name in ("id", "thread", "account"))


def _there(rows: pl.DataFrame, names: tuple[str, ...]) -> list[pl.Expr]:
    return [pl.col(name) for name in names if name in rows.columns]


def _posts(items: pl.DataFrame) -> pl.DataFrame:
    on_x, on_bluesky = (pl.col("platform") == platform for platform in ("x", "bluesky"))
    plain = pl.col("text").str.replace_many(["&lt;", "&gt;", "&amp;"], ["<", ">", "&"])
    quoted = pl.when(on_bluesky).then(_by_page("quoted")).otherwise(pl.concat_str("platform", pl.lit(":"), "quoted"))
    withheld = pl.when(pl.col("withheld") == "yes").then(pl.lit("withheld"))
    posts = typed("post", items.rename({"account": "author"}))
    return pl.concat([posts, items.drop(posts.columns, strict=False)], how="horizontal").with_columns(
        language("lang"),
        times("collected_at"),
        text=pl.when(on_x).then(plain).otherwise("text"),
        created_at=times("said_at"),
        _created_at="said_at",
        reply_to=pl.when(on_bluesky).then(_by_page("replied")),
        quote_of=quoted,
        mentions=_people(),
        labels=pl.concat_list("labels", "warning", withheld).list.drop_nulls(),
    )


def _by_page(name: str) -> pl.Expr:
    """A Bluesky post from its page; by the thread's first post where it is that one, else by the author's handle."""
    actor, rkey = (pl.col(name).str.extract(rf"/{part}/([^/?#]+)") for part in ("profile", "post"))
    first = pl.col("thread").str.extract(r"/([^/]+)$") == rkey
    return pl.when(first).then("thread").otherwise(pl.format("bluesky:at://{}/app.bsky.feed.post/{}", actor, rkey))


def _people() -> pl.Expr:
    """Those mentioned, by handle or DID, as accounts of the platform."""
    name = pl.element().str.strip_chars(" @")
    named = pl.when(name.str.starts_with("did:")).then(name).otherwise(pl.concat_str(pl.lit("@"), name))
    names = pl.col("mentioned").str.split(",").list.eval(named.filter(name != ""))
    together = names.list.join(pl.concat_str(pl.lit("\n"), "platform", pl.lit(":")))
    return pl.when(together != "").then(pl.concat_str("platform", pl.lit(":"), together)).str.split("\n")


def _accounts(items: pl.DataFrame) -> pl.DataFrame:
    """The authors that have a name; on X the mark says that the account pays."""
    on_x = pl.col("platform") == "x"
    said = items.filter(pl.col("handle").is_not_null()).select(
        "_row", "platform", "handle", "name", "description", "followers", "following", "posts",
        id="account", created_at="since", seen_at="collected_at",
        paid=pl.when(on_x).then("marked"), verified=pl.when(~on_x).then("marked"),
    )  # fmt: skip
    return typed("account", said).with_columns(times("created_at"), times("seen_at"), _created_at="created_at")
