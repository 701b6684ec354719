"""Commands about notes and their ratings: `notes fit`, `notes score`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rejoinder.doors.cli.telling import Json, either, say

if TYPE_CHECKING:
    from rejoinder.responses.bridging import Bridged

app = typer.Typer(
    help="Notes and their ratings: which ones raters who disagree both find helpful.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


Out = Annotated[Path, typer.Option("--out", help="A folder for what comes out; made where there is none.")]


@app.command()
def fit(
    ratings: Annotated[Path, typer.Option("--ratings", help="Parquet with `rater`, `note`, `helpful` (0, 0.5, 1).")],
    out: Out,
    *,
    compat: Annotated[
        bool, typer.Option("--compat", help="Fit X Community Notes' objective on all ratings; its plain rules.")
    ] = False,
    axes: Annotated[
        int | None, typer.Option(help="Viewpoint axes, 1 or 2; chosen by held-out ratings if not given.")
    ] = None,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Statuses of notes from ratings: `notes.parquet`, `raters.parquet`, `fit.json`, and what was rejected and why."""
    from rejoinder.responses.bridging.files import fit_file

    done = fit_file(ratings, out, compat=compat, axes=axes, threads=processors())
    either(as_json, done.summary, lambda: _tell(done, out))


def _tell(done: Bridged, out: Path) -> None:
    told: dict[str, Any] = done.summary
    counts = (told[name] for name in ("ratings", "notes", "raters", "rejected"))
    say("{:,} ratings of {:,} notes by {:,} raters; {:,} rejected".format(*counts))
    say(f"loss {told['loss']:.6f} after {told['sweeps']} sweeps, {told['axes']} axis(es)")
    say("; ".join(f"{count:,} {status}" for status, count in told["statuses"].items()))
    if told["raters_in_rings"]:
        say(
            f"{told['raters_in_rings']:,} raters in {told['rings']:,} groups coincide beyond chance; each counts as one"
        )
    say(f"written to {out}")


@app.command()
def score(  # noqa: PLR0913 - the incumbent's four files
    notes: Annotated[Path, typer.Option("--notes", help="X's notes: a TSV file, plain or gzip, or a folder of parts.")],
    ratings: Annotated[Path, typer.Option("--ratings", help="X's ratings.")],
    out: Out,
    *,
    status: Annotated[
        Path | None, typer.Option("--status", help="X's noteStatusHistory; without it nothing is held.")
    ] = None,
    enrollment: Annotated[
        Path | None, typer.Option("--enrollment", help="X's userEnrollment, for modelling groups.")
    ] = None,
    at: Annotated[datetime | None, typer.Option("--at", help="The time of the run in UTC; now if not given.")] = None,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Scores files of X Community Notes: scored notes, raters, status history and rejects, in X's columns and ours."""
    from rejoinder.responses.bridging.x_score import score as run

    moment = at.replace(tzinfo=UTC) if at else None
    done = run(notes, ratings, out, status=status, enrollment=enrollment, at=moment, threads=processors())
    either(as_json, done.summary, lambda: _tell(done, out))
