"""The canonical text of an event, and the link to the event before."""

import hashlib
import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.errors import UsageError
from rejoinder.store.chain import START, ZEROS, Entry, Head, link, stamp

NOON = "2024-01-02T12:00:00.000000Z"
_TEXT = st.text(max_size=8)
_PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT
_NESTED = st.recursive(_PLAIN, lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner), max_leaves=4)
BODIES = st.dictionaries(_TEXT, _NESTED, max_size=4)


def test_the_text_is_byte_for_byte_what_the_documentation_says():
    row, _ = link(Entry("noted", {"z": 1.0, "a": {"ö": [None, True, -0.5]}, "B": 'x\n"/\u2028'}), START, NOON)

    assert (
        '{"actor":"system","body":{"B":"x\\n\\"/\u2028","a":{"ö":[null,true,-0.5]},"z":1.0},"kind":"noted",'
        f'"previous":"{ZEROS}","seq":1,"time":"{NOON}"}}'
    ) == row.event


@given(body=BODIES)
def test_any_body_comes_back_as_given_and_another_json_library_reads_the_same(body):
    """The value oracle is the standard library's JSON; keys are sorted by code point, without white space."""
    row, event = link(Entry("noted", body, "m-1"), Head(6, "ab" * 32), NOON)
    read = json.loads(row.event)

    assert body == event.body
    assert {"actor": "m-1", "body": body, "kind": "noted", "previous": "ab" * 32, "seq": 7, "time": NOON} == read
    assert list(read) == sorted(read)
    assert list(read["body"]) == sorted(body)


@given(body=BODIES)
@pytest.mark.slow
def test_the_hash_is_the_sha_256_of_exactly_the_stored_text(body):
    row, event = link(Entry("noted", body), START, NOON)

    assert hashlib.sha256(row.event.encode()).hexdigest() == row.hash == event.hash


def test_equal_bodies_give_equal_texts_in_whatever_order_their_keys_came():
    one, _ = link(Entry("noted", {"a": 1, "b": {"d": 1, "c": 2}}), START, NOON)
    other, _ = link(Entry("noted", {"b": {"c": 2, "d": 1}, "a": 1}), START, NOON)

    assert one == other


@pytest.mark.parametrize(
    "changed",
    [
        (Entry("rated", {"a": 1}, "m-1"), START, NOON),
        (Entry("noted", {"a": 2}, "m-1"), START, NOON),
        (Entry("noted", {"a": 1}, "m-2"), START, NOON),
        (Entry("noted", {"a": 1}, "m-1"), Head(1, ZEROS), NOON),
        (Entry("noted", {"a": 1}, "m-1"), Head(0, "1" * 64), NOON),
        (Entry("noted", {"a": 1}, "m-1"), START, "2024-01-02T12:00:00.000001Z"),
    ],
)
def test_whatever_is_changed_changes_the_hash(changed):
    assert link(Entry("noted", {"a": 1}, "m-1"), START, NOON)[0].hash != link(*changed)[0].hash


def test_unicode_is_kept_as_given_not_normalised():
    composed, decomposed = "\u00e9", "e\u0301"
    row, event = link(Entry("noted", {composed: decomposed}), START, NOON)

    assert {composed: decomposed} == event.body
    assert f'{{"{composed}":"{decomposed}"}}' in row.event


def test_a_time_is_in_utc_and_always_has_microseconds():
    east = timezone(timedelta(hours=2))

    assert stamp(datetime(2024, 1, 2, 14, tzinfo=east)) == NOON
    assert stamp(datetime(2024, 1, 2, 12, 0, 0, 70, tzinfo=UTC)) == "2024-01-02T12:00:00.000070Z"


def test_tuples_and_times_are_kept_as_json_has_them():
    _, event = link(Entry("noted", {"when": datetime(2024, 1, 2, tzinfo=UTC), "ids": ("a", "b")}), START, NOON)

    assert {"when": "2024-01-02T00:00:00Z", "ids": ["a", "b"]} == event.body


@pytest.mark.parametrize(
    "entry",
    [
        Entry("noted", {"a": math.nan}),
        Entry("noted", {"a": [math.inf]}),
        Entry("noted", {1: "a"}),
        Entry("noted", {"a": {None: 1}}),
        Entry("noted", {"a": "\ud800"}),
        Entry("noted", {"a": object()}),
        Entry("noted", ["not", "a", "mapping"]),
        Entry("", {}),
        Entry("noted", {}, ""),
        Entry("noted", {}, "a" * 2049),
    ],
)
def test_what_would_not_be_read_back_as_given_is_refused(entry):
    with pytest.raises(UsageError, match="this cannot be an event"):
        link(entry, START, NOON)


def test_a_body_nested_without_end_is_refused():
    body: dict = {}
    body["self"] = body

    with pytest.raises(UsageError, match="this cannot be an event"):
        link(Entry("noted", body), START, NOON)


def test_an_e_mail_address_is_refused_as_actor_and_not_repeated():
    with pytest.raises(UsageError, match="e-mail") as refused:
        link(Entry("noted", {}, "ada@example.org"), START, NOON)

    assert "ada" not in str(refused.value)


def test_an_account_of_a_federated_platform_may_act():
    """`platform:name@server` looks like an address and is none."""
    _, event = link(Entry("noted", {}, "mastodon:ada@example.org"), START, NOON)

    assert event.actor == "mastodon:ada@example.org"
