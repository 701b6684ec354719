"""4CAT's tables."""

import csv
import io
from datetime import UTC, datetime

import polars as pl
import pytest

from rejoinder.checks.source import check_source
from rejoinder.records import Account, Post
from rejoinder.records.frames import from_frame
from rejoinder.sources.base import Head
from rejoinder.sources.four_cat import FourCatCsv

X = {
    "collected_from_url": "https://x.com/home", "id": "100", "thread_id": "90", "timestamp": "2024-05-01 10:00:00",
    "unix_timestamp": "1714557600", "link": "https://x.com/ada/status/100", "body": "tea &amp; cake\nat four",
    "author": "ada", "author_fullname": "Ada", "author_id": "9", "author_avatar_url": "https://p.test/a",
    "author_banner_url": "", "verified": "True", "source": "Web", "language_guess": "en", "possibly_sensitive": "no",
    "retweet_count": "2", "reply_count": "3", "like_count": "1", "quote_count": "4", "impression_count": "77",
    "is_retweet": "no", "retweeted_user": "", "is_quote_tweet": "yes", "quote_tweet_id": "80", "quote_author": "cy",
    "quote_body": "x", "quote_images": "", "quote_videos": "", "is_quote_withheld": "no", "is_reply": "yes",
    "replied_author": "ben", "is_withheld": "yes", "hashtags": "Tea,Cake",
    "urls": "https://a.test/?q=1,2,https://b.test/",
    "images": "https://p.test/1.jpg,https://p.test/2.jpg", "videos": "https://p.test/3.mp4", "mentions": "ben,cy",
    "long_lat": "", "place_name": "",
}  # fmt: skip
BLUESKY = {
    "collected_at": "2024-05-02T08:00:00.5", "query": "tea", "rank": "1",
    "id": "at://did:plc:ada/app.bsky.feed.post/3l3",
    "thread_id": "at://did:plc:ben/app.bsky.feed.post/3root", "created_at": "2024-05-01T10:00:00.250000+00:00",
    "author": "ada.test", "author_id": "did:plc:ada", "body": "tea &amp; cake",
    "link": "https://bsky.app/profile/ada.test/post/3l3", "tags": "tea", "like_count": "1", "quote_count": "4",
    "reply_count": "3", "repost_count": "2", "quoted_post": "https://bsky.app/profile/cy.test/post/3quoted",
    "quoted_user": "cy.test", "replied_to_post": "https://bsky.app/profile/ben.test/post/3root",
    "replied_to_user": "ben.test", "replies_allowed": "True", "mentions": "ben.test,did:plc:cy",
    "links": "https://a.test/", "images": "https://cdn.test/1", "labels": "rude,porn", "has_poll": "False",
    "languages": "en,de", "author_display_name": "Ada", "author_profile": "https://bsky.app/profile/ada.test",
    "author_avatar": "", "author_created_at": "2023-05-01T10:00:00+00:00", "timestamp": "1714557600.25",
}  # fmt: skip
TIKTOK = {
    "id": "7300", "thread_id": "7300", "author": "ada", "author_full": "Ada", "author_followers": "10",
    "author_videos": "30", "body": "tea time", "timestamp": "2024-05-01 10:00:00", "unix_timestamp": "1714557600",
    "is_sensitive": "yes", "video_url": "https://v.test/1", "tiktok_url": "https://www.tiktok.com/@ada/video/7300",
    "likes": "1", "comments": "3", "shares": "2", "plays": "4", "hashtags": "tea",
    "warning": "Do not try this, at home",
}  # fmt: skip
COMMON = {
    "id": "1", "thread_id": "1", "timestamp": "2024-05-01 10:00:00", "unix_timestamp": "1714557600", "body": "tea",
    "author": "ada", "link": "https://www.forum.test/1",
}  # fmt: skip


def table(*rows):
    """Rows as a table, all with the columns of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(*rows, batch=100):
    """All frames that come of a table."""
    batches = list(FourCatCsv().read(io.BytesIO(table(*rows)), "items.csv", batch))
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


def test_a_row_of_x_is_read_field_by_field():
    """What 4CAT calls verified is the paid mark; those mentioned go by their handles."""
    frames = read(X)
    assert frames.keys() == {"post", "account"}
    assert list(from_frame(Post, frames["post"])) == [
        Post(
            id="x:100",
            platform="x",
            author="x:9",
            created_at=datetime(2024, 5, 1, 10, tzinfo=UTC),
            text="tea & cake\nat four",
            lang="en",
            quote_of="x:80",
            thread="x:90",
            url="https://x.com/ada/status/100",
            links=("https://a.test/?q=1,2", "https://b.test/"),
            hashtags=("Tea", "Cake"),
            mentions=("x:@ben", "x:@cy"),
            media=("https://p.test/1.jpg", "https://p.test/2.jpg", "https://p.test/3.mp4"),
            sensitive=False,
            labels=("withheld",),
            likes=1,
            reposts=2,
            replies=3,
            quotes=4,
            views=77,
        )
    ]
    assert list(from_frame(Account, frames["account"])) == [
        Account(id="x:9", platform="x", handle="ada", name="Ada", paid=True)
    ]


def test_a_row_of_bluesky_is_read_field_by_field():
    """A reply to the first post of its thread has that post's own name; other posts go by their author's handle."""
    frames = read(BLUESKY)
    assert list(from_frame(Post, frames["post"])) == [
        Post(
            id="bluesky:at://did:plc:ada/app.bsky.feed.post/3l3",
            platform="bluesky",
            author="bluesky:did:plc:ada",
            created_at=datetime(2024, 5, 1, 10, 0, 0, 250000, tzinfo=UTC),
            text="tea &amp; cake",
            lang="en",
            reply_to="bluesky:at://did:plc:ben/app.bsky.feed.post/3root",
            quote_of="bluesky:at://cy.test/app.bsky.feed.post/3quoted",
            thread="bluesky:at://did:plc:ben/app.bsky.feed.post/3root",
            url="https://bsky.app/profile/ada.test/post/3l3",
            links=("https://a.test/",),
            hashtags=("tea",),
            mentions=("bluesky:@ben.test", "bluesky:did:plc:cy"),
            media=("https://cdn.test/1",),
            labels=("rude", "porn"),
            likes=1,
            reposts=2,
            replies=3,
            quotes=4,
            collected_at=datetime(2024, 5, 2, 8, 0, 0, 500000, tzinfo=UTC),
        )
    ]
    assert list(from_frame(Account, frames["account"])) == [
        Account(
            id="bluesky:did:plc:ada",
            platform="bluesky",
            handle="ada.test",
            name="Ada",
            created_at=datetime(2023, 5, 1, 10, tzinfo=UTC),
            seen_at=datetime(2024, 5, 2, 8, 0, 0, 500000, tzinfo=UTC),
        )
    ]


@pytest.mark.parametrize("said", ["DELETED", "REMOVED BY AUTHOR", "VIEWER BLOCKED BY AUTHOR", ""])
def test_a_quoted_post_that_cannot_be_seen_is_unknown(said):
    """4CAT writes why instead of a link."""
    got = read(BLUESKY | {"quoted_post": said, "replied_to_post": "", "languages": "N/A"})["post"]
    assert got.select("quote_of", "reply_to", "lang").row(0) == (None, None, None)


def test_a_row_of_tiktok_is_read_field_by_field():
    """Its warnings are labels; shares are not reposts."""
    frames = read(TIKTOK)
    assert list(from_frame(Post, frames["post"])) == [
        Post(
            id="tiktok:7300",
            platform="tiktok",
            author="tiktok:@ada",
            created_at=datetime(2024, 5, 1, 10, tzinfo=UTC),
            text="tea time",
            thread="tiktok:7300",
            url="https://www.tiktok.com/@ada/video/7300",
            hashtags=("tea",),
            media=("https://v.test/1",),
            sensitive=True,
            labels=("Do not try this, at home",),
            likes=1,
            replies=3,
            views=4,
        )
    ]
    assert list(from_frame(Account, frames["account"])) == [
        Account(id="tiktok:@ada", platform="tiktok", handle="ada", name="Ada", followers=10, posts=30)
    ]


@pytest.mark.parametrize(
    ("link", "platform"),
    [
        ("https://www.forum.test/1", "forum.test"),
        ("http://forum.test:8080/1", "forum.test"),
        ("https://WWW.Instagram.com/p/1", "instagram"),
        ("https://twitter.com/ada/status/1", "x"),
        ("https://mobile.twitter.com/ada/status/1", "x"),
        ("https://www.threads.com/@ada/post/1", "threads"),
    ],
)
def test_the_platform_is_that_of_the_link(link, platform):
    """By its own name, or else by the host's."""
    got = read(COMMON | {"link": link})["post"]
    assert got.select("platform", "id", "author").row(0) == (platform, f"{platform}:1", f"{platform}:@ada")


@pytest.mark.parametrize(("row", "platform"), [(X, "x"), (BLUESKY, "bluesky"), (TIKTOK, "tiktok")])
def test_without_a_link_the_columns_tell_the_platform(row, platform):
    """Each platform has columns of its own."""
    assert read(row | {"link": "", "tiktok_url": ""})["post"]["platform"].to_list() == [platform]


def test_a_row_whose_platform_nothing_tells_is_rejected():
    """The rows beside it are kept."""
    frames = read(COMMON, COMMON | {"link": ""})
    assert len(frames["post"]) == 1
    assert frames["reject"].select("line", "format", "reason").rows() == [
        (3, "4cat-csv", "the platform is not known: there is no link, and no column tells")
    ]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"id": ""}, "`id` is missing or of the wrong type"),
        ({"author": "", "author_id": ""}, "`author` is missing or of the wrong type"),
        (
            {"unix_timestamp": "soon"},
            "`created_at` is `soon`, expected a time as in 2024-01-31T12:00:00Z, between 1900 and 2199",
        ),
        ({"like_count": "many"}, "`likes` is `many`, expected a whole number"),
        ({"possibly_sensitive": "maybe"}, "`sensitive` is `maybe`, expected true or false"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_its_neighbours_are_kept(more, reason):
    """A row may take more than one line; what a post cannot say costs the post only."""
    frames = read(X, X | more, X)
    assert frames["reject"].select("line", "reason").rows() == [(4, reason)]
    assert len(frames["post"]) == 2


def test_the_first_time_that_is_there_counts():
    """In seconds since 1970, or written."""
    rows = [COMMON, COMMON | {"unix_timestamp": ""}]
    assert read(*rows)["post"]["created_at"].to_list() == [datetime(2024, 5, 1, 10, tzinfo=UTC)] * 2


@pytest.mark.slow
def test_frames_do_not_depend_on_the_size_of_batches():
    """Nor on the company that a row is read in."""
    rows = [
        X,
        X | {"id": ""},
        X | {"id": "101", "mentions": ""},
        X | {"link": "https://forum.test/1"},
        X | {"id": "102"},
    ]
    whole = read(*rows)
    for batch in (1, 2, 4):
        parts = read(*rows, batch=batch)
        assert parts.keys() == whole.keys()
        assert all(parts[noun].equals(whole[noun]) for noun in whole)


@pytest.mark.parametrize("row", [X, BLUESKY, TIKTOK, COMMON])
def test_each_table_is_recognised(row):
    """By its header."""
    assert FourCatCsv().recognises(Head(name="", start=table(row)))


@pytest.mark.parametrize("start", [b"", b"id,author,text,created_at\n1,a,b,c\n", b'{"id": 1, "thread_id": 2}'])
def test_other_tables_are_not_recognised(start):
    """Neither ours nor JSON."""
    assert not FourCatCsv().recognises(Head(name="", start=start))


@pytest.mark.slow
def test_it_keeps_to_what_every_source_keeps_to():
    """The contract of sources."""
    check_source(FourCatCsv(), table(X, X | {"id": "101"}, X | {"id": "102"}))
