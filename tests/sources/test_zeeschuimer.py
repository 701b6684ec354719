"""Zeeschuimer's captures of X and TikTok, and the same objects as 4CAT gives them back."""

import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from rejoinder.checks.source import check_source
from rejoinder.records import Account, Post
from rejoinder.records.frames import from_frame
from rejoinder.sources.base import Head
from rejoinder.sources.four_cat import FourCatNdjson
from rejoinder.sources.zeeschuimer import Zeeschuimer

CAPTURED = datetime(2024, 5, 1, 12, 0, 0, 123000, tzinfo=UTC)
CAPTURED_MS = 1714564800123

OLD_USER = {
    "__typename": "User",
    "rest_id": "9",
    "is_blue_verified": True,
    "legacy": {
        "screen_name": "ada",
        "name": "Ada",
        "created_at": "Wed Oct 10 20:19:24 +0000 2018",
        "description": "tea",
        "followers_count": 10,
        "friends_count": 20,
        "statuses_count": 30,
        "verified": False,
    },
}
NEW_USER = {
    "rest_id": "9",
    "is_blue_verified": True,
    "core": {"screen_name": "ada", "name": "Ada", "created_at": "Wed Oct 10 20:19:24 +0000 2018"},
    "profile_bio": {"description": "tea"},
    "relationship_counts": {"followers": 10, "following": 20},
    "tweet_counts": {"tweets": 30},
    "verification": {"verified": False},
}
ADA = Account(
    id="x:9",
    platform="x",
    handle="ada",
    name="Ada",
    description="tea",
    created_at=datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC),
    followers=10,
    following=20,
    posts=30,
    verified=False,
    paid=True,
    seen_at=CAPTURED,
)


def tweet(number="100", user=OLD_USER, more=None, **legacy):
    """A post as the pages of X load it."""
    return {
        "__typename": "Tweet",
        "rest_id": number,
        "id": float(number),
        "core": {"user_results": {"result": user}},
        "views": {"count": "77", "state": "EnabledWithCount"},
        "legacy": {
            "created_at": "Wed May 01 10:00:00 +0000 2024",
            "full_text": "tea &amp; cake",
            "user_id_str": user["rest_id"],
            "id_str": number,
            "conversation_id_str": number,
            "lang": "en",
            "entities": {"hashtags": [], "urls": [], "user_mentions": []},
            "favorite_count": 1,
            "retweet_count": 2,
            "reply_count": 3,
            "quote_count": 4,
            **legacy,
        },
        **(more or {}),
    }


def tiktok(**more):
    """A post as the pages of TikTok load it."""
    return {
        "id": "7300",
        "desc": "tea time #tea @ben",
        "createTime": 1714557600,
        "author": {"id": "55", "uniqueId": "ada", "nickname": "Ada", "verified": True, "signature": "tea"},
        "authorStats": {"followerCount": 10, "followingCount": 20, "videoCount": 30},
        "stats": {"diggCount": 1, "shareCount": 2, "commentCount": 3, "playCount": 4},
        "textExtra": [
            {"hashtagName": "tea", "userId": "", "type": 1},
            {"hashtagName": "", "userId": "66", "userUniqueId": "ben", "type": 0},
        ],
        "challenges": [{"title": "tea"}, {"title": "tealovers"}],
        "textLanguage": "en",
        "video": {"downloadAddr": "https://v.test/1", "playAddr": "https://v.test/2"},
        "duetInfo": {"duetFromId": "0"},
        **more,
    }


def line(data, platform="twitter.com"):
    """A capture as Zeeschuimer writes it."""
    about = {"nav_index": "1:2:0", "item_id": data.get("rest_id") or data.get("id"), "timestamp_collected": CAPTURED_MS}
    where = {"source_platform": platform, "source_platform_url": "https://x.com/", "source_url": "", "user_agent": "F"}
    return about | where | {"data": data}


def imported(capture):
    """The same capture as 4CAT gives it back."""
    return capture["data"] | {"__import_meta": {name: said for name, said in capture.items() if name != "data"}}


def read(*rows, source=Zeeschuimer, batch=100):
    """All frames that come of some rows."""
    stream = io.BytesIO("\n".join(map(json.dumps, rows)).encode())
    batches = list(source().read(stream, "captures.ndjson", batch))
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


def posts(*rows):
    """The posts that come of some captures of X."""
    return list(from_frame(Post, read(*map(line, rows))["post"]))


FULL = tweet(
    in_reply_to_status_id_str="98",
    conversation_id_str="90",
    quoted_status_id_str="80",
    possibly_sensitive=True,
    withheld_in_countries=["DE"],
    entities={
        "hashtags": [{"text": "Tea", "indices": [0, 4]}],
        "urls": [{"url": "https://t.co/1", "expanded_url": "https://example.org/", "display_url": "example.org"}],
        "user_mentions": [{"id_str": "12", "screen_name": "ben", "name": "Ben"}],
        "media": [{"media_url_https": "https://p.test/1.jpg", "type": "photo"}],
    },
    extended_entities={
        "media": [{"media_url_https": f"https://p.test/{number}.jpg", "type": "photo"} for number in (1, 2)]
    },
)


@pytest.mark.parametrize("source", [Zeeschuimer, FourCatNdjson])
@pytest.mark.parametrize("platform", ["twitter.com", "x.com"])
def test_a_post_of_x_is_read_field_by_field(source, platform):
    """From the extension and by way of 4CAT."""
    row = line(FULL, platform)
    frames = read(row if source is Zeeschuimer else imported(row), source=source)
    assert frames.keys() == {"post", "account"}
    assert list(from_frame(Post, frames["post"])) == [
        Post(
            id="x:100",
            platform="x",
            author="x:9",
            created_at=datetime(2024, 5, 1, 10, tzinfo=UTC),
            text="tea & cake",
            lang="en",
            reply_to="x:98",
            quote_of="x:80",
            thread="x:90",
            url="https://x.com/ada/status/100",
            links=("https://example.org/",),
            hashtags=("Tea",),
            mentions=("x:12",),
            media=("https://p.test/1.jpg", "https://p.test/2.jpg"),
            sensitive=True,
            withheld_in=("DE",),
            likes=1,
            reposts=2,
            replies=3,
            quotes=4,
            views=77,
            collected_at=CAPTURED,
        )
    ]
    assert list(from_frame(Account, frames["account"])) == [ADA]


def test_an_author_is_the_same_in_both_shapes():
    """X moved the names and figures out of `legacy`."""
    frames = read(line(tweet(user=OLD_USER)), line(tweet(user=NEW_USER)))
    assert list(from_frame(Account, frames["account"])) == [ADA, ADA]


def test_a_long_post_has_its_whole_text():
    """And the links of all of it."""
    entities = {"urls": [{"expanded_url": "https://end.test/"}], "hashtags": [], "user_mentions": []}
    note = {"note_tweet_results": {"result": {"text": "a very long text", "entity_set": entities}}}
    (got,) = posts(tweet(more={"note_tweet": note}, full_text="a very…"))
    assert (got.text, got.links) == ("a very long text", ("https://end.test/",))


@pytest.mark.parametrize("nested", [False, True])
def test_a_repost_has_no_text_and_what_it_reposts_is_a_post_too(nested):
    """Also where X wraps it once more, because its visibility is limited."""
    inner = tweet("50", OLD_USER | {"rest_id": "8"}, full_text="original")
    result = {"__typename": "TweetWithVisibilityResults", "tweet": inner} if nested else inner
    repost, original = posts(tweet(full_text="RT @ada: orig…", retweeted_status_result={"result": result}))
    assert repost == Post(
        id="x:100",
        platform="x",
        author="x:9",
        created_at=datetime(2024, 5, 1, 10, tzinfo=UTC),
        repost_of="x:50",
        url="https://x.com/ada/status/100",
        collected_at=CAPTURED,
    )
    assert (original.id, original.author, original.text, original.likes) == ("x:50", "x:8", "original", 1)


def test_a_quoted_post_is_a_post_too_unless_it_is_hidden():
    """Its number is known either way, if only from itself."""
    shown = tweet(more={"quoted_status_result": {"result": tweet("60", full_text="quoted")}})
    hidden = tweet("101", quoted_status_id_str="61", more={"quoted_status_result": {"result": {"tombstone": {}}}})
    got = posts(shown, hidden)
    assert [(one.id, one.quote_of) for one in got] == [("x:100", "x:60"), ("x:60", None), ("x:101", "x:61")]


def test_a_post_in_a_wrapper_is_the_post():
    """X wraps posts of limited visibility."""
    (got,) = posts({"__typename": "TweetWithVisibilityResults", "rest_id": "1", "tweet": tweet()})
    assert got.id == "x:100"


def test_a_search_result_of_the_older_kind_is_a_post():
    """It has its author beside it, and its number in `legacy`."""
    legacy = tweet()["legacy"] | {"retweeted_status_id_str": "5"}
    user = OLD_USER["legacy"] | {"id_str": "9"}
    repost, plain = posts(
        {"id": 1e20, "type": "adaptive", "legacy": legacy, "user": user, "ext_views": {"count": "6"}},
        {"id": 1e20, "type": "adaptive", "legacy": tweet()["legacy"], "user": user, "ext_views": {"count": "6"}},
    )
    assert (repost.id, repost.repost_of, repost.text) == ("x:100", "x:5", "")
    assert (plain.id, plain.url, plain.views, plain.text) == ("x:100", "https://x.com/ada/status/100", 6, "tea & cake")


def test_unknown_figures_of_x_are_unknown():
    """Not zero, not false."""
    (got,) = posts(
        {"rest_id": "1", "legacy": {"full_text": "", "user_id_str": "9", "created_at": FULL["legacy"]["created_at"]}}
    )
    assert (got.likes, got.views, got.sensitive, got.lang, got.url) == (
        None,
        None,
        None,
        None,
        "https://x.com/i/status/1",
    )


@pytest.mark.parametrize("source", [Zeeschuimer, FourCatNdjson])
def test_a_post_of_tiktok_is_read_field_by_field(source):
    """From the extension and by way of 4CAT."""
    row = line(tiktok(), "tiktok.com")
    frames = read(row if source is Zeeschuimer else imported(row), source=source)
    assert list(from_frame(Post, frames["post"])) == [
        Post(
            id="tiktok:7300",
            platform="tiktok",
            author="tiktok:55",
            created_at=datetime(2024, 5, 1, 10, tzinfo=UTC),
            text="tea time #tea @ben",
            lang="en",
            url="https://www.tiktok.com/@ada/video/7300",
            hashtags=("tea", "tealovers"),
            mentions=("tiktok:66",),
            media=("https://v.test/1",),
            likes=1,
            replies=3,
            views=4,
            collected_at=CAPTURED,
        )
    ]
    assert list(from_frame(Account, frames["account"])) == [
        Account(
            id="tiktok:55",
            platform="tiktok",
            handle="ada",
            name="Ada",
            description="tea",
            followers=10,
            following=20,
            posts=30,
            verified=True,
            seen_at=CAPTURED,
        )
    ]


@pytest.mark.parametrize(
    ("more", "name", "expected"),
    [
        ({"createTime": "1714557600"}, "created_at", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ({"textLanguage": "un"}, "lang", None),
        ({"duetInfo": {"duetFromId": "7200"}}, "quote_of", "tiktok:7200"),
        ({"maskType": 3}, "sensitive", True),
        ({"maskType": 4}, "sensitive", None),
        ({"warnInfo": [{"text": "Careful"}]}, "labels", ["Careful"]),
        ({"statsV2": {"diggCount": "9", "repostCount": "8"}}, "likes", 9),
        ({"statsV2": {"diggCount": "9", "repostCount": "8"}}, "reposts", 8),
        ({"stats": {"diggCount": -1}}, "likes", None),
        ({"author": "ada", "nickname": "Ada", "authorId": "55"}, "author", "tiktok:55"),
        ({"author": "ada", "nickname": "Ada"}, "author", "tiktok:@ada"),
        ({"video": {}, "imagePost": {"images": [{"imageURL": {"urlList": ["a", "b"]}}]}}, "media", ["a"]),
    ],
)
def test_other_shapes_of_tiktok_are_understood(more, name, expected):
    """From embedded pages, newer statistics, pictures, duets, masks and warnings."""
    assert read(line(tiktok(**more), "tiktok.com"))["post"][name].to_list() == [expected]


@pytest.mark.parametrize("source", [Zeeschuimer, FourCatNdjson])
def test_a_platform_that_is_not_mapped_is_told_with_what_to_do(source):
    """By name; the rows beside it are kept."""
    rows = [line(tweet()), line({"id": "1", "code": "x"}, "instagram.com"), line(tiktok(), "www.tiktok.com")]
    frames = read(*(rows if source is Zeeschuimer else map(imported, rows)), source=source)
    assert frames["post"]["id"].to_list() == ["x:100", "tiktok:7300"]
    assert frames["reject"].select("line", "reason").rows() == [
        (2, "captures of `instagram.com` are not mapped; import the file into 4CAT, export it as CSV, and read that")
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (line({"__typename": "TweetTombstone"}), "X did not give the post (there is no `legacy.full_text`)"),
        (line(tweet(created_at="soon")), "`created_at` is `soon`"),
        (line(tweet(user={"rest_id": ""})), "`author` is missing"),
        (line(tweet(favorite_count=[])), None),
        (line(tweet(lang=5)), "the row could not be read"),
        (line(tiktok(id=None), "tiktok.com"), "`id` is missing"),
        (line(tiktok(createTime=None), "tiktok.com"), "`created_at` is missing"),
        ({"source_platform": "x.com"}, "`data` is missing"),
        ({"source_platform": "x.com", "data": []}, "`data` is a list, expected an object"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_its_neighbours_are_kept(row, reason):
    """Whatever is wrong with it; a figure that is none is merely unknown."""
    frames = read(line(tweet("1")), row, line(tweet("3")))
    assert {"x:1", "x:3"} <= set(frames["post"]["id"])
    told = frames["reject"].select("line", "reason").rows() if "reject" in frames else []
    assert [(at, said.startswith(reason)) for at, said in told] == ([] if reason is None else [(2, True)])


def test_what_4cat_collected_itself_is_told_with_what_to_do():
    """Its Bluesky items are in the shape of a Python library."""
    frames = read({"4CAT_metadata": {"query": "tea"}, "uri": "at://x"}, source=FourCatNdjson)
    assert frames["reject"]["reason"].to_list() == [
        "`__import_meta` is missing: not imported from Zeeschuimer; export it from 4CAT as CSV"
    ]


@pytest.mark.slow
def test_frames_do_not_depend_on_the_size_of_batches():
    """Nor on the company that a row is read in."""
    rows = [
        line(FULL), line(tiktok(), "tiktok.com"), line(tweet("5", retweeted_status_result={"result": tweet("6")})),
        line({}, "imgur.com"), line(tweet(created_at="soon")), line(tiktok(id="8"), "tiktok.com"), line(tweet("7")),
    ]  # fmt: skip
    whole = read(*rows)
    for batch in (1, 2, 4):
        parts = read(*rows, batch=batch)
        assert parts.keys() == whole.keys()
        assert all(parts[noun].equals(whole[noun]) for noun in whole)


def test_captures_and_their_imports_are_told_apart():
    """Each format recognises its own rows and not the other's."""
    own, other = (Head(name="", start=json.dumps(row).encode()) for row in (line(tweet()), imported(line(tweet()))))
    assert Zeeschuimer().recognises(own)
    assert FourCatNdjson().recognises(other)
    assert not Zeeschuimer().recognises(other)
    assert not FourCatNdjson().recognises(own)


@pytest.mark.parametrize("source", [Zeeschuimer, FourCatNdjson])
@pytest.mark.slow
def test_it_keeps_to_what_every_source_keeps_to(source):
    """The contract of sources."""
    rows = [line(FULL), line(tiktok(), "tiktok.com"), line(tweet("7"))]
    texts = map(json.dumps, rows if source is Zeeschuimer else map(imported, rows))
    check_source(source(), "\n".join(texts).encode())
