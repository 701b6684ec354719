"""Pages of the X API v2, as returned, as twarc keeps them, and flattened."""

import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rejoinder.checks.source import check_source
from rejoinder.records import Account, Check, Post
from rejoinder.records.frames import from_frame
from rejoinder.sources.base import Head
from rejoinder.sources.x_api import XApi

WRITTEN = datetime(2023, 11, 15, 20, 30, 1, 500_000, tzinfo=UTC)
RETRIEVED = datetime(2023, 11, 16, 8, tzinfo=UTC)

TWEET = {
    "id": "1725",
    "text": "Tea &amp; cake for @ben at four &lt;3 #tea https://t.co/a",
    "author_id": "9",
    "created_at": "2023-11-15T20:30:01.500Z",
    "lang": "en",
    "conversation_id": "1700",
    "in_reply_to_user_id": "8",
    "possibly_sensitive": False,
    "edit_history_tweet_ids": ["1725"],
    "edit_controls": {"edits_remaining": 5, "is_edit_eligible": True, "editable_until": "2023-11-15T21:30:01.000Z"},
    "reply_settings": "everyone",
    "source": "Twitter Web App",
    "context_annotations": [{"domain": {"id": "1", "name": "Food"}, "entity": {"id": "2", "name": "Tea"}}],
    "referenced_tweets": [{"type": "quoted", "id": "1600"}, {"type": "replied_to", "id": "1701"}],
    "public_metrics": {
        "retweet_count": 1,
        "reply_count": 2,
        "like_count": 3,
        "quote_count": 4,
        "bookmark_count": 5,
        "impression_count": 600,
    },
    "entities": {
        "urls": [{"start": 40, "end": 60, "url": "https://t.co/a", "expanded_url": "https://tea.test/"}],
        "hashtags": [{"start": 30, "end": 34, "tag": "tea"}],
        "mentions": [{"start": 14, "end": 18, "username": "ben", "id": "8"}],
        "annotations": [{"start": 0, "end": 2, "probability": 0.5, "type": "Other", "normalized_text": "Tea"}],
    },
    "attachments": {"media_keys": ["3_1", "3_2", "3_3"]},
    "withheld": {"copyright": False, "country_codes": ["DE", "FR"]},
    "geo": {"place_id": "x"},
}  # fmt: skip
USER = {
    "id": "9",
    "username": "ada",
    "name": "Ada",
    "description": "Tea, mostly",
    "created_at": "2012-01-02T03:04:05.000Z",
    "location": "London",
    "verified": True,
    "verified_type": "blue",
    "protected": False,
    "public_metrics": {"followers_count": 10, "following_count": 20, "tweet_count": 30, "listed_count": 1},
    "withheld": {"country_codes": ["DE"]},
}
REFERENCED = {"id": "1701", "text": "When?", "author_id": "8", "created_at": "2023-11-15T20:00:00.000Z"}
MEDIA = [
    {"media_key": "3_1", "type": "photo", "url": "https://pbs.test/1.jpg"},
    {"media_key": "3_2", "type": "video", "preview_image_url": "https://pbs.test/2.jpg", "variants": [{"bit_rate": 1}]},
]
GONE = {
    "value": "77",
    "resource_id": "77",
    "resource_type": "tweet",
    "parameter": "referenced_tweets.id",
    "title": "Not Found Error",
    "detail": "Could not find tweet with referenced_tweets.id: [77].",
    "type": "https://api.twitter.com/2/problems/resource-not-found",
}
BEN = {"id": "8", "username": "ben", "name": "Ben"}
PAGE = {
    "data": [TWEET],
    "includes": {"users": [USER, BEN], "tweets": [REFERENCED], "media": MEDIA},
    "errors": [GONE],
    "meta": {"newest_id": "1725", "oldest_id": "1725", "result_count": 1, "next_token": "n"},
    "__twarc": {"url": "https://api.twitter.com/2/", "version": "2.14.0", "retrieved_at": "2023-11-16T08:00:00+00:00"},
}  # fmt: skip
FLAT = TWEET | {
    "author": USER,
    "in_reply_to_user": BEN,
    "referenced_tweets": [{"type": "replied_to"} | REFERENCED | {"author": BEN}],
    "attachments": {"media_keys": ["3_1"], "media": MEDIA[:1]},
    "__twarc": PAGE["__twarc"],
}  # fmt: skip

POST = Post(
    id="x:1725",
    platform="x",
    author="x:9",
    created_at=WRITTEN,
    text="Tea & cake for @ben at four <3 #tea https://t.co/a",
    lang="en",
    reply_to="x:1701",
    quote_of="x:1600",
    thread="x:1700",
    url="https://x.com/i/status/1725",
    links=("https://tea.test/",),
    hashtags=("tea",),
    mentions=("x:8",),
    media=("https://pbs.test/1.jpg", "https://pbs.test/2.jpg", "3_3"),
    sensitive=False,
    withheld_in=("DE", "FR"),
    likes=3,
    reposts=1,
    replies=2,
    quotes=4,
    views=600,
    collected_at=RETRIEVED,
)
ADA = Account(
    id="x:9",
    platform="x",
    handle="ada",
    name="Ada",
    description="Tea, mostly",
    created_at=datetime(2012, 1, 2, 3, 4, 5, tzinfo=UTC),
    followers=10,
    following=20,
    posts=30,
    verified=True,
    paid=True,
    seen_at=RETRIEVED,
)


def lines(*rows):
    return b"\n".join(json.dumps(row).encode() for row in rows)


def read(text, rows=1_000):
    batches = list(XApi().read(io.BytesIO(text), "pages.jsonl", rows))
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


def posts(frames):
    return list(from_frame(Post, frames["post"]))


def told(frames):
    return frames["reject"].select("line", "reason").rows()


def test_a_page_gives_its_posts_those_they_refer_to_its_accounts_and_what_was_gone():
    frames = read(lines(PAGE))
    gone = Check(
        subject="x:77",
        subject_type="post",
        platform="x",
        created_at=RETRIEVED,
        outcome="unreachable",
        method="x-api",
        remark="Not Found Error: Could not find tweet with referenced_tweets.id: [77].",
    )

    assert set(frames) == {"account", "check", "post"}
    assert posts(frames)[0] == POST
    assert [post.id for post in posts(frames)] == ["x:1725", "x:1701"]
    assert posts(frames)[1].likes is None
    assert next(from_frame(Account, frames["account"])) == ADA
    assert frames["account"]["id"].to_list() == ["x:9", "x:8"]
    assert list(from_frame(Check, frames["check"])) == [gone]


def test_a_page_may_be_one_document_over_many_lines():
    assert posts(read(json.dumps(PAGE, indent=2).encode())) == posts(read(lines(PAGE)))


def test_a_flattened_line_gives_the_same_post_and_what_was_joined_to_it():
    frames = read(lines(FLAT))
    first, second = posts(frames)

    assert first == replace(POST, quote_of=None, media=("https://pbs.test/1.jpg",))
    assert (second.id, second.author, second.text) == ("x:1701", "x:8", "When?")
    assert second.collected_at == RETRIEVED
    assert frames["account"]["id"].to_list() == ["x:9", "x:8", "x:8"]


def test_a_repost_says_what_it_repeats_and_its_text_stays():
    repost = REFERENCED | {"text": "RT @ben: When?", "referenced_tweets": [{"type": "retweeted", "id": "5"}]}
    (post,) = posts(read(lines({"data": [repost]})))

    assert (post.repost_of, post.text) == ("x:5", "RT @ben: When?")


def test_a_long_post_has_its_whole_text():
    note = {"text": "All of it #long", "entities": {"hashtags": [{"tag": "long"}]}}
    (post,) = posts(read(lines({"data": [TWEET | {"note_tweet": note}]})))

    assert (post.text, post.hashtags) == ("All of it #long", ("long",))


def test_a_single_post_may_stand_where_a_list_does():
    assert [post.id for post in posts(read(lines({"data": TWEET, "matching_rules": []})))] == ["x:1725"]


def test_a_list_of_posts_alone_is_read_too():
    assert [post.id for post in posts(read(json.dumps([TWEET, REFERENCED]).encode()))] == ["x:1725", "x:1701"]


def test_pages_of_users_give_accounts():
    frames = read(lines({"data": [USER], "__twarc": PAGE["__twarc"]}, USER))

    assert set(frames) == {"account"}
    assert next(from_frame(Account, frames["account"])) == ADA


@pytest.mark.parametrize(
    ("kind", "paid"), [("blue", True), ("none", False), ("business", None), ("government", None), (None, None)]
)
def test_only_what_x_says_of_payment_is_known(kind, paid):
    frame = read(lines({"data": [USER | {"verified_type": kind}]}))["account"]

    assert frame["paid"].to_list() == [paid]


def test_a_mention_without_an_id_is_named_by_its_handle():
    tweet = REFERENCED | {"entities": {"mentions": [{"username": "ghost"}]}}

    assert posts(read(lines({"data": [tweet]})))[0].mentions == ("x:@ghost",)


@pytest.mark.parametrize(
    ("error", "subject", "kind", "outcome"),
    [
        (GONE, "x:77", "post", "unreachable"),
        (
            GONE | {"title": "Authorization Error", "detail": "Sorry, you are not authorized to see the Tweet."},
            "x:77",
            "post",
            "unreachable",
        ),
        (
            {"value": "9", "resource_type": "user", "title": "Forbidden", "detail": "User has been suspended: [9]."},
            "x:9",
            "account",
            "account gone",
        ),
        (
            {"value": "ada", "resource_type": "user", "parameter": "usernames", "title": "Not Found Error"},
            "x:@ada",
            "account",
            "unreachable",
        ),
    ],
)
def test_what_x_did_not_give_is_a_check_that_claims_no_more_than_x_says(error, subject, kind, outcome):
    frame = read(lines({"errors": [error], "__twarc": PAGE["__twarc"]}))["check"]

    assert frame.select("subject", "subject_type", "outcome").rows() == [(subject, kind, outcome)]


def test_a_check_without_time_of_retrieval_is_as_old_as_the_newest_post_beside_it():
    page = {"data": [TWEET, REFERENCED], "errors": [GONE]}

    assert read(lines(page, page | {"data": [REFERENCED]}))["check"]["created_at"].to_list() == [
        WRITTEN,
        datetime(2023, 11, 15, 20, tzinfo=UTC),
    ]


def test_a_check_without_any_time_is_rejected():
    assert told(read(lines(PAGE, {"errors": [GONE]}))) == [
        (2, "no time is known: there is neither `__twarc.retrieved_at` nor a post beside it")
    ]


def test_an_error_about_neither_post_nor_account_is_rejected():
    frames = read(lines(PAGE | {"errors": [GONE | {"resource_type": "media"}]}))

    assert told(frames) == [(1, "what X could not show is a `media`, neither post nor account")]


def test_a_bad_post_in_a_page_costs_only_itself():
    bad = [TWEET | {"id": 5}, TWEET | {"id": "2", "text": ["a"]}, "noise"]
    frames = read(lines(PAGE, PAGE | {"data": [TWEET, *bad, REFERENCED]}))

    assert [post.id for post in posts(frames)] == ["x:1725", "x:1701", "x:1725", "x:1701", "x:1701"]
    assert len(frames["account"]) == 4
    assert told(frames) == [
        (2, "`id` is a whole number, expected a text"),
        (2, "`text` is a list, expected a text or null"),
        (2, "the row is a text, expected an object"),
    ]
    assert frames["reject"]["row"].to_list()[2] == '"noise"'
    assert frames["reject"]["row"].to_list()[0].startswith('{"id": 5, "text": "Tea')


def test_a_byte_that_is_not_utf_8_costs_only_its_post():
    text = lines(PAGE | {"data": [TWEET, REFERENCED | {"text": "Schön"}]}).replace(b"Sch\\u00f6n", b"Sch\xf6n")
    frames = read(text)

    assert [post.id for post in posts(frames)] == ["x:1725", "x:1701"]
    assert told(frames) == [(1, "the row is not UTF-8")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"created_at": None}, "`created_at` is missing or of the wrong type"),
        ({"created_at": "soon"}, "`created_at` is `soon`, expected a time"),
        ({"author_id": None}, "`author` is missing or of the wrong type"),
        ({"public_metrics": {"like_count": -1}}, "`likes` is -1, expected at least 0"),
    ],
)
def test_a_post_that_breaks_the_declaration_is_rejected_by_line(change, reason):
    frames = read(lines({"data": [REFERENCED]}, {"data": [REFERENCED | change]}))

    assert len(frames["post"]) == 1
    assert told(frames)[0][0] == 2
    assert reason in told(frames)[0][1]


@pytest.mark.parametrize("row", [b"{oops", b'{"data": [{"id": "1"', b'{"title": "Too Many Requests", "status": 429}'])
def test_a_line_that_is_no_page_is_rejected(row):
    frames = read(lines(PAGE) + b"\n" + row)

    assert [line for line, _ in told(frames)] == [2]


def test_a_page_without_data_keeps_what_is_good_beside_what_is_bad():
    frames = read(lines({"data": None, "includes": {"users": [USER, 5]}, "__twarc": PAGE["__twarc"]}))

    assert frames["account"]["id"].to_list() == ["x:9"]
    assert told(frames) == [(1, "the row is a whole number, expected an object")]


def test_an_empty_page_is_no_bad_row():
    page = {"meta": {"result_count": 0}, "__twarc": PAGE["__twarc"]}

    assert XApi().recognises(Head(name="", start=lines(page)))
    assert read(lines(page)) == {}


def test_an_e_mail_or_ip_address_beside_the_fields_does_not_enter():
    private = {"email": "ada@example.org", "ip": "10.0.0.1"}
    page = {
        "data": [TWEET | private, private],
        "includes": {"users": [USER | private, private]},
        "errors": [GONE | private],
    }
    frames = read(lines(page))

    assert "ada@" not in str([frame.to_dicts() for frame in frames.values()])
    assert "10.0.0.1" not in str([frame.to_dicts() for frame in frames.values()])
    assert len(frames["reject"]) == 2


@settings(deadline=None, max_examples=15)
@given(
    st.lists(
        st.sampled_from([PAGE, FLAT, {"data": [REFERENCED, {"id": 5}]}, {"errors": [GONE]}, {"data": [USER]}, {}])
    ),
    st.integers(1, 7),
)
@pytest.mark.slow
def test_batches_of_any_size_give_the_same(some, rows):
    whole, parts = read(lines(*some)), read(lines(*some), rows)

    assert whole.keys() == parts.keys()
    assert all(frame.equals(parts[noun]) for noun, frame in whole.items())


@pytest.mark.slow
def test_it_keeps_the_contract_of_a_source():
    check_source(XApi(), lines(PAGE, {"data": [REFERENCED]}, {"data": [USER]}))
    check_source(XApi(), lines(FLAT, FLAT))
    check_source(XApi(), json.dumps([TWEET, REFERENCED], indent=1).encode())


@pytest.mark.parametrize(
    ("start", "known"),
    [
        (lines(PAGE), True),
        (lines(PAGE)[:150], True),
        (lines(FLAT), True),
        (lines({"errors": [GONE]}), True),
        (json.dumps(PAGE, indent=1).encode(), True),
        (lines({"data": [{"id": "1", "type": "thing"}]}), False),
        (lines({"data": {"start": "2023", "tweet_count": 3}}), False),
        (lines({"id": "1", "author": "2", "created_at": "3", "text": "4"}), False),
    ],
)
def test_it_is_known_by_what_stands_in_its_pages(start, known):
    assert XApi().recognises(Head(name="", start=start)) is known
