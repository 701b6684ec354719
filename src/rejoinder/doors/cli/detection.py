"""The command that judges texts, a line in and a line out: `detect`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Registers this command."""
    app.command()(detect)


def detect(
    file: Annotated[str, typer.Argument(help="JSON lines with `text` and optionally `id`; `-` is standard input.")],
) -> None:
    """Says of each text what the detector finds: one JSON line out for each line in, in order.

    Out come `id`, `probability`, `kind`, `targets`, `narratives`, `stance`, `spans`. A line that is no such
    object comes out with `error`, so that lines still match; then the exit code is 3.
    """
    import msgspec

    from rejoinder.doors.cli import lines
    from rejoinder.sources.streams import open_stream

    faulty = False
    for some in lines.arriving(sys.stdin.buffer if file == "-" else open_stream(file)):
        for found in lines.judged(some):
            faulty = faulty or "error" in found
            sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.buffer.flush()
    if faulty:
        raise typer.Exit(3)
