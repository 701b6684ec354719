"""A post: anything published, reposts too."""

from __future__ import annotations

from rejoinder.records.base import Count, Id, Record, Time


class Post(Record, frozen=True, kw_only=True):
    """Anything published on a platform, as it was published.

    A repost is a post with `repost_of`; an unknown figure is `None`, never 0.

    >>> from datetime import UTC, datetime
    >>> post = Post(id="x:1", platform="x", author="x:9", created_at=datetime(2023, 11, 15, tzinfo=UTC), text="Hello")
    >>> post.repost_of is None, post.views is None
    (True, True)
    """

    key = ("id",)

    id: Id
    platform: Id
    author: Id
    """The account that published it."""
    created_at: Time
    text: str = ""
    """Plain text (HTML already turned into text); empty for media alone and for plain reposts."""
    lang: str | None = None
    """BCP 47 tag as the platform gave it; `None` where it gave none or said "undetermined"."""
    reply_to: Id | None = None
    repost_of: Id | None = None
    quote_of: Id | None = None
    thread: Id | None = None
    """The first post of the conversation."""
    url: str | None = None
    links: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    """Without the sign, as written."""
    mentions: tuple[Id, ...] = ()
    media: tuple[str, ...] = ()
    """Addresses or hashes of pictures, films and sounds; never the media themselves."""
    sensitive: bool | None = None
    """Whether its author or platform marked it so."""
    labels: tuple[str, ...] = ()
    """Public labels that the platform or the author had put on it when it was collected."""
    withheld_in: tuple[str, ...] = ()
    """Country codes where the platform withholds it."""
    likes: Count | None = None
    reposts: Count | None = None
    replies: Count | None = None
    quotes: Count | None = None
    views: Count | None = None
    collected_at: Time | None = None
    """When the source says that it was collected; never the time of reading."""
