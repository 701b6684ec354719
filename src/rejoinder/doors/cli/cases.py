"""Commands that make a case and run the flow: `init`, `run`, `demo`, `dossier`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rejoinder.doors.cli.telling import Json, either, progress_bar, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rejoinder.pages import Page
    from rejoinder.store import Case

CaseFolder = Annotated[Path, typer.Option("--case", help="The folder of the case; made where there is none.")]
Files = Annotated[list[str], typer.Argument(help="Files or folders, plain, .gz or .zst; `-` is standard input.")]


def add_to(app: typer.Typer) -> None:
    """Registers these commands."""
    app.command()(demo)
    app.command()(run)
    app.command()(init)
    app.command()(dossier)


def demo(
    out: Annotated[Path, typer.Option("--out", help="The folder to make.")],
    *,
    seed: Annotated[int, typer.Option(help="Same seed, same platform.", min=0)] = 1,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """A first result: a simulated platform with known truth, read, judged, answered and accounted for."""
    from rejoinder import flow, simulate
    from rejoinder.errors import UsageError

    title = f"Demonstration on a simulated platform (seed {seed})"
    case = flow.case_in(out, title=title)
    if case.settings.title != title:
        other = f"the folder holds another case, “{case.settings.title}”"
        raise UsageError(other, where=str(out), remedy="choose a folder of its own for each demonstration")
    with progress_bar() as progress:
        progress("simulate", 0, 1)
        files = simulate.write(simulate.platform(seed=seed), out / "input")
        progress("simulate", 1, 1)
        _run(case, [str(file) for file in files], None, progress, as_json=as_json)


def run(
    files: Files,
    case: CaseFolder,
    *,
    form: Annotated[str | None, typer.Option("--format", help="The format, where recognition errs.")] = None,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """The whole flow over files: read, judge, decide by the case's policy, answer, account, dossier."""
    from rejoinder import flow

    with progress_bar() as progress:
        _run(flow.case_in(case), files, form, progress, as_json=as_json)


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    *,
    title: Annotated[str, typer.Option(help="What the dossier is called.")] = "A case",
) -> None:
    """A new case: settings and a policy to edit, before anything is read."""
    from rejoinder import flow

    flow.new_case(folder, title=title).close()
    say(f"made {folder}: read and edit {folder / 'policy.toml'}, then `rejoinder run FILE… --case {folder}`")


def dossier(case: CaseFolder) -> None:
    """Writes the dossier again, from what the case holds."""
    from rejoinder import flow
    from rejoinder.doors.dossier import render

    opened = flow.open_case(case)
    flow.measure(opened)
    say(str(render.write(flow.dossier(opened), case / "dossier", title=opened.settings.title)))


def _run(case: Case, files: Sequence[str], form: str | None, progress: Any, *, as_json: bool) -> None:  # noqa: ANN401
    from rejoinder import flow
    from rejoinder.doors.dossier import render

    folder = case.folder / "dossier"

    def publish(pages: list[Page]) -> None:
        render.write(pages, folder, title=case.settings.title)

    summary = flow.run(case, files, form=form, progress=progress, publish=publish)
    case.close()
    summary["dossier"] = str(folder / "index.html")
    either(as_json, summary, lambda: _tell(summary))


def _tell(summary: dict[str, Any]) -> None:
    posts, decisions = summary["posts"], summary["decisions"]
    say(
        f"Read {posts['read']:,} posts: {posts['accepted']:,} accepted, {posts['duplicates']:,} met before, "
        f"{_rows(posts['rejected'])} rejected."
    )
    found = [[kind, f"{count:,}"] for kind, count in summary["signals"]["by_kind"].items()]
    table("\nFound, by kind (what the detectors flagged)", ["kind", "posts"], found)
    clauses = [[clause, f"{count:,}"] for clause, count in decisions["by_clause"].items()]
    table("\nDecided, by clause", ["clause", "posts"], clauses)
    answered = [[response, f"{count:,}"] for response, count in summary["answered"].items()]
    table("\nAnswered", ["message", "count"], answered)
    for detector, cost in summary["spent"].items():
        say(f"\nSpent by `{detector}`: {cost['money']:,.4f} {cost['currency']} for {cost['calls']:,} calls, "
            f"{cost['failed']:,} posts without an answer")  # fmt: skip
    costs = [[stage, f"{cost['seconds']:.1f}", f"{cost['peak_mb']:,.0f}"] for stage, cost in summary["stages"].items()]
    table("\nCost", ["stage", "seconds", "peak MB so far"], costs)
    say(f"\nThe dossier: {summary['dossier']}")
    say(f"The log's head, to be published: {summary['head']}")


def _rows(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}"
