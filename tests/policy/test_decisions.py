"""Decisions: the ladder against a slow count by account, responses, places, appeals."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_policies import START, facts_of, policy_of

from rejoinder.policy import LADDER, MATCHES, OFFENCES, decide, decide_batch, decisions, ladder, match, offences
from rejoinder.records import Decision, Post
from rejoinder.records.frames import conform, from_frame

STRIKES = {"C0": (1, 10), "C1": (2, 3), "C2": (0, 0)}
"""By clause, strikes and days; the last one has a ladder and gives none, C3 is no offence at all."""


def _policy():
    return policy_of(
        {"when": "threat >= 0.9", "strikes": 1, "strikes_expire": "10d"},
        {"when": "slur >= 0.9", "strikes": 2, "strikes_expire": "3d"},
        {"when": "denial >= 0.9", "ladder": [{"account": "warn"}]},
        {"when": "hate >= 0.9"},
    )


_OFFENCES = st.lists(
    st.fixed_dictionaries(
        {
            "author": st.sampled_from(["x:a", "x:b"]),
            "time": st.integers(0, 40).map(lambda n: START + timedelta(hours=12 * n)),
            "clause": st.sampled_from(["C0", "C1", "C2", "C3", None]),
        }
    ),
    max_size=14,
).map(lambda rows: [row | {"subject": f"x:{n:02}"} for n, row in enumerate(rows)])


def _matches(rows):
    empty = {"also": [], "unknown": [], "review": False, "facts": []}
    filled = [row | empty for row in rows]
    return pl.DataFrame(filled, schema=MATCHES)


def _slow_ladder(rows):
    """For each row, one by one: the strikes of every earlier row of its author that stand at its time."""
    found = {}
    for row in rows:
        if row["clause"] not in STRIKES:
            continue
        standing = 0
        for other in rows:
            given_, days = STRIKES.get(other["clause"], (0, 0))
            earlier = (other["time"], other["subject"]) < (row["time"], row["subject"])
            if other["author"] == row["author"] and earlier and row["time"] < other["time"] + timedelta(days=days):
                standing += given_
        found[row["subject"]] = standing + 1
    return found


@given(rows=_OFFENCES, seed=st.randoms())
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_the_ladder_is_what_a_slow_count_finds(rows, seed):
    """Strikes of the same author that stand, whatever the order of the rows."""
    policy = _policy()
    shuffled = seed.sample(rows, len(rows))
    found = ladder(policy, offences(policy, _matches(shuffled)))
    assert found.schema == LADDER
    assert dict(found.iter_rows()) == _slow_ladder(rows)


@given(rows=_OFFENCES, day=st.integers(0, 20))
@settings(max_examples=12, deadline=None)
@pytest.mark.slow
def test_deciding_in_two_parts_by_time_gives_what_deciding_at_once_gives(rows, day):
    """The decisions of the first part are the earlier ones of the second."""
    policy = _policy()
    cut = START + timedelta(days=day)
    ordered = sorted(rows, key=lambda row: (row["time"], row["subject"]))
    first, second = (_matches([row for row in ordered if (row["time"] < cut) is early]) for early in (True, False))
    before = decide(policy, first)
    at_once = decide(policy, _matches(ordered))
    assert pl.concat([before, decide(policy, second, before)]).equals(at_once)


@given(rows=_OFFENCES, cut=st.integers(0, 14))
@settings(max_examples=20, deadline=None)
@pytest.mark.slow
def test_batches_by_one_ladder_give_what_deciding_at_once_gives(rows, cut):
    """As the flow does: offences of all batches, one ladder, then batch by batch."""
    policy, matches = _policy(), _matches(rows)
    parts = [matches[:cut], matches[cut:]]
    climbed = ladder(policy, pl.concat([offences(policy, part) for part in parts]))
    assert pl.concat([decide_batch(policy, part, climbed) for part in parts]).equals(decide(policy, matches))


def _earlier(**other):
    row = {"subject": ["x:old"], "author": ["x:a"], "time": [START], "clause": ["C0"], "strikes": [1]}
    row |= {"subject_type": ["post"], "policy_version": ["0"], "policy_hash": ["h"]}
    return conform(Decision, pl.DataFrame(row | {name: [value] for name, value in other.items()}))


def _offence_after(earlier, days=1):
    policy = _policy()
    rows = [{"subject": "x:new", "author": "x:a", "time": START + timedelta(days=days), "clause": "C0"}]
    return decide(policy, _matches(rows), earlier)["offence"].item()


def test_a_strike_stands_until_it_expires():
    """To the moment: it no longer stands when its days are over."""
    assert [_offence_after(_earlier(), days) for days in (1, 9, 10, 11)] == [2, 2, 1, 1]


@pytest.mark.parametrize(
    ("other", "offence"),
    [
        ({}, 2),
        ({"strikes": 5}, 6),
        ({"strikes": 0}, 1),
        ({"author": "x:b"}, 1),
        ({"author": None}, 1),
        ({"clause": "gone"}, 1),
        ({"clause": None}, 1),
        ({"subject": "x:new"}, 1),
        ({"time": START + timedelta(days=2)}, 1),
    ],
    ids=str,
)
def test_earlier_decisions_count_as_given(other, offence):
    """Their own strikes count, for their author, under a clause that there still is, if they are earlier at all."""
    assert _offence_after(_earlier(**other)) == offence


def test_of_several_decisions_about_a_subject_the_last_one_stands():
    """A strike taken back on appeal is none."""
    taken_back = pl.concat([_earlier(), _earlier(strikes=0)])
    given_again = pl.concat([_earlier(strikes=0), _earlier()])
    assert (_offence_after(taken_back), _offence_after(given_again)) == (1, 2)


def test_a_policy_without_strikes_has_no_offences():
    """And its decisions say so."""
    policy = policy_of({"when": "hate >= 0.9", "access": "limit"})
    matches = match(policy, facts_of(hate=[0.9, 1.0]))
    assert offences(policy, matches).equals(OFFENCES.to_frame())
    assert decide(policy, matches)["offence"].to_list() == [0, 0]


def _decided(clause, count=1, **facts):
    policy = policy_of({"when": "hate >= 0.9"} | clause)
    return decide(policy, match(policy, facts_of(count, hate=[1.0] * count, **facts)))


@pytest.mark.parametrize(
    ("clause", "column", "value"),
    [
        ({}, "clause", "C0"),
        ({"id": "3.2"}, "clause", "3.2"),
        ({}, "stance", "none"),
        ({"stance": "note"}, "stance", "note"),
        ({}, "access", "none"),
        ({"access": "limit"}, "access", "limit"),
        ({}, "ads", "allow"),
        ({"ads": "exclude"}, "ads", "exclude"),
        ({}, "account", "none"),
        ({"account": "suspend"}, "account", "suspend"),
        ({"account": "suspend"}, "account_days", None),
        ({"account": "suspend", "account_days": 7}, "account_days", 7),
        ({}, "review", False),
        ({"review": True}, "review", True),
        ({}, "strikes", 0),
        ({"strikes": 2, "strikes_expire": "1d"}, "strikes", 2),
        ({}, "appeal_until", None),
        ({"appeal": "30d"}, "appeal_until", START + timedelta(days=30)),
        ({}, "places", []),
    ],
)
def test_what_a_clause_says_is_decided(clause, column, value):
    """Every parameter changes something."""
    assert _decided(clause)[column].to_list() == [value]


def test_a_ladder_overrides_the_clause_step_by_step_and_its_last_step_stays():
    """Each step is said on top of the clause itself, not of the step before."""
    steps = [{"access": "remove"}, {"account": "suspend", "account_days": 7}, {"account": "ban", "review": True}]
    clause = {"access": "limit", "account": "warn", "strikes": 1, "strikes_expire": "90d", "ladder": steps}
    found = _decided(clause, 5).select("offence", "access", "account", "account_days", "review").rows()
    assert found == [
        (1, "limit", "warn", None, False),
        (2, "remove", "warn", None, False),
        (3, "limit", "suspend", 7, False),
        (4, "limit", "ban", None, True),
        (5, "limit", "ban", None, True),
    ]


def test_a_step_that_says_nothing_of_the_account_leaves_its_suspension_as_it_is():
    """And one that does takes the days with it."""
    steps = [{"access": "remove"}, {"account": "suspend"}, {"account": "suspend", "account_days": 30}]
    clause = {"account": "suspend", "account_days": 7, "strikes": 1, "strikes_expire": "90d", "ladder": steps}
    assert _decided(clause, 4)["account_days"].to_list() == [7, 7, None, 30]


def test_two_strikes_climb_two_steps():
    """The number of strikes is a number of steps."""
    clause = {"strikes": 2, "strikes_expire": "90d", "ladder": [{"account": "warn"}, {"account": "ban"}]}
    assert _decided(clause, 2)["account"].to_list() == ["none", "ban"]


def test_at_the_same_time_the_subject_that_sorts_first_came_first():
    """So that nothing depends on the order of rows."""
    clause = {"strikes": 1, "strikes_expire": "90d"}
    found = _decided(clause, 3, time=[START] * 3, subject=["x:b", "x:c", "x:a"])
    assert dict(found.select("subject", "offence").iter_rows()) == {"x:a": 1, "x:b": 2, "x:c": 3}


def test_a_place_overrides_the_ladder():
    """With everything said about it; its other axes are those of the step."""
    places = {"DE": {"access": "remove", "review": True, "law": "§ 1"}, "AT": {"account": "none"}}
    clause = {
        "access": "limit",
        "strikes": 1,
        "strikes_expire": "90d",
        "ladder": [{"account": "warn", "stance": "note"}],
    }
    found = _decided(clause | {"places": places}, 2)["places"].to_list()[1]
    assert found == [
        {"place": "AT", "stance": "note", "access": "limit", "ads": "allow", "account": "none", "review": False},
        {"place": "DE", "stance": "note", "access": "remove", "ads": "allow", "account": "warn", "review": True},
    ]


def test_another_clause_that_asks_for_a_person_is_heard():
    """Everywhere, though it decides nothing else."""
    policy = policy_of(
        {"when": "hate >= 0.9", "access": "limit", "places": {"DE": {"access": "remove"}}},
        {"when": "reports >= 1", "access": "remove", "review": True},
    )
    found = decide(policy, match(policy, facts_of(hate=[0.9, 0.9], reports=[0, 1])))
    assert found["access"].to_list() == ["limit", "limit"]
    assert found["review"].to_list() == [False, True]
    assert [place["review"] for (place,) in found["places"].to_list()] == [False, True]


def test_what_is_unknown_goes_to_a_person():
    """Under no clause where none matched, and under the one that did where one did."""
    policy = policy_of({"when": "threat >= 0.9", "access": "remove"}, {"when": "hate >= 0.9", "access": "limit"})
    found = decide(policy, match(policy, facts_of(hate=[None, 0.9, 0.1], threat=[None, None, None])))
    assert found.select("clause", "access", "review", "unknown").rows() == [
        (None, "none", True, ["C0", "C1"]),
        ("C1", "limit", True, ["C0"]),
        (None, "none", True, ["C0"]),
    ]


def test_every_decision_is_a_record_that_names_its_policy():
    """The frame is one of decisions, and each row passes the record's own checks."""
    policy = policy_of({"when": "hate >= 0.9", "appeal": "30d", "places": {"DE": {"access": "remove"}}})
    found = decide(policy, match(policy, facts_of(hate=[0.95, None])))
    assert found.schema == Decision.schema()
    records = list(from_frame(Decision, found))
    assert {record.policy_hash for record in records} == {policy.hash}
    assert {(record.policy_version, record.subject_type, record.decided_by) for record in records} == {
        ("1", "post", "policy")
    }
    assert [fact.value for fact in records[0].facts] == ["0.95"]


def _posts(count):
    rows = {"id": [f"x:{n:04}" for n in range(count)], "author": "x:a", "platform": "x", "created_at": START}
    return conform(Post, pl.DataFrame(rows))


def test_posts_about_which_nothing_was_to_decide_are_decided_too():
    """No action is a decision, and all come in the order of the posts."""
    policy = policy_of({"when": "hate >= 0.9", "access": "limit", "appeal": "30d"})
    decided = decide(policy, match(policy, facts_of(hate=[0.1, 0.9, 0.1])))
    found = decisions(policy, _posts(3).reverse(), decided)
    assert found.schema == Decision.schema()
    assert found.select("subject", "clause", "access").rows() == [
        ("x:0002", None, "none"),
        ("x:0001", "C0", "limit"),
        ("x:0000", None, "none"),
    ]
    assert {record.policy_hash for record in from_frame(Decision, found)} == {policy.hash}
    assert found.filter(subject="x:0001").drop("time").equals(decided.drop("time"))


def test_two_decisions_about_one_post_are_refused():
    """A row must not be doubled in silence."""
    policy = policy_of({"when": "hate >= 0.9"})
    decided = decide(policy, match(policy, facts_of(hate=[0.9])))
    with pytest.raises(pl.exceptions.ComputeError):
        decisions(policy, _posts(1), pl.concat([decided, decided]))
