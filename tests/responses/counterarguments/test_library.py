"""The library keeps its own rules, entry by entry."""

import re
import tomllib
from datetime import date
from importlib.resources import files

import msgspec
import pytest

from rejoinder.responses.counterarguments import Counterargument, Source, load, overdue
from rejoinder.responses.counterarguments.library import LONGEST, SHORTEST

WRITTEN = date(2026, 11, 23)
LATEST = date(2027, 11, 22)
WANTED = [
    "great-replacement",
    "white-genocide",
    "kalergi",
    "jewish-power",
    "puppet-master",
    "dual-loyalty",
    "blood-libel",
    "well-poisoning",
    "holocaust-denial",
    "holocaust-glory",
    "holocaust-trivialised",
    "holocaust-inversion",
    "khazar",
    "globalists",
    "rothschild",
    "soros",
    "protocols",
    "zog",
    "deicide",
    "talmud",
    "jewish-greed",
    "collective-blame",
    "antisemitism-as-tool",
    "cultural-marxism",
    "false-flags",
    "world-wars",
    "expelled-109",
    "slave-trade",
    "judeo-bolshevism",
    "islamisation",
    "muslim-terror",
    "taqiyya",
    "migrant-invasion",
    "migrant-crime",
    "migrant-burden",
    "roma-theft",
    "black-crime",
    "black-inferiority",
    "asian-disease",
    "women-inferior",
    "groomers",
    "lgbt-unnatural",
    "trans-deceivers",
    "disabled-burden",
    "indigenous-stereotype",
    "arab-savage",
    "christian-hate",
]
SLURS = r"goyim|shekel|holohoax|zionazi|vermin|savage|groomer|gypsy|gypsies|illegals|thug|subhuman"


def narratives_of_the_detector():
    """Ids of every cue in the detector's narrative files, without their family."""
    folder = files("rejoinder.signals.post").joinpath("narratives")
    tables = [tomllib.loads(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")]
    return {cue["id"].partition(":")[2] for table in tables for cue in table["cue"]}


@pytest.fixture(params=load(), ids=lambda answer: answer.id)
def answer(request):
    """Each counter-argument in turn."""
    return request.param


def test_an_answer_can_be_read_to_the_end(answer):
    """As long as the rule says, in whole sentences, on one line."""
    assert SHORTEST <= len(answer.text.split()) <= LONGEST
    assert re.fullmatch(r"[A-Z].*[.]", answer.text)
    assert "  " not in answer.text


def test_an_answer_repeats_no_slur_and_does_not_shout(answer):
    """Nor does it begin with the claim: it begins with a fact or a person, never with a question."""
    assert not re.search(rf"\b(?:{SLURS})s?\b", answer.text, re.IGNORECASE)
    assert not set("!?") & set(answer.text.partition(". ")[0])
    assert not re.match(r"(?:No,|It is (?:a lie|false)|The claim)", answer.text)


def test_an_answer_can_be_checked(answer):
    """At least one source, each cited once, the year possible."""
    assert answer.sources
    assert len(set(answer.sources)) == len(answer.sources)
    assert all(source.year is None or 1800 <= source.year <= WRITTEN.year for source in answer.sources)


def test_an_answer_is_due_for_review_after_it_was_written(answer):
    """Within a year."""
    assert WRITTEN < answer.review <= LATEST


def test_a_narrative_has_one_to_three_answers():
    """And the ids are the detector's."""
    answered = [answer.narrative for answer in load()]

    assert {1, 2, 3} >= {answered.count(narrative) for narrative in answered}
    assert set() == set(answered) - narratives_of_the_detector()


def test_the_narratives_that_matter_most_are_answered():
    """None may get lost in an edit."""
    assert set() == set(WANTED) - {answer.narrative for answer in load()}


def test_ids_are_unique_and_in_order():
    """Ids end up in notes, for good."""
    ids = [answer.id for answer in load()]

    assert sorted(set(ids)) == ids


def test_every_source_is_used():
    """A source that nothing rests on is a leftover."""
    text = (files("rejoinder.responses.counterarguments") / "data" / "sources.toml").read_text("utf-8")
    listed = {row["title"] + str(row.get("year")) + row["publisher"] for row in tomllib.loads(text)["sources"].values()}

    used = {source.title + str(source.year) + source.publisher for answer in load() for source in answer.sources}

    assert listed == used


def test_overdue_is_the_day_after():
    """On its last day an answer is still good."""
    first = min(answer.review for answer in load())

    assert () == overdue(first)
    assert {first} == {answer.review for answer in overdue(date.fromordinal(first.toordinal() + 1))}
    assert load() == overdue(date.fromordinal(LATEST.toordinal() + 1))


@pytest.mark.parametrize(
    "wrong",
    [{"technique": "humour"}, {"sources": []}, {"language": "English"}, {"text": ""}, {"reviewed": True}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_answer_that_breaks_the_declaration_is_not_read(wrong):
    """Humour above all."""
    good = msgspec.to_builtins(load()[0])

    assert load()[0] == msgspec.convert(good, Counterargument)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(good | wrong, Counterargument)


def test_a_source_is_cited_with_what_it_has():
    """A question mark ends a title; year and address only where they are."""
    whole = Source(title="Who?", publisher="Press", year=1999, url="https://example.org/")

    assert "Who? Press, 1999, https://example.org/" == whole.cited()
    assert "A page. Museum" == Source(title="A page", publisher="Museum").cited()
