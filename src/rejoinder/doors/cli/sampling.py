"""Commands about prevalence and its change: `sample plan`, `sample draw`, `prevalence`, `trend`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from rejoinder.doors.cli.telling import Json, either, say, table

app = typer.Typer(help="Probability samples of posts.", no_args_is_help=True, rich_markup_mode=None)
CaseFolder = Annotated[Path, typer.Option("--case", help="The folder of the case.")]
Since = Annotated[str | None, typer.Option("--from", help="First day of the period, as in 2024-01-31.")]
Until = Annotated[str | None, typer.Option("--until", help="The day after its last one.")]
Sample = Annotated[str, typer.Option("--sample", help="The sample's name.")]
Unit = Annotated[Literal["posts", "views"], typer.Option("--of", help="Draw posts, or views where views are known.")]
Spread = Annotated[bool, typer.Option("--spread", help="Spread the draws over language and time.")]


def add_to(whole: typer.Typer) -> None:
    """Registers these commands."""
    whole.add_typer(app, name="sample")
    whole.command()(prevalence)
    whole.command()(trend)


@app.command()
def plan(  # noqa: PLR0913 - an option each
    case: CaseFolder,
    size: Annotated[int, typer.Option(help="Judgements to be bought for each period.", min=1)],
    *,
    name: Annotated[str, typer.Option(help="The plan's name.")] = "plan",
    since: Since = None,
    until: Until = None,
    of: Unit = "posts",
    spread: Spread = False,
    seed: Annotated[int, typer.Option(help="Same seed, same draws.", min=0)] = 1,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Freezes a sampling plan, hashed in the log, and tells beforehand what it costs and what it can show."""
    import msgspec

    from rejoinder import flow
    from rejoinder.acts import samples
    from rejoinder.measures.prevalence.plan import Plan

    opened = flow.open_case(case)
    posts = samples.period_of(opened, samples.day(since), samples.day(until))
    draft = Plan(name=name, unit=of, spread=spread, seed=seed, detectors=opened.settings.detectors)
    made, told = samples.freeze(opened, draft, size, posts)
    value = {"plan": msgspec.to_builtins(made), "hash": made.hash, "prospects": [one._asdict() for one in told]}
    either(as_json, value, lambda: _tell_plan(made, told))


@app.command()
def draw(  # noqa: PLR0913 - an option each
    case: CaseFolder,
    sample: Sample,
    *,
    plan: Annotated[str, typer.Option(help="The frozen plan's name.")] = "plan",
    since: Since = None,
    until: Until = None,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Draws a sample from a period by a frozen plan; a plan that was changed since is refused."""
    from rejoinder import flow
    from rejoinder.acts import samples

    opened = flow.open_case(case)
    drawn, body = samples.take(opened, plan, sample, samples.day(since), samples.day(until))
    told = {"sample": sample, "posts": body["posts"], "drawn": drawn.height, "plan_hash": body["plan_hash"],
            "planned_before": body["planned_before"], "items": drawn.to_dicts()}  # fmt: skip
    words = f"{drawn.height:,} of {body['posts']:,} posts drawn; next: rejoinder judge assign --sample {sample} …"
    either(as_json, told, lambda: say(words))


def prevalence(case: CaseFolder, sample: Sample, *, as_json: Annotated[bool, Json] = False) -> None:
    """How much hate there is, from a judged sample: point, interval and "at least", and what they do not say."""
    from rejoinder import flow
    from rejoinder.acts import samples

    told = samples.account(flow.open_case(case), sample)
    either(as_json, told, lambda: _tell(told))


def _tell_plan(made: Any, told: list[Any]) -> None:  # noqa: ANN401 - heavy to name here
    rows = [
        [f"{one.judgements:,}", f"{one.hours:,.0f}", f"{100 * one.prevalence:.1f} %",
         f"{100 * one.lower:.3f} to {100 * one.upper:.3f} %", one.buys,
         f"x {one.smallest_rise:.1f}" if one.smallest_rise else "none"]
        for one in told
    ]  # fmt: skip
    columns = ["judgements", "hours", "if hateful are", "interval to expect", "buys", "smallest rise seen"]
    table("What judgements buy, if the detector is as good as it says", columns, rows)
    say(f"\nFrozen: plan `{made.name}`, {sum(made.taken):,} draws a period, SHA-256 {made.hash}")


def _tell(told: dict[str, Any]) -> None:
    say("\n".join(told["reading"]))
    rows = [
        [row["by"] or "all", row["group"], f"{row['found']:,}", *(f"{100 * row[name]:.3f}" for name in
         ("value", "lower", "upper", "at_least"))]
        for row in told["figures"]
    ]  # fmt: skip
    table(f"\nPer cent of {told['unit']}", ["by", "", "found", "estimate", "lower", "upper", "at least"], rows)
    if missed := told["missed"]:
        shares = [100 * missed[name] for name in ("value", "lower", "upper")]
        say("\nMissed by a single look, on top: {:.3f} % ({:.3f} to {:.3f})".format(*shares))
    if told["agreement"]["alpha"] is not None:
        agreed = told["agreement"]
        say(
            "\nKrippendorff's alpha, {items} posts rich in hate: {alpha:.2f} ({lower:.2f} to {upper:.2f})".format(
                **agreed
            )
        )
    for other in told["comparison"]:
        say(f"For comparison, {other['method']}: {100 * (other['value'] or 0):.3f} %. {other['warning']}")


def trend(
    case: CaseFolder,
    before: Annotated[str, typer.Option(help="The sample of the period before.")],
    after: Annotated[str, typer.Option(help="The sample of the period after, by the same plan.")],
    *,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Did it rise: the ratio with its interval, the test, and the smallest rise that could have been seen."""
    from rejoinder import flow
    from rejoinder.acts import samples

    told = samples.changed(flow.open_case(case), before, after)
    either(as_json, told, lambda: say("\n".join(told["reading"])))
