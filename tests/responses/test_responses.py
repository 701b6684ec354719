"""What is said to whom: one decision, many readers."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from rejoinder.records import Decision, Message, Report
from rejoinder.records.frames import conform
from rejoinder.responses import responses
from rejoinder.responses.note_request import NoteRequest
from rejoinder.responses.notice import NoticeToAuthor
from rejoinder.responses.report_answer import AnswerToReporter

CLAUSES = pl.DataFrame({"clause": ["H3"], "title": ["Conspiracy narratives"], "text": ["Do not spread them."]})
TIME = datetime(2024, 1, 1, tzinfo=UTC)
OF = {"subject_type": "post", "author": "f:a", "time": TIME, "policy_version": "1", "policy_hash": "h"}


def records(decisions, reports=()):
    """The two nouns that responses read."""
    return {
        "decision": conform(Decision, pl.DataFrame([OF | row for row in decisions])).lazy(),
        "report": conform(Report, pl.DataFrame(list(reports))).lazy(),
    }


LIMITED = {
    "subject": "f:1",
    "clause": "H3",
    "stance": "note",
    "access": "limit",
    "ads": "exclude",
    "appeal_until": TIME + timedelta(days=180),
}
NOTHING = {"subject": "f:2", "clause": None}


@pytest.mark.parametrize("response", responses(), ids=lambda response: response.name)
def test_of_nothing_nothing_is_said(response):
    """No decisions, no messages, and still the schema."""
    said = response.respond(records([]), CLAUSES)

    assert (0, Message.schema()) == (said.height, said.schema)


def test_a_note_is_asked_for_where_the_policy_answers_with_one():
    """One request for the noted post, none for the other."""
    said = NoteRequest().respond(records([LIMITED, NOTHING]), CLAUSES)

    assert [("note writers", "f:1")] == said.select("to", "subject").rows()


def test_the_author_is_told_rule_consequence_and_appeal():
    """The notice quotes the public text and says how long there is to appeal."""
    (text,) = NoticeToAuthor().respond(records([LIMITED, NOTHING]), CLAUSES)["text"]

    assert text == (
        "Decided about your post f:1: readers are offered a note with a counter-argument; no ads stand beside it; "
        "it is not recommended or amplified. The rule is H3 (Conspiracy narratives): Do not spread them. "
        "You may appeal within 180 days of this notice."
    )


def test_a_note_alone_is_no_restriction():
    """Speech that is only answered brings its author no notice."""
    said = NoticeToAuthor().respond(records([LIMITED | {"access": "none"}]), CLAUSES)

    assert said.is_empty()


def test_nothing_is_said_before_a_person_has_looked():
    """A decision that waits for a person brings neither a notice nor a request; it is a proposal until then."""
    waiting = records([LIMITED | {"review": True}])

    assert NoticeToAuthor().respond(waiting, CLAUSES).is_empty()
    assert NoteRequest().respond(waiting, CLAUSES).is_empty()


def test_every_reporter_is_answered():
    """Applied, not applied, with a person, unknown post; a hidden reporter cannot be answered."""
    report = {"platform": "f", "subject_type": "post", "created_at": TIME}
    asked = [("f:r1", "f:1"), ("f:r2", "f:2"), ("f:r3", "f:3"), ("f:r4", "f:4"), (None, "f:1")]
    reports = [report | {"id": f"r{i}", "reporter": who, "subject": what} for i, (who, what) in enumerate(asked)]
    decisions = [LIMITED, NOTHING, {"subject": "f:3", "clause": None, "review": True}]
    said = AnswerToReporter().respond(records(decisions, reports), CLAUSES)

    starts = [
        "Your report: clause H3",
        "Your report was looked at",
        "Your report is with a person",
        "Your report is kept",
    ]
    assert ["f:r1", "f:r2", "f:r3", "f:r4"] == said["to"].to_list()
    assert all(text.startswith(start) for text, start in zip(said["text"], starts, strict=True))


def test_posts_named_in_a_report_about_an_account_are_answered():
    """The posts count, not the account."""
    report = {"id": "r", "platform": "f", "subject_type": "account", "subject": "f:a", "created_at": TIME,
              "reporter": "f:r", "posts": ["f:1", "f:2"]}  # fmt: skip
    said = AnswerToReporter().respond(records([LIMITED, NOTHING], [report]), CLAUSES)

    assert ["f:1", "f:2"] == said["subject"].to_list()
