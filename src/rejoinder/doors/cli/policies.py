"""Commands about the written policy: `policy check`, `policy test`, `policy explain`, `policy replay`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rejoinder.doors.cli.telling import Json, either, say, table

if TYPE_CHECKING:
    import polars as pl

    from rejoinder.policy import Replay

app = typer.Typer(
    help="The written policy: check it, test it, explain it, replay it.", no_args_is_help=True, rich_markup_mode=None
)
PolicyFile = Annotated[Path, typer.Argument(help="A policy file, as in `case/policy.toml`.")]
CaseFolder = Annotated[Path, typer.Option("--case", help="The folder of the case.")]


@app.command()
def check(file: PolicyFile, *, as_json: Annotated[bool, Json] = False) -> None:
    """Whether the policy holds together; if not, every problem with its line and the nearest name, and exit code 3."""
    from rejoinder import policy

    rules = policy.load_policy(file)
    remarks = policy.lint(rules)
    told = {"version": rules.version, "hash": rules.hash, "clauses": len(rules.clauses), "remarks": remarks}
    words = [f"{file} holds together: version {rules.version}, {len(rules.clauses)} clauses", *remarks]
    either(as_json, told, lambda: say("\n".join(words)))


@app.command(name="test")
def run_examples(file: PolicyFile, *, as_json: Annotated[bool, Json] = False) -> None:
    """Runs the examples of every clause. Exit code 1 if one comes out otherwise."""
    from rejoinder import policy

    results = policy.test(policy.load_policy(file))
    failed = [result for result in results if not result["passed"]]
    told = {"examples": len(results), "failed": failed}
    rows = [[result["clause"], result["expected"], result["got"], result["why"]] for result in failed]
    either(as_json, told, lambda: say(f"{len(results) - len(failed)} of {len(results)} examples come out as written"))
    if rows and not as_json:
        table("The others", ["clause", "expected", "got", "why"], rows)
    if failed:
        raise typer.Exit(1)


@app.command()
def explain(
    post_id: Annotated[str, typer.Argument(help="The post's id, with or without its platform.")],
    case: CaseFolder,
    *,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Which clauses apply to a post, which do not, which cannot be told, and because of which facts."""
    from rejoinder import flow
    from rejoinder.acts import asking

    way = asking.explain(flow.open_case(case), post_id)
    rows = [list(clause.values()) for clause in way["clauses"]]
    told = {"facts": way["facts"], "clauses": way["clauses"], "decisions": way["decisions"]}
    either(as_json, told, lambda: table("Clause by clause", list(way["clauses"][0]), rows))


@app.command()
def replay(
    old: Annotated[Path, typer.Argument(help="The policy as it was.")],
    new: Annotated[Path, typer.Argument(help="The policy as it might become.")],
    case: CaseFolder,
    *,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Decides the case's history again under a changed policy: who is newly acted on, and who newly spared."""
    from rejoinder import flow
    from rejoinder.acts import asking

    told = asking.replay(flow.open_case(case), old, new)
    tables = {name: getattr(told, f"by_{name}") for name in ("change", "clause", "target", "language")}
    value = {"posts": told.posts, "cannot_know": told.cannot_know}
    either(as_json, value | {f"by_{by}": frame.to_dicts() for by, frame in tables.items()}, lambda: _tell(told, tables))


def _tell(told: Replay, tables: dict[str, pl.DataFrame]) -> None:
    say(f"{told.posts:,} posts decided under both policies")
    for by, frame in tables.items():
        if not frame.is_empty():
            listed = frame.with_columns(samples=frame["samples"].list.join(" "))
            table(f"\nBy {by}", listed.columns, listed.rows())
    say("\nWhat this cannot know:\n" + "\n".join(f"- {limit}" for limit in told.cannot_know))
