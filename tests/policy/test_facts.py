"""Facts against a slow reading of the records, post by post."""

from datetime import UTC, datetime, timedelta
from math import nan

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.policy import SCHEMA, facts
from rejoinder.policy.vocabulary import KINDS
from rejoinder.records import Account, Post, Report, Signal
from rejoinder.records.frames import conform

START = datetime(2024, 5, 1, tzinfo=UTC)
POSTS, AUTHORS = ["x:1", "x:2", "x:3"], ["x:a", "x:b"]


def _frame(record, rows):
    return conform(
        record, pl.DataFrame(rows, schema_overrides={k: v for k, v in record.schema().items() if rows and k in rows[0]})
    )


def _post(n, **other):
    return {"id": f"x:{n}", "platform": "x", "author": "x:a", "created_at": START, "text": "words"} | other


def _signal(subject="x:1", kind="hate", probability=0.5, **other):
    told = {"subject": subject, "subject_type": "post", "detector": "d", "version": "1", "reach": "in reach"}
    return told | {"kind": kind, "probability": probability, "targets": [], "narratives": [], "stance": None} | other


def _facts(posts, signals=(), accounts=(), reports=()):
    return facts(
        _frame(Post, posts),
        _frame(Signal, list(signals)),
        _frame(Account, list(accounts)),
        _frame(Report, list(reports)),
    )


_SIGNALS = st.lists(
    st.builds(
        _signal,
        subject=st.sampled_from([*POSTS, *AUTHORS]),
        kind=st.sampled_from(["hate", "hate", "threat", "slur", "own.kind", "coordination"]),
        probability=st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0]),
        subject_type=st.sampled_from(["post", "post", "account", "group"]),
        stance=st.none() | st.sampled_from(["attacks", "counters", "reports", "reclaims", "unclear"]),
        reach=st.sampled_from(["in reach", "no answer", "language", "too short", "no text"]),
        targets=st.lists(st.sampled_from(["jews", "roma"]), max_size=2),
        narratives=st.lists(st.sampled_from(["n1", "n2"]), max_size=2),
        members=st.lists(st.sampled_from(AUTHORS), max_size=2),
    ),
    max_size=12,
)

_ACCOUNTS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from([*AUTHORS, "x:c"]),
            "platform": st.just("x"),
            "seen_at": st.none() | st.integers(0, 3).map(lambda n: START + timedelta(days=n)),
            "created_at": st.none() | st.integers(-40, 3).map(lambda n: START + timedelta(hours=13 * n)),
            "followers": st.none() | st.integers(0, 3),
            "verified": st.none() | st.booleans(),
            "paid": st.none() | st.booleans(),
            "automated": st.none() | st.booleans(),
        }
    ),
    max_size=6,
    unique_by=lambda row: (row["id"], row["seen_at"]),
)

_REPORTS = st.lists(
    st.fixed_dictionaries(
        {
            "platform": st.just("x"),
            "created_at": st.just(START),
            "subject": st.sampled_from([*POSTS, *AUTHORS]),
            "subject_type": st.sampled_from(["post", "account"]),
            "reporter_kind": st.sampled_from(["user", "trusted flagger", "body", "moderator", "automated"]),
            "posts": st.lists(st.sampled_from(POSTS), max_size=2),
        }
    ),
    max_size=8,
).map(lambda rows: [row | {"id": f"r:{n}"} for n, row in enumerate(rows)])


def _expected(post, signals, accounts, reports):
    own = [row for row in signals if row["subject"] == post["id"] and row["subject_type"] == "post"]
    own = [row for row in own if row["kind"] in KINDS]
    found = {}
    for kind in KINDS:
        said = [row["probability"] for row in own if row["kind"] == kind and row["probability"] is not None]
        found[kind] = max(said, default=None)
    for kind in KINDS:
        if found[kind] is None and found["hate"] is not None:
            found[kind] = 0.0
    mildest = ["counters", "reports", "reclaims", "unclear", "attacks"]
    stances = [row for row in own if row["kind"] == "hate" and row["stance"] and row["probability"] is not None]
    best = min(stances, key=lambda row: (-row["probability"], mildest.index(row["stance"])), default=None)
    found["attitude"] = best and best["stance"]
    for name in ("targets", "narratives"):
        united = sorted({word for row in own for word in row[name]})
        found[name] = united if found["hate"] is not None else None
    reaches = {row["reach"] for row in own if row["kind"] == "hate"}
    found["reach"] = next(
        (reach for reach in ("in reach", "no answer", "language", "too short", "no text") if reach in reaches), None
    )
    looks = [row for row in accounts if row["id"] == post["author"]]
    look = max(looks, key=lambda row: (row["seen_at"] is not None, row["seen_at"] or START), default={})
    for name in ("followers", "verified", "paid", "automated"):
        found[name] = look.get(name)
    made = look.get("created_at")
    found["account_age_days"] = (post["created_at"] - made).days if made and made <= post["created_at"] else None
    coordinated = [
        row["probability"]
        for row in signals
        if row["kind"] == "coordination"
        and row["probability"] is not None
        and (
            (row["subject_type"] == "account" and row["subject"] == post["author"])
            or (row["subject_type"] == "group" and post["author"] in row["members"])
        )
    ]
    found["account_coordination"] = max(coordinated, default=None)
    naming = [
        row
        for row in reports
        if (row["subject_type"] == "post" and row["subject"] == post["id"]) or post["id"] in row["posts"]
    ]
    found["reports"] = len(naming)
    found["flagger_reports"] = sum(row["reporter_kind"] in {"trusted flagger", "body"} for row in naming)
    return found


@given(signals=_SIGNALS, accounts=_ACCOUNTS, reports=_REPORTS, seed=st.randoms())
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_facts_are_what_a_slow_reading_of_the_records_finds(signals, accounts, reports, seed):
    """Every computed term of every post, whatever the order of the other records."""
    posts = [_post(n, author=author) for n, author in ((1, "x:a"), (2, "x:b"), (3, "x:a"))]
    for rows in (signals, accounts, reports):
        seed.shuffle(rows)
    found = _facts(posts, signals, accounts, reports).to_dicts()
    for post, row in zip(posts, found, strict=True):
        expected = _expected(post, signals, accounts, reports)
        assert {name: row[name] for name in expected} == expected


def test_facts_stand_in_the_order_of_the_posts():
    """One row each, with whose it is and when, and exactly the columns of the schema."""
    posts = [_post(n, created_at=START + timedelta(hours=n), author=f"x:{n}a") for n in (3, 1, 2)]
    found = _facts(posts)
    assert found.select("subject", "author", "time").rows() == [
        (f"x:{n}", f"x:{n}a", START + timedelta(hours=n)) for n in (3, 1, 2)
    ]
    assert found.schema == SCHEMA


@pytest.mark.parametrize(
    ("post", "name", "value"),
    [
        ({"lang": "de-AT"}, "lang", "de"),
        ({"lang": "EN"}, "lang", "en"),
        ({"lang": None}, "lang", None),
        ({"platform": "Bluesky"}, "platform", "bluesky"),
        ({"repost_of": "x:9"}, "is_repost", True),
        ({}, "is_repost", False),
        ({"reply_to": "x:9"}, "is_reply", True),
        ({}, "is_reply", False),
        ({"text": " \n"}, "has_text", False),
        ({"text": "a"}, "has_text", True),
        ({"media": ["m"]}, "has_media", True),
        ({}, "has_media", False),
        ({"sensitive": True}, "sensitive", True),
        ({}, "sensitive", None),
        ({"views": 3}, "views", 3),
        ({"likes": 3}, "likes", 3),
        ({"reposts": 3}, "reposts", 3),
        ({}, "views", None),
    ],
)
def test_what_a_post_says_of_itself_is_a_fact(post, name, value):
    """And what it does not say is unknown."""
    assert _facts([_post(1, **post)])[name].to_list() == [value]


@pytest.mark.parametrize(
    ("before", "days"),
    [
        (timedelta(0), 0),
        (timedelta(hours=23, minutes=59), 0),
        (timedelta(days=1), 1),
        (timedelta(days=800), 800),
        (timedelta(seconds=-1), None),
        (None, None),
    ],
)
def test_an_account_has_an_age_in_whole_days_if_it_is_older_than_the_post(before, days):
    """An account that was made after its own post is a mistake of somebody's, so its age is unknown."""
    made = before if before is None else START - before
    account = {"id": "x:a", "platform": "x", "created_at": made}
    assert _facts([_post(1)], accounts=[account])["account_age_days"].to_list() == [days]


@pytest.mark.parametrize(
    ("one", "other", "attitude"),
    [
        (("attacks", 0.6), ("counters", 0.5), "attacks"),
        (("attacks", 0.5), ("counters", 0.5), "counters"),
        (("attacks", 0.5), ("unclear", 0.5), "unclear"),
        (("unclear", 0.5), ("reclaims", 0.5), "reclaims"),
        (("reclaims", 0.5), ("reports", 0.5), "reports"),
        (("reports", 0.5), ("counters", 0.5), "counters"),
        (("attacks", 0.5), (None, 0.9), "attacks"),
        (("attacks", None), ("counters", 0.1), "counters"),
    ],
)
def test_of_two_detectors_the_more_certain_one_says_the_attitude(one, other, attitude):
    """And where both are equally certain, the one that is better for the author."""
    said = [_signal(stance=stance, probability=probability) for stance, probability in (one, other)]
    assert _facts([_post(1)], said)["attitude"].to_list() == [attitude]


def test_a_probability_that_is_no_number_is_unknown():
    """It must not count as high, as sorting would have it."""
    assert _facts([_post(1)], [_signal(probability=nan)])["hate"].to_list() == [None]


def test_a_post_that_no_detector_saw_has_no_reach():
    """A missing signal is unknown in every respect."""
    found = _facts([_post(1)]).to_dicts()[0]
    assert {name: found[name] for name in (*KINDS, "reach", "attitude", "targets", "narratives")} == dict.fromkeys(
        (*KINDS, "reach", "attitude", "targets", "narratives")
    )


def test_facts_of_a_batch_are_facts_of_the_whole():
    """A batch with all signals, accounts and reports gives the same rows."""
    posts = [_post(n, views=n) for n in range(5)]
    signals = [_signal(f"x:{n}", probability=n / 5) for n in range(5)]
    parts = [_facts(posts[:2], signals), _facts(posts[2:], signals)]
    assert pl.concat(parts).equals(_facts(posts, signals))
