"""What the commands about samples do with a case: read it, call the measures, append what was done to the log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from rejoinder.errors import DataError, NotFound, UsageError, nearest
from rejoinder.measures.prevalence import assign, codebook, draw, figures, plan, sheets, verdicts
from rejoinder.measures.prevalence.rows import Assignment, Selection
from rejoinder.measures.trend import change
from rejoinder.records import Judgement
from rejoinder.store.case import parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rejoinder.records import Event, Record
    from rejoinder.store import Case

PLANNED, SAMPLED, ASSIGNED, JUDGED = "sampling planned", "sampled", "assigned", "judged"


def period_of(case: Case, since: datetime | None, until: datetime | None) -> pl.DataFrame:
    """The posts of a period with what sampling needs; both ends optional, the later one not included."""
    posts = plan.population({noun: case.scan(noun) for noun in ("post", "signal")})
    if since:
        posts = posts.filter(pl.col("created_at") >= since)
    if until:
        posts = posts.filter(pl.col("created_at") < until)
    return posts.collect(engine="streaming")


def freeze(case: Case, draft: plan.Plan, size: int, posts: pl.DataFrame) -> tuple[plan.Plan, list[plan.Prospect]]:
    """Makes a plan, writes it to the case's `plans` folder, and logs its hash with what it was said to cost and show.

    Raises `UsageError` where a plan of this name was frozen before.
    """
    if any(event.body["plan"]["name"] == draft.name for event in case.events(PLANNED)):
        raise UsageError(
            f"the plan `{draft.name}` is frozen", remedy="choose another name; a frozen plan stays as it is"
        )
    made = plan.plan(posts, size, draft)
    told = plan.prospects(posts, made)
    folder = case.folder / "plans"
    folder.mkdir(exist_ok=True)
    (folder / f"{made.name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    body = {"plan": msgspec.to_builtins(made), "hash": made.hash, "prospects": [one._asdict() for one in told]}
    case.log.append(PLANNED, body)
    return made, told


def take(
    case: Case, name: str, sample: str, since: datetime | None, until: datetime | None
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Draws a sample from a period by a frozen plan and commits it; a plan changed since is refused."""
    planned = _newest(case, PLANNED, "plan", name, lambda event: event.body["plan"]["name"])
    frozen = _plan_on_disk(case.folder / "plans" / f"{name}.json")
    plan.demand_frozen(frozen, planned.body["hash"])
    if any(event.body["sample"] == sample for event in case.events(SAMPLED)):
        raise UsageError(f"the sample `{sample}` was drawn", remedy="choose another name; a draw is not repeated")
    posts = period_of(case, since, until)
    drawn = draw.draw(posts, frozen, sample=sample)
    begins = since or posts["created_at"].min()
    body = {
        "sample": sample, "plan": name, "plan_hash": frozen.hash, "unit": frozen.unit, "since": since, "until": until,
        "posts": posts.height, "flagged": posts.filter(pl.col("probability") >= 1 / 2).height,
        "views_unknown": posts["views"].null_count() if frozen.unit == "views" else 0,
        "planned_before": isinstance(begins, datetime) and planned.time <= begins,
    }  # fmt: skip
    _commit(case, SAMPLED, body, Selection, drawn)
    return drawn, body


def selection(case: Case, sample: str) -> tuple[pl.DataFrame, dict[str, Any]]:
    """A sample as it was drawn, and the event that says how."""
    event = _newest(case, SAMPLED, "sample", sample, lambda event: event.body["sample"])
    return _read(case, [event], Selection), event.body


def hand_out(case: Case, sample: str, round_: str, coders: Sequence[str], negatives: int) -> pl.DataFrame:
    """Assigns a round's posts to coders and commits that."""
    drawn, _ = selection(case, sample)
    if any((event.body["sample"], event.body["round"]) == (sample, round_) for event in case.events(ASSIGNED)):
        raise UsageError(f"round `{round_}` of sample `{sample}` was assigned", remedy="export its sheets")
    if round_ == "first":
        rows = assign.first(drawn, coders)
    elif round_ == "again":
        rows = assign.again(verdicts_of(case, sample), coders, negatives=negatives)
    else:
        rows = assign.adjudication(verdicts_of(case, sample), coders)
    _commit(case, ASSIGNED, {"sample": sample, "round": round_, "coders": sorted(coders)}, Assignment, rows)
    return rows


def sheet_rows(case: Case, sample: str, round_: str, coder: str) -> pl.DataFrame:
    """What stands on one coder's sheet."""
    events = [
        event for event in case.events(ASSIGNED) if (event.body["sample"], event.body["round"]) == (sample, round_)
    ]
    if not events:
        raise NotFound(f"round `{round_}` of sample `{sample}` is not assigned", remedy="`rejoinder judge assign`")
    rows = _read(case, events, Assignment)
    mine = rows.filter(pl.col("coder") == coder)
    if not mine.height:
        raise NotFound(f"`{coder}` has no sheet in this round", remedy=nearest(coder, set(rows["coder"])))
    return mine


def sheet_of(case: Case, sample: str, round_: str, coder: str) -> str:
    """One coder's sheet as CSV."""
    rows = sheet_rows(case, sample, round_, coder)
    posts = case.scan("post").join(rows.select(id="subject").lazy(), on="id", how="semi").collect()
    return sheets.sheet(rows, posts)


def take_in(case: Case, sheet: Path, book: Path, of: tuple[str, str, str]) -> tuple[int, int]:
    """Commits a filled sheet of (sample, round, coder): how many judgements are new, and how many cells are empty."""
    sample, round_, coder = of
    rows = sheet_rows(case, sample, round_, coder)
    rules = codebook.load(book)
    used = {event.body["codebook"] for event in case.events(JUDGED) if event.body["sample"] == sample}
    if used and rules.id not in used:
        raise DataError(
            f"the codebook was changed: judgements of this sample are by `{used.pop()}`, this one is `{rules.id}`",
            where=str(book), remedy="judge by the codebook as it was, or draw a new sample",
        )  # fmt: skip
    read, empty = sheets.read(_text(sheet), rows, rules)
    earlier = judgements(case, sample).get(round_, read.clear()).select("subject", "coder", "hateful")
    again = read.join(earlier.filter(pl.col("coder") == coder), on="subject", how="inner", suffix="_before")
    changed = again.filter(pl.col("hateful").ne_missing(pl.col("hateful_before")))
    if changed.height:
        raise DataError(
            f"{changed.height:,} items were judged otherwise before, such as `{changed['subject'][0]}`",
            where=str(sheet), remedy="a verdict stands as it was given; where it was wrong, adjudicate",
        )  # fmt: skip
    new = read.join(again, on="subject", how="anti")
    if new.height:
        body = {"sample": sample, "round": round_, "coder": coder, "codebook": rules.id}
        case.commit(JUDGED, body, {"judgement": new})
    return new.height, empty


def judgements(case: Case, sample: str) -> dict[str, pl.DataFrame]:
    """All judgements of a sample, by round."""
    rounds: dict[str, list[Event]] = {}
    for event in case.events(JUDGED):
        if event.body["sample"] == sample:
            rounds.setdefault(event.body["round"], []).append(event)
    return {name: case.scan(Judgement.noun(), events=events).collect() for name, events in rounds.items()}


def verdicts_of(case: Case, sample: str) -> pl.DataFrame:
    """One verdict per sampled post."""
    return verdicts.verdicts(selection(case, sample)[0], judgements(case, sample))


def account(case: Case, sample: str) -> dict[str, Any]:
    """Figures of a sample with all that must be said beside them, for programs and for people."""
    drawn, body = selection(case, sample)
    told = verdicts.verdicts(drawn, judgements(case, sample))
    if (told["status"] == "missing").all():
        raise UsageError(f"sample `{sample}` has no judgement yet", remedy="`rejoinder judge assign`, export, import")
    unit = body["unit"]
    found, missed = figures.figures(told, unit=unit), figures.missed(told, unit=unit)
    coders, still = verdicts.coders(told), figures.open_cases(told)
    words = figures.reading(found[0], unit, still, coders)
    if not body["planned_before"]:
        words.append("The plan was frozen after this period began: it is not pre-registered for it.")
    return {
        "sample": sample, "plan": body["plan"], "plan_hash": body["plan_hash"], "unit": unit, "posts": body["posts"],
        "planned_before": body["planned_before"], "reading": words, "figures": [one._asdict() for one in found],
        "missed": missed._asdict() if missed else None, "open": still,
        "agreement": verdicts.agreement(told)._asdict(), "coders": [one._asdict() for one in coders],
        "comparison": _compared(found[0], body),
    }  # fmt: skip


def changed(case: Case, before: str, after: str) -> dict[str, Any]:
    """What changed between two judged samples by one plan, with what flags alone would say and what would erase it."""
    (_, first), (_, second) = selection(case, before), selection(case, after)
    told = [account(case, sample) for sample in (before, after)]
    whole = [figures.Figure(**one["figures"][0]) for one in told]
    found = change.change(
        *whole, plans=(first["plan_hash"], second["plan_hash"]), planned_before=second["planned_before"]
    )
    words, erased = [found.claim], None
    if first["flagged"] and second["flagged"]:
        rates = [body["flagged"] / body["posts"] for body in (first, second)]
        erased = change.break_even(first["flagged"], round(first["flagged"] * rates[1] / rates[0]), 1.0)
        words.append(
            f"What the detector flags is {rates[1] / rates[0]:.2f} times as much; if its precision became "
            f"{erased.after:.2f} times what it was, nothing changed at all. Only the judgements above decide that."
        )
    provisional = [sentence for one in told for sentence in one["reading"][1:] if "not pre-registered" not in sentence]
    return {"before": told[0], "after": told[1], "change": found._asdict(),
            "break_even": erased._asdict() if erased else None, "reading": words + provisional}  # fmt: skip


def _compared(whole: figures.Figure, body: dict[str, Any]) -> list[dict[str, Any]]:
    """What other methods would say, and why not to believe them."""
    half = 1.959964 * whole.variance**0.5
    return [
        {"method": "classify and count", "value": body["flagged"] / body["posts"] if body["posts"] else None,
         "warning": "Counts what the detector flags: its errors are in the figure, and no interval knows of them."},
        {"method": "Wald", "value": whole.value, "lower": whole.value - half, "upper": whole.value + half,
         "warning": "Held the truth in 73 to 93 % of simulated samples instead of 95 % where hate is rare."},
    ]  # fmt: skip


def _commit(case: Case, kind: str, body: dict[str, Any], record: type[Record], rows: pl.DataFrame) -> None:
    parts = [msgspec.to_builtins(part) for part in case.archive.write(record, rows)]
    case.log.append(kind, {**body, "parts": parts, "later": False})


def _read(case: Case, events: Sequence[Event], record: type[Record]) -> pl.DataFrame:
    parts = [part for event in events for part in parts_of(event, record.noun())]
    return case.archive.scan(record, parts).collect()


def _newest(case: Case, kind: str, what: str, name: str, named: Any) -> Event:  # noqa: ANN401 - a key of the event
    events = {named(event): event for event in case.events(kind)}
    if name not in events:
        remedy = nearest(name, events) if events else f"there is no {what} yet: see `rejoinder sample --help`"
        raise NotFound(f"there is no {what} `{name}`", where=str(case.folder), remedy=remedy)
    return events[name]


def _plan_on_disk(path: Path) -> plan.Plan:
    try:
        return msgspec.json.decode(path.read_bytes(), type=plan.Plan)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"the plan cannot be read: {error}", where=str(path), remedy="restore the file") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the sheet cannot be read: {error}", where=str(path), expected="CSV in UTF-8") from error


def day(text: str | None) -> datetime | None:
    """A day or a moment as in 2024-01-31 or 2024-01-31T12:00:00Z, in UTC where it says nothing else."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"`{text}` is no day", expected="as in 2024-01-31 or 2024-01-31T12:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
