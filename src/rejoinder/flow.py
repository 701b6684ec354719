"""The one place that says the order: sources, records, signals, policy, responses, measures, pages.

No arithmetic and no meaning here. Each step reads what the log says is there, does what is not done yet, and
commits with one event; so a run that was killed goes on where it stopped, and gives the same result.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder import measures, pages, policy, registry, responses, signals, sources
from rejoinder.errors import UnknownFormat
from rejoinder.records import NOUNS
from rejoinder.store import Case, Novelty, runs, todo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.pages import Page
    from rejoinder.signals import Detector
    from rejoinder.sources import Batch

Progress = Callable[[str, int, int | None], None]
"""Told the stage, how much it has done, and how much there is where that is known."""

Read = Callable[[str], "Iterator[Batch]"]
"""Reads a file, batch by batch."""


def new_case(folder: Path, *, title: str = "A case") -> Case:
    """A new case in `folder` with the policy that ships with Rejoinder, to be edited; `UsageError` where one is."""
    return Case.init(folder, policy=policy.default_text(), title=title)


def open_case(folder: Path) -> Case:
    """The case in `folder`; `NotFound` where there is none."""
    return Case(folder)


def case_in(folder: Path, *, title: str = "A case") -> Case:
    """The case in `folder`, made where there is none."""
    return Case.open_or_init(folder, policy=policy.default_text(), title=title)


def run(
    case: Case,
    paths: Sequence[str],
    *,
    form: str | None = None,
    progress: Progress = lambda *_: None,
    publish: Callable[[list[Page]], object] = lambda _: None,
) -> dict[str, Any]:
    """The whole flow over some files, and a summary of it.

    `paths` are files, folders, or `-` for standard input; `form` names a format and overrides recognition; `publish`
    is given the pages of the dossier. Running again after a kill goes on where it stopped; running again after the
    end reads again and adds nothing twice.

    Raises `NotFound`, `UnknownFormat` and `PolicyError`, each with its remedy; a bad row raises nothing.
    """
    policy.load_policy(case.policy_path)  # a policy that does not hold together is told before anything is read
    files = sources.expand(paths)
    started = runs.begin(case, {file: sources.digest(file) for file in files})
    steps: dict[str, Callable[[], object]] = {
        "collect": lambda: collect(case, files, started=started, read=_reader(paths, form), progress=progress),
        "detect": lambda: detect(case, progress=progress),
        "decide": lambda: decide(case, progress=progress),
        "respond": lambda: respond(case),
        "measure": lambda: measure(case),
        "publish": lambda: publish(dossier(case)),
    }
    costs: dict[str, Any] = {}
    for stage, step in steps.items():
        with _costed(costs, stage):
            step()
    told = summary(case, started) | {"stages": costs}
    return told | {"head": case.log.append("run finished", {"run": started}).hash}


def collect(case: Case, files: Sequence[str], *, started: int, read: Read, progress: Progress) -> None:
    """Files in; new rows and rejects into the archive, a batch an event."""
    novelty = Novelty.of(case)
    for file in files:
        done, rows = runs.rows_done(case, started, file), 0
        for batch in read(file):
            rows += batch.rows
            if rows > done or not batch.rows:  # no rows: what a file leaves that broke off or was refused
                new = novelty.sort_out(batch.frames)
                told = {"run": started, "file": file, "rows": batch.rows}
                case.commit("collected", told | new.told, new.first, later=new.later)
            progress("collect", rows, None)


def _reader(named: Sequence[str], form: str | None) -> Read:
    """Reads a file; one of no known format is refused where it was named, and a reject where it came with a folder."""
    source = registry.make("sources", form) if form else None

    def read(file: str) -> Iterator[Batch]:
        try:
            yield from sources.read(file, source=source)
        except UnknownFormat as refusal:
            if file in named:
                raise
            yield sources.refused(file, refusal)

    return read


def detect(case: Case, *, progress: Progress) -> None:
    """Posts or accounts in, signals out: every detector over every batch that it has not judged at this version."""
    for detector in _detectors(case):
        batches = todo.unsignalled(case, detector.subject_type, detector.name, detector.version)
        for n, batch in enumerate(batches, 1):
            found = {"signal": detector.detect(batch.subjects.collect())}
            body = batch.body | signals.bill(detector)
            case.commit("signalled", body, {} if batch.again else found, later=found if batch.again else None)
            progress("detect", n, len(batches))


def decide(case: Case, *, progress: Progress) -> None:
    """Signals in, decisions out, by the case's policy: for what it has not decided, and posts reported since.

    Whether a clause matches is seen post by post, so a batch at a time; whether it is the author's second offence
    takes them all, in order of time. So matches wait on disk until every batch has been through.
    """
    rules = policy.load_policy(case.policy_path)
    batches = todo.undecided(case, rules.hash, {detector.name: detector.version for detector in _detectors(case)})
    accounts, reports = case.scan("account").collect(), case.scan("report").collect()
    of_accounts = case.scan("signal").filter(pl.col("subject_type").is_in(["account", "group"])).collect()
    offences = [policy.OFFENCES.to_frame()]
    with TemporaryDirectory(prefix="rejoinder-") as scratch:
        for n, batch in enumerate(batches, 1):
            posts = batch.subjects.collect()
            said = pl.concat([batch.signals.collect(), of_accounts])
            matches = policy.match(rules, policy.facts(posts, said, accounts, reports))
            matches.write_parquet(Path(scratch, str(n)))
            offences.append(policy.offences(rules, matches))
            progress("decide", n, 2 * len(batches))
        ladder = policy.ladder(rules, pl.concat(offences), todo.earlier(case, rules.hash, batches))
        for n, batch in enumerate(batches, 1):
            decided = policy.decide_batch(rules, pl.read_parquet(Path(scratch, str(n))), ladder)
            made = {"decision": policy.decisions(rules, batch.subjects.collect(), decided)}
            case.commit("decided", batch.body, {} if batch.again else made, later=made if batch.again else None)
            progress("decide", len(batches) + n, 2 * len(batches))


def respond(case: Case) -> None:
    """Decisions in, messages out; what was said before is not said again."""
    clauses = policy.table(policy.load_policy(case.policy_path))
    records = {noun: case.scan(noun) for noun in ("decision", "report")}
    said = pl.concat(response.respond(records, clauses) for response in responses.responses())
    new = said.join(
        case.scan("message").collect(), on=said.columns, how="anti", nulls_equal=True, maintain_order="left"
    )
    if new.height:
        case.commit("answered", {}, {"message": new})


def measure(case: Case) -> pl.DataFrame:
    """Records in, estimates out; committed where they differ from what was measured last."""
    records = {record.noun(): case.scan(record.noun()) for record in NOUNS if record.noun() != "estimate"}
    # Rejects name places on somebody's machine; the same evidence has the same digest wherever it lies.
    aside = ("estimate", "message", "reject")
    evidence = case.digest([record.noun() for record in NOUNS if record.noun() not in aside])
    found = pl.concat(one.estimate(records) for one in measures.measures())
    found = found.with_columns(computed_from=pl.concat_list(pl.lit(evidence)))
    if not (case.events("measured") and found.equals(_measured(case))):
        case.commit("measured", {"evidence": evidence}, {"estimate": found})
    return found


def dossier(case: Case) -> list[Page]:
    """Estimates in, pages out."""
    material = pages.Material(
        estimates=_measured(case), policy=policy.table(policy.load_policy(case.policy_path)), repeat=_repeat(case)
    )
    made = (maker.make(material) for maker in pages.makers())
    return [page for page in made if page]


def summary(case: Case, started: int) -> dict[str, Any]:
    """What a run read, and what the case holds after it: found, decided, answered."""
    found = _measured(case).filter(pl.col("period") == "")
    decided = found.filter(pl.col("name") == "decided")
    axes = ("stance", "access", "ads", "account", "review")
    return runs.tally(case, started) | {
        "signals": {f"by_{by}": _counts(found, "flagged", by) for by in ("kind", "target", "narrative")},
        "decisions": {
            "by_clause": _counts(decided, "decided", "clause"),
            "by_axis": {axis: _counts(decided, "decided", axis) for axis in axes},
        },
        "answered": _counts(found, "answered", "response"),
        "spent": runs.spent(case, started),
    }


def _counts(estimates: pl.DataFrame, name: str, by: str) -> dict[str, int]:
    rows = estimates.filter((pl.col("name") == name) & (pl.col("by") == by)).sort(
        "count", "group", descending=[True, False]
    )
    return dict(rows.select("group", "count").iter_rows())


def _detectors(case: Case) -> list[Detector]:
    return signals.chosen(case.settings.detectors, case.folder, processes=case.settings.processes)


def _measured(case: Case) -> pl.DataFrame:
    return case.scan("estimate", events=case.events("measured")[-1:]).collect()


def _repeat(case: Case) -> tuple[tuple[str, str], ...]:
    """What a critic needs to get the same figures: versions, hashes, files, command."""
    rules = policy.load_policy(case.policy_path)
    files = case.events("run started")[-1].body["files"] if case.events("run started") else {}
    return (
        ("Rejoinder", version("rejoinder")),
        *((name, version(name)) for name in ("narwhals", "numpy", "polars", "sqlglot")),
        ("policy", f"version {rules.version}, SHA-256 {rules.hash}"),
        *((f"detector {detector.name}", f"version {detector.version}") for detector in _detectors(case)),
        ("evidence", f"SHA-256 {case.events('measured')[-1].body['evidence']}"),
        *((f"file {Path(name).name}", f"SHA-256 {sha256}") for name, sha256 in sorted(files.items())),
        ("command", "rejoinder run FILE… --case DIR, with these files and this policy"),
    )


@contextmanager
def _costed(costs: dict[str, Any], stage: str) -> Iterator[None]:
    """Adds what a stage cost: `seconds` of wall clock, and `peak_mb`, the process's peak memory so far."""
    start = time.perf_counter()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    costs[stage] = {"seconds": round(time.perf_counter() - start, 3), "peak_mb": round(peak, 1)}
