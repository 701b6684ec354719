"""Commands that look: `explain`, `rejects`, `formats`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from rejoinder.doors.cli.telling import Json, either, say, table

CaseFolder = Annotated[Path, typer.Option("--case", help="The folder of the case.")]
HIDDEN = "(hidden; `--text` shows it)"


def add_to(app: typer.Typer) -> None:
    """Registers these commands."""
    app.command()(explain)
    app.command()(rejects)
    app.command()(formats)


def explain(
    post_id: Annotated[str, typer.Argument(help="The post's id, with or without its platform.")],
    case: CaseFolder,
    *,
    text: Annotated[bool, typer.Option("--text", help="Show the text; hidden unless asked for.")] = False,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """One post's way through the house, record by record."""
    from rejoinder import flow
    from rejoinder.acts import asking

    way = asking.explain(flow.open_case(case), post_id)
    if not text:
        way["post"]["text"] = HIDDEN
    either(as_json, way, lambda: _tell(way))


def rejects(case: CaseFolder, *, as_json: Annotated[bool, Json] = False) -> None:
    """Rows that could not be read: where they stand, why, and what to do."""
    from rejoinder import flow

    rows = flow.open_case(case).scan("reject").collect().to_dicts()
    columns = ["file", "line", "reason", "remedy"]
    shown = [[row[column] for column in columns] for row in rows]
    either(as_json, {"rejects": rows}, lambda: table(f"{len(rows):,} rejects", columns, shown))


def formats(*, as_json: Annotated[bool, Json] = False) -> None:
    """The formats that can be read; each is recognised by its content."""
    from rejoinder import registry

    known = {name: registry.make("sources", name).title for name in registry.names("sources")}
    either(as_json, known, lambda: table("Formats", ["--format", "what it is"], list(known.items())))


def _tell(way: dict[str, Any]) -> None:
    _section("post", {name: value for name, value in way["post"].items() if value not in (None, [], "")})
    for signal in way["signals"]:
        _section(
            f"signal: {signal['kind']}, by {signal['detector']} {signal['version']}",
            _without(signal, "kind", "detector"),
        )
    table("policy, clause by clause", ["clause", "applies", "because"], [[*row.values()] for row in way["clauses"]])
    for decision in way["decisions"]:
        _section("decision", _without(decision, "facts"))
    for message in way["messages"]:
        say(f"\nsaid to {message['to']} ({message['response']}): {message['text']}")


def _section(title: str, values: dict[str, Any]) -> None:
    table(f"\n{title}", ["", ""], [[name, value] for name, value in values.items()])


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names and value not in (None, [], "")}
