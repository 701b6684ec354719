"""Events of Jetstream, version 1 and version 2."""

import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from rejoinder.checks.source import check_source
from rejoinder.records import Account, Check, Post
from rejoinder.records.frames import from_frame
from rejoinder.sources.base import Head
from rejoinder.sources.jetstream import Jetstream

ADA, BEN = "did:plc:ada", "did:plc:ben"
AT = datetime(2024, 9, 9, 19, 46, 2, 329308, tzinfo=UTC)
AT_US = 1725911162329308
V2 = "network.bsky.jetstream.subscribeEvents"

FULL = {
    "$type": "app.bsky.feed.post",
    "text": "Tea #time with @ben.test at example.org",
    "createdAt": "2024-09-09T19:46:02.102Z",
    "langs": ["en", "de"],
    "reply": {
        "parent": {"cid": "c", "uri": f"at://{BEN}/app.bsky.feed.post/parent"},
        "root": {"cid": "c", "uri": f"at://{BEN}/app.bsky.feed.post/root"},
    },
    "facets": [
        {
            "index": {"byteStart": 4, "byteEnd": 9},
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "time"}],
        },
        {"index": {}, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": BEN}]},
        {"index": {}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/"}]},
        {"index": {}, "features": [{"$type": "org.example.emoji#facet", "did": "did:web:emoji", "tag": 5}]},
    ],
    "embed": {
        "$type": "app.bsky.embed.recordWithMedia",
        "media": {
            "$type": "app.bsky.embed.images",
            "images": [{"alt": "", "image": {"$type": "blob", "ref": {"$link": "bafpicture"}, "size": 1}}],
        },
        "record": {
            "$type": "app.bsky.embed.record",
            "record": {"cid": "c", "uri": f"at://{BEN}/app.bsky.feed.post/quoted"},
        },
    },
    "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]},
    "tags": ["afternoon", "time"],
}


def post(text="hello", **more):
    """A record of a post."""
    return {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2024-09-09T19:46:02.102Z", **more}


def v1(kind="commit", did=ADA, time_us=AT_US, **more):
    """An event of version 1."""
    return {"did": did, "time_us": time_us, "kind": kind, **more}


def commit(record=None, operation="create", collection="app.bsky.feed.post", rkey="3l3"):
    """A commit; a deletion has no record."""
    made = {} if record is None else {"record": record, "cid": "bafyrei"}
    return {"rev": "3l3rev", "operation": operation, "collection": collection, "rkey": rkey, **made}


def v2(kind, did=ADA, time="2024-09-09T19:46:02.329308Z", **more):
    """A frame of version 2."""
    return {"$type": "message", "payload": {"$type": f"{V2}#{kind}", "seq": 7, "did": did, "time": time, **more}}


def both(kind="commit", **more):
    """The same event in either version."""
    return [v1(kind, **{kind: more}), v2(kind, **(more if kind == "commit" else {kind: more}))]


def read(*events, rows=100):
    """All frames that come of some events, joined over batches."""
    stream = io.BytesIO("\n".join(map(json.dumps, events)).encode())
    batches = list(Jetstream().read(stream, "events.jsonl", rows))
    assert sum(batch.rows for batch in batches) == len(events)
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


@pytest.mark.parametrize("event", both(**commit(FULL)))
def test_a_post_is_read_field_by_field(event):
    """Everything that a record says and a post has room for, from either version."""
    frames = read(event)
    assert frames.keys() == {"post"}
    assert list(from_frame(Post, frames["post"])) == [
        Post(
            id=f"bluesky:at://{ADA}/app.bsky.feed.post/3l3",
            platform="bluesky",
            author=f"bluesky:{ADA}",
            created_at=datetime(2024, 9, 9, 19, 46, 2, 102000, tzinfo=UTC),
            text="Tea #time with @ben.test at example.org",
            lang="en",
            reply_to=f"bluesky:at://{BEN}/app.bsky.feed.post/parent",
            thread=f"bluesky:at://{BEN}/app.bsky.feed.post/root",
            quote_of=f"bluesky:at://{BEN}/app.bsky.feed.post/quoted",
            url=f"https://bsky.app/profile/{ADA}/post/3l3",
            links=("https://example.org/",),
            hashtags=("time", "afternoon"),
            mentions=(f"bluesky:{BEN}",),
            media=("bafpicture",),
            sensitive=True,
            labels=("graphic-media",),
            collected_at=AT,
        )
    ]


def test_a_post_that_answers_none_begins_its_thread():
    """And what its record does not say is unknown, never false."""
    (got,) = from_frame(Post, read(v1(commit=commit(post())))["post"])
    assert (got.thread, got.reply_to, got.sensitive, got.likes, got.lang) == (got.id, None, None, None, None)


@pytest.mark.parametrize(
    ("embed", "name", "expected"),
    [
        ({"$type": "app.bsky.embed.external", "external": {"uri": "https://a.test/"}}, "links", ["https://a.test/"]),
        ({"media": {"external": {"uri": "https://a.test/"}}}, "links", ["https://a.test/"]),
        ({"$type": "app.bsky.embed.video", "video": {"ref": {"$link": "baffilm"}}}, "media", ["baffilm"]),
        ({"images": [{"image": {"cid": "old", "mimeType": "image/png"}}]}, "media", ["old"]),
        ({"images": "none", "video": [], "external": 3, "record": "x", "media": None}, "media", []),
        (
            {"record": {"uri": f"at://{BEN}/app.bsky.feed.post/q"}},
            "quote_of",
            f"bluesky:at://{BEN}/app.bsky.feed.post/q",
        ),
        ({"record": {"uri": f"at://{BEN}/app.bsky.graph.list/q"}}, "quote_of", None),
    ],
)
def test_embeds_give_links_media_and_quotes(embed, name, expected):
    """Each kind of embed that is known; what is unknown gives nothing and harms nothing."""
    got = read(v1(commit=commit(post(embed=embed))))["post"][name]
    assert got.to_list() == [expected]


@pytest.mark.parametrize("event", both(**commit(post("changed"), operation="update")))
def test_a_change_is_a_later_look_at_the_same_post(event):
    """The id stays, the text is new, and it was seen when the event says."""
    (got,) = from_frame(Post, read(event)["post"])
    assert (got.id, got.text, got.collected_at) == (f"bluesky:at://{ADA}/app.bsky.feed.post/3l3", "changed", AT)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-09-09T21:46:02+02:00", datetime(2024, 9, 9, 19, 46, 2, tzinfo=UTC)),
        ("2024-09-10T19:46:02Z", datetime(2024, 9, 10, 19, 46, 2, tzinfo=UTC)),
        ("2024-09-10T19:46:03Z", AT),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("1999-12-31T23:59:59Z", AT),
        ("0001-01-01T00:00:00Z", AT),
        ("yesterday", AT),
        (17, AT),
        (None, AT),
    ],
)
def test_an_absurd_time_gives_way_to_that_of_the_event(written, expected):
    """Before 2000, more than a day ahead of the event, or no time at all."""
    frames = read(v1(commit=commit(post(createdAt=written))))
    assert frames["post"]["created_at"].to_list() == [expected]
    assert "reject" not in frames


def test_a_repost_is_a_post_without_text():
    """It has an id, an author and a time of its own."""
    record = {
        "$type": "app.bsky.feed.repost",
        "subject": {"cid": "c", "uri": f"at://{BEN}/app.bsky.feed.post/other"},
        "createdAt": "2024-09-09T19:46:02Z",
    }
    (got,) = from_frame(Post, read(v1(commit=commit(record, collection="app.bsky.feed.repost", rkey="3re")))["post"])
    assert got == Post(
        id=f"bluesky:at://{ADA}/app.bsky.feed.repost/3re",
        platform="bluesky",
        author=f"bluesky:{ADA}",
        created_at=datetime(2024, 9, 9, 19, 46, 2, tzinfo=UTC),
        repost_of=f"bluesky:at://{BEN}/app.bsky.feed.post/other",
        collected_at=AT,
    )


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("collection", ["app.bsky.feed.post", "app.bsky.feed.repost"])
def test_a_deletion_is_a_check_of_the_post(version, collection):
    """It was the author who deleted it."""
    frames = read(both(**commit(operation="delete", collection=collection))[version])
    assert frames.keys() == {"check"}
    assert list(from_frame(Check, frames["check"])) == [
        Check(
            subject=f"bluesky:at://{ADA}/{collection}/3l3",
            subject_type="post",
            platform="bluesky",
            created_at=AT,
            outcome="deleted by author",
            method=f"jetstream-v{version + 1}",
        )
    ]


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize(
    ("status", "expected"),
    [("deleted", "deleted"), ("deactivated", "deactivated"), ("suspended", "suspended"), ("takendown", "suspended")],
)
def test_an_account_that_is_gone_is_checked_and_has_a_status(version, status, expected):
    """The check's remark is the network's own word."""
    frames = read(both("account", active=False, status=status, did=ADA, seq=1, time="2024-09-09T19:46:00Z")[version])
    assert list(from_frame(Account, frames["account"])) == [
        Account(id=f"bluesky:{ADA}", platform="bluesky", status=expected, seen_at=AT)
    ]
    assert list(from_frame(Check, frames["check"])) == [
        Check(
            subject=f"bluesky:{ADA}",
            subject_type="account",
            platform="bluesky",
            created_at=AT,
            outcome="account gone",
            method=f"jetstream-v{version + 1}",
            remark=status,
        )
    ]


def test_an_active_account_is_not_checked():
    """It is known to be active, and no more."""
    frames = read(*both("account", active=True))
    assert frames.keys() == {"account"}
    assert frames["account"]["status"].to_list() == ["active", "active"]


def test_an_account_that_cannot_be_seen_for_no_known_reason_is_gone_with_unknown_status():
    """No reason and a new reason alike."""
    frames = read(
        v1("account", account={"active": False}), v1("account", account={"active": False, "status": "resting"})
    )
    assert frames["account"]["status"].to_list() == [None, None]
    assert frames["check"]["remark"].to_list() == ["", "resting"]


@pytest.mark.parametrize("status", ["desynchronized", "throttled"])
def test_a_host_that_lags_says_nothing_of_the_account(status):
    """No check, no account, no reject."""
    assert read(v1("account", account={"active": False, "status": status})) == {}


def test_a_new_handle_is_a_look_at_the_account():
    """From either version; without a handle nothing is known."""
    frames = read(*both("identity", handle="ada.test", did=ADA, seq=1), v1("identity", identity={"did": ADA}))
    expected = Account(id=f"bluesky:{ADA}", platform="bluesky", handle="ada.test", seen_at=AT)
    assert list(from_frame(Account, frames["account"])) == [expected, expected]


def test_other_events_are_read_and_passed_over():
    """Likes, follows, records of strangers, notices about the stream: no records and no rejects."""
    like = {
        "$type": "app.bsky.feed.like",
        "subject": {"uri": "at://x", "cid": "c"},
        "createdAt": "2024-09-09T19:46:02Z",
    }
    assert (
        read(
            v1(commit=commit(like, collection="app.bsky.feed.like")),
            v1(commit=commit(operation="delete", collection="app.bsky.graph.follow")),
            v1(commit=commit({"text": {"odd": 1}}, collection="org.example.note")),
            v2("sync", sync={"did": ADA}),
            {"$type": "message", "payload": {"$type": f"{V2}#info", "name": "OutdatedCursor", "message": "…"}},
        )
        == {}
    )


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (v1(commit=commit({"$type": "app.bsky.feed.post"})), "`text` is missing"),
        (v1(commit=commit(post(text=5))), "`text` is a whole number, expected a text"),
        (v1(commit=commit({"$type": "app.bsky.feed.like", "text": ""})), "`$type`: invalid value 'app.bsky.feed.like'"),
        (v1(commit=commit()), "`record` is missing from a commit to `app.bsky.feed.post`"),
        (v1(commit=commit(post(), rkey="")), "`rkey` is missing"),
        ({"time_us": 1, "kind": "commit"}, "`did` is missing"),
        ({"did": ADA, "kind": "commit"}, "`time_us` is missing"),
        (v2("commit", time="soon", **commit(operation="delete")), "`created_at` is missing or of the wrong type"),
        (v2("account", did="", account={"active": True}), "`did` is missing"),
        ({"$type": "error", "payload": {"error": "ConsumerTooSlow"}}, "the stream ended: ConsumerTooSlow"),
        ([], "the row is a list, expected an object"),
    ],
)
def test_a_bad_event_is_rejected_with_its_line_and_its_neighbours_are_kept(event, reason):
    """Whatever is wrong with it."""
    frames = read(v1(commit=commit(post())), event, v1(commit=commit(post(), rkey="b")))
    assert frames["reject"].select("file", "line", "format", "reason").rows() == [
        ("events.jsonl", 2, "jetstream", reason)
    ]
    assert frames["post"]["id"].str.slice(-3).to_list() == ["3l3", "t/b"]


@pytest.mark.slow
def test_frames_do_not_depend_on_the_size_of_batches():
    """Nor on the company that an event is read in."""
    events = [
        *both(**commit(FULL)),
        *both(**commit(post())),
        v1(commit=commit({"$type": "app.bsky.feed.post"})),
        *both(**commit(operation="delete")),
        *both("account", active=False, status="deleted"),
        *both("identity", handle="ada.test"),
    ]
    whole = read(*events)
    for rows in (1, 2, 5):
        parts = read(*events, rows=rows)
        assert parts.keys() == whole.keys()
        assert all(parts[noun].equals(whole[noun]) for noun in whole)


@pytest.mark.parametrize("events", [[v1(commit=commit(post()))], [v2("commit", **commit(post()))], both("identity")])
def test_either_version_is_recognised(events):
    """By its content."""
    assert Jetstream().recognises(Head(name="", start="\n".join(map(json.dumps, events)).encode()))


@pytest.mark.parametrize(
    "start", [b"", b"id,text\n1,x\n", b'{"did": "x", "text": "y"}', b'{"payload": 1, "id": 2}', b"\x00\xff"]
)
def test_other_files_are_not_recognised(start):
    """Neither tables nor other JSON nor bytes."""
    assert not Jetstream().recognises(Head(name="", start=start))


@pytest.mark.slow
def test_it_keeps_to_what_every_source_keeps_to():
    """The contract of sources."""
    check_source(
        Jetstream(),
        "\n".join(map(json.dumps, [*both(**commit(FULL)), *both("account", active=False, status="deleted")])).encode(),
    )
