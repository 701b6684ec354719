"""Mastodon: statuses, reports, reports as administrators see them, and the bodies of webhooks."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
import polars as pl

from rejoinder.sources.blocks import sample
from rejoinder.sources.columns import language, times
from rejoinder.sources.html import read_column
from rejoinder.sources.mapping import COUNT, TEXT, TEXTS, TRUTH, mapped
from rejoinder.sources.rows import Frames, JsonSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rejoinder.sources.base import Batch, Head
    from rejoinder.sources.mapping import Fields

_PUBLIC = ("public", "unlisted")
_SHAPES = ({"uri", "content", "visibility"}, {"category", "comment", "target_account"}, {"event", "object"})


class Account(msgspec.Struct):
    """An account, or what administrators see of one, with the account inside. E-mail and IP are not read."""

    id: str | int = ""
    acct: str = ""
    display_name: str | None = None
    note: str | None = None
    url: str | None = None
    uri: str | None = None
    bot: bool | None = None
    created_at: str | None = None
    followers_count: int | None = None
    following_count: int | None = None
    statuses_count: int | None = None
    suspended: bool | None = None
    limited: bool | None = None
    silenced: bool | None = None
    account: Account | None = None


class Named(msgspec.Struct):
    """A mention, a hashtag, a picture or a rule: of each the part that is kept."""

    id: str | int | None = None
    name: str = ""
    text: str = ""
    url: str | None = None
    remote_url: str | None = None


class Quote(msgspec.Struct):
    """Which status a status quotes, where that may be shown."""

    state: str = ""
    quoted_status: Item | None = None
    quoted_status_id: str | None = None


class Item(msgspec.Struct):
    """A status, report, account as administrators see it, list, or event about one: whichever fields it has."""

    id: str | int = ""
    uri: str | None = None
    created_at: str | None = None
    edited_at: str | None = None
    account: Account | None = None
    content: str | None = None
    spoiler_text: str | None = None
    visibility: str | None = None
    sensitive: bool | None = None
    language: str | None = None
    url: str | None = None
    in_reply_to_id: str | int | None = None
    in_reply_to_account_id: str | int | None = None
    reblog: Item | None = None
    quote: Quote | None = None
    media_attachments: tuple[Named, ...] = ()
    mentions: tuple[Named, ...] = ()
    tags: tuple[Named, ...] = ()
    favourites_count: int | None = None
    reblogs_count: int | None = None
    replies_count: int | None = None
    quotes_count: int | None = None
    target_account: Account | None = None
    category: str | None = None
    comment: str | None = None
    action_taken: bool | None = None
    action_taken_at: str | None = None
    rules: tuple[Named, ...] = ()
    rule_ids: tuple[str | int, ...] | None = None
    status_ids: tuple[str | int, ...] | None = None
    statuses: tuple[Item, ...] = ()
    suspended: bool | None = None
    silenced: bool | None = None
    object: Item | None = None


class Look(msgspec.Struct):
    """A status or report, where it was found, and when the source says that it was so."""

    row: int
    item: Item
    seen: str | None

    @property
    def own(self) -> Item:
        """What the status itself shows: of a boost nothing."""
        return self.item if self.item.reblog is None else _NOTHING


_NOTHING = Item()


class Mastodon(JsonSource):
    """Public and unlisted statuses, and reports, one to a line or as lists, also as webhooks send them.

    A status is `mastodon:` and its uri, an account `mastodon:` and its uri (its address where an old export has no
    uri). The status inside a boost, and one that is quoted, are posts too. The text is the content warning, if any,
    on its own line, then the content as it is read. A status that only followers or the mentioned may see never
    enters: its reject says so and keeps nothing of it. An edited status keeps its id and was seen when it was edited.

    Mastodon names the status that is answered only by its number on the server that was asked. Where the author
    answers herself, its uri follows from her own; else the reply is to `mastodon:status/<number>`: no known post, but
    the same for all who answer the same status, and still a reply. The thread of a reply is not known.

    A report is about the target account; its posts are the evidence. The reporter is a pseudonym,
    `mastodon:account/<number>`, and no account of the reporter is kept; e-mail and IP addresses are never read. What
    Mastodon calls `action_taken` means that a moderator closed the report, whatever was decided.
    """

    name = "mastodon"
    title = "Mastodon statuses and reports"
    row = Item
    keys = ("uri", "content", "visibility")

    def recognises(self, head: Head) -> bool:
        """Whether most of the first rows are statuses, reports, webhooks or lists of statuses."""
        rows = sample(head)
        known = sum(_known(row) or _lists_statuses(row) for row in rows)
        return 0 < known >= len(rows) / 2

    def read(self, stream: BinaryIO, name: str, rows: int) -> Iterator[Batch]:
        """Batches of about `rows` rows; a reject keeps its row only if nothing in it is hidden from the public."""
        for batch in super().read(stream, name, rows):
            rejects = batch.frames.get("reject")
            kept = {} if rejects is None else {"reject": _without_hidden(rejects)}
            yield replace(batch, frames=batch.frames | kept)

    def convert(self, rows: list[Item]) -> Frames:
        """Posts, reports and accounts; what is not public is told as bad."""
        looks = [look for at, row in enumerate(rows) for look in _looks(at, row)]
        reports = [look for look in looks if look.item.target_account]
        shown = [look for look in looks if look.item.visibility in _PUBLIC]
        owners = [(look, _owner(look.item)) for look in looks if not _why_not(look.item)]
        return {
            "post": _posts(shown),
            "report": _reports(reports),
            "account": _accounts([(look, account) for look, account in owners if account]),
            "reject": _told(looks),
        }


def _known(row: dict[str, Any]) -> bool:
    return any(shape <= row.keys() for shape in _SHAPES)


def _lists_statuses(row: dict[str, Any]) -> bool:
    statuses = row.get("statuses")
    return isinstance(statuses, list) and any(isinstance(one, dict) and _known(one) for one in statuses)


def _without_hidden(rejects: pl.DataFrame) -> pl.DataFrame:
    """A row, which may be cut, stays only if every content in it comes with the word that it is public."""
    row, reason = pl.col("row"), pl.col("reason")
    words = row.str.count_matches(r'"visibility"\s*:')
    public = row.str.count_matches(r'"visibility"\s*:\s*"(?:public|unlisted)"')
    contents = row.str.count_matches(r'"content"\s*:')
    hidden = reason.str.starts_with(_HIDDEN)
    told = pl.when(hidden).then(pl.lit("none is needed: what is not public is left out")).otherwise("remedy")
    return rejects.with_columns(
        row=pl.when(~hidden & (words == public) & (contents <= public)).then(row).otherwise(pl.lit("")), remedy=told
    )


_HIDDEN = "the status is not public"


def _looks(at: int, row: Item) -> Iterator[Look]:
    """Every status and report in a row: inside a webhook, a list, a report, a boost or a quote."""
    inside, seen = (row.object, row.created_at) if row.object else (row, None)
    todo = deque([inside])
    while todo:
        item = todo.popleft()
        if item.target_account or item.uri or not item.statuses:
            yield Look(at, item, seen or item.edited_at)
        quoted = item.quote.quoted_status if item.quote else None
        todo += [one for one in (*item.statuses, item.reblog, quoted) if one]


def _told(looks: list[Look]) -> pl.DataFrame:
    told = [(look.row, reason) for look in looks if (reason := _why_not(look.item))]
    columns = {"_row": [at for at, _ in told], "reason": [reason for _, reason in told]}
    return pl.DataFrame(columns, schema={"_row": pl.Int64, "reason": pl.String})


def _why_not(item: Item) -> str | None:
    if item.target_account or item.visibility in _PUBLIC:
        return None
    if item.visibility:
        return f"{_HIDDEN} but `{item.visibility}`"
    if item.uri:
        return f"{_HIDDEN}: it does not say `visibility`"
    return None if item.account else "the row is neither a status nor a report"


def _posts(looks: list[Look]) -> pl.DataFrame:
    """A boost has an id, an author, a time and what it boosts; what it shows belongs to that other post."""
    posts = mapped(looks, _POST)
    shown = read_column(posts["content"])
    warned = pl.concat_str("spoiler", pl.lit("\n"), "text").str.strip_chars_end("\n")
    return pl.concat([posts, shown], how="horizontal").with_columns(
        times("created_at"),
        times("collected_at"),
        language("lang"),
        platform=pl.lit("mastodon"),
        _created_at="created_at",
        text=pl.when(pl.col("spoiler") != "").then(warned).otherwise("text"),
    )


_POST: Fields[Look] = {
    "_row": (COUNT, lambda look: look.row),
    "id": (TEXT, lambda look: _named(look.item.uri)),
    "author": (TEXT, lambda look: _account_name(look.item.account)),
    "created_at": (TEXT, lambda look: look.item.created_at),
    "collected_at": (TEXT, lambda look: look.seen),
    "url": (TEXT, lambda look: look.item.url),
    "repost_of": (TEXT, lambda look: _named(look.item.reblog.uri) if look.item.reblog else None),
    "content": (TEXT, lambda look: look.own.content),
    "spoiler": (TEXT, lambda look: (look.own.spoiler_text or "").strip()),
    "lang": (TEXT, lambda look: look.own.language),
    "sensitive": (TRUTH, lambda look: look.own.sensitive),
    "quote_of": (TEXT, lambda look: _quoted(look.own.quote)),
    "reply_to": (TEXT, lambda look: _answered(look.own)),
    "thread": (TEXT, lambda look: _named(look.own.uri) if look.own.in_reply_to_id is None else None),
    "hashtags": (TEXTS, lambda look: [tag.name for tag in look.own.tags]),
    "mentions": (TEXTS, lambda look: [_by_address(one.url) for one in look.own.mentions if one.url]),
    "media": (TEXTS, lambda look: [url for one in look.own.media_attachments if (url := one.url or one.remote_url)]),
    "likes": (COUNT, lambda look: look.own.favourites_count),
    "reposts": (COUNT, lambda look: look.own.reblogs_count),
    "replies": (COUNT, lambda look: look.own.replies_count),
    "quotes": (COUNT, lambda look: look.own.quotes_count),
}


def _reports(looks: list[Look]) -> pl.DataFrame:
    return mapped(looks, _REPORT).with_columns(
        times("created_at"), times("acted_at"), _created_at="created_at", _acted_at="acted_at"
    )


_REPORT: Fields[Look] = {
    "_row": (COUNT, lambda look: look.row),
    "id": (TEXT, lambda look: _report_name(look.item)),
    "platform": (TEXT, lambda _: "mastodon"),
    "created_at": (TEXT, lambda look: look.item.created_at),
    "subject": (TEXT, lambda look: _account_name(look.item.target_account)),
    "subject_type": (TEXT, lambda _: "account"),
    "reporter": (TEXT, lambda look: f"mastodon:account/{look.item.account.id}" if look.item.account else None),
    "category": (TEXT, lambda look: look.item.category),
    "reason": (TEXT, lambda look: look.item.comment),
    "rules": (TEXTS, lambda look: _rules(look.item)),
    "posts": (TEXTS, lambda look: _evidence(look.item)),
    "acted": (TRUTH, lambda look: look.item.action_taken or None),
    "acted_at": (TEXT, lambda look: look.item.action_taken_at),
}


def _accounts(owners: list[tuple[Look, Account]]) -> pl.DataFrame:
    accounts = mapped(owners, _ACCOUNT)
    described = read_column(accounts["note"]).select(description="text")
    return pl.concat([accounts, described], how="horizontal").with_columns(
        times("created_at"), times("seen_at"), _created_at="created_at"
    )


_ACCOUNT: Fields[tuple[Look, Account]] = {
    "_row": (COUNT, lambda owner: owner[0].row),
    "id": (TEXT, lambda owner: _account_name(owner[1])),
    "platform": (TEXT, lambda _: "mastodon"),
    "handle": (TEXT, lambda owner: _inner(owner[1]).acct),
    "name": (TEXT, lambda owner: _inner(owner[1]).display_name),
    "note": (TEXT, lambda owner: _inner(owner[1]).note),
    "created_at": (TEXT, lambda owner: _inner(owner[1]).created_at),
    "followers": (COUNT, lambda owner: _inner(owner[1]).followers_count),
    "following": (COUNT, lambda owner: _inner(owner[1]).following_count),
    "posts": (COUNT, lambda owner: _inner(owner[1]).statuses_count),
    "automated": (TRUTH, lambda owner: _inner(owner[1]).bot),
    "status": (TEXT, lambda owner: _status(owner[1])),
    "seen_at": (TEXT, lambda owner: owner[0].seen),
}


def _owner(item: Item) -> Account | None:
    """The account that is reported, that published, or that administrators see."""
    if item.target_account or item.suspended is None:
        return item.target_account or item.account
    return Account(account=item.account, suspended=item.suspended, silenced=item.silenced)


def _inner(account: Account) -> Account:
    """The account that is public, where administrators see one inside another."""
    return account.account or account


def _status(account: Account) -> str | None:
    """What administrators are told of every account; others only of a suspended or limited one."""
    inner = _inner(account)
    if account.suspended or inner.suspended:
        return "suspended"
    if account.silenced or inner.limited:
        return "limited"
    return "active" if account.suspended is False and account.silenced is False else None


def _named(uri: str | None) -> str | None:
    return f"mastodon:{uri}" if uri else None


def _account_name(account: Account | None) -> str | None:
    if account is None:
        return None
    inner = _inner(account)
    return _named(inner.uri) or (_by_address(inner.url) if inner.url else None)


def _by_address(url: str) -> str:
    """An account's id from the address of its page: `https://host/@ada` is `https://host/users/ada` to Mastodon."""
    return "mastodon:" + _PAGE.sub(r"\1/users/\2", url)


_PAGE = re.compile(r"^(https?://[^/]+)/@([^/@]+)$")


def _answered(item: Item) -> str | None:
    if item.in_reply_to_id is None:
        return None
    before, _, number = (item.uri or "").rpartition("/statuses/")
    herself = item.account is not None and str(item.in_reply_to_account_id) == str(item.account.id)
    known = herself and number == str(item.id)  # so the author is at home on the server that was asked
    return f"mastodon:{before}/statuses/{item.in_reply_to_id}" if known else _by_number(item.in_reply_to_id)


def _by_number(status: str | int) -> str:
    return f"mastodon:status/{status}"


def _quoted(quote: Quote | None) -> str | None:
    """The status quoted, unless that was refused or taken back."""
    if quote is None or quote.state not in ("accepted", "blocked_account", "blocked_domain", "muted_account"):
        return None
    if quote.quoted_status:
        return _named(quote.quoted_status.uri)
    return _by_number(quote.quoted_status_id) if quote.quoted_status_id else None


def _report_name(item: Item) -> str | None:
    """Numbers of reports are small and start anew on every server; its second keeps two servers apart."""
    return f"mastodon:report/{item.id}@{item.created_at}" if item.id != "" else None


def _rules(item: Item) -> list[str]:
    if item.rules:
        return [f"{rule.id}: {rule.text}" if rule.text else str(rule.id) for rule in item.rules]
    return [str(rule) for rule in item.rule_ids or ()]


def _evidence(item: Item) -> list[str]:
    """The posts named as evidence; those of a local account by their uris also where only numbers are given."""
    if item.statuses:
        return [name for status in item.statuses if (name := _named(status.uri))]
    target = _inner(item.target_account) if item.target_account else Account()
    at_home = bool(target.uri) and "@" not in target.acct
    numbers = item.status_ids or ()
    return [f"mastodon:{target.uri}/statuses/{one}" if at_home else _by_number(one) for one in numbers]
