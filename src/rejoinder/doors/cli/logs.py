"""Commands about the log: `log verify`, `log head`, `log show`, `log export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rejoinder.doors.cli.telling import Json, either, say

app = typer.Typer(help="The append-only, hash-chained log.", no_args_is_help=True, rich_markup_mode=None)
CaseFolder = Annotated[Path, typer.Option("--case", help="The folder of the case.")]


@app.command()
def verify(
    case: CaseFolder,
    *,
    head: Annotated[str | None, typer.Option(help="A hash of the log that was published earlier.")] = None,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Finds every changed, dropped, inserted or reordered event and every changed archive part; exit code 4."""
    from rejoinder import flow

    opened = flow.open_case(case)
    faults = opened.verify(head=head)
    told = {"events": opened.log.head().seq, "head": opened.log.head().hash, "faults": faults}
    sound = f"{told['events']:,} events and every archive part are as written; the head is {told['head']}"
    either(as_json, told, lambda: say("\n".join(faults) if faults else sound))
    if faults:
        raise typer.Exit(4)


@app.command()
def head(case: CaseFolder, *, as_json: Annotated[bool, Json] = False) -> None:
    """The hash of the newest event: publish it, and nobody can rewrite what came before unseen."""
    from rejoinder import flow

    newest = flow.open_case(case).log.head()
    either(as_json, {"seq": newest.seq, "head": newest.hash}, lambda: say(newest.hash))


@app.command()
def show(case: CaseFolder) -> None:
    """What was done, an event a line."""
    from rejoinder import flow

    for event in flow.open_case(case).log.read():
        body = ", ".join(f"{name} {value}" for name, value in event.body.items() if name != "parts" and value)
        say(f"{event.seq:>6}  {event.time:%Y-%m-%d %H:%M:%S}  {event.actor:<10}  {event.kind}: {body}")


@app.command()
def export(case: CaseFolder) -> None:
    """The whole chain as JSON lines (`seq`, `event`, `hash`), for verifiers in other languages."""
    from rejoinder import flow

    flow.open_case(case).log.export(sys.stdout.buffer)
