"""The command line: `rejoinder COMMAND`. Heavy libraries are imported by the commands that use them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from rejoinder import __version__
from rejoinder.doors.cli import (
    answering,
    auditing,
    cases,
    detection,
    fitting,
    judging,
    logs,
    looking,
    notes,
    policies,
    sampling,
)
from rejoinder.errors import RejoinderError

app = typer.Typer(
    name="rejoinder",
    help="Find group-directed hate, answer it, and account for what was done.",
    epilog="Start with: rejoinder demo --out first-look",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # half of the time that `--help` takes is spent on its frame
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
cases.add_to(app)
detection.add_to(app)
answering.add_to(app)
fitting.add_to(app)
looking.add_to(app)
sampling.add_to(app)
app.add_typer(auditing.app, name="audit")
app.add_typer(fitting.app, name="detector")
app.add_typer(judging.app, name="judge")
app.add_typer(policies.app, name="policy")
app.add_typer(logs.app, name="log")
app.add_typer(notes.app, name="notes")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"rejoinder {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find group-directed hate, answer it, and account for what was done."""


def main() -> None:
    """Runs the command; an error that a person can mend is told in plain words, and its exit code says whose it is.

    Exit codes: 0 done; 1 the answer is no (a check found faults); 2 usage; 3 data; 4 evidence; 5 the outside world;
    130 interrupted, and to be resumed by the same command.
    """
    try:
        app()
    except RejoinderError as error:
        typer.secho("error: ", fg="red", bold=True, err=True, nl=False)
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("interrupted; the same command goes on where it stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:  # as in `rejoinder log export | head`
        sys.stderr.close()
        sys.exit(0)
