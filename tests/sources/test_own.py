"""Our own JSON lines: every noun, strict types, whole ids."""

import io
import json
from datetime import UTC, datetime

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder import records
from rejoinder.checks.source import check_source
from rejoinder.records import INGESTED
from rejoinder.records.frames import from_frame, schema_of
from rejoinder.sources.base import Head
from rejoinder.sources.own import OwnJsonl, row_type

NOON = datetime(2024, 1, 31, 12, tzinfo=UTC)

POST = {
    "record": "post",
    "id": "x:1",
    "platform": "x",
    "author": "x:9",
    "created_at": "2024-01-31T12:00:00Z",
    "text": "A cup of tea",
    "lang": "en",
    "reply_to": "x:2",
    "repost_of": "x:3",
    "quote_of": "x:4",
    "thread": "x:5",
    "url": "https://x.test/1",
    "links": ["https://a.test"],
    "hashtags": ["tea", "cake"],
    "mentions": ["x:8"],
    "media": ["https://x.test/p.jpg"],
    "sensitive": False,
    "labels": ["spam"],
    "withheld_in": ["DE"],
    "likes": 1,
    "reposts": 2,
    "replies": 3,
    "quotes": 4,
    "views": 5,
    "collected_at": "2024-01-31T13:00:00+01:00",
}
ONE_OF_EACH = [
    records.Post(id="x:1", platform="x", author="x:9", created_at=NOON, text="Tea", mentions=("x:8",), likes=0),
    records.Account(id="x:9", platform="x", handle="ada", created_at=NOON, posts=3, verified=True),
    records.Report(id="x:r", platform="x", created_at=NOON, subject="x:1", subject_type="post", posts=("x:1",)),
    records.Check(
        subject="x:1", subject_type="post", platform="x", created_at=NOON, outcome="up", method="by hand"
    ),
    records.Note(id="n", post="x:1", author="p", created_at=NOON, text="Not so", links=("https://a.test",)),
    records.Rating(note="n", rater="r", created_at=NOON, helpful=0.5, reasons=("clear",)),
    records.Judgement(subject="x:1", coder="c", codebook="b", hateful=None, targets=("jews",)),
    records.Impression(
        id="x:i", platform="x", created_at=NOON, ad="a", advertiser="b", beside=("x:1", "x:2"), viewer="v"
    ),
    records.Appeal(id="a", subject="x:1", appellant="x:9", created_at=NOON, outcome="upheld", decided_at=NOON),
]  # fmt: skip


def lines(*rows):
    return b"\n".join(json.dumps(row).encode() for row in rows)


def read(text, rows=1_000):
    batches = list(OwnJsonl().read(io.BytesIO(text), "posts.jsonl", rows))
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


def post(**said):
    return {"id": "1", "author": "2", "created_at": "2024-01-31T12:00:00Z"} | said


def test_every_field_of_a_post_is_read():
    (row,) = read(lines(POST))["post"].to_dicts()

    assert row == {name: value for name, value in POST.items() if name != "record"} | {
        "created_at": NOON,
        "collected_at": NOON,
    }


def test_every_noun_that_may_come_in_comes_out_as_it_was():
    frames = read(b"\n".join(map(msgspec.json.encode, ONE_OF_EACH)))

    assert {type(record) for record in ONE_OF_EACH} == set(INGESTED)
    assert [record for kind in INGESTED for record in from_frame(kind, frames[kind.noun()])] == ONE_OF_EACH


@pytest.mark.slow
def test_it_keeps_the_contract_of_a_source():
    check_source(OwnJsonl(), lines(POST, post(), {**POST, "id": "x:7"}))
    check_source(OwnJsonl(), b"\n".join(map(msgspec.json.encode, ONE_OF_EACH)))


def test_what_is_absent_is_unknown_and_the_platform_is_local():
    (row,) = read(lines(post()))["post"].to_dicts()

    known = {name: value for name, value in row.items() if value not in (None, [])}
    assert known == {"id": "local:1", "platform": "local", "author": "local:2", "created_at": NOON, "text": ""}


def test_null_is_the_same_as_absent():
    nulls = dict.fromkeys(name for name in schema_of(records.Post) if name not in post())

    assert read(lines(post(**nulls)))["post"].equals(read(lines(post()))["post"])


def test_ids_without_their_platform_get_it_row_by_row():
    rows = [
        post(platform="x", mentions=["3", "x:4"], reply_to="x:5"),
        post(platform="m", id="m:1", mentions=["3"], thread="9"),
        post(id="at://did:plc:a/b", platform="bluesky"),
    ]
    frame = read(lines(*rows))["post"]

    assert frame["id"].to_list() == ["x:1", "m:1", "bluesky:at://did:plc:a/b"]
    assert frame["author"].to_list() == ["x:2", "m:2", "bluesky:2"]
    assert frame["mentions"].to_list() == [["x:3", "x:4"], ["m:3"], []]
    assert frame["reply_to"].to_list() == ["x:5", None, None]
    assert frame["thread"].to_list() == [None, "m:9", None]


def test_nouns_without_a_platform_may_say_one():
    judgement = {"record": "judgement", "coder": "c", "codebook": "b", "hateful": True}
    rows = [judgement | {"subject": "1"}, judgement | {"subject": "x:1"}, judgement | {"subject": "1", "platform": "x"}]

    assert read(lines(*rows))["judgement"]["subject"].to_list() == ["local:1", "x:1", "x:1"]


def test_a_reported_note_or_group_is_no_name_on_a_platform():
    report = {"record": "report", "id": "r", "subject": "n1", "created_at": "2024-01-31T12:00:00Z"}
    rows = [report | {"subject_type": kind} for kind in ("post", "account", "note", "group")]

    assert read(lines(*rows))["report"]["subject"].to_list() == ["local:n1", "local:n1", "n1", "n1"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (post(text=5), "`text` is a whole number, expected a text or null"),
        (post(likes=-1), "`likes` is -1, expected at least 0"),
        (post(likes=1.5), "`likes` is a number, expected a whole number or null"),
        (post(likes=10**30), "`likes`: expected `int` <= 9223372036854775807"),
        (post(links="https://a.test"), "`links` is a text, expected a list or null"),
        (post(mentions=[None]), "`mentions[0]` is null, expected a text"),
        (post(created_at=1706702400), "`created_at` is a whole number, expected a text or null"),
        (post(created_at="yesterday"), "`created_at` is `yesterday`, expected a time"),
        (post(collected_at="yesterday"), "`collected_at` is `yesterday`, expected a time"),
        (post(id=None), "`id` is missing or of the wrong type"),
        (post(id=""), "`id` is empty"),
        (post(record="pots"), "`record` is `pots`, expected one of account, appeal, check"),
        (post(record=None), "`record` is null, expected a text"),
        (
            {"record": "rating", "note": "n", "rater": "r", "created_at": "2024-01-31T12:00Z", "helpful": 2},
            "at most 1.0",
        ),
        ({"record": "account", "id": "1", "status": "banned"}, "`status` is `banned`, expected one of `active`"),
        ({"record": "account", "posts": ["1"]}, "`posts` is a list, expected a whole number or null"),
    ],
)
def test_a_row_that_breaks_the_declaration_is_rejected_with_a_sentence(row, reason):
    frames = read(lines(post(id="a"), row, post(id="b")))

    assert frames["post"]["id"].to_list() == ["local:a", "local:b"]
    assert frames["reject"]["line"].to_list() == [2]
    assert reason in frames["reject"]["reason"].item()


def test_an_e_mail_or_ip_address_beside_the_fields_does_not_enter():
    rows = [
        {"record": "account", "id": "1", "email": "ada@example.org", "ip": "10.0.0.1"},
        {"email": "ada@example.org"},
    ]
    told = str({noun: frame.to_dicts() for noun, frame in read(lines(*rows)).items()})

    assert "ada@" not in told
    assert "10.0.0.1" not in told


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.sampled_from([*map(msgspec.json.encode, ONE_OF_EACH), b"{bad", lines(post(likes=-1))])),
    st.integers(1, 9),
)
@pytest.mark.slow
def test_batches_of_any_size_give_the_same(some, rows):
    whole, parts = read(b"\n".join(some)), read(b"\n".join(some), rows)

    assert whole.keys() == parts.keys()
    assert all(frame.equals(parts[noun]) for noun, frame in whole.items())


@settings(deadline=None, max_examples=50)
@given(
    st.builds(
        records.Post,
        id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=9).map("x:".__add__),
        platform=st.just("x"),
        author=st.just("x:1"),
        created_at=st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        text=st.text(st.characters(codec="utf-8")),
        links=st.lists(st.text(st.characters(codec="utf-8"))).map(tuple),
        likes=st.none() | st.integers(0, 2**63 - 1),
        sensitive=st.none() | st.booleans(),
    )
)
@pytest.mark.slow
def test_any_post_survives_its_own_json(some):
    assert list(from_frame(records.Post, read(msgspec.json.encode(some))["post"])) == [some]


def test_every_field_of_every_noun_has_a_place_in_its_row():
    for record in INGESTED:
        assert set(schema_of(record)) <= set(row_type(record.noun()).__struct_fields__)


@pytest.mark.parametrize(
    ("start", "known"),
    [
        (lines(POST), True),
        (lines(post()), True),
        (lines({"record": "rating"}), True),
        (json.dumps(POST, indent=2).encode(), True),
        (b"{bad\n" + lines(post(), post()), True),
        (lines({"record": "spinning"}), False),
        (lines({"id": "1", "text": "a", "author_id": "2"}), False),
    ],
)
def test_it_is_known_by_its_nouns_or_by_the_fields_of_a_post(start, known):
    assert OwnJsonl().recognises(Head(name="", start=start)) is known


def test_a_foreign_record_that_is_an_object_is_just_not_ours():
    """A field `record` that holds an object, as in other formats, is no reason to stumble."""
    head = Head(name="", start=b'{"record": {"text": "Good morning"}}\n')

    assert not OwnJsonl().recognises(head)
