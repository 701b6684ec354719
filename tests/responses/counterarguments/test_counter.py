"""The command `rejoinder counter`."""

import json

import pytest
from typer.testing import CliRunner

from rejoinder.doors.cli import app
from rejoinder.errors import NotFound
from rejoinder.responses.counterarguments import load

TEXT = "The Rothschilds own every central bank"


def counter(*words, stdin=None):
    """What the command prints."""
    return CliRunner().invoke(app, ["counter", *words], input=stdin, catch_exceptions=False).stdout


@pytest.mark.slow
def test_programs_get_narratives_and_answers_with_sources():
    """The best first, never with the words of the claim."""
    told = json.loads(counter(TEXT, "--json"))

    assert "rothschild" in told["narratives"]
    assert all(
        {"id", "text", "technique", "sources", "review", "similarity"} <= set(one) for one in told["counterarguments"]
    )
    assert told["counterarguments"][0]["narrative"] == "rothschild"
    assert "claim" not in told["counterarguments"][0]


@pytest.mark.slow
def test_standard_input_gives_the_same():
    """As with `-` elsewhere."""
    assert counter(TEXT, "--json") == counter("-", "--json", stdin=TEXT)


def test_a_narrative_can_be_named():
    """Then only its answers come, each with its sources, and the text is not shown again."""
    told = " ".join(counter("Xyzzy", "--narrative", "khazar").split())
    answers = [answer for answer in load() if answer.narrative == "khazar"]

    assert all(answer.text in told for answer in answers)
    assert all(source.cited() in told for answer in answers for source in answer.sources)
    assert "Xyzzy" not in told


def test_an_unknown_narrative_is_told_with_the_nearest():
    """As every name."""
    with pytest.raises(NotFound) as told:
        counter("x", "--narrative", "rotschild")

    assert "did you mean `rothschild`?" == told.value.remedy


@pytest.mark.slow
def test_nothing_near_is_said_in_words():
    """No answer is better than a wrong one."""
    assert "nothing in the library is near" in counter("Lovely weather today")
