"""The command that answers a text from the library: `counter`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from rejoinder.doors.cli.telling import Json, either, say

if TYPE_CHECKING:
    from rejoinder.responses.counterarguments import Found


def add_to(app: typer.Typer) -> None:
    """Registers this command."""
    app.command()(counter)


def counter(
    text: Annotated[str, typer.Argument(help="The text to answer; `-` is standard input.")],
    *,
    narrative: Annotated[str, typer.Option(help="Answer this one instead of those that the detector finds.")] = "",
    as_json: Annotated[bool, Json] = False,
) -> None:
    """The best counter-arguments to a text, each with its sources."""
    import msgspec

    from rejoinder.responses.counterarguments import find

    read = sys.stdin.buffer.read().decode(errors="replace") if text == "-" else text
    narratives = [_known(narrative)] if narrative else _named(read)
    found = find(read, narratives)
    answers = [msgspec.to_builtins(answer) | {"similarity": similarity} for answer, similarity in found]
    for answer in answers:
        del answer["claim"]  # in the words of posts
    either(as_json, {"narratives": narratives, "counterarguments": answers}, lambda: _tell(narratives, found))


def _known(narrative: str) -> str:
    from rejoinder.errors import NotFound, nearest
    from rejoinder.responses.counterarguments import load

    known = {answer.narrative for answer in load()}
    if narrative not in known:
        raise NotFound(f"the library answers no narrative `{narrative}`", remedy=nearest(narrative, known))
    return narrative


def _named(text: str) -> list[str]:
    """The narratives that the detector finds, and its codes, which the library names alike."""
    from rejoinder.acts import detecting

    (found,) = detecting.detect_texts([text])
    families = [span["cue"].partition(":") for span in found["spans"]]
    codes = [name for family, _, name in families if family in ("code", "narrative")]
    return sorted({*found["narratives"], *codes})


def _tell(narratives: list[str], found: list[Found]) -> None:
    if not found:
        say("nothing in the library is near this text; name a narrative with --narrative")
    elif not {answer.narrative for answer, _ in found} & set(narratives):
        say("the detector found no narrative that the library answers; nearest by their words:")
    for answer, similarity in found:
        say(f"\n{answer.text}\n")
        for source in answer.sources:
            say(f"  - {source.cited()}")
        say(f"  [{answer.narrative}; {answer.technique}; similarity {similarity:.2f}; review by {answer.review}]")
