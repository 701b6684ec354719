"""Replay against two sets of decisions compared by hand."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_policies import facts_of, policy_of

from rejoinder.policy import decide, default_policy, match, parse_policy, replay
from rejoinder.policy.replay import CHANGES, SAMPLES

MILD = {"when": "hate >= 0.9", "stance": "note"}
STRICT = {"when": "hate >= 0.5", "access": "remove"}
ASKS = {"when": "hate >= 0.7", "review": True}


def _counts(found):
    return {change: count for change, count, _ in found.by_change.iter_rows() if count}


def test_the_same_policy_changes_nothing():
    """On any facts."""
    found = replay(
        default_policy(), default_policy(), facts_of(hate=[0.9, None, 0.1], attitude=["attacks", None, None])
    )
    assert (found.posts, found.changes.height, _counts(found)) == (3, 0, {})
    assert found.by_change["change"].to_list() == list(CHANGES)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (MILD, STRICT, {"newly acted": 2, "changed": 1}),
        (STRICT, MILD, {"newly spared": 2, "changed": 1}),
        (MILD, ASKS, {"newly spared": 1, "review gained": 2}),
        (ASKS, MILD, {"newly acted": 1, "review lost": 2}),
        (MILD, MILD | {"id": "X1"}, {}),
        (MILD, MILD | {"places": {"DE": {"access": "remove"}}}, {"changed": 1}),
        (ASKS, ASKS | {"places": {"DE": {"access": "remove"}}}, {"newly acted": 2}),
    ],
)
def test_changes_are_told_apart(old, new, expected):
    """Three posts, of 0.6, 0.8 and 0.95."""
    assert _counts(replay(policy_of(old), policy_of(new), facts_of(hate=[0.6, 0.8, 0.95]))) == expected


def _acts(row):
    axes = (("stance", "none"), ("access", "none"), ("ads", "allow"), ("account", "none"))
    return any(row[axis] != neutral for axis, neutral in axes)


@given(
    rows=st.lists(st.tuples(st.none() | st.sampled_from([0.1, 0.6, 0.8, 1.0]), st.none() | st.booleans()), min_size=1),
    old=st.permutations([MILD, STRICT, ASKS, {"when": "is_reply"}]),
    new=st.permutations([MILD, STRICT, ASKS, {"when": "is_reply", "strikes": 1, "strikes_expire": "1d"}]),
)
@settings(max_examples=10, deadline=None)
@pytest.mark.slow
def test_counts_are_those_of_the_decisions_compared(rows, old, new):
    """Each post decided under both policies, and the two decisions looked at."""
    policies = policy_of(*old), policy_of(*new)
    facts = facts_of(len(rows), hate=[row[0] for row in rows], is_reply=[row[1] for row in rows])
    before, after = (
        {row["subject"]: row for row in decide(policy, match(policy, facts)).to_dicts()} for policy in policies
    )
    nothing = {"stance": "none", "access": "none", "ads": "allow", "account": "none", "review": False}
    expected = dict.fromkeys(CHANGES, 0)
    for subject in facts["subject"]:
        one, two = before.get(subject, nothing), after.get(subject, nothing)
        same = all(one[axis] == two[axis] for axis in nothing if axis != "review")
        expected["newly acted"] += not _acts(one) and _acts(two)
        expected["newly spared"] += _acts(one) and not _acts(two)
        expected["changed"] += _acts(one) and _acts(two) and not same
        expected["review gained"] += not one["review"] and two["review"]
        expected["review lost"] += one["review"] and not two["review"]
    found = replay(*policies, facts)
    assert dict(found.by_change.select("change", "count").iter_rows()) == expected
    assert found.changes.height == found.by_clause["count"].sum() == found.by_language["count"].sum()


def test_changes_are_counted_by_clause_target_and_language():
    """A post with two targets counts for both; nothing named and nothing known are groups too."""
    facts = facts_of(
        hate=[0.6, 0.6, 0.6, 0.6, 0.1],
        targets=[["jews", "roma"], ["jews"], [], None, ["jews"]],
        lang=["de", "de", "en", None, "de"],
    )
    found = replay(policy_of(MILD), policy_of(STRICT | {"id": "S1"}), facts)
    assert found.by_clause.select("change", "old_clause", "new_clause", "count").rows() == [
        ("newly acted", None, "S1", 4)
    ]
    assert found.by_target.select("target", "count", "posts").rows() == [
        ("jews", 2, 3),
        ("none named", 1, 1),
        ("roma", 1, 1),
        ("unknown", 1, 1),
    ]
    assert found.by_language.select("lang", "count", "posts").rows() == [("de", 2, 3), ("en", 1, 1), ("unknown", 1, 1)]


def test_a_change_tells_both_clauses_and_both_responses():
    """In words, so that a lawyer can read a sample."""
    found = replay(policy_of(MILD), policy_of(STRICT), facts_of(hate=[0.95])).changes
    assert found.select("old_clause", "old_response", "new_clause", "new_response").rows() == [
        ("C0", "note", "C0", "remove")
    ]


def test_samples_are_spread_over_time_and_always_the_same():
    """Whatever the order of the rows."""
    facts = facts_of(hate=[0.6] * 100)
    first = replay(policy_of(MILD), policy_of(STRICT), facts)
    again = replay(policy_of(MILD), policy_of(STRICT), facts.sample(fraction=1, shuffle=True, seed=1))
    assert first.by_change.equals(again.by_change)
    assert first.changes.equals(again.changes)
    assert first.by_change["samples"][0].to_list() == [f"x:{n:04}" for n in (0, 20, 40, 60, 80)]


@pytest.mark.parametrize("count", [1, SAMPLES - 1, SAMPLES, SAMPLES + 1, 3 * SAMPLES])
def test_there_are_as_many_samples_as_asked_or_all(count):
    """Never more than there are posts."""
    found = replay(policy_of(MILD), policy_of(STRICT), facts_of(hate=[0.6] * count))
    assert len(found.by_change["samples"][0]) == min(count, SAMPLES)


def test_a_changed_ladder_changes_the_second_offence_only():
    """Each policy climbs its own."""
    text = policy_of(MILD | {"strikes": 1, "strikes_expire": "9d", "ladder": [{"account": "warn"}]}).source.text
    found = replay(parse_policy(text), parse_policy(text.replace("warn", "ban")), facts_of(hate=[0.95, 0.95]))
    assert found.changes.select("change", "subject").rows() == [("changed", "x:0001")]


def test_a_replay_says_what_it_cannot_know():
    """In sentences."""
    found = replay(policy_of(MILD), policy_of(STRICT), facts_of(hate=[0.6]))
    assert all(sentence.endswith(".") for sentence in found.cannot_know)
    assert any("exposure" in sentence for sentence in found.cannot_know)


def test_no_posts_can_be_replayed():
    """And nothing changes."""
    assert replay(policy_of(MILD), policy_of(STRICT), facts_of(hate=[0.6])[:0]).changes.height == 0


def test_replaying_keeps_every_column_of_a_frame_of_changes():
    """Also where nothing changed."""
    none = replay(policy_of(MILD), policy_of(MILD), facts_of(hate=[0.6])).changes
    some = replay(policy_of(MILD), policy_of(STRICT), facts_of(hate=[0.6])).changes
    assert none.schema == some.schema
    assert isinstance(some, pl.DataFrame)
