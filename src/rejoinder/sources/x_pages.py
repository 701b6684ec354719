"""What stands in a page of the X API v2, and how a page is taken apart without losing its good pieces."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import msgspec

from rejoinder.sources.rejects import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


class Twarc(msgspec.Struct, frozen=True, gc=False):
    """What twarc says of how it got a page."""

    retrieved_at: str | None = None


class UserMetrics(msgspec.Struct, frozen=True, gc=False):
    """Figures of an account."""

    followers_count: int | None = None
    following_count: int | None = None
    tweet_count: int | None = None


class User(msgspec.Struct, frozen=True, gc=False):
    """An account."""

    id: str
    username: str = ""
    name: str = ""
    description: str = ""
    created_at: str | None = None
    verified: bool | None = None
    verified_type: str | None = None
    public_metrics: UserMetrics = UserMetrics()


class Media(msgspec.Struct, frozen=True, gc=False):
    """A picture, film or sound; an address only where it was asked for."""

    media_key: str
    url: str | None = None
    preview_image_url: str | None = None


class Metrics(msgspec.Struct, frozen=True, gc=False):
    """Figures of a post."""

    retweet_count: int | None = None
    reply_count: int | None = None
    like_count: int | None = None
    quote_count: int | None = None
    impression_count: int | None = None


class Link(msgspec.Struct, frozen=True, gc=False):
    """An address in the text."""

    url: str | None = None
    expanded_url: str | None = None


class Hashtag(msgspec.Struct, frozen=True, gc=False):
    """A hashtag in the text, without its sign."""

    tag: str


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A handle in the text; the account's id only where X knows it."""

    username: str
    id: str | None = None


class Entities(msgspec.Struct, frozen=True, gc=False):
    """What is in the text."""

    urls: tuple[Link, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    mentions: tuple[Mention, ...] = ()


class Long(msgspec.Struct, frozen=True, gc=False):
    """The whole of a long post."""

    text: str
    entities: Entities = Entities()


class Attachments(msgspec.Struct, frozen=True, gc=False):
    """What hangs on a post; `media` where twarc joined it."""

    media_keys: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()


class Withheld(msgspec.Struct, frozen=True, gc=False):
    """Where a post is withheld."""

    country_codes: tuple[str, ...] = ()


class Tweet(msgspec.Struct, frozen=True, gc=False):
    """A post; `type` where it stands as a reference of another, `username` where it is none but an account."""

    id: str
    text: str | None = None
    author_id: str | None = None
    created_at: str | None = None
    lang: str | None = None
    conversation_id: str | None = None
    possibly_sensitive: bool | None = None
    public_metrics: Metrics = Metrics()
    entities: Entities = Entities()
    note_tweet: Long | None = None
    attachments: Attachments = Attachments()
    withheld: Withheld = Withheld()
    referenced_tweets: tuple[Tweet, ...] = ()
    type: str | None = None
    username: str | None = None
    author: User | None = None
    in_reply_to_user: User | None = None
    twarc: Twarc = msgspec.field(default_factory=Twarc, name="__twarc")


class Problem(msgspec.Struct, frozen=True, gc=False):
    """Why X did not give something that was asked for."""

    title: str = ""
    detail: str = ""
    resource_type: str | None = None
    resource_id: str | None = None
    value: str | None = None
    parameter: str = ""


class Includes(msgspec.Struct, frozen=True, gc=False):
    """What the posts of a page refer to."""

    users: tuple[User, ...] = ()
    tweets: tuple[Tweet, ...] = ()
    media: tuple[Media, ...] = ()


class Page(msgspec.Struct, frozen=True, gc=False):
    """An answer of the API."""

    data: tuple[Tweet, ...] | Tweet | None = None
    includes: Includes = Includes()
    errors: tuple[Problem, ...] = ()
    meta: dict[str, Any] | None = None
    twarc: Twarc = msgspec.field(default_factory=Twarc, name="__twarc")


@dataclass(frozen=True)
class Found:
    """What a row gives: posts, accounts, media by key, and what X could not show; with what is bad inside it."""

    retrieved: str | None
    tweets: Sequence[Tweet] = ()
    users: Sequence[User] = ()
    media: Mapping[str, Media] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    bad: Sequence[tuple[str, str]] = ()


class Pieces(msgspec.Struct, frozen=True):
    """A page of which each piece is still text, for one of them is bad."""

    data: msgspec.Raw = msgspec.Raw(b"[]")
    includes: dict[str, list[msgspec.Raw]] = {}
    errors: list[msgspec.Raw] = []
    twarc: Twarc = msgspec.field(default_factory=Twarc, name="__twarc")


class Kind(msgspec.Struct, frozen=True):
    """Just enough of a piece to tell a post from an account."""

    text: Any = None
    username: Any = None


_PAGE, _PIECES = msgspec.json.Decoder(Page), msgspec.json.Decoder(Pieces)
_POST, _USER, _KIND = msgspec.json.Decoder(Tweet), msgspec.json.Decoder(User), msgspec.json.Decoder(Kind)
_MEDIA, _PROBLEM = msgspec.json.Decoder(Media), msgspec.json.Decoder(Problem)


def listed(data: object) -> Sequence[Any]:
    """A list, or the one thing that stands in place of it."""
    return data if isinstance(data, list | tuple) else [data]


def taken_apart(text: bytes) -> Found:
    """What a row gives: a page, a flattened post or an account; where something in a page is bad, piece by piece."""
    try:
        page = _PAGE.decode(text)
    except (msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        return _pieces(text)
    tweets: Sequence[Tweet] = () if page.data is None else listed(page.data)
    if any(tweet.username for tweet in tweets):
        return _pieces(text)
    if page.data is None and page.meta is None and not page.errors:
        kind = _KIND.decode(text)
        lone = _USER.decode(text) if kind.username and kind.text is None else _POST.decode(text)
        return _whole(None, [lone] if isinstance(lone, Tweet) else [], [lone] if isinstance(lone, User) else [], [])
    found = _whole(page.twarc.retrieved_at, [*tweets, *page.includes.tweets], page.includes.users, page.includes.media)
    return replace(found, problems=page.errors)


def _pieces(text: bytes) -> Found:
    """What can be read of a page, piece by piece."""
    page = _PIECES.decode(text)
    bad: list[tuple[str, str]] = []
    raw = [one for one in _raw_list(page.data) if bytes(one) != b"null"]
    items = _read(_item, [*raw, *page.includes.get("tweets", []), *page.includes.get("users", [])], bad)
    media = _read(_MEDIA.decode, page.includes.get("media", []), bad)
    tweets = [item for item in items if isinstance(item, Tweet)]
    users = [item for item in items if isinstance(item, User)]
    found = _whole(page.twarc.retrieved_at, tweets, users, media)
    return replace(found, problems=_read(_PROBLEM.decode, page.errors, bad), bad=bad)


def _raw_list(data: msgspec.Raw) -> list[msgspec.Raw]:
    return msgspec.json.decode(data, type=list[msgspec.Raw]) if bytes(data).startswith(b"[") else [data]


def _read(decode: Callable[[msgspec.Raw], Any], raw: list[msgspec.Raw], bad: list[tuple[str, str]]) -> list[Any]:
    good = []
    for piece in raw:
        try:
            good.append(decode(piece))
        except (ValueError, RecursionError) as error:
            bad.append((in_words(error), bytes(piece).decode(errors="replace")))
    return good


def _item(raw: msgspec.Raw) -> Tweet | User:
    kind = _KIND.decode(raw)
    return _USER.decode(raw) if kind.username is not None and kind.text is None else _POST.decode(raw)


def _whole(retrieved: str | None, tweets: Sequence[Tweet], users: Sequence[User], media: Sequence[Media]) -> Found:
    """All that stands in the row, with what twarc joined to its posts."""
    every = [one for tweet in tweets for one in _with_joined(tweet)]
    people = [*users, *(user for tweet in every for user in (tweet.author, tweet.in_reply_to_user) if user)]
    shown = [*media, *(one for tweet in every for one in tweet.attachments.media)]
    if retrieved is None and len(tweets) == 1:
        retrieved = tweets[0].twarc.retrieved_at
    return Found(retrieved, every, people, {one.media_key: one for one in shown})


def _with_joined(tweet: Tweet) -> Iterator[Tweet]:
    yield tweet
    for joined in tweet.referenced_tweets:
        if joined.text is not None:
            yield from _with_joined(joined)
