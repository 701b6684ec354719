"""X's archive of one's own posts: what an account's owner downloads."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec
import polars as pl

from rejoinder.sources.blocks import sample
from rejoinder.sources.columns import language, prefixed, times, unescaped
from rejoinder.sources.mapping import COUNT, TEXT, TEXTS, TRUTH, distinct, mapped
from rejoinder.sources.rows import Frames, JsonSource
from rejoinder.sources.streams import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rejoinder.sources.base import Batch, Head
    from rejoinder.sources.mapping import Fields

SELF = "x:self"
"""The author of the posts where no `account.js` stands beside them."""

_BEFORE = re.compile(rb"\s*window\.YTD\.(\w+)\.part\d+\s*=\s*(?=[\[{])")
_PARTS = (b"tweets", b"tweet", b"account")
_POST_ADDRESS = re.compile(r"https?://(?:\w+\.)?(?:twitter|x)\.com/\w+/status/(\d+)")
_ACCOUNT_BYTES = 1024 * 1024


class Link(msgspec.Struct, frozen=True, gc=False):
    """An address in the text."""

    expanded_url: str | None = None
    url: str | None = None


class Hashtag(msgspec.Struct, frozen=True, gc=False):
    """A hashtag in the text, without its sign."""

    text: str


class Mention(msgspec.Struct, frozen=True, gc=False):
    """An account named in the text."""

    screen_name: str = ""
    id_str: str | None = None


class Media(msgspec.Struct, frozen=True, gc=False):
    """A picture or film, and the post that it came from."""

    media_url_https: str | None = None
    source_status_id_str: str | None = None


class Entities(msgspec.Struct, frozen=True, gc=False):
    """What is in the text, or hangs on the post."""

    urls: tuple[Link, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    user_mentions: tuple[Mention, ...] = ()
    media: tuple[Media, ...] = ()


class Tweet(msgspec.Struct, frozen=True, gc=False):
    """A post in the fields of Twitter's first API; the archive writes figures in digits."""

    created_at: str | None = None
    id_str: str | None = None
    full_text: str | None = None
    lang: str | None = None
    in_reply_to_status_id_str: str | None = None
    quoted_status_id_str: str | None = None
    retweeted_status_id_str: str | None = None
    entities: Entities = Entities()
    extended_entities: Entities = Entities()
    possibly_sensitive: bool | None = None
    favorite_count: str | int | None = None
    retweet_count: str | int | None = None
    withheld_in_countries: tuple[str, ...] = ()


class Owner(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Whose archive it is. The e-mail address beside it has no field here."""

    account_id: str
    username: str = ""
    account_display_name: str = ""
    created_at: str | None = None


class Row(msgspec.Struct, frozen=True, gc=False):
    """An item of the archive, in its wrapper."""

    tweet: Tweet | None = None
    account: Owner | None = None


class XArchive(JsonSource):
    """`data/tweets.js` of an archive of X, or a part of it, and `data/account.js`.

    Posts are by the account in the `account.js` beside them, or else by `x:self`. The archive does not say which post
    a repost repeats, unless a film or picture in it does; otherwise `RT @` at the beginning of the text is all there
    is. A post quotes another where the last address in its text is that of a post, as X shows it. The account's
    e-mail address is passed over, and so is every other file of the archive.
    """

    name = "x-archive"
    title = "X's archive of one's own posts"
    row = Row
    keys = ("tweet",)

    def recognises(self, head: Head) -> bool:
        """Whether it begins as a file of posts or as `account.js`, or most of the first items are posts."""
        begins = _BEFORE.match(head.start)
        if begins:
            return begins[1] in _PARTS
        rows = sample(head)
        known = sum(isinstance(tweet := row.get("tweet"), dict) and "id_str" in tweet for row in rows)
        return 0 < known >= len(rows) / 2

    def body(self, start: bytes) -> bytes:
        """The list of items, without the assignment that makes it JavaScript."""
        return _BEFORE.sub(b"", start, count=1)

    def decoder(self) -> Callable[[bytes], Row]:
        """What reads an item; old archives have posts without a wrapper."""
        return _row

    def read(self, stream: BinaryIO, name: str, rows: int) -> Iterator[Batch]:
        """Batches of about `rows` rows, in constant memory; bad rows go to `reject`, and reading goes on."""
        author = pl.lit(_owner(name))
        for batch in super().read(stream, name, rows):
            posts = batch.frames.get("post")
            known = {} if posts is None else {"post": posts.with_columns(author=author)}
            yield replace(batch, frames=batch.frames | known)

    def convert(self, rows: list[Row]) -> Frames:
        """Posts, and the account."""
        posts = [(place, row.tweet) for place, row in enumerate(rows) if row.tweet]
        accounts = [(place, row.account) for place, row in enumerate(rows) if row.account]
        return {"post": _posts(posts), "account": _accounts(accounts)}


_ROW, _TWEET = msgspec.json.Decoder(Row), msgspec.json.Decoder(Tweet)

_At = tuple[int, Tweet]

_POST_FIELDS: Fields[_At] = {
    "_row": (COUNT, lambda at: at[0]),
    "id": (TEXT, lambda at: at[1].id_str),
    "created_at": (TEXT, lambda at: at[1].created_at),
    "text": (TEXT, lambda at: at[1].full_text),
    "lang": (TEXT, lambda at: at[1].lang),
    "reply_to": (TEXT, lambda at: at[1].in_reply_to_status_id_str),
    "repost_of": (TEXT, lambda at: _reposted(at[1])),
    "quote_of": (TEXT, lambda at: _quoted(at[1])),
    "links": (TEXTS, lambda at: distinct(link.expanded_url or link.url for link in at[1].entities.urls)),
    "hashtags": (TEXTS, lambda at: [hashtag.text for hashtag in at[1].entities.hashtags]),
    "mentions": (TEXTS, lambda at: distinct(map(_mentioned, at[1].entities.user_mentions))),
    "media": (TEXTS, lambda at: distinct(media.media_url_https for media in _media(at[1]))),
    "sensitive": (TRUTH, lambda at: at[1].possibly_sensitive),
    "withheld_in": (TEXTS, lambda at: at[1].withheld_in_countries),
    "likes": (TEXT, lambda at: _digits(at[1].favorite_count)),
    "reposts": (TEXT, lambda at: _digits(at[1].retweet_count)),
}

_ACCOUNT_FIELDS: Fields[tuple[int, Owner]] = {
    "_row": (COUNT, lambda at: at[0]),
    "id": (TEXT, lambda at: at[1].account_id),
    "handle": (TEXT, lambda at: at[1].username),
    "name": (TEXT, lambda at: at[1].account_display_name),
    "created_at": (TEXT, lambda at: at[1].created_at),
}


def _row(text: bytes) -> Row:
    row = _ROW.decode(text)
    return row if row.tweet or row.account else Row(tweet=_TWEET.decode(text))


def _owner(name: str) -> str:
    """Who wrote the posts: `account.js` beside the file says it."""
    beside = Path(name).with_name("account.js") if name not in ("", STANDARD_INPUT) else None
    if beside is None or not beside.is_file() or beside.stat().st_size > _ACCOUNT_BYTES:
        return SELF
    try:
        rows = msgspec.json.decode(_BEFORE.sub(b"", beside.read_bytes(), count=1), type=list[Row])
    except (ValueError, RecursionError):
        return SELF
    return next((f"x:{row.account.account_id}" for row in rows if row.account), SELF)


def _posts(posts: list[_At]) -> pl.DataFrame:
    return mapped(posts, _POST_FIELDS).with_columns(
        *(prefixed("x", name) for name in ("id", "reply_to", "repost_of", "quote_of")),
        times("created_at"),
        language("lang"),
        unescaped("text"),
        _created_at="created_at",
        author=pl.lit(SELF),
        platform=pl.lit("x"),
        url=pl.lit("https://x.com/i/status/") + pl.col("id"),
    )


def _accounts(accounts: list[tuple[int, Owner]]) -> pl.DataFrame:
    read = mapped(accounts, _ACCOUNT_FIELDS)
    return read.with_columns(prefixed("x", "id"), times("created_at"), _created_at="created_at", platform=pl.lit("x"))


def _reposted(tweet: Tweet) -> str | None:
    """The post that a repost repeats, as far as the archive says it: by a picture that came from there."""
    sources = (media.source_status_id_str for media in _media(tweet) if media.source_status_id_str)
    repost = (tweet.full_text or "").startswith("RT @")
    return tweet.retweeted_status_id_str or (next(sources, None) if repost else None)


def _quoted(tweet: Tweet) -> str | None:
    last = tweet.entities.urls[-1].expanded_url if tweet.entities.urls else None
    found = _POST_ADDRESS.match(last or "")
    repost = (tweet.full_text or "").startswith("RT @")
    return tweet.quoted_status_id_str or (found[1] if found and not repost else None)


def _mentioned(mention: Mention) -> str:
    known = mention.id_str and mention.id_str != "-1"
    return f"x:{mention.id_str}" if known else f"x:@{mention.screen_name}"


def _media(tweet: Tweet) -> tuple[Media, ...]:
    return tweet.extended_entities.media or tweet.entities.media


def _digits(figure: str | int | None) -> str | None:
    return None if figure is None else str(figure)
