"""Commands about audits of reported posts: `audit known`, `audit size`, `audit items`, `audit checks`, `audit show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from rejoinder.doors.cli.telling import Json, either, say, table

app = typer.Typer(help="Audits of reported posts.", no_args_is_help=True, rich_markup_mode=None)
CaseFolder = Annotated[Path, typer.Option("--case", help="The folder of the case.")]
Audit = Annotated[str, typer.Option("--audit", help="The audit's name.")]


@app.command()
def known(*, as_json: Annotated[bool, Json] = False) -> None:
    """The published audits with the intervals that nobody printed, from the counts in their sources."""
    import msgspec

    from rejoinder.measures.audit.known import known as recomputed

    rows = recomputed()
    shown = [
        [row.name, f"{row.up:,}", f"{row.acted:,}", f"{row.reported:,}", row.rate_of, f"{100 * row.rate:.1f} %",
         f"{100 * row.lower:.1f} to {100 * row.upper:.1f}"]
        for row in rows
    ]  # fmt: skip
    columns = ["audit", "up", "acted on", "reported", "rate of", "rate", "95 % interval (Wilson)"]
    either(as_json, {"audits": msgspec.to_builtins(rows)}, lambda: table("Published audits", columns, shown))
    if not as_json:
        say("\nThe interval is what chance leaves open had the items been drawn at random; most were chosen by hand.")


@app.command()
def size(  # noqa: PLR0913 - an option each
    first: Annotated[float, typer.Argument(help="The share acted on in one arm, as in 0.02.")],
    second: Annotated[float, typer.Argument(help="The share in the other arm.")],
    *,
    power: Annotated[float, typer.Option(help="The chance to see the difference.", min=0.5, max=0.999)] = 0.8,
    per_account: Annotated[float, typer.Option(help="Items per account.", min=1)] = 1,
    alike: Annotated[float, typer.Option(help="How alike items of one account fare, 0 to 1.", min=0, max=1)] = 0.5,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """How many items each arm needs to tell two shares apart, posts of one account counted for what they tell."""
    import math

    from rejoinder.errors import UsageError
    from rejoinder.numerics.contrasts import arm_size

    try:
        independent = arm_size(first, second, power=power)
    except ValueError as error:
        raise UsageError(str(error)) from error
    items = math.ceil(independent * (1 + (per_account - 1) * alike))
    either(as_json, {"items_per_arm": items, "independent": independent}, lambda: say(f"{items:,} items in each arm"))


@app.command()
def items(
    file: Annotated[Path, typer.Argument(help="CSV: subject, platform, account, arm, started_at, stratum.")],
    case: CaseFolder,
    audit: Audit,
) -> None:
    """Registers the items of an audit and their arms, once, before anything is looked at."""
    from rejoinder import flow
    from rejoinder.acts import audits

    rows = audits.register(flow.open_case(case), audit, file)
    arms = ", ".join(f"{arm}: {count:,}" for arm, count in sorted(rows.group_by("arm").len().iter_rows()))
    say(f"{rows.height:,} items ({arms})")


@app.command()
def checks(
    file: Annotated[Path, typer.Argument(help="CSV: subject, checked_at, outcome, method, remark, evidence.")],
    case: CaseFolder,
    audit: Audit,
) -> None:
    """Takes over looks at the items, whole file or nothing."""
    from rejoinder import flow
    from rejoinder.acts import audits

    say(f"{audits.look(flow.open_case(case), audit, file):,} looks taken over")


@app.command()
def show(case: CaseFolder, audit: Audit, *, as_json: Annotated[bool, Json] = False) -> None:
    """What became of the items at 24 h, 72 h, 7 d and 30 d, by arm and platform, and what cannot be told apart."""
    from rejoinder import flow
    from rejoinder.acts import audits

    told = audits.account(flow.open_case(case), audit)
    either(as_json, told, lambda: _tell(told))


def _tell(told: dict[str, Any]) -> None:
    rows = [
        [row["look"], row["group"], row["outcome"], f"{row['found']:,} of {row['n']:,}", _share(row), row["unknown"]]
        for row in told["shares"]
    ]
    table("What became of them", ["look", "group", "outcome", "items", "share (95 %)", "unknown"], rows)
    for by, words in told["ranking"].items():
        say(f"{by}: {words}")
    for words in told["limits"]:
        say(words)


def _share(row: dict[str, Any]) -> str:
    limits = "{:.1f} to {:.1f}".format(*(100 * row[name] for name in ("lower", "upper")))
    return f"unknown ({limits})" if row["value"] is None else f"{100 * row['value']:.1f} % ({limits})"
