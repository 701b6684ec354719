"""A draft for each post that is answered with a note."""

from datetime import UTC, datetime

import polars as pl
import pytest

from rejoinder.records import Decision, Note, Post, Signal
from rejoinder.records.frames import conform
from rejoinder.responses.counterarguments import drafts, load

TIME = datetime(2026, 1, 1, tzinfo=UTC)
NOTED = {"subject": "f:1", "subject_type": "post", "time": TIME, "stance": "note", "review": False}
POST = {"id": "f:1", "text": "It is all in the Protocols of the Elders", "lang": "en"}
SAID = {"subject": "f:1", "subject_type": "post", "kind": "hate", "narratives": ["protocols"], "evidence": []}


def drafted(decisions=(NOTED,), posts=(POST,), signals=(SAID,)):
    """What is drafted from some rows of each noun."""
    schema = Signal.schema()
    return drafts(
        {
            "decision": conform(Decision, pl.DataFrame(list(decisions))).lazy(),
            "post": conform(Post, pl.DataFrame(list(posts))).lazy(),
            "signal": conform(Signal, pl.DataFrame(list(signals), {name: schema[name] for name in SAID})).lazy(),
        }
    )


def test_a_draft_is_a_note_that_waits_for_ratings():
    """Text, narrative and sources are the library's; the time is the decision's."""
    (note,) = drafted().to_dicts()
    (answer,) = [answer for answer in load() if note["id"] == f"library:{answer.id}:f:1"]

    assert "protocols" == answer.narrative == note["narrative"]
    assert (answer.text, "en", "f:1", TIME) == (note["text"], note["lang"], note["post"], note["created_at"])
    assert [source.url or source.cited() for source in answer.sources] == note["links"]
    assert (False, "needs more ratings") == (note["machine_drafted"], note["status"])


@pytest.mark.parametrize(
    "change",
    [{"stance": "label"}, {"review": True}, {"subject_type": "account"}, {"subject": "f:2"}],
    ids=lambda change: next(iter(change)),
)
def test_only_posts_that_are_decided_note_are_drafted_for(change):
    """Nothing before a person has looked, nothing for accounts, nothing for posts that are not here."""
    said = drafted(decisions=[NOTED | change])

    assert (0, Note.schema()) == (said.height, said.schema)


@pytest.mark.parametrize(
    ("lang", "height"), [("en", 1), ("en-GB", 1), ("EN", 1), (None, 1), ("und", 1), ("de", 0), ("enm", 0)]
)
def test_a_post_is_answered_in_its_own_language_or_not_at_all(lang, height):
    """The library is English."""
    assert height == drafted(posts=[POST | {"lang": lang}]).height


def test_a_code_in_the_evidence_names_a_narrative():
    """The detector has codes that are no narratives, and the library answers some."""
    said = SAID | {"narratives": [], "evidence": [{"what": "code:expelled-109", "start": 0, "end": 2, "value": None}]}

    assert ["expelled-109"] == drafted(signals=[said], posts=[POST | {"text": "109"}])["narrative"].to_list()


def test_other_evidence_names_nothing():
    """A slur and a statistic are no narratives; without one, and with no word in common, there is no draft."""
    said = SAID | {"narratives": [], "evidence": [{"what": "slur:soros", "start": 0, "end": 2, "value": None}]}

    assert 0 == drafted(signals=[said], posts=[POST | {"text": "xyzzy"}]).height


def test_narratives_of_several_detectors_are_put_together():
    """The most similar answer to any of them is drafted; the order of the signals does not matter."""
    signals = [SAID | {"narratives": ["soros"]}, SAID | {"narratives": ["rothschild"]}, SAID | {"narratives": []}]
    post = POST | {"text": "Rothschild banks"}

    assert ["rothschild"] == drafted(signals=signals, posts=[post])["narrative"].to_list()
    assert drafted(signals=signals, posts=[post]).equals(drafted(signals=signals[::-1], posts=[post]))


def test_without_a_signal_the_words_decide():
    """A post that a person decided about."""
    said = drafted(signals=[], posts=[POST | {"text": "The Protocols of the Elders of Zion are a real plan"}])

    assert ["protocols"] == said["narrative"].to_list()


def test_drafts_are_sorted_by_post_whatever_the_order_of_the_rows():
    """The same bytes for the same records."""
    decisions = [NOTED | {"subject": f"f:{n}"} for n in (3, 1, 2)]
    posts = [POST | {"id": f"f:{n}"} for n in (2, 3, 1)]
    said = drafted(decisions=decisions, posts=posts)

    assert ["f:1", "f:2", "f:3"] == said["post"].to_list()
    assert said.equals(drafted(decisions=decisions[::-1], posts=posts[::-1]))
