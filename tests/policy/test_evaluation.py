"""Matching against precedence spelled out row by row."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_policies import facts_of, policy_of

from rejoinder.policy import MATCHES, match, typed

BOOLEANS = ("is_reply", "verified", "paid", "sensitive")


def _expected(verdicts, reviews, names, values):
    """First match decides; unknowns before it stay; reviews of the others count."""
    matched = [rank for rank, verdict in enumerate(verdicts) if verdict is True]
    first = matched[0] if matched else len(verdicts)
    unknown = [rank for rank in range(first) if verdicts[rank] is None]
    if not matched and not unknown:
        return None
    told = sorted({names[rank] for rank in (*matched, *unknown)})
    text = {True: "true", False: "false", None: "unknown"}
    return {
        "clause": f"C{first}" if matched else None,
        "also": [f"C{rank}" for rank in matched[1:]],
        "unknown": [f"C{rank}" for rank in unknown],
        "review": bool(unknown) or any(reviews[rank] for rank in matched[1:]),
        "facts": [{"name": name, "value": text[values[name]]} for name in told],
    }


@given(
    rows=st.lists(st.tuples(*[st.none() | st.booleans()] * 4), min_size=1, max_size=12),
    reviews=st.tuples(*[st.booleans()] * 4),
)
@settings(max_examples=50, deadline=None)
@pytest.mark.slow
def test_the_first_that_matches_decides_and_unknowns_stay(rows, reviews):
    """One clause for each of four booleans, so that every combination of verdicts comes."""
    policy = policy_of(*({"when": name, "review": asks} for name, asks in zip(BOOLEANS, reviews, strict=True)))
    facts = facts_of(len(rows), **{name: [row[n] for row in rows] for n, name in enumerate(BOOLEANS)})
    expected = [_expected(row, reviews, BOOLEANS, dict(zip(BOOLEANS, row, strict=True))) for row in rows]
    found = match(policy, facts)
    assert found.schema == MATCHES
    assert found["subject"].to_list() == [f"x:{n:04}" for n, row in enumerate(expected) if row]
    assert found.drop("subject", "author", "time").to_dicts() == [row for row in expected if row]


@given(data=st.data(), cut=st.integers(0, 10))
@settings(max_examples=20, deadline=None)
@pytest.mark.slow
def test_batches_do_not_matter(data, cut):
    """Two batches one after the other give the rows of one."""
    booleans = st.lists(st.none() | st.booleans(), min_size=10, max_size=10)
    policy = policy_of(*({"when": name} for name in BOOLEANS[:2]), {"when": "hate >= 0.5"})
    hate = data.draw(st.lists(st.none() | st.floats(0, 1), min_size=10, max_size=10))
    facts = facts_of(10, **{name: data.draw(booleans) for name in BOOLEANS[:2]}, hate=hate)
    assert pl.concat([match(policy, facts[:cut]), match(policy, facts[cut:])]).equals(match(policy, facts))


def test_nothing_matched_is_an_empty_frame_of_matches():
    """With all its columns."""
    found = match(policy_of({"when": "is_reply"}), facts_of(is_reply=[False, False]))
    assert (found.height, found.schema) == (0, MATCHES)


def test_no_posts_give_no_matches():
    """An empty batch is a batch."""
    assert match(policy_of({"when": "is_reply"}), facts_of(is_reply=[True])[:0]).schema == MATCHES


def test_a_clause_without_terms_rests_on_no_facts():
    """Rows keep their order where some have facts and others none."""
    policy = policy_of({"when": "is_reply"}, {"when": "TRUE"})
    found = match(policy, facts_of(is_reply=[False, True, False]))
    assert found["clause"].to_list() == ["C1", "C0", "C1"]
    assert found["facts"].to_list() == [[], [{"name": "is_reply", "value": "true"}], []]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("hate", 0.1 + 0.2, "0.30000000000000004"),
        ("hate", 1.0, "1.0"),
        ("views", 1_000_000, "1000000"),
        ("verified", True, "true"),
        ("attitude", "attacks", "attacks"),
        ("targets", ["jews", "roma"], "jews, roma"),
        ("targets", [], "none"),
        ("targets", None, "unknown"),
        ("hate", None, "unknown"),
    ],
)
def test_facts_are_told_to_the_last_digit(name, value, text):
    """A decision replays exactly from them."""
    found = match(policy_of({"when": f"TRUE OR {name} IS NULL"}), facts_of(**{name: [value]}))
    assert found["facts"].to_list() == [[{"name": name, "value": text}]]


def test_what_a_frame_does_not_have_is_unknown():
    """`typed` fills it in, and takes away what is no fact."""
    found = typed(pl.DataFrame({"hate": [0.5], "colour": ["red"]}))
    assert found.row(0, named=True)["threat"] is None
    assert "colour" not in found.columns
