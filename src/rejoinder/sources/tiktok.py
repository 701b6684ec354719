"""Posts of TikTok as its own pages load them, which is what browser tools capture. TikTok documents none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder.sources.columns import language, prefixed, times
from rejoinder.sources.mapping import COUNT, TEXT, TEXTS, TRUTH, at, count, distinct, mapped

if TYPE_CHECKING:
    from rejoinder.sources.mapping import Captured, Fields
    from rejoinder.sources.rows import Frames

_UNDETERMINED = "un"
_SENSITIVE = 3  # the mask before a film that some may find disturbing


def frames(captured: list[Captured]) -> Frames:
    """Posts, and their authors. A duet quotes the film beside which it stands; the platform's warnings are labels."""
    posts = mapped(captured, _POST).with_columns(
        times("created_at"),
        times("collected_at"),
        language("lang"),
        *(prefixed("tiktok", name) for name in ("id", "author", "quote_of")),
        platform=pl.lit("tiktok"),
        _created_at="created_at",
    )
    accounts = mapped([one for one in captured if _handle(one.data)], _ACCOUNT).with_columns(
        times("seen_at"), prefixed("tiktok", "id"), platform=pl.lit("tiktok")
    )
    return {"post": posts, "account": accounts}


_POST: Fields[Captured] = {
    "_row": (COUNT, lambda one: one.row),
    "id": (TEXT, lambda one: one.data.get("id")),
    "author": (TEXT, lambda one: _author(one.data)),
    "created_at": (TEXT, lambda one: str(one.data.get("createTime") or "")),
    "collected_at": (COUNT, lambda one: one.collected),
    "text": (TEXT, lambda one: one.data.get("desc")),
    "lang": (TEXT, lambda one: None if one.data.get("textLanguage") == _UNDETERMINED else one.data.get("textLanguage")),
    "quote_of": (TEXT, lambda one: _duet(one.data)),
    "url": (TEXT, lambda one: f"https://www.tiktok.com/@{_handle(one.data)}/video/{one.data.get('id')}"),
    "hashtags": (TEXTS, lambda one: distinct([*_said(one.data, "hashtagName"), *_titles(one.data)])),
    "mentions": (TEXTS, lambda one: [f"tiktok:{number}" for number in distinct(_said(one.data, "userId"))]),
    "media": (TEXTS, lambda one: distinct(_media(one.data))),
    "sensitive": (TRUTH, lambda one: True if one.data.get("maskType") == _SENSITIVE else None),
    "labels": (TEXTS, lambda one: distinct(at(warning, "text") for warning in one.data.get("warnInfo") or ())),
    "likes": (COUNT, lambda one: _figure(one.data, "diggCount")),
    "reposts": (COUNT, lambda one: _figure(one.data, "repostCount")),
    "replies": (COUNT, lambda one: _figure(one.data, "commentCount")),
    "views": (COUNT, lambda one: _figure(one.data, "playCount")),
}

_ACCOUNT: Fields[Captured] = {
    "_row": (COUNT, lambda one: one.row),
    "id": (TEXT, lambda one: _author(one.data)),
    "handle": (TEXT, lambda one: _handle(one.data)),
    "name": (TEXT, lambda one: at(one.data, "author", "nickname") or one.data.get("nickname")),
    "description": (TEXT, lambda one: at(one.data, "author", "signature")),
    "followers": (COUNT, lambda one: count(at(one.data, "authorStats", "followerCount"))),
    "following": (COUNT, lambda one: count(at(one.data, "authorStats", "followingCount"))),
    "posts": (COUNT, lambda one: count(at(one.data, "authorStats", "videoCount"))),
    "verified": (TRUTH, lambda one: at(one.data, "author", "verified")),
    "seen_at": (COUNT, lambda one: one.collected),
}


def _handle(data: dict[str, Any]) -> str | None:
    author = data.get("author")
    return author if isinstance(author, str) else at(author, "uniqueId")


def _author(data: dict[str, Any]) -> str | None:
    """The author's number, or the handle where a page does not give it."""
    number = at(data, "author", "id") or data.get("authorId")
    return number or (f"@{_handle(data)}" if _handle(data) else None)


def _duet(data: dict[str, Any]) -> str | None:
    number = at(data, "duetInfo", "duetFromId")
    return None if number in (None, "", "0") else str(number)


def _said(data: dict[str, Any], name: str) -> list[Any]:
    """What is in the text: hashtags, and the numbers of those mentioned (0 is nobody)."""
    return [said for extra in data.get("textExtra") or () if (said := at(extra, name)) not in (None, "", "0")]


def _titles(data: dict[str, Any]) -> list[Any]:
    return [at(challenge, "title") for challenge in data.get("challenges") or ()]


def _media(data: dict[str, Any]) -> list[Any]:
    pictures = at(data, "imagePost", "images") or ()
    films = at(data, "video", "downloadAddr") or at(data, "video", "playAddr")
    return [films, *(address for one in pictures for address in (at(one, "imageURL", "urlList") or ())[:1])]


def _figure(data: dict[str, Any], name: str) -> int | None:
    """A figure, from the newer statistics, whose values are digits, or else from the older."""
    return count(at(data, "statsV2", name) if at(data, "statsV2", name) is not None else at(data, "stats", name))
