"""X's archive of one's own posts."""

import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from rejoinder import sources
from rejoinder.checks.source import check_source
from rejoinder.records import Account, Post
from rejoinder.records.frames import from_frame
from rejoinder.sources.base import Head
from rejoinder.sources.x_archive import XArchive

TWEET = {
    "edit_info": {"initial": {"editTweetIds": ["1725"], "editsRemaining": "5"}},
    "retweeted": False,
    "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
    "entities": {
        "hashtags": [{"text": "tea", "indices": ["3", "7"]}],
        "symbols": [],
        "user_mentions": [
            {"name": "Ben", "screen_name": "ben", "indices": ["0", "4"], "id_str": "8", "id": "8"},
            {"name": "", "screen_name": "ghost", "indices": ["5", "9"], "id_str": "-1", "id": "-1"},
        ],
        "urls": [{"url": "https://t.co/a", "expanded_url": "https://tea.test/", "display_url": "tea.test"}],
        "media": [{"id_str": "3", "media_url_https": "https://pbs.test/1.jpg", "type": "photo"}],
    },
    "extended_entities": {"media": [{"media_url_https": f"https://pbs.test/{number}.jpg"} for number in (1, 2)]},
    "display_text_range": ["0", "40"],
    "favorite_count": "12",
    "retweet_count": "3",
    "id_str": "1725",
    "id": "1725",
    "in_reply_to_status_id_str": "1701",
    "in_reply_to_user_id": "8",
    "in_reply_to_screen_name": "ben",
    "truncated": False,
    "possibly_sensitive": False,
    "created_at": "Wed Oct 10 20:19:24 +0000 2018",
    "favorited": False,
    "full_text": "@ben @ghost Tea &amp; cake #tea https://t.co/a",
    "lang": "en",
}
POST = Post(
    id="x:1725",
    platform="x",
    author="x:self",
    created_at=datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC),
    text="@ben @ghost Tea & cake #tea https://t.co/a",
    lang="en",
    reply_to="x:1701",
    url="https://x.com/i/status/1725",
    links=("https://tea.test/",),
    hashtags=("tea",),
    mentions=("x:8", "x:@ghost"),
    media=("https://pbs.test/1.jpg", "https://pbs.test/2.jpg"),
    sensitive=False,
    likes=12,
    reposts=3,
)
OWNER = {
    "account": {
        "email": "ada@example.org",
        "createdVia": "web",
        "username": "ada",
        "accountId": "9",
        "createdAt": "2012-01-02T03:04:05.000Z",
        "accountDisplayName": "Ada",
    }
}


def part(items, name="tweets"):
    return f"window.YTD.{name}.part0 = {json.dumps(items, indent=2)}"


def tweet(**said):
    return {"tweet": TWEET | said}


def read(text, rows=1_000):
    batches = list(XArchive().read(io.BytesIO(text.encode()), "", rows))
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


def posts(frames):
    return list(from_frame(Post, frames["post"]))


@pytest.mark.parametrize(
    "text",
    [
        part([{"tweet": TWEET}]),
        part([{"tweet": TWEET}], "tweet"),
        part([TWEET], "tweet"),
        json.dumps([{"tweet": TWEET}]),
        json.dumps({"tweet": TWEET}),
    ],
    ids=["tweets.js", "tweet.js", "without wrappers", "without the assignment", "one to a line"],
)
def test_every_field_of_a_post_is_read_however_old_the_archive(text):
    assert posts(read(text)) == [POST]


def test_a_repost_is_known_where_a_picture_tells_it_and_its_text_stays():
    picture = {"media": [{"media_url_https": "https://pbs.test/1.jpg", "source_status_id_str": "55"}]}
    told = tweet(full_text="RT @ben: Tea", extended_entities=picture)
    untold = tweet(full_text="RT @ben: Tea")
    own = tweet(full_text="Look", extended_entities=picture)

    assert [(post.text, post.repost_of) for post in posts(read(part([told, untold, own])))] == [
        ("RT @ben: Tea", "x:55"),
        ("RT @ben: Tea", None),
        ("Look", None),
    ]


@pytest.mark.parametrize(
    ("address", "quoted"),
    [
        ("https://twitter.com/ben/status/77", "x:77"),
        ("https://x.com/ben/status/77?s=20", "x:77"),
        ("https://mobile.twitter.com/ben/status/77", "x:77"),
        ("https://twitter.com/ben", None),
        ("https://notx.com/ben/status/77", None),
    ],
)
def test_a_post_quotes_the_post_whose_address_stands_last(address, quoted):
    entities = {"urls": [{"expanded_url": "https://x.com/a/status/1"}, {"expanded_url": address}]}

    assert posts(read(part([tweet(entities=entities)])))[0].quote_of == quoted


def test_the_account_is_read_without_its_e_mail_address():
    frames = read(part([OWNER], "account"))
    created = datetime(2012, 1, 2, 3, 4, 5, tzinfo=UTC)

    assert list(from_frame(Account, frames["account"])) == [
        Account(id="x:9", platform="x", handle="ada", name="Ada", created_at=created)
    ]
    assert "example.org" not in str(frames["account"].to_dicts())


def test_a_bad_account_keeps_its_e_mail_address_out_of_the_rejects():
    frames = read(part([{"account": OWNER["account"] | {"accountId": 9}}], "account"))

    assert frames["reject"]["reason"].to_list() == ["`account.accountId` is a whole number, expected a text"]
    assert "example.org" not in frames["reject"]["row"].item()


def test_the_author_is_the_account_whose_file_lies_beside(tmp_path):
    (tmp_path / "tweets.js").write_text(part([tweet(), tweet(id_str="2")]))
    (tmp_path / "account.js").write_text(part([OWNER], "account"))
    frames = [batch.frames for file in sources.expand([str(tmp_path)]) for batch in sources.read(file)]

    assert [list(frame) for frame in frames] == [["account"], ["post"]]
    assert frames[1]["post"]["author"].to_list() == ["x:9", "x:9"]


def test_a_broken_account_file_leaves_the_author_unnamed(tmp_path):
    (tmp_path / "account.js").write_text("window.YTD.account.part0 = [{")
    batches = XArchive().read(io.BytesIO(part([tweet()]).encode()), str(tmp_path / "tweets.js"), 10)

    assert next(batches).frames["post"]["author"].to_list() == ["x:self"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"created_at": "10 October"}, "`created_at` is `10 October`, expected a time"),
        ({"id_str": None}, "`id` is missing"),
        ({"favorite_count": "many"}, "`likes` is `many`, expected a whole number"),
        ({"full_text": 5}, "`tweet.full_text` is a whole number, expected a text or null"),
    ],
)
def test_a_bad_post_is_told_by_its_number_and_costs_no_other(change, reason):
    frames = read(part([tweet(), tweet(**change), tweet()]))

    assert len(frames["post"]) == 2
    assert frames["reject"]["line"].to_list() == [2]
    assert reason in frames["reject"]["reason"].item()


def test_it_keeps_the_contract_of_a_source():
    check_source(XArchive(), part([tweet(), tweet(id_str="2"), tweet(id_str="3")]).encode())


@pytest.mark.parametrize(
    ("start", "known"),
    [
        (part([tweet()]), True),
        (part([tweet()])[:200], True),
        (part([OWNER], "account"), True),
        (json.dumps([tweet()]), True),
        (part([{"dmConversation": {}}], "direct_messages"), False),
        (json.dumps([{"tweet": "a song"}]), False),
    ],
)
def test_it_is_known_by_its_first_words_or_its_posts(start, known):
    assert XArchive().recognises(Head(name="", start=start.encode())) is known
