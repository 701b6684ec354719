"""Mastodon's statuses, reports, administrators' reports and webhooks."""

import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from rejoinder.checks.source import check_source
from rejoinder.records import Account, Post, Report
from rejoinder.records.frames import from_frame
from rejoinder.sources.base import Head
from rejoinder.sources.mastodon import Mastodon

HOST = "https://social.test"
MAIL, IP = "ada@mail.test", "192.0.2.7"
SECRET = "for my friends only"

ADA = {
    "id": "11",
    "username": "ada",
    "acct": "ada",
    "display_name": "Ada :cat:",
    "locked": False,
    "bot": False,
    "created_at": "2022-03-16T00:00:00.000Z",
    "note": "<p>Tea &amp; cake</p>",
    "url": f"{HOST}/@ada",
    "uri": f"{HOST}/users/ada",
    "avatar": f"{HOST}/a.png",
    "followers_count": 3,
    "following_count": 4,
    "statuses_count": 5,
}
BEN = ADA | {
    "id": "12",
    "acct": "ben@far.test",
    "url": "https://far.test/@ben",
    "uri": "https://far.test/users/ben",
    "bot": True,
}


def status(number="101", account=ADA, **more):
    """A public status."""
    return {
        "id": number,
        "created_at": "2024-05-01T12:00:00.000Z",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"{account['uri']}/statuses/{number}",
        "url": f"{account['url']}/{number}",
        "replies_count": 1,
        "reblogs_count": 2,
        "favourites_count": 3,
        "quotes_count": 4,
        "content": "<p>Hello</p>",
        "reblog": None,
        "account": account,
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        "emojis": [],
        "card": None,
        "poll": None,
        **more,
    }


def admin(account, **more):
    """What administrators see of an account."""
    far = account["acct"].partition("@")[2] or None
    seen = {"id": account["id"], "username": "x", "domain": far, "email": MAIL, "ip": IP, "ips": [{"ip": IP}]}
    return seen | {"suspended": False, "silenced": False, "disabled": False, "account": account} | more


def admin_report(**more):
    """A report as administrators see it."""
    return {
        "id": "7",
        "action_taken": True,
        "action_taken_at": "2024-05-03T08:00:00.000Z",
        "category": "violation",
        "comment": "unkind",
        "forwarded": False,
        "created_at": "2024-05-02T09:21:19.085Z",
        "updated_at": "2024-05-03T08:00:00.000Z",
        "account": admin(BEN),
        "target_account": admin(ADA),
        "assigned_account": admin(ADA),
        "action_taken_by_account": None,
        "statuses": [status(), status("102")],
        "rules": [{"id": "2", "text": "Be kind", "hint": ""}],
        **more,
    }


def read(text, rows=100):
    """All frames that come of a file."""
    batches = list(Mastodon().read(io.BytesIO(text.encode()), "statuses.jsonl", rows))
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


def lines(*rows):
    """Rows as JSON lines."""
    return "\n".join(map(json.dumps, rows))


def posts(*rows):
    """The posts that come of some rows."""
    return list(from_frame(Post, read(lines(*rows))["post"]))


def test_a_status_is_read_field_by_field():
    """The content warning first, the content as it is read, and all that a post has room for."""
    frames = read(
        lines(
            status(
                spoiler_text="about tea",
                sensitive=True,
                content='<p>Hi <a href="https://far.test/@ben" class="u-url mention">@<span>ben</span></a>'
                '<br>see <a href="https://example.org/">this</a></p><p>&lt;3</p>',
                mentions=[{"id": "12", "username": "ben", "url": "https://far.test/@ben", "acct": "ben@far.test"}],
                tags=[{"name": "tea", "url": f"{HOST}/tags/tea"}],
                media_attachments=[
                    {"id": "1", "type": "image", "url": f"{HOST}/m/1.png", "remote_url": None},
                    {"id": "2", "type": "image", "url": None, "remote_url": "https://far.test/2.png"},
                    {"id": "3", "type": "unknown", "url": None, "remote_url": None},
                ],
            )
        )
    )
    assert frames.keys() == {"post", "account"}
    assert list(from_frame(Post, frames["post"])) == [
        Post(
            id=f"mastodon:{HOST}/users/ada/statuses/101",
            platform="mastodon",
            author=f"mastodon:{HOST}/users/ada",
            created_at=datetime(2024, 5, 1, 12, tzinfo=UTC),
            text="about tea\nHi @ben\nsee this\n\n<3",
            lang="en",
            thread=f"mastodon:{HOST}/users/ada/statuses/101",
            url=f"{HOST}/@ada/101",
            links=("https://example.org/",),
            hashtags=("tea",),
            mentions=("mastodon:https://far.test/users/ben",),
            media=(f"{HOST}/m/1.png", "https://far.test/2.png"),
            sensitive=True,
            likes=3,
            reposts=2,
            replies=1,
            quotes=4,
        )
    ]
    assert list(from_frame(Account, frames["account"])) == [
        Account(
            id=f"mastodon:{HOST}/users/ada",
            platform="mastodon",
            handle="ada",
            name="Ada :cat:",
            description="Tea & cake",
            created_at=datetime(2022, 3, 16, tzinfo=UTC),
            followers=3,
            following=4,
            posts=5,
            automated=False,
        )
    ]


def test_an_account_of_an_old_export_goes_by_its_address():
    """Rewritten as its uri, so that mentions and both kinds of export mean the same account."""
    old = {name: said for name, said in ADA.items() if name != "uri"}
    (got,) = posts(status() | {"account": old})
    assert got.author == f"mastodon:{HOST}/users/ada"


def test_a_boost_is_a_post_without_text_and_what_it_boosts_is_one_too():
    """Both authors are accounts; the boost has none of the other's figures."""
    inner = status("201", BEN)
    boost = status(reblog=inner, content=inner["content"], uri=f"{HOST}/users/ada/statuses/101/activity")
    outer, boosted = posts(boost)
    assert outer == Post(
        id=f"mastodon:{HOST}/users/ada/statuses/101/activity",
        platform="mastodon",
        author=f"mastodon:{HOST}/users/ada",
        created_at=datetime(2024, 5, 1, 12, tzinfo=UTC),
        url=f"{HOST}/@ada/101",
        repost_of=boosted.id,
    )
    assert (boosted.id, boosted.text, boosted.likes) == ("mastodon:https://far.test/users/ben/statuses/201", "Hello", 3)
    assert read(lines(boost))["account"]["handle"].to_list() == ["ada", "ben@far.test"]


@pytest.mark.parametrize(
    ("quote", "quote_of", "texts"),
    [
        ({"state": "accepted", "quoted_status": status("9", BEN)}, "mastodon:https://far.test/users/ben/statuses/9", 2),
        ({"state": "accepted", "quoted_status_id": "9"}, "mastodon:status/9", 1),
        ({"state": "revoked", "quoted_status": None}, None, 1),
        ({"state": "novel", "quoted_status_id": "9"}, None, 1),
        (None, None, 1),
    ],
)
def test_a_quote_counts_where_it_may_be_shown(quote, quote_of, texts):
    """And the quoted status is a post too."""
    got = posts(status(quote=quote))
    assert (got[0].quote_of, len(got)) == (quote_of, texts)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (status(in_reply_to_id="100", in_reply_to_account_id="11"), f"mastodon:{HOST}/users/ada/statuses/100"),
        (status(in_reply_to_id="100", in_reply_to_account_id="12"), "mastodon:status/100"),
        (status(in_reply_to_id="100"), "mastodon:status/100"),
        (
            status(account=BEN, in_reply_to_id="100", in_reply_to_account_id="12")
            | {"uri": "https://far.test/users/ben/statuses/77"},
            "mastodon:status/100",
        ),
    ],
)
def test_a_reply_is_known_as_one_and_its_parent_where_its_uri_follows(row, expected):
    """That is where the author answers herself, at home; the thread stays unknown."""
    (got,) = posts(row)
    assert (got.reply_to, got.thread) == (expected, None)


@pytest.mark.parametrize("visibility", ["private", "direct", "limited", None])
def test_what_is_not_public_never_enters(visibility):
    """Neither as a post nor its author, and its reject says why without keeping a word of it."""
    frames = read(
        lines(status(visibility=visibility, content=f"<p>{SECRET}</p>"), status("102", visibility="unlisted"))
    )
    assert frames["post"]["id"].to_list() == [f"mastodon:{HOST}/users/ada/statuses/102"]
    assert len(frames["account"]) == 1
    (got,) = frames["reject"].rows(named=True)
    assert (got["line"], got["row"]) == (1, "")
    assert got["reason"].startswith("the status is not public")
    assert got["remedy"] == "none is needed: what is not public is left out"


@pytest.mark.parametrize(
    "row",
    [
        status(visibility="private", content=SECRET, created_at=5),
        status(
            content=SECRET, reblogs_count=-1, quote={"state": "accepted", "quoted_status": status(visibility="direct")}
        ),
        admin_report(created_at="never", statuses=[status(), status(visibility="private", content=f"<p>{SECRET}</p>")]),
        {"uri": f"{HOST}/users/ada/statuses/1", "spoiler_text": SECRET},
        admin_report(
            created_at=5,
            statuses=[
                {"uri": f"{HOST}/users/ada/statuses/1", "visibility": "public"},
                status(visibility="private", content=SECRET),
            ],
            account=None,
            target_account=None,
        ),
        status(created_at=5, padding="x" * 1900) | {"content": SECRET} | {"visibility": "private"},
    ],
)
def test_a_reject_keeps_nothing_that_is_not_public(row):
    """Also where a row is bad for another reason, or cut."""
    frames = read(json.dumps(row, sort_keys=True))
    assert len(frames["reject"]) >= 1
    assert SECRET not in frames["reject"].write_json()


def test_a_reject_of_a_public_row_keeps_it():
    """So that it can be mended."""
    got = read(lines(status(created_at="never")))["reject"].row(0, named=True)
    assert json.loads(got["row"])["content"] == "<p>Hello</p>"
    assert got["reason"].startswith("`created_at` is `never`")


def test_an_edited_status_was_seen_when_it_was_edited():
    """It keeps its id, so the archive knows a later look at the same post."""
    before, after = posts(status(), status(edited_at="2024-05-01T13:00:00.000Z", content="<p>Hello again</p>"))
    assert (before.id, before.collected_at) == (after.id, None)
    assert (after.text, after.collected_at) == ("Hello again", datetime(2024, 5, 1, 13, tzinfo=UTC))


def test_a_report_by_administrators_is_read_field_by_field():
    """The target is the subject, its statuses the evidence and posts, the reporter a number."""
    frames = read(lines(admin_report()))
    assert list(from_frame(Report, frames["report"])) == [
        Report(
            id="mastodon:report/7@2024-05-02T09:21:19.085Z",
            platform="mastodon",
            created_at=datetime(2024, 5, 2, 9, 21, 19, 85000, tzinfo=UTC),
            subject=f"mastodon:{HOST}/users/ada",
            subject_type="account",
            reporter="mastodon:account/12",
            category="violation",
            reason="unkind",
            rules=("2: Be kind",),
            posts=(f"mastodon:{HOST}/users/ada/statuses/101", f"mastodon:{HOST}/users/ada/statuses/102"),
            acted=True,
            acted_at=datetime(2024, 5, 3, 8, tzinfo=UTC),
        )
    ]
    assert frames["post"]["id"].str.slice(-3).to_list() == ["101", "102"]
    assert set(frames["account"]["id"]) == {f"mastodon:{HOST}/users/ada"}


def test_an_open_report_is_undecided():
    """Nobody has looked at it yet: that is not a no."""
    (got,) = from_frame(Report, read(lines(admin_report(action_taken=False, action_taken_at=None)))["report"])
    assert (got.acted, got.acted_at) == (None, None)


@pytest.mark.parametrize(
    ("target", "posts_named"),
    [(ADA, (f"mastodon:{HOST}/users/ada/statuses/101",)), (BEN, ("mastodon:status/101",))],
)
def test_a_report_by_its_reporter_names_posts_by_uri_where_the_target_is_at_home(target, posts_named):
    """The server hides who reported."""
    own = {name: said for name, said in admin_report().items() if name not in ("account", "statuses", "rules")}
    (got,) = from_frame(
        Report, read(lines(own | {"target_account": target, "status_ids": ["101"], "rule_ids": ["2", 3]}))["report"]
    )
    assert (got.subject, got.posts, got.rules) == (f"mastodon:{target['uri']}", posts_named, ("2", "3"))
    assert (got.reporter, got.reporter_kind) == (None, "user")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (admin(ADA), "active"),
        (admin(ADA, silenced=True), "limited"),
        (admin(ADA, silenced=True, suspended=True), "suspended"),
        (ADA, None),
        (ADA | {"limited": True}, "limited"),
        (ADA | {"suspended": True}, "suspended"),
    ],
)
def test_the_standing_of_an_account_is_known_where_it_is_told(seen, expected):
    """Administrators are told of all; others only of limited and suspended ones."""
    assert read(lines(admin_report(target_account=seen, statuses=[])))["account"]["status"].to_list() == [expected]


def test_neither_e_mail_nor_ip_nor_the_reporter_gets_in():
    """Not in records, not in rejects, whatever else is wrong."""
    frames = read(lines(admin_report(), admin_report(created_at="never"), admin_report(created_at=5), admin(ADA)))
    everything = "".join(frame.write_json() for frame in frames.values())
    assert len(frames["reject"]) == 2
    assert MAIL not in everything
    assert IP not in everything
    assert "ben" not in "".join(frame.write_json() for noun, frame in frames.items() if noun != "reject")


@pytest.mark.parametrize("event", ["status.created", "status.updated", "report.created", "report.updated"])
def test_a_webhook_is_what_it_is_about_seen_when_it_was_sent(event):
    """Posts are collected and accounts seen at that time."""
    sent = datetime(2024, 5, 4, tzinfo=UTC)
    about = status() if event.startswith("status") else admin_report()
    frames = read(lines({"event": event, "created_at": "2024-05-04T00:00:00.000Z", "object": about}))
    assert set(frames["post"]["collected_at"]) == {sent} == set(frames["account"]["seen_at"])
    assert ("report" in frames) == event.startswith("report")


def test_a_webhook_about_an_account_is_a_look_at_it():
    """Without e-mail and IP."""
    seen = admin(ADA, suspended=True)
    frames = read(lines({"event": "account.updated", "created_at": "2024-05-04T00:00:00.000Z", "object": seen}))
    assert frames.keys() == {"account"}
    (got,) = from_frame(Account, frames["account"])
    assert (got.id, got.status) == (f"mastodon:{HOST}/users/ada", "suspended")
    assert got.seen_at == datetime(2024, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "document",
    [[status(), status("102")], {"statuses": [status(), status("102")], "accounts": [], "hashtags": []}],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_lists_are_read_as_their_statuses(document, indent):
    """On one line or many."""
    text = json.dumps(document, indent=indent)
    assert Mastodon().recognises(Head(name="", start=text.encode()))
    assert read(text)["post"]["id"].str.slice(-3).to_list() == ["101", "102"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (status(uri=7), "`uri` is a whole number, expected a text or null"),
        (status() | {"account": None}, "`author` is missing or of the wrong type"),
        ({"hello": 1}, "the row is neither a status nor a report"),
        (status(favourites_count=-1), "`likes` is -1, expected at least 0"),
        (admin_report(target_account={}), "`subject` is missing or of the wrong type"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_its_neighbours_are_kept(row, reason):
    """Whatever is wrong with it."""
    frames = read(lines(status(), row, status("102")))
    assert (2, "mastodon", reason) in frames["reject"].select("line", "format", "reason").rows()
    assert {"101", "102"} <= set(frames["post"]["id"].str.slice(-3))


@pytest.mark.slow
def test_frames_do_not_depend_on_the_size_of_batches():
    """Nor on the company that a row is read in."""
    text = lines(
        status(), admin_report(), status(visibility="private"), status(reblog=status("201", BEN)),
        {"event": "status.updated", "created_at": "2024-05-04T00:00:00.000Z", "object": status("103")},
        status("104", in_reply_to_id="103", in_reply_to_account_id="11"), status(created_at=1),
    )  # fmt: skip
    whole = read(text)
    for rows in (1, 2, 5):
        parts = read(text, rows)
        assert parts.keys() == whole.keys()
        assert all(parts[noun].equals(whole[noun]) for noun in whole)


@pytest.mark.parametrize(
    "row", [status(), admin_report(), {"event": "status.created", "created_at": "x", "object": status()}]
)
def test_each_kind_of_row_is_recognised(row):
    """By its content."""
    assert Mastodon().recognises(Head(name="", start=lines(row, row).encode()))


@pytest.mark.parametrize("start", [b"", b'{"uri": "at://x", "value": {}}', b'{"statuses": [1]}', b"id,content\n1,x\n"])
def test_other_files_are_not_recognised(start):
    """Neither Bluesky's nor lists of something else."""
    assert not Mastodon().recognises(Head(name="", start=start))


@pytest.mark.slow
def test_it_keeps_to_what_every_source_keeps_to():
    """The contract of sources."""
    check_source(Mastodon(), lines(status(), admin_report(), status(reblog=status("201", BEN))).encode())
