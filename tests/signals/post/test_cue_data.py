"""The cues themselves: complete, cited, and right about their own examples."""

import re
from collections import defaultdict
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rejoinder.records.signal import PARENT, TARGETS
from rejoinder.signals.post.cue import (
    _filled,
    anchor_words,
    clues,
    cues,
    expanded,
    fingerprint,
    lexicon,
    rates,
    targets_named,
    words,
)
from rejoinder.signals.post.cues import find
from rejoinder.signals.post.normalise import normalise, rust

ALL = pytest.mark.parametrize("cue", cues(), ids=lambda cue: cue.id)
EXAMPLES = [(cue, text) for cue in cues() for text in cue.hateful]
INNOCENT = [(cue, text) for cue in cues() for text in cue.innocent]
TOLD = [cue for cue in cues() if cue.id.startswith(("narrative:", "code:"))]
LOOSE = [cue for cue in cues() if cue.id.startswith("theme:")]


@pytest.mark.parametrize(("cue", "text"), EXAMPLES, ids=lambda each: getattr(each, "id", None))
def test_a_hateful_example_is_found_as_an_attack(cue, text):
    """Every cue finds what it says that it finds."""
    assert "attacks" in {hit.stance for hit in find(text, [cue])}


@pytest.mark.parametrize(("cue", "text"), INNOCENT, ids=lambda each: getattr(each, "id", None))
def test_an_innocent_example_is_let_be(cue, text):
    """No cue takes its own innocent examples for attacks."""
    assert {hit.stance for hit in find(text, [cue])} <= {"counters", "reports", "reclaims"}


@ALL
def test_a_cue_is_complete(cue):
    """A known kind and targets, a title, a description, a source, a rate."""
    assert PARENT[cue.kind] == "hate" != cue.kind
    assert set(cue.targets) <= set(TARGETS)
    assert cue.targets or any("{group}" in pattern for pattern in cue.patterns)
    assert cue.title
    assert len(cue.description) > 40
    assert cue.sources
    assert 0 < cue.probability < 1


@ALL
def test_a_cue_has_examples_of_both_sorts_unless_it_is_a_list_of_slurs(cue):
    """Slurs stand in their one file and are not repeated, not even as examples."""
    if cue.id.startswith("slur:") and cue.id != "slur:jew-as-slur":
        assert not cue.hateful
    else:
        assert cue.hateful
        assert cue.innocent


def test_every_cue_has_its_own_id():
    """Counts and evidence are kept by it."""
    ids = [cue.id for cue in cues()]
    assert len(set(ids)) == len(ids)


def test_there_are_enough_narratives_and_codes():
    """Sixty-four or more, most of them about Jews or with Jews as the implied planner."""
    assert len(TOLD) >= 64
    assert sum("jews" in cue.targets for cue in TOLD) >= 34


@pytest.mark.parametrize("cue", TOLD, ids=lambda cue: cue.id)
def test_a_narrative_tells_its_history(cue):
    """One to three sentences or so."""
    assert 80 < len(cue.history) < 600
    assert cue.history.endswith(".")


@pytest.mark.parametrize("cue", [*TOLD, *LOOSE], ids=lambda cue: cue.id)
def test_a_narrative_has_four_examples_of_each_sort(cue):
    """All different, and none on both sides."""
    assert min(len(set(cue.hateful)), len(set(cue.innocent))) >= 4
    assert not set(cue.hateful) & set(cue.innocent)


@pytest.mark.parametrize("cue", LOOSE, ids=lambda cue: cue.id)
def test_looser_words_belong_to_a_narrative_that_has_a_history(cue):
    """Histories are not told twice."""
    assert cue.narrative in {each.narrative for each in TOLD}
    assert not cue.history


def test_every_rate_is_of_a_cue_that_exists():
    """A cue that was renamed would lose its count in silence; a new one may have none yet."""
    assert set(rates()["cue"]) <= {cue.id for cue in cues()}


def test_every_target_has_names():
    """Any group may be named in a template."""
    assert set(lexicon()["groups"]) == set(TARGETS)


def test_words_of_the_lexicon_are_in_normal_form():
    """Else they could never match."""
    lists = [*lexicon()["groups"].values(), *lexicon()["words"].values()]
    assert [word for each in lists for word in each if normalise(word).text != word] == []


def test_no_name_belongs_to_two_groups():
    """A match must tell which group is meant."""
    names = [name for each in lexicon()["groups"].values() for name in each]
    assert len(set(names)) == len(names)


@ALL
def test_patterns_are_plain_in_both_languages(cue):
    r"""No class whose meaning depends on the engine: `\w` has been spelled out, and `\b` is told."""
    assert not re.search(r"\\[wWdDsSBAzZ]|\(\?[^:]|\.[*+]", cue.pattern)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
@ALL
@pytest.mark.slow
def test_the_filter_and_both_engines_agree_on_what_a_pattern_matches(cue, data):
    """A text made from a pattern holds an anchor, and Rust finds it as Python does."""
    some = _filled(data.draw(st.sampled_from(cue.patterns)), lambda name: f"(?:{'|'.join(words(name)[::7])})")
    text = data.draw(st.from_regex(re.compile(some, re.ASCII), fullmatch=True))
    assert any(anchor in text for anchor in anchor_words())
    assert _clued(cues().index(cue), text)
    found = cue.regex.search(text) is not None
    assert pl.Series([text]).str.contains(rust(cue.pattern)).to_list() == [found]


def _clued(place, text):
    """Whether a text holds a clue of every part of one of the patterns of a cue, found without the automaton."""
    parts = defaultdict(lambda: defaultdict(list))
    for clue in clues():
        if clue.cue == place:
            parts[clue.pattern][clue.part].append(clue.string in text)
    return any(all(map(any, each.values())) for each in parts.values())


def test_every_name_of_a_group_passes_the_filter():
    """With spaces or with hyphens."""
    names = [*words("group"), *(name.replace(" ", "-") for name in words("group"))]
    assert pl.Series(names).str.contains_any(list(anchor_words())).all()


def test_the_probability_is_the_count_drawn_towards_the_expectation():
    """(3 + 4 x 0.5) / (6 + 4) by hand; with nothing counted, the expectation."""
    cue = replace(cues()[0], expected=0.5, counted=(3, 6))
    assert cue.probability == pytest.approx(0.5)
    assert replace(cue, counted=(6, 6)).probability == pytest.approx(0.8)
    assert replace(cue, counted=(0, 0), expected=0.7).probability == pytest.approx(0.7)


def test_a_pattern_is_spelled_out():
    """Lists, gaps, spaces and letters, on whole words."""
    gap = re.compile(expanded("red .. fox"))
    assert [bool(gap.search(text)) for text in ("red fox", "red old fox", "red very old fox", "red. fox")] == [
        1,
        1,
        0,
        0,
    ]
    wide = re.compile(expanded("red ... fox"))
    assert [bool(wide.search(text)) for text in ("a red, very old fox", "red one two three four fox")] == [1, 0]
    far = re.compile(expanded("red .... fox"))
    assert [bool(far.search(f"red.{' word' * words}? fox")) for words in (0, 9, 10)] == [1, 1, 0]
    assert re.fullmatch(expanded("blood libel\\w*"), "blood-libels")
    assert not re.search(expanded("fox"), "foxes")
    assert re.search(expanded("{roma}"), "the roma camp")


def test_longer_names_come_first():
    """Else `jew` would hide `jewish people`."""
    lengths = [len(word) for word in words("jews")]
    assert lengths == sorted(lengths, reverse=True)


def test_groups_are_told_by_their_names():
    """As members and others call them."""
    assert targets_named("jewish people, gypsies and a trans woman") == {"jews", "roma", "trans-people"}


def test_the_fingerprint_is_eight_hex_digits():
    """It stands in the version of every signal."""
    assert re.fullmatch("[0-9a-f]{8}", fingerprint())
