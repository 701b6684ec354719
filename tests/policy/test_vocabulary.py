"""The vocabulary, and its table in the documentation."""

import re
from pathlib import Path

import pytest

from rejoinder.policy import SCHEMA, VOCABULARY
from rejoinder.policy.vocabulary import LARGEST

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"


def test_the_documentation_has_every_term_as_it_is():
    """Name, kind, choices and meaning, in order, and no other term."""
    table = PAGE.read_text(encoding="utf-8").split("### Terms")[1].split("\n\n")[1]
    rows = [re.split(r" *\| *", row)[1:-1] for row in table.splitlines()[2:]]
    assert [(name, kind, meaning) for name, kind, _, meaning in rows] == [
        (f"`{term.name}`", term.kind, term.description) for term in VOCABULARY.values()
    ]
    for (_, _, values, _), term in zip(rows, VOCABULARY.values(), strict=True):
        assert not term.choices or re.findall(r"`([^`]+)`", values) == list(term.choices)


def test_every_term_has_a_column_of_its_kind():
    """A frame of facts has all of them and says whose they are."""
    assert SCHEMA.names() == ["subject", "author", "time", *VOCABULARY]
    assert all(SCHEMA[term.name] == term.dtype for term in VOCABULARY.values())


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("hate", 0), ("hate", 1), ("hate", 0.5), ("views", 0), ("views", LARGEST), ("verified", True),
        ("attitude", "attacks"), ("lang", "en"), ("platform", "mastodon.social"), ("targets", "jews"),
        ("narratives", "great-replacement"),
    ],
)  # fmt: skip
def test_a_value_that_a_term_can_have_meets_no_objection(term, value):
    """Up to its limits."""
    assert VOCABULARY[term].objection(value) is None


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("hate", -0.1), ("hate", 1.1), ("hate", "high"), ("hate", True), ("hate", float("nan")), ("views", -1),
        ("views", 0.5), ("views", LARGEST + 1), ("views", True), ("verified", 1), ("verified", "yes"),
        ("attitude", "Attacks"), ("attitude", 1), ("lang", "english"), ("lang", "EN"), ("platform", "X"),
        ("targets", "jew"), ("narratives", 3),
    ],
)  # fmt: skip
def test_a_value_that_a_term_cannot_have_meets_an_objection(term, value):
    """It would never match, which nobody means."""
    what, expected = VOCABULARY[term].objection(value)
    assert what.startswith(f"`{term}` cannot be")
    assert expected
