"""Whoever tampers is found, the event named is the right one, and nobody is accused who did not."""

from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rejoinder.errors import EvidenceError
from rejoinder.store.chain import START, ZEROS, Entry, Head, Row, link
from rejoinder.store.verification import TOLD, Fault, follow, verify

NOON = "2024-01-02T12:00:00.000000Z"


def chain_of(bodies, *, before=START, kind="noted"):
    """A chain of honest rows after `before`, and its head."""
    rows = []
    for body in bodies:
        row, _ = link(Entry(kind, {"text": body}), before, NOON)
        rows.append(row)
        before = Head(row.seq, row.hash)
    return rows, before


def forged(seq, previous, body="forged"):
    """A row that is sound in itself."""
    return link(Entry("noted", {"text": body}), Head(seq - 1, previous), NOON)[0]


def blamed(rows, head, published=None):
    """Which events are named, and as what."""
    return [(fault.seq, fault.kind) for fault in verify(rows, head, published).found]


def garbled(text, data):
    """`text` with one character put in the place of another."""
    at = data.draw(st.integers(0, len(text) - 1), "at")
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != text[at]), "character")
    return text[:at] + other + text[at + 1 :]


CHAINS = st.lists(st.text(max_size=5), min_size=1, max_size=12).map(chain_of)
LONG_CHAINS = st.lists(st.text(max_size=5), min_size=3, max_size=12).map(chain_of)


@given(chain=st.lists(st.text(max_size=5), max_size=12).map(chain_of), data=st.data())
def test_an_untouched_chain_is_never_accused_whatever_was_published(chain, data):
    rows, head = chain
    published = data.draw(st.sampled_from([None, ZEROS, *(row.hash for row in rows)]))
    result = verify(rows, head, published)

    assert result.valid
    assert [] == result.faults
    assert (len(rows), head) == (result.events, result.head)


@given(chain=CHAINS, data=st.data())
def test_an_event_of_which_a_byte_was_edited_is_named(chain, data):
    rows, head = chain
    at = data.draw(st.integers(0, len(rows) - 1))
    row = rows[at]
    rows[at] = data.draw(
        st.sampled_from([row._replace(event=garbled(row.event, data)), row._replace(hash=garbled(row.hash, data))])
    )

    assert [(at + 1, "changed")] == blamed(rows, head)


@given(chain=CHAINS, data=st.data())
def test_an_event_of_which_both_text_and_hash_were_edited_is_named(chain, data):
    rows, head = chain
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = Row(at + 1, garbled(rows[at].event, data), garbled(rows[at].hash, data))

    assert (at + 1, "changed") in blamed(rows, head)


@pytest.mark.parametrize("value", [None, b"{}", 7, "", "\udcff"])
@pytest.mark.parametrize("column", ["event", "hash"])
def test_a_value_of_another_type_is_a_change(column, value):
    """SQLite keeps anything in any column."""
    rows, head = chain_of("abc")
    rows[1] = rows[1]._replace(**{column: value})

    assert [(2, "changed")] == blamed(rows, head)


@given(chain=CHAINS, data=st.data())
def test_events_that_were_dropped_are_named_by_the_first_and_the_last_of_them(chain, data):
    """A cut tail is one case of it."""
    rows, head = chain
    first = data.draw(st.integers(1, len(rows)))
    last = data.draw(st.integers(first, len(rows)))
    result = verify(rows[: first - 1] + rows[last:], head)

    assert [(first, "dropped")] == [(fault.seq, fault.kind) for fault in result.found]
    assert first == last or f"event {last}" in result.faults[0]


@given(chain=LONG_CHAINS, data=st.data())
def test_two_events_that_were_swapped_are_both_named(chain, data):
    rows, head = chain
    one, other = sorted(data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True)))
    rows[one], rows[other] = rows[other]._replace(seq=one + 1), rows[one]._replace(seq=other + 1)

    assert [(one + 1, "reordered"), (other + 1, "reordered")] == blamed(rows, head)


@given(chain=LONG_CHAINS, data=st.data())
def test_a_forgery_in_the_place_of_an_event_is_named_though_its_hash_is_right(chain, data):
    """With the right `previous` or a wrong one; at the end of the chain the head gives it away."""
    rows, head = chain
    at = data.draw(st.integers(0, len(rows) - 1))
    previous = data.draw(st.sampled_from([rows[at - 1].hash if at else ZEROS, "ab" * 32]))
    rows[at] = forged(at + 1, previous)

    [(seq, kind)] = blamed(rows, head)
    assert at + 1 == seq
    assert kind == ("head" if at + 1 == len(rows) and previous != "ab" * 32 else "inserted")


@given(chain=CHAINS, data=st.data())
def test_a_forgery_without_a_new_hash_is_a_changed_event(chain, data):
    rows, head = chain
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = rows[at]._replace(event=forged(at + 1, "ab" * 32).event)

    assert [(at + 1, "changed")] == blamed(rows, head)


@given(chain=CHAINS, ahead=st.integers(1, 2**62), sound=st.booleans())
def test_an_event_after_the_head_is_named_as_inserted(chain, ahead, sound):
    rows, head = chain
    extra = forged(head.seq + ahead, head.hash)

    assert [(extra.seq, "inserted")] == blamed([*rows, extra if sound else extra._replace(hash="x")], head)


@given(chain=CHAINS, seq=st.integers(-(2**62), 0))
def test_an_event_before_the_first_is_named_as_inserted(chain, seq):
    rows, head = chain

    assert [(seq, "inserted")] == blamed([rows[0]._replace(seq=seq), *rows], head)


@given(chain=LONG_CHAINS, data=st.data())
def test_a_forgery_pushed_between_two_events_is_named_and_so_are_those_pushed_on(chain, data):
    rows, head = chain
    at = data.draw(st.integers(1, len(rows) - 1))
    pushed = [row._replace(seq=row.seq + 1) for row in rows[at:]]
    named = dict(blamed([*rows[:at], forged(at + 1, rows[at - 1].hash), *pushed], head))

    assert at == len(rows) - 2 or at + 1 in named
    assert set(range(at + 2, len(rows) + 2)) <= set(named)


@given(chain=CHAINS, data=st.data())
def test_a_rewritten_rest_is_given_away_by_the_head(chain, data):
    rows, head = chain
    at = data.draw(st.integers(0, len(rows) - 1))
    rest, _ = chain_of(["x"] * (len(rows) - at), before=Head(at, rows[at - 1].hash if at else ZEROS), kind="rewritten")

    assert [(len(rows), "head")] == blamed(rows[:at] + rest, head)


@given(chain=CHAINS, data=st.data())
def test_a_rewritten_rest_with_its_head_is_found_by_a_hash_published_from_it_and_by_no_other(chain, data):
    rows, _ = chain
    at = data.draw(st.integers(0, len(rows) - 1))
    rest, head = chain_of(
        ["x"] * data.draw(st.integers(0, 5)), before=Head(at, rows[at - 1].hash if at else ZEROS), kind="rewritten"
    )

    assert [] == blamed(rows[:at] + rest, head)
    for row in rows:
        assert ([] if row.seq <= at else [(None, "rewritten")]) == blamed(rows[:at] + rest, head, row.hash)


@given(chain=CHAINS, other=st.integers(0, 30), garbage=st.sampled_from([ZEROS, "ab" * 32, "x"]))
def test_a_head_that_was_edited_is_found(chain, other, garbage):
    rows, head = chain
    moved = Head(other, garbage if other == head.seq else head.hash)
    assume(moved != head)

    assert not verify(rows, moved).valid


def test_a_chain_that_does_not_begin_with_nothing_is_found_at_its_first_event():
    rows, head = chain_of("abc", before=Head(0, "ab" * 32))

    assert [(1, "inserted")] == blamed(rows, head)


def test_a_head_that_is_gone_is_found():
    rows, _ = chain_of("abc")

    assert [(None, "head")] == blamed(rows, None)


def test_a_text_that_is_no_event_is_found_though_its_hash_is_right():
    rows, _ = chain_of("ab")
    for text in ("{}", "no JSON", "[" * 100_000, rows[1].event.replace('"actor"', '"e_mail"')):
        row = Row(2, text, sha256(text.encode()).hexdigest())
        assert [(2, "unreadable")] == blamed([rows[0], row], Head(2, row.hash))


def test_a_time_that_goes_back_is_found():
    first = link(Entry("noted", {}), START, "2024-01-02T12:00:00.000001Z")[0]
    second = link(Entry("noted", {}), Head(1, first.hash), NOON)[0]

    assert [(2, "time")] == blamed([first, second], Head(2, second.hash))


def test_several_tamperings_are_all_named():
    rows, head = chain_of("abcdefghij")
    rows[1] = rows[1]._replace(hash="0" * 64)
    rows[6] = forged(7, rows[5].hash)
    del rows[3]

    assert [(2, "changed"), (4, "dropped"), (7, "inserted")] == blamed(rows, head)


def test_the_faults_are_told_in_words_and_a_flood_of_them_is_counted():
    rows, head = chain_of("a" * (TOLD + 20))
    result = verify([row._replace(event="") for row in rows], head)

    assert result.faults[0] == "event 1: it was changed: its text no longer gives its hash"
    assert result.faults[-1] == "and 20 more faults"
    assert (TOLD + 20, TOLD + 1) == (result.count, len(result.faults))


def test_a_fault_of_no_single_event_is_told_without_a_number():
    assert str(Fault(None, "head", "it is gone")) == "it is gone"


@given(chain=CHAINS, data=st.data())
def test_following_the_chain_gives_its_events_and_stops_at_the_first_tampering(chain, data):
    rows, _ = chain
    at = data.draw(st.integers(0, len(rows) - 1))
    before = Head(at, rows[at - 1].hash) if at else START

    assert rows[at].hash == follow(rows[at], before).hash
    for wrong in (rows[at]._replace(event=garbled(rows[at].event, data)), forged(at + 1, "ab" * 32)):
        with pytest.raises(EvidenceError, match=f"event {at + 1}:"):
            follow(wrong, before)
    if at:
        with pytest.raises(EvidenceError, match=f"event {at}: it is missing"):
            follow(rows[at], Head(at - 1, rows[at - 1].hash))
