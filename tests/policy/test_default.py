"""What the policy that ships promises in its preamble."""

import pytest
from small_policies import facts_of

from rejoinder.policy import decide, default_policy, lint, match
from rejoinder.policy import test as run_examples
from rejoinder.policy.effects import effect

run_examples.__test__ = False  # its name is for those who write policies

READ = {"reach": "in reach", "reports": 0, "flagger_reports": 0} | dict.fromkeys(
    ("threat", "slur", "denial", "dehumanisation", "exclusion", "conspiracy"), 0.0
)

UNREAD = dict.fromkeys(name for name in READ if name not in {"reach", "reports", "flagger_reports"})


def _decided(**facts):
    """The one decision about a post with these facts; the rest as detectors give it where they find nothing."""
    policy = default_policy()
    found = decide(policy, match(policy, facts_of(**{name: [value] for name, value in (READ | facts).items()})))
    return found.to_dicts()[0] if found.height else None


def test_its_examples_come_out_as_written():
    """All of them."""
    tested = run_examples(default_policy())
    assert [row for row in tested if not row["passed"]] == []
    assert {row["clause"] for row in tested} == {clause.id for clause in default_policy().clauses}


def test_nothing_in_it_is_odd():
    """No shadowed clause, and each has an example that matches and one that does not."""
    assert lint(default_policy()) == []


def test_every_clause_tells_its_reason():
    """For those who will change it."""
    assert [clause.id for clause in default_policy().clauses if not clause.because] == []


def test_lawful_hate_is_answered_and_limited_and_never_removed():
    """Its usual answer is a note, limited reach and no ads."""
    found = _decided(hate=0.9, attitude="attacks")
    assert (found["clause"], found["stance"], found["access"], found["ads"]) == ("H7", "note", "limit", "exclude")
    assert (found["account"], found["strikes"], found["review"]) == ("none", 0, False)


def test_threats_are_removed_and_seen_by_a_person():
    """With a strike and a suspension."""
    found = _decided(hate=0.95, threat=0.95, attitude="attacks")
    assert (found["access"], found["account"], found["account_days"], found["review"]) == ("remove", "suspend", 7, True)


def test_a_third_offence_is_a_ban_that_a_person_confirms():
    """And no ban comes without one."""
    policy = default_policy()
    facts = {
        name: [value] * 3 for name, value in (READ | {"hate": 0.95, "threat": 0.95, "attitude": "attacks"}).items()
    }
    found = decide(policy, match(policy, facts_of(**facts)))
    assert found.select("account", "account_days").rows() == [("suspend", 7), ("suspend", 30), ("ban", None)]
    assert found["review"].to_list()[-1] is True


@pytest.mark.parametrize("attitude", ["counters", "reports", "reclaims"])
def test_speech_against_and_about_hate_is_protected(attitude):
    """Whatever words appear in it."""
    found = _decided(hate=0.99, threat=0.99, slur=0.99, attitude=attitude)
    assert (found["clause"], found["stance"], found["access"], found["ads"], found["review"]) == (
        "P2",
        "none",
        "none",
        "allow",
        False,
    )


def test_denial_is_behind_a_warning_and_removed_where_law_says_so():
    """In Germany and Austria, and a person confirms it."""
    found = _decided(hate=0.95, denial=0.95, attitude="attacks")
    assert (found["stance"], found["access"]) == ("note", "interstitial")
    assert [(place["place"], place["access"], place["review"]) for place in found["places"]] == [
        ("AT", "remove", True),
        ("DE", "remove", True),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"hate": 0.6, "attitude": "attacks"},
        {"hate": 0.4, "attitude": "unclear"},
        {"hate": 0.95, "attitude": "unclear"},
        {"hate": 0.1, "attitude": "unclear", "flagger_reports": 1, "reports": 1},
        {"hate": 0.1, "attitude": "unclear", "reports": 3},
        {"hate": None, "attitude": None, "reach": "language"},
        {"hate": None, "attitude": None, "reach": None},
        {"hate": 0.95, "attitude": None},
        {"hate": None, "attitude": None, "reach": "no text", "reports": 1},
    ],
    ids=[
        "uncertain",
        "uncertain and unclear",
        "unclear",
        "flagged",
        "reported",
        "other language",
        "unseen",
        "no attitude",
        "picture",
    ],
)  # fmt: skip
def test_in_doubt_a_person_looks_and_nothing_else_happens(facts):
    """Unknown is not no, and not yes."""
    found = _decided(
        **dict.fromkeys(READ.keys() - {"reach", "reports", "flagger_reports"}) | facts
        if facts["hate"] is None
        else facts
    )
    assert found["review"] is True
    assert (found["access"], found["account"], found["strikes"]) == ("none", "none", 0)


def test_coordination_alone_is_no_offence_and_with_hate_a_reason_to_look():
    """Evidence, never a verdict."""
    assert _decided(hate=0.1, attitude="unclear", account_coordination=0.99) is None
    alone = _decided(hate=0.85, attitude="attacks")
    together = _decided(hate=0.85, attitude="attacks", account_coordination=0.99)
    assert (alone["review"], together["review"], together["also"]) == (False, True, ["R3"])
    assert (alone["clause"], alone["access"]) == (together["clause"], together["access"])


def test_a_plain_repost_inherits_nothing():
    """Nothing happens to it, and nobody has to look at each of them."""
    found = _decided(**UNREAD, reach="no text", is_repost=True, has_text=False)
    assert (found["clause"], found["review"], found["access"]) == ("P1", False, "none")


@pytest.mark.parametrize("attitude", [None, "unclear"])
def test_ordinary_talk_is_left_alone(attitude):
    """No clause, nothing unknown; a detector that finds nothing has no attitude to tell."""
    assert _decided(hate=0.008, attitude=attitude) is None


def test_a_person_looks_at_every_suspension_and_ban():
    """On every step of every ladder, in every place."""
    for clause in default_policy().clauses:
        for step in range(len(clause.ladder) + 1):
            for place in (None, *clause.places):
                found = effect(clause, step, place)
                assert found.review or found.account not in {"suspend", "ban"}, (clause.id, step, place)


def test_strikes_expire_and_restrictions_can_be_appealed():
    """Every clause that restricts says until when."""
    for clause in default_policy().clauses:
        restricts = bool(clause.access or clause.stance or clause.ads or clause.account)
        assert restricts == bool(clause.appeal_days), clause.id
        assert not clause.strikes or 0 < clause.strikes_days <= 365, clause.id
