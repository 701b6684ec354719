"""What a policy says about itself: examples, oddities, explanations."""

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_policies import facts_of, policy_of

from rejoinder.policy import explain, lint, parse_policy
from rejoinder.policy import test as run_examples
from rejoinder.policy.implication import implies
from rejoinder.policy.language import condition

run_examples.__test__ = False  # its name is for those who write policies

HEAD = 'version = "1"\ntitle = "t"\nlanguage = "en"\n'
CLAUSE = '[[clause]]\nid = "{id}"\ntitle = "t"\ntext = "t"\nwhen = "{when}"\n'
EXAMPLE = '[[clause.example]]\nfacts = {facts}\nmatches = {matches}\nwhy = "because"\n'


def _policy(*clauses):
    """Clauses as (id, when, examples)."""
    text = HEAD
    for name, when, examples in clauses:
        text += CLAUSE.format(id=name, when=when)
        text += "".join(EXAMPLE.format(facts=facts, matches=matches) for facts, matches in examples)
    return parse_policy(text)


GOOD = [("{ hate = 0.95 }", "true"), ("{ hate = 0.1 }", "false")]


def test_examples_are_evaluated_on_their_own_clause():
    """What is not listed is unknown; an earlier clause does not matter."""
    policy = _policy(
        ("H1", "TRUE", []),
        ("H2", "hate >= 0.9", [*GOOD, ("{ threat = 0.1 }", '"unknown"'), ("{ hate = 0.8 }", "true")]),
    )
    found = run_examples(policy)
    assert [(row["clause"], row["number"], row["expected"], row["got"], row["passed"]) for row in found] == [
        ("H2", 1, True, True, True),
        ("H2", 2, False, False, True),
        ("H2", 3, "unknown", "unknown", True),
        ("H2", 4, True, False, False),
    ]
    assert found[0]["why"] == "because"


def test_an_example_may_have_facts_of_every_kind():
    """Lists, words, counts, booleans."""
    facts = '{ targets = ["jews"], attitude = "attacks", views = 3, is_reply = true }'
    when = "'jews' = ANY(targets) AND attitude = 'attacks' AND views >= 3 AND is_reply"
    assert [row["got"] for row in run_examples(_policy(("H1", when, [(facts, "true"), ("{}", "false")])))] == [
        True,
        "unknown",
    ]


ODD = {
    "never-decides": _policy(("H1", "hate >= 0.5", GOOD), ("H2", "hate >= 0.9 AND is_reply", GOOD)),
    "no-examples": _policy(("H1", "hate >= 0.9", [])),
    "one-example": _policy(("H1", "hate >= 0.9", GOOD[:1])),
    "nothing-climbs": parse_policy(
        HEAD + CLAUSE.format(id="H1", when="hate >= 0.9") + 'ladder = [{ account = "warn" }]\n'
        + "".join(EXAMPLE.format(facts=facts, matches=matches) for facts, matches in GOOD)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_told_with_its_place(name, golden):
    """Each message is kept as a text file."""
    golden(f"lint/{name}", "\n\n".join(lint(ODD[name])))


def test_a_policy_in_order_has_nothing_odd():
    """The milder clause after the stricter one is as it should be."""
    assert lint(_policy(("H1", "hate >= 0.9", GOOD), ("H2", "hate >= 0.5", GOOD))) == []


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("is_reply", "TRUE"),
        ("is_reply", "is_reply"),
        ("is_reply", "(is_reply)"),
        ("hate >= 0.9", "hate >= 0.5"),
        ("hate > 0.5", "hate >= 0.5"),
        ("0.9 <= hate", "hate >= 0.5"),
        ("hate <= 0.1", "hate < 0.5"),
        ("hate BETWEEN 0.6 AND 0.7", "hate BETWEEN 0.5 AND 0.8"),
        ("hate BETWEEN 0.6 AND 0.7", "hate > 0.5"),
        ("lang = 'en'", "lang IN ('en', 'de')"),
        ("lang IN ('de', 'en')", "lang IN ('en', 'de', 'fr')"),
        ("is_reply AND verified", "verified"),
        ("is_reply AND verified AND paid", "paid AND is_reply"),
        ("is_reply", "is_reply OR verified"),
        ("is_reply OR verified", "verified OR paid OR is_reply"),
        ("(is_reply OR verified) AND paid", "paid AND (verified OR is_reply)"),
        ("NOT is_reply", "NOT is_reply"),
        ("'jews' = ANY(targets)", "'jews' = ANY(targets)"),
    ],
)
def test_what_can_be_shown_is_shown(later, earlier):
    """Simple things only."""
    assert implies(condition(later), condition(earlier))


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("TRUE", "is_reply"),
        ("hate >= 0.5", "hate > 0.5"),
        ("hate >= 0.5", "hate >= 0.9"),
        ("hate <= 0.9", "hate >= 0.5"),
        ("hate >= 0.9", "threat >= 0.5"),
        ("lang IN ('en', 'de')", "lang = 'en'"),
        ("lang = 'en'", "platform = 'en'"),
        ("is_reply", "is_reply AND verified"),
        ("is_reply OR verified", "verified"),
        ("NOT is_reply", "is_reply"),
        ("'jews' = ANY(targets)", "'roma' = ANY(targets)"),
        ("is_reply", " OR ".join(["is_reply"] * 21)),
    ],
)
def test_what_does_not_hold_or_is_too_long_is_not_shown(later, earlier):
    """No is the answer in doubt."""
    assert not implies(condition(later), condition(earlier))


_LEAVES = st.one_of(
    st.tuples(
        st.sampled_from(["hate", "threat"]), st.sampled_from(["<", "<=", ">", ">="]), st.sampled_from([0.25, 0.5])
    ).map(lambda made: f"{made[0]} {made[1]} {made[2]}"),
    st.sampled_from(
        ["hate BETWEEN 0.25 AND 0.5", "0.5 > hate", "is_reply", "lang = 'en'", "lang IN ('en', 'de')", "TRUE"]
    ),
)

_CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" AND ", " OR "]), inner).map(
            lambda made: f"({made[0]}){made[1]}({made[2]})"
        ),
        inner.map(lambda made: f"NOT ({made})"),
    ),
    max_leaves=4,
)


@given(pairs=st.lists(st.tuples(_CONDITIONS, _CONDITIONS), min_size=5, max_size=10))
@settings(max_examples=15, deadline=None)
@pytest.mark.slow
def test_what_is_shown_holds_for_every_post(pairs):
    """Every combination of values that the conditions can tell apart, unknowns included."""
    axes = {
        "hate": [None, 0.0, 0.25, 0.3, 0.5, 1.0],
        "threat": [None, 0.0, 0.25, 0.3, 0.5, 1.0],
        "is_reply": [None, True, False],
        "lang": [None, "en", "de", "fr"],
    }
    grid = pl.DataFrame({"hate": axes["hate"]})
    for name in ("threat", "is_reply", "lang"):
        grid = grid.join(pl.DataFrame({name: axes[name]}), how="cross")
    for later, earlier in ((condition(one), condition(two)) for one, two in pairs):
        if implies(later, earlier):
            truths = nw.from_native(grid).with_columns(later=later.truth, earlier=earlier.truth)
            assert truths.filter(nw.col("later") & ~nw.col("earlier").fill_null(value=False)).is_empty()


def test_an_explanation_tells_every_comparison_of_every_clause():
    """True, false and unknown, by the same expressions as whole frames."""
    policy = policy_of({"when": "hate >= 0.9 AND (is_reply OR NOT verified)"}, {"when": "TRUE"})
    assert explain(policy, facts_of(hate=[0.95], is_reply=[False])) == [
        {
            "clause": "C0",
            "applies": None,
            "because": "hate >= 0.9 is true; is_reply is false; verified is unknown",
        },
        {"clause": "C1", "applies": True, "because": ""},
    ]
