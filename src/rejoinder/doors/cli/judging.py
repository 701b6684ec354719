"""Commands of coders: `judge assign`, `judge export`, `judge import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rejoinder.doors.cli.telling import Json, either, say

app = typer.Typer(help="Blind judgements of sampled posts.", no_args_is_help=True, rich_markup_mode=None)
CaseFolder = Annotated[Path, typer.Option("--case", help="The folder of the case.")]
Sample = Annotated[str, typer.Option("--sample", help="The sample's name.")]
Coder = Annotated[str, typer.Option("--coder", help="The coder's pseudonym.")]
Round = Annotated[Literal["first", "again", "adjudication"], typer.Option("--round", help="Which look.")]


@app.command()
def assign(  # noqa: PLR0913 - an option each
    case: CaseFolder,
    sample: Sample,
    coders: Annotated[str, typer.Option(help="Pseudonyms, separated by commas.")],
    *,
    round_: Round = "first",
    negatives: Annotated[int, typer.Option(help="Negatives to look at again.", min=0)] = 50,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Hands out a round: everything once; every positive and some negatives again; what two differ on to a third."""
    from rejoinder import flow
    from rejoinder.acts import samples

    names = [name.strip() for name in coders.split(",")]
    rows = samples.hand_out(flow.open_case(case), sample, round_, names, negatives)
    counts = dict(rows.group_by("coder").len().sort("coder").iter_rows())
    words = ", ".join(f"{coder} {count:,}" for coder, count in counts.items())
    either(as_json, {"sample": sample, "round": round_, "coders": counts}, lambda: say(f"round `{round_}`: {words}"))


@app.command()
def export(
    case: CaseFolder,
    sample: Sample,
    coder: Coder,
    out: Annotated[Path, typer.Option("--out", help="The CSV file to write.")],
    *,
    round_: Round = "first",
) -> None:
    """Writes one coder's sheet as CSV, for any annotation tool: the texts, and nothing that would tell them apart."""
    from rejoinder import flow
    from rejoinder.acts import samples

    text = samples.sheet_of(flow.open_case(case), sample, round_, coder)
    out.write_text(text, encoding="utf-8", newline="")
    say(f"{out}: fill in `hateful` with yes, no or unclear")


@app.command(name="import")
def take_in(  # noqa: PLR0913 - an option each
    sheet: Annotated[Path, typer.Argument(help="The filled CSV file.")],
    case: CaseFolder,
    sample: Sample,
    coder: Coder,
    codebook: Annotated[Path, typer.Option(help="The codebook, as TOML.")],
    *,
    round_: Round = "first",
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Takes over a filled sheet, whole or not at all; what was judged before stands."""
    from rejoinder import flow
    from rejoinder.acts import samples

    new, empty = samples.take_in(flow.open_case(case), sheet, codebook, (sample, round_, coder))
    either(as_json, {"new": new, "empty": empty}, lambda: say(f"{new:,} judgements taken over, {empty:,} still empty"))
