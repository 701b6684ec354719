"""How commands tell: progress on a terminal, tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rejoinder.flow import Progress

Json = typer.Option("--json", help="Print one JSON object, for programs.")


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Progress on standard error, a bar a stage; silent where standard error is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, of: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=of)
            bars.update(tasks[stage], completed=done, total=of)

        yield tell


def print_json(value: object) -> None:
    """One JSON object on standard output, in UTF-8 whatever the terminal speaks."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, indent=2, default=str).encode() + b"\n")
    sys.stdout.buffer.flush()


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on standard output; text from outside is shown as it is, never as markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(_plain(value)) for value in row))
    console = Console()
    console.print(Text(title, style="bold"))
    console.print(shown)


def say(words: str) -> None:
    """A line on standard output; control characters of untrusted text are made visible."""
    typer.echo(_plain(words))


def either(as_json: bool, value: Mapping[str, Any], told: Callable[[], None]) -> None:
    """The value as JSON for programs, or what `told` prints for people."""
    if as_json:
        print_json(value)
    else:
        told()


def _plain(value: object) -> str:
    """Escape sequences in a post must not steer the terminal of whoever looks at it."""
    text = "" if value is None else str(value)
    return "".join(sign if sign.isprintable() or sign == "\n" else f"\\x{ord(sign):02x}" for sign in text)
