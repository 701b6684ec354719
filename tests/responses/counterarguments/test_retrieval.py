"""Which answer suits a text."""

from datetime import date
from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.responses.counterarguments import Counterargument, Source, find, load

OF = {
    "technique": "facts",
    "sources": (Source(title="t", publisher="p"),),
    "review": date(2027, 1, 1),
    "language": "en",
}


def entry(name, narrative, claim, text):
    """A small counter-argument."""
    return Counterargument(id=name, narrative=narrative, claim=claim, text=text, **OF)


SMALL = (
    entry("a", "moon", "moon cheese", "rock"),
    entry("b", "moon", "moon moon landing", "rock"),
    entry("c", "sea", "sea tea", "salt"),
)


def ids(found):
    """What was found, in order."""
    return [answer.id for answer, _ in found]


def test_similarity_is_what_the_book_computes_by_hand():
    """Query `moon cheese pie`: two words known, one unknown that weighs ln 3."""
    moon, rare, twice = log(3 / 2), log(3), 1 + log(2)
    query = sqrt(moon**2 + rare**2 + rare**2)
    first = (moon**2 + rare**2) / query / sqrt(moon**2 + rare**2 + moon**2)
    second = moon * twice * moon / query / sqrt((twice * moon) ** 2 + rare**2 + moon**2)

    found = find("Moon: cheese, pie!", ["moon"], library=SMALL)

    assert ["a", "b"] == ids(found)
    assert pytest.approx([first, second]) == [similarity for _, similarity in found]


def test_a_named_narrative_comes_before_likeness():
    """The text is all about the moon, but the sea was found in it."""
    assert ["c"] == ids(find("moon cheese", ["sea"], library=SMALL))


def test_without_a_narrative_only_what_is_alike_is_found():
    """Also where the library answers none of those named."""
    assert ["a"] == ids(find("cheese", library=SMALL))
    assert ["a"] == ids(find("cheese", ["sun"], library=SMALL))
    assert [] == find("nothing of the kind at all", library=SMALL)


def test_of_nothing_nothing_is_found():
    """No text, no library, no room."""
    assert [] == find("", library=SMALL)
    assert [] == find("moon", ["moon"], library=())
    assert [] == find("moon", ["moon"], limit=0, library=SMALL)


def test_equals_come_in_the_order_of_their_ids():
    """A narrative alone is enough, without a word in common."""
    assert [("a", 0.0), ("b", 0.0)] == [(answer.id, one) for answer, one in find("", ["moon"], library=SMALL)]


def test_the_limit_limits():
    """The best ones stay."""
    assert ["a"] == ids(find("moon cheese", ["moon"], limit=1, library=SMALL))
    assert ["b"] == ids(find("moon landing", ["moon"], limit=1, library=SMALL))


def test_case_signs_and_plurals_do_not_matter():
    """People write as they like."""
    assert find("moon cheese", library=SMALL) == find("MOONS!! #cheese", library=SMALL)


@given(st.permutations(SMALL), st.sampled_from(["moon", "cheese sea", "salt landing tea"]))
def test_the_order_of_the_library_changes_nothing(shuffled, text):
    """Down to the last bit."""
    assert find(text, ["moon", "sea"], library=SMALL) == find(text, ["moon", "sea"], library=shuffled)


@given(st.permutations(load()))
def test_the_order_of_the_shipped_library_changes_nothing(shuffled):
    """The same of the real one."""
    text = "The Rothschilds own the banks and started every war"

    assert find(text, limit=5) == find(text, limit=5, library=shuffled)


@given(st.text(max_size=200), st.lists(st.sampled_from(sorted({answer.narrative for answer in load()})), max_size=3))
def test_whatever_is_asked_the_answer_is_sorted_and_in_range(text, narratives):
    """Similarities fall and lie between 0 and 1."""
    found = [similarity for _, similarity in find(text, narratives, limit=200)]

    assert sorted(found, reverse=True) == found
    assert all(0 <= similarity <= 1 + 1e-12 for similarity in found)


@pytest.mark.parametrize("answer", load(), ids=lambda answer: answer.id)
def test_every_answer_is_found_by_its_own_claim(answer):
    """An answer that another shadows would never be used."""
    assert answer.id == find(answer.claim, [answer.narrative], limit=1)[0].counterargument.id
    assert answer.narrative in {found.counterargument.narrative for found in find(answer.claim)}


@pytest.mark.parametrize(
    "text", ["Shabbat shalom to all my neighbours", "I love my dog", "My flight to London was late"]
)
def test_everyday_talk_is_not_answered(text):
    """A wrong answer does more harm than none."""
    assert [] == find(text)
