"""Posts of Bluesky: records of `app.bsky.feed.post`, alone or as the AppView gives them with author and counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from rejoinder.sources.blocks import sample
from rejoinder.sources.columns import language, prefixed, times
from rejoinder.sources.mapping import COUNT, TEXT, TEXTS, TRUTH, distinct, mapped
from rejoinder.sources.rows import Frames, JsonSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.sources.base import Head
    from rejoinder.sources.mapping import Fields

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
_LINK, _MENTION, _TAG = (f"app.bsky.richtext.facet#{kind}" for kind in ("link", "mention", "tag"))
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_SENSITIVE = ["porn", "sexual", "nudity", "graphic-media"]


class Ref(msgspec.Struct, gc=False):
    """What another record is called."""

    uri: str


class Reply(msgspec.Struct, gc=False):
    """What a post answers: the post before it and the first of the conversation."""

    root: Ref
    parent: Ref


class Facet(msgspec.Struct, gc=False):
    """What a stretch of the text is: a link, a mention, a hashtag, or whatever else others made of it."""

    features: list[dict[str, Any]]


class PostRecord(msgspec.Struct, rename="camel", tag_field="$type", tag=POST, gc=False):
    """The record of a post; unions that others may extend are kept as they come."""

    text: str
    created_at: Any = None
    langs: list[str] | None = None
    reply: Reply | None = None
    embed: dict[str, Any] | None = None
    facets: list[Facet] | None = None
    labels: dict[str, Any] | None = None
    tags: list[str] | None = None


class Author(msgspec.Struct, rename="camel"):
    """An account as the AppView shows it beside a post."""

    did: str
    handle: str = ""
    display_name: str | None = None
    created_at: str | None = None
    labels: list[dict[str, Any]] | None = None
    verification: dict[str, Any] | None = None


class Reason(msgspec.Struct, rename="camel"):
    """Why a post is in a feed: somebody reposted it, and how that repost is called."""

    by: Author | None = None
    uri: str | None = None
    indexed_at: str | None = None


class View(msgspec.Struct, rename="camel"):
    """A post as `getAuthorFeed`, `searchPosts` or `listRecords` gives it."""

    uri: str = ""
    value: PostRecord | None = None
    record: PostRecord | None = None
    author: Author | None = None
    post: View | None = None
    reason: Reason | None = None
    labels: list[dict[str, Any]] | None = None
    indexed_at: str | None = None
    like_count: int | None = None
    repost_count: int | None = None
    reply_count: int | None = None
    quote_count: int | None = None


class Bluesky(JsonSource):
    """Records as `listRecords` gives them, and views of posts from feeds and searches.

    One to a line, or whole answers (`{"records": […]}`, `{"feed": […]}`, `{"posts": […]}`). A post's id is its
    at-uri, its author the DID. `created_at` is the author's word, unless it lies before 2000 or more than a day after
    the AppView indexed the post; then the time of indexing stands. A repost in a feed becomes a post of its own where
    the feed names its record.
    """

    name = "bluesky"
    title = "Bluesky posts (records, feeds, searches)"
    row = View
    keys = ("uri", "record")
    inside = ("posts", "feed", "records")

    def recognises(self, head: Head) -> bool:
        """Whether most of the first rows are records with their uri, or views of posts."""
        rows = sample(head)
        pages = [item for row in rows for name in self.inside for item in _dicts(row.get(name))]
        views = [_dict(row.get("post")) or row for row in pages or rows]
        known = sum(str(view.get("uri")).startswith("at://") and _says_post(view) for view in views)
        return 0 < known >= len(views) / 2

    def convert(self, rows: list[View]) -> Frames:
        """Posts, the reposts that feeds tell of, and the accounts of their authors."""
        views = [row.post or row for row in rows]
        posts = [(at, view, record) for at, view in enumerate(views) if (record := view.record or view.value)]
        reposts = [(at, row.reason, views[at]) for at, row in enumerate(rows) if row.reason and row.reason.uri]
        authors = [(at, view.author) for at, view in enumerate(views) if view.author]
        authors += [(at, reason.by) for at, reason, _ in reposts if reason.by]
        empty = [at for at, view in enumerate(views) if not (view.record or view.value)]
        told = pl.DataFrame({"_row": empty}, schema={"_row": pl.Int64})
        return {
            "post": finished(pl.concat([_posts(posts), _reposts(reposts)], how="diagonal")),
            "account": _accounts(authors),
            "reject": told.with_columns(reason=pl.lit("it has neither `record` nor `value`: the post was not given")),
        }


def finished(posts: pl.DataFrame) -> pl.DataFrame:
    """Raw columns of posts as those of `Post`: ids with their platform, times read.

    Takes `_row`, `uri`, `seen` (when an event or the AppView told of it, or null), the columns of `record_columns`
    and whatever else a post has. A post that answers none begins its own thread.
    """
    written, seen = times("created_at"), pl.col("seen")
    sensible = seen.is_null() | ((written >= _EARLIEST) & (written <= seen + pl.duration(days=1)))
    did, rkey = (pl.col("uri").str.extract(pattern) for pattern in (r"^at://([^/]+)/", r"/([^/]+)$"))
    opening = pl.col("reply_to").is_null() & pl.col("repost_of").is_null()
    thread = pl.coalesce("thread", pl.when(opening).then("uri"))
    page = pl.format("https://bsky.app/profile/{}/post/{}", did, rkey)
    return posts.with_columns(
        prefixed("bluesky", "uri").alias("id"),
        pl.concat_str(pl.lit("bluesky:"), did).alias("author"),
        *(prefixed("bluesky", name) for name in ("reply_to", "quote_of", "repost_of")),
        platform=pl.lit("bluesky"),
        _created_at="created_at",
        created_at=pl.when(sensible).then(written).otherwise(seen),
        lang=language("lang"),
        thread=pl.concat_str(pl.lit("bluesky:"), thread),
        url=pl.when(pl.col("repost_of").is_null()).then(page),
        mentions=pl.col("mentions").list.eval(pl.concat_str(pl.lit("bluesky:"), pl.element())),
        sensitive=pl.when(pl.col("labels").list.eval(pl.element().is_in(_SENSITIVE)).list.any()).then(True),
    )


def _posts(posts: list[tuple[int, View, PostRecord]]) -> pl.DataFrame:
    frame = mapped([(at, view) for at, view, _ in posts], _VIEW)
    said = record_columns([record for _, _, record in posts])
    labels = pl.concat_list("labels", "shown").list.unique(maintain_order=True)
    return pl.concat([frame, said], how="horizontal").with_columns(times("seen"), labels=labels).drop("shown")


_VIEW: Fields[tuple[int, View]] = {
    "_row": (COUNT, lambda told: told[0]),
    "uri": (TEXT, lambda told: told[1].uri),
    "seen": (TEXT, lambda told: told[1].indexed_at),
    "repost_of": (TEXT, lambda _: None),
    "likes": (COUNT, lambda told: told[1].like_count),
    "reposts": (COUNT, lambda told: told[1].repost_count),
    "replies": (COUNT, lambda told: told[1].reply_count),
    "quotes": (COUNT, lambda told: told[1].quote_count),
    "shown": (TEXTS, lambda told: [label["val"] for label in told[1].labels or () if _is_label(label)]),
}


def _reposts(reposts: list[tuple[int, Reason, View]]) -> pl.DataFrame:
    return mapped(reposts, _REPOST).with_columns(times("seen"))


_REPOST: Fields[tuple[int, Reason, View]] = {
    "_row": (COUNT, lambda told: told[0]),
    "uri": (TEXT, lambda told: told[1].uri),
    "seen": (TEXT, lambda told: told[1].indexed_at),
    "created_at": (TEXT, lambda told: told[1].indexed_at),
    "repost_of": (TEXT, lambda told: told[2].uri),
}


def _accounts(authors: list[tuple[int, Author]]) -> pl.DataFrame:
    return mapped(authors, _ACCOUNT).with_columns(times("created_at"), _created_at="created_at")


_ACCOUNT: Fields[tuple[int, Author]] = {
    "_row": (COUNT, lambda told: told[0]),
    "id": (TEXT, lambda told: f"bluesky:{told[1].did}"),
    "platform": (TEXT, lambda _: "bluesky"),
    "handle": (TEXT, lambda told: told[1].handle),
    "name": (TEXT, lambda told: told[1].display_name),
    "created_at": (TEXT, lambda told: told[1].created_at),
    "verified": (TRUTH, lambda told: _verified(told[1])),
    "automated": (TRUTH, lambda told: _automated(told[1])),
}


def _verified(author: Author) -> bool | None:
    if author.verification is None:
        return None
    return "valid" in (author.verification.get(name) for name in ("verifiedStatus", "trustedVerifierStatus"))


def _automated(author: Author) -> bool | None:
    """Whether the account labels itself a bot; an account that does not may still be one."""
    own = [label for label in author.labels or () if _is_label(label) and label.get("src") == author.did]
    return True if any(label["val"] == "bot" for label in own) else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _says_post(view: dict[str, Any]) -> bool:
    return any(_dict(view.get(name)).get("$type") == POST for name in ("record", "value"))


def record_columns(records: Sequence[PostRecord]) -> pl.DataFrame:
    """What the records say, one row each: ids are not yet prefixed, `created_at` is still as it was written."""
    return mapped(records, _RECORD)


_RECORD: Fields[PostRecord] = {
    "text": (TEXT, lambda record: record.text),
    "created_at": (TEXT, lambda record: record.created_at if isinstance(record.created_at, str) else None),
    "lang": (TEXT, lambda record: record.langs[0] if record.langs else None),
    "reply_to": (TEXT, lambda record: record.reply.parent.uri if record.reply else None),
    "thread": (TEXT, lambda record: record.reply.root.uri if record.reply else None),
    "quote_of": (TEXT, lambda record: _quoted(record.embed)),
    "links": (TEXTS, lambda record: distinct(_links(record))),
    "hashtags": (TEXTS, lambda record: distinct([*_features(record, _TAG, "tag"), *(record.tags or ())])),
    "mentions": (TEXTS, lambda record: distinct(_features(record, _MENTION, "did"))),
    "media": (TEXTS, lambda record: distinct(_media(record.embed))),
    "labels": (TEXTS, lambda record: _self_labels(record.labels)),
}


def _features(record: PostRecord, kind: str, name: str) -> Iterator[str]:
    """What the facets of one kind say; those of other kinds may use the same names for other things."""
    for facet in record.facets or ():
        for feature in facet.features:
            if feature.get("$type") == kind and isinstance(value := feature.get(name), str) and value:
                yield value


def _links(record: PostRecord) -> Iterator[str]:
    yield from _features(record, _LINK, "uri")
    match record.embed:
        case {"external": {"uri": str(uri)}} | {"media": {"external": {"uri": str(uri)}}}:
            yield uri


def _quoted(embed: dict[str, Any] | None) -> str | None:
    match embed:
        case {"record": {"uri": str(uri)}} | {"record": {"record": {"uri": str(uri)}}} if f"/{POST}/" in uri:
            return uri
    return None


def _media(embed: dict[str, Any] | None) -> Iterator[str]:
    """The content hashes of pictures and films."""
    match embed:
        case {"images": list(images)}:
            yield from (cid for image in images if isinstance(image, dict) and (cid := _blob(image.get("image"))))
        case {"video": video} if cid := _blob(video):
            yield cid
        case {"media": dict(media)}:
            yield from _media(media)


def _blob(blob: object) -> str | None:
    match blob:
        case {"ref": {"$link": str(cid)}} | {"cid": str(cid)}:
            return cid
    return None


def _self_labels(labels: dict[str, Any] | None) -> list[str]:
    return distinct(label["val"] for label in _dicts(_dict(labels).get("values")) if _is_label(label))


def _is_label(label: dict[str, Any]) -> bool:
    return isinstance(label.get("val"), str) and not label.get("neg")
