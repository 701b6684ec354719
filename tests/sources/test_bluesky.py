"""Posts of Bluesky as records, feeds and searches give them."""

import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from rejoinder.checks.source import check_source
from rejoinder.records import Account, Post
from rejoinder.records.frames import from_frame
from rejoinder.sources.base import Head
from rejoinder.sources.bluesky import Bluesky

ADA, BEN = "did:plc:ada", "did:plc:ben"
URI = f"at://{ADA}/app.bsky.feed.post/3l3"
WRITTEN = datetime(2024, 9, 9, 19, 46, 2, 102000, tzinfo=UTC)

RECORD = {
    "$type": "app.bsky.feed.post",
    "text": "A cup of tea",
    "createdAt": "2024-09-09T19:46:02.102Z",
    "langs": ["en"],
    "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]},
}
AUTHOR = {
    "did": ADA,
    "handle": "ada.test",
    "displayName": "Ada",
    "avatar": "https://cdn.test/a",
    "createdAt": "2023-05-01T10:00:00.000Z",
    "labels": [{"src": ADA, "uri": "at://x", "val": "bot"}],
    "verification": {"verifications": [], "verifiedStatus": "valid", "trustedVerifierStatus": "none"},
}
VIEW = {
    "uri": URI,
    "cid": "bafyrei",
    "author": AUTHOR,
    "record": RECORD,
    "embed": {"$type": "app.bsky.embed.images#view"},
    "replyCount": 3,
    "repostCount": 2,
    "likeCount": 5,
    "quoteCount": 1,
    "indexedAt": "2024-09-09T19:46:03.000Z",
    "labels": [{"src": "did:plc:labeller", "val": "rude"}, {"src": ADA, "val": "nudity"}, {"val": "spam", "neg": True}],
}
LISTED = {"uri": URI, "cid": "bafyrei", "value": RECORD}


def read(text, rows=100):
    """All frames that come of a file."""
    batches = list(Bluesky().read(io.BytesIO(text.encode()), "posts.jsonl", rows))
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


def lines(*rows):
    """Rows as JSON lines."""
    return "\n".join(map(json.dumps, rows))


EXPECTED = Post(
    id=f"bluesky:{URI}",
    platform="bluesky",
    author=f"bluesky:{ADA}",
    created_at=WRITTEN,
    text="A cup of tea",
    lang="en",
    thread=f"bluesky:{URI}",
    url=f"https://bsky.app/profile/{ADA}/post/3l3",
    sensitive=True,
    labels=("nudity", "rude"),
    likes=5,
    reposts=2,
    replies=3,
    quotes=1,
)


@pytest.mark.parametrize("row", [VIEW, {"post": VIEW, "feedContext": "x"}])
def test_a_view_is_read_field_by_field(row):
    """As a search gives it, and as a feed does: labels of author and platform, counts, and the author."""
    frames = read(lines(row))
    assert frames.keys() == {"post", "account"}
    assert list(from_frame(Post, frames["post"])) == [EXPECTED]
    assert list(from_frame(Account, frames["account"])) == [
        Account(
            id=f"bluesky:{ADA}",
            platform="bluesky",
            handle="ada.test",
            name="Ada",
            created_at=datetime(2023, 5, 1, 10, tzinfo=UTC),
            verified=True,
            automated=True,
        )
    ]


def test_a_listed_record_is_a_post_of_the_repository_that_holds_it():
    """It has no counts and no author but the one in its uri."""
    frames = read(lines(LISTED))
    assert frames.keys() == {"post"}
    (got,) = from_frame(Post, frames["post"])
    assert (got.id, got.author, got.created_at, got.labels) == (EXPECTED.id, EXPECTED.author, WRITTEN, ("nudity",))
    assert (got.likes, got.reposts, got.replies, got.quotes) == (None, None, None, None)


@pytest.mark.parametrize(
    "document",
    [
        {"posts": [VIEW, VIEW], "cursor": "1"},
        {"feed": [{"post": VIEW}, {"post": VIEW}]},
        {"cursor": "x", "records": [LISTED, LISTED]},
        [VIEW, LISTED],
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_whole_answers_are_read_as_their_rows(document, indent):
    """On one line or many."""
    text = json.dumps(document, indent=indent)
    assert Bluesky().recognises(Head(name="", start=text.encode()))
    assert read(text)["post"]["id"].to_list() == [EXPECTED.id] * 2


def test_an_account_that_says_nothing_of_itself_is_unknown_in_that():
    """Neither verified nor not, neither a bot nor not; a stranger's label is not its own word."""
    author = {"did": BEN, "handle": "ben.test", "labels": [{"src": ADA, "val": "bot"}]}
    (got,) = from_frame(Account, read(lines(VIEW | {"author": author}))["account"])
    assert got == Account(id=f"bluesky:{BEN}", platform="bluesky", handle="ben.test")


@pytest.mark.parametrize(
    ("statuses", "expected"), [(("none", "none"), False), (("invalid", "none"), False), (("none", "valid"), True)]
)
def test_verification_is_told_either_way(statuses, expected):
    """An account may be verified by another or be a verifier itself."""
    said = dict(zip(("verifiedStatus", "trustedVerifierStatus"), statuses, strict=True))
    assert read(lines(VIEW | {"author": AUTHOR | {"verification": said}}))["account"]["verified"].to_list() == [
        expected
    ]


def test_a_repost_in_a_feed_is_a_post_of_who_reposted_it():
    """Where the feed names its record; else only the post itself enters."""
    reason = {
        "$type": "app.bsky.feed.defs#reasonRepost",
        "by": {"did": BEN, "handle": "ben.test"},
        "uri": f"at://{BEN}/app.bsky.feed.repost/9",
        "indexedAt": "2024-09-10T00:00:00Z",
    }
    frames = read(lines({"post": VIEW, "reason": reason}, {"post": VIEW, "reason": reason | {"uri": None}}))
    assert list(from_frame(Post, frames["post"])) == [
        EXPECTED,
        Post(
            id=f"bluesky:at://{BEN}/app.bsky.feed.repost/9",
            platform="bluesky",
            author=f"bluesky:{BEN}",
            created_at=datetime(2024, 9, 10, tzinfo=UTC),
            repost_of=EXPECTED.id,
        ),
        EXPECTED,
    ]
    assert frames["account"]["handle"].to_list() == ["ada.test", "ben.test", "ada.test"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-09-12T00:00:00Z", datetime(2024, 9, 9, 19, 46, 3, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(2024, 9, 9, 19, 46, 3, tzinfo=UTC)),
        ("never", datetime(2024, 9, 9, 19, 46, 3, tzinfo=UTC)),
        ("2024-09-10T00:00:00Z", datetime(2024, 9, 10, tzinfo=UTC)),
    ],
)
def test_an_absurd_time_gives_way_to_that_of_indexing(written, expected):
    """The AppView says when it saw the post."""
    assert read(lines(VIEW | {"record": RECORD | {"createdAt": written}}))["post"]["created_at"].to_list() == [expected]


def test_a_record_alone_keeps_its_time_and_is_rejected_where_that_cannot_be_read():
    """There is no other time that could stand for it."""
    old, never = (LISTED | {"value": RECORD | {"createdAt": said}} for said in ("1985-01-01T00:00:00Z", "never"))
    frames = read(lines(old, never))
    assert frames["post"]["created_at"].to_list() == [datetime(1985, 1, 1, tzinfo=UTC)]
    assert frames["reject"].select("line", "reason").rows() == [
        (2, "`created_at` is `never`, expected a time as in 2024-01-31T12:00:00Z, between 1900 and 2199")
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (LISTED | {"value": {"$type": "app.bsky.feed.like"}}, "`value.$type`: invalid value 'app.bsky.feed.like'"),
        ({"post": {"uri": URI, "notFound": True}}, "it has neither `record` nor `value`: the post was not given"),
        (VIEW | {"uri": 7}, "`uri` is a whole number, expected a text"),
        (VIEW | {"uri": "3l3"}, "`author` is missing or of the wrong type"),
        (VIEW | {"likeCount": -1}, "`likes` is -1, expected at least 0"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_its_neighbours_are_kept(row, reason):
    """Whatever is wrong with it."""
    frames = read(lines(VIEW, row, VIEW))
    assert frames["reject"].select("line", "format", "reason").rows() == [(2, "bluesky", reason)]
    assert frames["post"]["id"].to_list() == [EXPECTED.id] * 2


@pytest.mark.slow
def test_frames_do_not_depend_on_the_size_of_batches():
    """Nor on the company that a row is read in."""
    text = lines(VIEW, LISTED, {"post": VIEW}, {"uri": URI}, VIEW | {"author": {"did": BEN}}, LISTED)
    whole = read(text)
    for rows in (1, 2, 4):
        parts = read(text, rows)
        assert parts.keys() == whole.keys()
        assert all(parts[noun].equals(whole[noun]) for noun in whole)


@pytest.mark.parametrize(
    "start", [b"", b'{"uri": "https://m.test/1", "content": ""}', b'{"posts": [{"id": 1}]}', b"id,uri\n"]
)
def test_other_files_are_not_recognised(start):
    """Neither Mastodon's nor those with other posts."""
    assert not Bluesky().recognises(Head(name="", start=start))


@pytest.mark.slow
def test_it_keeps_to_what_every_source_keeps_to():
    """The contract of sources."""
    check_source(Bluesky(), lines(VIEW, LISTED, {"post": VIEW}).encode())
