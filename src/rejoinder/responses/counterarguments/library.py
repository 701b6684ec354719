"""The library: counter-arguments as data, read and checked once."""

from __future__ import annotations

import tomllib
from datetime import date  # noqa: TC003 - msgspec reads the annotations
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Technique = Literal["facts", "consequences", "empathy", "affiliation"]
"""How it answers: with facts; with what the idea has led to; with how those feel whom it hits; with what the reader
and they have in common. Never with humour, which those who half believe a claim read as contempt."""

SHORTEST, LONGEST = 40, 90
"""Words that an answer has: enough for a fact and its reason, few enough to be read to the end."""

Text = Annotated[str, Meta(min_length=1)]


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that can be looked up."""

    title: Text
    """With its authors, where they are persons."""
    publisher: Text
    year: Annotated[int, Meta(ge=1800)] | None = None
    """`None` for a page that bears none."""
    url: Annotated[str, Meta(pattern="^https://")] | None = None
    """`None` where it is not certain, or where there is none."""

    def cited(self) -> str:
        """The source in one line, its address last.

        >>> Source(title="Cohn, Warrant for Genocide", publisher="Eyre & Spottiswoode", year=1967).cited()
        'Cohn, Warrant for Genocide. Eyre & Spottiswoode, 1967'
        """
        end = "" if self.title.endswith("?") else "."
        return f"{self.title}{end} " + ", ".join(str(part) for part in (self.publisher, self.year, self.url) if part)


class Counterargument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer to one narrative, for readers who half believe it.

    It begins with a fact, names no slur, mocks nobody, and can be checked by its sources.
    """

    id: Text
    narrative: Text
    """The id of a narrative or code of the detector, without its family: `rothschild`, `expelled-109`."""
    technique: Technique
    claim: Text
    """What it answers, in the words that posts use; it helps to find the answer and is never shown."""
    text: Text
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]
    review: date
    """The last day on which it may be used without a person having looked again at text and sources."""
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}$")]


@cache
def load() -> tuple[Counterargument, ...]:
    """Every counter-argument that ships with Rejoinder, in the order of their ids.

    >>> len(load()) > 90, {answer.language for answer in load()}
    (True, {'en'})
    """
    sources = msgspec.convert(_tables()["sources.toml"]["sources"], dict[str, Source])
    answers = (
        msgspec.convert(
            row | {"sources": [sources[key] for key in row["sources"]], "language": table["language"]}, Counterargument
        )
        for name, table in _tables().items()
        for row in table.get("counterargument", ())
    )
    return tuple(sorted(answers, key=lambda answer: answer.id))


def overdue(today: date) -> tuple[Counterargument, ...]:
    """Those whose last day without review has passed.

    >>> overdue(date(2027, 5, 22))
    ()
    """
    return tuple(answer for answer in load() if answer.review < today)


@cache
def _tables() -> dict[str, dict[str, Any]]:
    data = sorted(files(__package__).joinpath("data").iterdir(), key=lambda file: file.name)
    return {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in data if file.name.endswith(".toml")}
