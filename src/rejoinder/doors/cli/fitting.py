"""Commands that hold detectors to people's own evidence: `detector check`, `calibrate`, `adapt`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rejoinder.doors.cli.telling import Json, either, say, table

if TYPE_CHECKING:
    from rejoinder.signals import Detector
    from rejoinder.store import Case

app = typer.Typer(
    help="Detectors, ours and one's own: check them.", no_args_is_help=True, rich_markup_mode=None
)  # fmt: skip
CaseFolder = Annotated[Path, typer.Option("--case", help="The folder of the case.")]
FIGURES = ["figure", "value", "95 % interval", "judgements"]
BINS = ["told", "judged hateful", "95 % interval", "posts"]


def add_to(app: typer.Typer) -> None:
    """Registers these commands."""
    app.command()(calibrate)
    app.command()(adapt)


@app.command()
def check(
    detector: Annotated[str, typer.Argument(help="A registered name, or a folder with a `detector.toml`.")],
    *,
    judgements: Annotated[Path | None, typer.Option(help="CSV: `hateful` (0, 1) and `text` or `subject`.")] = None,
    case: Annotated[Path | None, typer.Option("--case", help="Whose posts the judgements name.")] = None,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Whether a detector keeps the contract, how fast it is, how it agrees with ours, and how right it is.

    Beside a detector of one's own the result is kept as `checked.json`. Exit code 1 if a check fails, 3 if its
    `detector.toml` does not hold. A detector that costs money is asked about a few dozen texts.
    """
    from rejoinder import flow, signals
    from rejoinder.fitting import checking, placing
    from rejoinder.fitting import judgements as judged
    from rejoinder.signals.own.spec import FILE
    from rejoinder.signals.post.hate import Hate

    opened = flow.open_case(case) if case else None
    one: Detector = signals.detector(detector, Path())
    told = checking.examine(one, Hate(), judged.read(judgements, opened) if judgements else None)
    if (Path(detector) / FILE).is_file():
        placing.write(Path(detector) / "checked.json", json.dumps(told, indent=2) + "\n")
    either(as_json, told, lambda: _tell_checked(told))
    if not all(one["passed"] for one in told["checks"]):
        raise typer.Exit(1)


def calibrate(
    judgements: Annotated[Path, typer.Argument(help="CSV: `hateful` (0, 1) and `id` of a post, or `text`.")],
    case: CaseFolder,
    *,
    detector: Annotated[str, typer.Option(help="`hate`, or the path of a detector's folder in the case.")] = "hate",
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Fits a detector's probabilities to judgements of one's own, about 200, chosen at random.

    Writes the line into the detector's folder in the case, with a reliability diagram (`calibration.svg`), and has
    `rejoinder.toml` use it: the next run judges every post again.
    """
    from rejoinder.fitting import calibrating

    told = calibrating.calibrate(_opened(case), judgements, detector)
    either(as_json, told, lambda: _tell_calibrated(told))


def adapt(
    files: Annotated[list[str], typer.Argument(help="Posts of the stream: files or folders, any known format.")],
    case: CaseFolder,
    *,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Raises the bar of the detector's first stage as far as an unlabelled stream allows: faster, at a stated loss.

    Writes the first stage into the case's folder and has `rejoinder.toml` use it; where nothing is gained safely,
    nothing changes.
    """
    from rejoinder.fitting import adapting

    told = adapting.adapt(_opened(case), files)
    either(as_json, told, lambda: _tell_adapted(told))


def _opened(case: Path) -> Case:
    from rejoinder import flow

    return flow.open_case(case)


def _tell_checked(told: dict[str, Any]) -> None:
    rows = [["passed" if one["passed"] else "FAILED", one["asks"], one["why"]] for one in told["checks"]]
    table(f"{told['detector']} {told['version']}: the contract", ["", "what it asks", "why not"], rows)
    speed, alike = told["speed"], told["agreement"]
    say(f"\nSpeed: {speed['posts_per_cpu_second']:,.0f} posts per processor second on {speed['posts']:,} posts.")
    if alike["n"]:
        say(f"Agreement with `{alike['with']}`: {_share(alike)} of {alike['n']:,} posts that both can judge.")
    if "quality" in told:
        rows = [[name, *_figure(one)] for name, one in told["quality"].items()]
        table("\nBy the judgements, from a probability of 0.5", FIGURES, rows)
        say(f"{told['out_of_reach']:,} of {told['judged']:,} judged posts are out of its reach and left out.")
        table("\nReliability", BINS, [_bin(one) for one in told["reliability"]])
    if "spent" in told:
        say(f"\nSpent: {told['spent']['money']:,.4f} {told['spent']['currency']} for {told['spent']['calls']:,} calls.")


def _tell_calibrated(told: dict[str, Any]) -> None:
    say(f"{told['n']:,} judgements, {told['hateful']:,} hateful; {told['out_of_reach']:,} more are out of reach.")
    rows = [
        [name, f"{one['before']:.3f}", f"{one['after']:.3f}", f"{one['lower']:+.3f} to {one['upper']:+.3f}"]
        for name, one in told["figures"].items()
    ]
    table("\nBy cross-fitting, five folds", ["figure", "before", "after", "fell by (95 %)"], rows)
    for when in ("before", "after"):
        table(f"\nReliability {when}", BINS, [_bin(one) for one in told[when]])
    say(f"\nWritten: {told['detector']}, slope {told['slope']:.3f}, offset {told['offset']:+.3f}.")
    say(_uses(told))


def _tell_adapted(told: dict[str, Any]) -> None:
    bar, passed, recall = told["bar"], told["passed"], told["recall"]
    say(f"{told['posts']:,} posts in reach; the transformer read {told['read']:,} texts and called {told['hateful']:,} "
        "hateful.")  # fmt: skip
    if recall is None:
        say(f"The bar stays at {bar['before']:.3f}: no higher one is sure to keep 98 % of the hate.")
        say(f"{passed['before']:.1%} of posts go to the transformer.")
        return
    say(f"The bar rises from {bar['before']:.3f} to {bar['after']:.3f}: {passed['after']:.1%} of posts go to the "
        f"transformer instead of {passed['before']:.1%}, with {recall['value']:.1%} ({recall['lower']:.1%} to "
        f"{recall['upper']:.1%}) of the hate that passed before.")  # fmt: skip
    say(_uses(told))


def _uses(told: dict[str, Any]) -> str:
    return f"rejoinder.toml now says: detectors = {json.dumps(told['detectors'])}. The next run judges all posts again."


def _share(figure: dict[str, Any]) -> str:
    return f"{figure['value']:.1%} ({figure['lower']:.1%} to {figure['upper']:.1%})"


def _figure(one: dict[str, Any]) -> list[str]:
    if one["value"] is None:
        return ["unknown", "", f"{one['n']:,}"]
    return [f"{one['value']:.3f}", f"{one['lower']:.3f} to {one['upper']:.3f}", f"{one['n']:,}"]


def _bin(one: dict[str, Any]) -> list[str]:
    return [f"{one['said']:.2f}", f"{one['found']:.2f}", f"{one['lower']:.2f} to {one['upper']:.2f}", f"{one['n']:,}"]
