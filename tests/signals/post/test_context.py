"""Context: near, unless, within, negation, and the stance of a post."""

from dataclasses import replace

import pytest

from rejoinder.signals.post.context import STRENGTH, counts, strongest
from rejoinder.signals.post.cue import cues
from rejoinder.signals.post.cues import find

CUES = {cue.id: cue for cue in cues()}
VERMIN = CUES["dehumanisation:are-vermin"]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("All foreigners are vermin.", "attacks"),
        ("Are foreigners really vermin? Foreigners are vermin!", "attacks"),
        ("Foreigners are not vermin.", "counters"),
        ("It is racist to say that foreigners are vermin.", "counters"),
        ("Stop saying that foreigners are vermin.", "counters"),
        ("The mayor said foreigners are vermin.", "reports"),
        ('He wrote on the wall: "Foreigners are vermin".', "reports"),
        ("A man was arrested after he sprayed foreigners are vermin on a shop.", "reports"),
        ("As a foreigner I can say that foreigners are vermin, haha.", "reclaims"),
        ("Foreigners are vermin, or am I wrong?", "unclear"),
        ("I am not racist but foreigners are vermin.", "attacks"),
    ],
)
def test_a_stance_is_told_by_the_words_around(text, stance):
    """Condemning, reporting, reclaiming and asking are told from attacking."""
    assert {hit.stance for hit in find(text, [VERMIN])} == {stance}


def test_a_group_reclaims_only_what_is_said_of_itself():
    """Speaking as one group is no licence about another."""
    assert {hit.stance for hit in find("As a foreigner I say gypsies are vermin", [VERMIN])} == {"attacks"}


def test_a_negation_that_belongs_to_the_idea_denies_nothing():
    """`not human` is the attack; `not vermin` denies one."""
    cue = CUES["dehumanisation:not-human"]
    text = "Foreigners are not human."
    assert {hit.stance for hit in find(text, [cue])} == {"attacks"}
    assert {hit.stance for hit in find(text, [replace(cue, negation=False)])} == {"counters"}


def test_near_asks_for_company():
    """A word with innocent senses counts only in bad company."""
    cue = replace(VERMIN, near="camp", unless="", within=2)
    text = "vermin in the camp"
    assert counts(cue, text, 0, 6) is False
    assert counts(replace(cue, within=3), text, 0, 6) is True
    assert counts(replace(cue, near=""), text, 0, 6) is True


def test_unless_lets_be():
    """Innocent company on either side, or in the match itself, within so many words."""
    cue = replace(VERMIN, near="", unless="museum", within=2)
    assert counts(cue, "vermin of the museum", 0, 6) is True
    assert counts(replace(cue, within=3), "vermin of the museum", 0, 6) is False
    assert counts(cue, "museum of vermin", 10, 16) is False
    assert counts(cue, "a vermin museum", 2, 15) is False
    assert counts(replace(cue, unless=""), "museum of vermin", 10, 16) is True


def test_unless_may_ask_for_a_place():
    """`MATCH` is where the match stands."""
    cue = replace(VERMIN, near="", unless="people who MATCH")
    assert counts(cue, "people who hate", 11, 15) is False
    assert counts(cue, "hate people who", 0, 4) is True


def test_the_strongest_stance_is_that_of_the_post():
    """One attack among reports is an attack."""
    assert [strongest(set(STRENGTH[place:])) for place in range(len(STRENGTH))] == list(STRENGTH)
