"""A draft for each post that the policy answers with a note: the best counter-argument of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder.records import Note
from rejoinder.records.frames import to_frame
from rejoinder.responses.counterarguments.retrieval import find

if TYPE_CHECKING:
    from collections.abc import Mapping


def drafts(records: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """A frame of `Note`, at most one for each post decided `note`, sorted by post; all need ratings.

    Takes `decision`, `post` and `signal`. A decision that waits for a person brings no draft, and neither does a post
    in another language than English or with nothing in the library that suits it: there the request for a note stands
    alone. The id is the same whenever the same answer is drafted for the same post; the time is the decision's. Posts
    are gone through one by one, each in less than a millisecond: few of them are answered by a note.

    >>> from rejoinder.records import Decision, Post, Signal
    >>> from rejoinder.records.frames import conform
    >>> decided = {"subject": ["x:1"], "subject_type": ["post"], "stance": ["note"]}
    >>> said = {"subject": ["x:1"], "subject_type": ["post"], "kind": ["hate"], "narratives": [["protocols"]]}
    >>> frames = {"decision": conform(Decision, pl.DataFrame(decided)), "signal": conform(Signal, pl.DataFrame(said)),
    ...           "post": conform(Post, pl.DataFrame({"id": ["x:1"], "text": ["It is all in the Protocols"]}))}
    >>> drafts({noun: frame.lazy() for noun, frame in frames.items()}).select("id", "author", "status").row(0)
    ('library:protocols-copied:x:1', 'library', 'needs more ratings')
    """
    noted = (pl.col("stance") == "note") & ~pl.col("review") & (pl.col("subject_type") == "post")
    asked = records["decision"].filter(noted).select("subject", "time")
    texts = records["post"].filter(_english()).select("text", subject="id")
    named = _narratives(records["signal"].join(asked, on="subject", how="semi"))
    rows = asked.join(texts, on="subject").join(named, on="subject", how="left").collect(engine="streaming")
    made = [_draft(**row) for row in rows.sort("subject", "time").iter_rows(named=True)]
    return to_frame(Note, [note for note in made if note])


def _english() -> pl.Expr:
    """As the detector reads: tagged as English, or not tagged."""
    return pl.col("lang").fill_null("und").str.to_lowercase().str.contains("^(?:en|und)(?:-|$)")


def _narratives(signals: pl.LazyFrame) -> pl.LazyFrame:
    """The narratives of each subject, and the codes among its evidence, whose ids the library uses alike."""
    cues = pl.col("evidence").list.eval(pl.element().struct.field("what").str.extract("^(?:narrative|code):(.+)$"))
    every = signals.select("subject", narratives=pl.concat_list("narratives", cues)).explode("narratives")
    return every.drop_nulls().group_by("subject").agg(pl.col("narratives").unique().sort())


def _draft(*, subject: str, time: Any, text: str, narratives: list[str] | None) -> Note | None:  # noqa: ANN401 - see Note
    found = find(text, narratives or (), limit=1)
    if not found:
        return None
    answer = found[0].counterargument
    return Note(
        id=f"library:{answer.id}:{subject}", post=subject, author="library", created_at=time, text=answer.text,
        lang=answer.language, narrative=answer.narrative,
        links=tuple(source.url or source.cited() for source in answer.sources),
    )  # fmt: skip
