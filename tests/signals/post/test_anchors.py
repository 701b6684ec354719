"""Anchors: every match holds one."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.signals.post.anchors import anchors, needed

WORDS = st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"])


def pattern(depth=2):
    """Patterns of the kind that cues are written in."""
    if depth == 0:
        return WORDS
    inner = pattern(depth - 1)
    return st.one_of(
        WORDS,
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(lambda both: f"(?:{both[0]})?{both[1]}"),
        inner.map(lambda part: f"(?:{part} )*zeta"),
        inner.map(lambda part: f"(?:{part}){{1,2}}[a-c]"),
    )


@settings(max_examples=100, deadline=None)
@given(st.data())
@pytest.mark.slow
def test_every_match_holds_an_anchor(data):
    """Whatever the pattern, and whatever it matches."""
    written = data.draw(st.lists(pattern(), min_size=1, max_size=3))
    text = data.draw(st.from_regex(data.draw(st.sampled_from(written)), fullmatch=True))
    assert any(anchor in text for anchor in anchors(written, {}))


@settings(max_examples=100, deadline=None)
@given(st.data())
@pytest.mark.slow
def test_every_match_holds_a_string_of_each_part(data):
    """One part or two, whatever the pattern."""
    written = data.draw(pattern())
    text = data.draw(st.from_regex(written, fullmatch=True))
    parts = needed(written, {})
    assert 1 <= len(parts) <= 2
    assert all(any(string in text for string in part) for part in parts)


def test_a_second_part_is_given_where_it_is_rare():
    """`about` and `the` tell nothing beside `zog`."""
    assert needed("red[ -]herring", {}) == ({"herring"}, {"red"})
    assert needed("about[ -]zog[ -]the", {}) == ({"zog"},)


def test_lists_stand_for_their_words():
    """A sign is any word of its list, alone or among other signs."""
    lists = {"X": frozenset({"elf", "elves"}), "Y": frozenset({"troll", "trolls"})}
    assert anchors(["(?:X|Y) out"], lists) == {"elf", "elves", "troll"}


def test_strings_that_are_looked_for_anyway_are_preferred():
    """They cost nothing more, so the rarer word is not added."""
    assert anchors(["elf extraordinary"], {}) == {"elf extraordinary"}
    assert anchors(["elf[ -]extraordinary"], {}, free=frozenset({"elf"})) == {"elf"}


def test_common_words_are_avoided():
    """`about` is in most texts, `zog` is not."""
    assert anchors(["about[ -]zog"], {}) == {"zog"}


@pytest.mark.parametrize("loose", ["a", "[a-z]+", "(?:word)?", "x|word"])
def test_a_pattern_that_could_match_anything_is_refused(loose):
    """It would let every text through."""
    with pytest.raises(ValueError, match=re.escape(repr(loose))):
        anchors([loose], {})
    with pytest.raises(ValueError, match=re.escape(repr(loose))):
        needed(loose, {})
