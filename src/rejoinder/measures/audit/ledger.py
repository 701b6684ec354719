"""The ledger of an audit: which items, in which arm, reported when; and every look at them since."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from rejoinder.errors import DataError
from rejoinder.records import Check
from rejoinder.records.base import Id, Record, Time
from rejoinder.records.check import Outcome
from rejoinder.records.frames import to_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

Arm = Literal["no report", "ordinary report", "trusted flagger"]
"""The first one is what happens anyway; without it, what authors delete passes for what a platform did."""
TOLD = 5
"""Faults that are named; the others are counted."""
_SHA256 = 64
R = TypeVar("R")


class Item(Record, frozen=True, kw_only=True):
    """One item of an audit, as it was decided before anything was reported."""

    key = ("audit", "subject")

    audit: Id
    subject: Id
    platform: Id
    account: Id
    """Its author: posts of one account are not independent."""
    arm: Arm
    started_at: Time
    """When it was reported; in the arm without a report, when the clock started."""
    stratum: str = ""
    """Within which arms were drawn by lot."""


def items(text: str, audit: str) -> pl.DataFrame:
    """A frame of `Item` from CSV with `subject`, `platform`, `account`, `arm`, `started_at`, and optionally `stratum`.

    Raises `DataError` naming every kind of fault with its line: a subject twice, an arm or a time that is none, an
    empty cell. Nothing of a faulty file is taken over.
    """
    seen = set[str]()

    def item(row: dict[str, str]) -> Item:
        subject = _once(row["subject"], seen)
        return Item(
            audit=audit, subject=subject, platform=_some(row, "platform"), account=_some(row, "account"),
            arm=_one_of(row, "arm", get_args(Arm)), started_at=_time(row, "started_at"),
            stratum=row.get("stratum") or "",
        )  # fmt: skip

    needed = ("subject", "platform", "account", "arm", "started_at")
    return to_frame(Item, _read(text, needed, item)).sort("subject")


def checks(text: str, audited: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """A frame of `Check` from CSV with `subject`, `checked_at`, `outcome`, `method`; and `remark`, `evidence`.

    `audited` are the items, `earlier` the checks that the ledger has. Raises `DataError` naming every kind of fault
    with its line: a subject outside the audit, a look before the report, a look that is there already, an outcome that
    is none, evidence that is no SHA-256. Nothing of a faulty file is taken over.
    """
    of = {row["subject"]: row for row in audited.iter_rows(named=True)}
    seen = set(earlier.select("subject", "created_at").iter_rows())

    def check(row: dict[str, str]) -> Check:
        subject, when = _some(row, "subject"), _time(row, "checked_at")
        if subject not in of:
            raise ValueError(f"`{subject[:60]}` is no item of this audit")
        if when < of[subject]["started_at"]:
            raise ValueError(f"`{subject[:60]}` was looked at before it was reported")
        if (subject, when) in seen:
            raise ValueError(f"this look at `{subject[:60]}` is in the ledger already")
        seen.add((subject, when))
        return Check(
            subject=subject, subject_type="post", platform=of[subject]["platform"], created_at=when,
            outcome=_one_of(row, "outcome", get_args(Outcome)), method=_some(row, "method"),
            remark=row.get("remark") or "", evidence=_evidence(row),
        )  # fmt: skip

    return to_frame(Check, _read(text, ("subject", "checked_at", "outcome", "method"), check)).sort(
        "created_at", "subject"
    )


def _read(text: str, needed: tuple[str, ...], made: Callable[[dict[str, str]], R]) -> list[R]:
    """Every row made into a record, or one error for all that cannot be."""
    found, faults = [], []
    for line, row in _rows(text, needed):
        try:
            found.append(made(row))
        except ValueError as fault:
            faults.append(f"line {line}: {fault}")
    if faults:
        more = f"; and {len(faults) - TOLD:,} more" if len(faults) > TOLD else ""
        raise DataError(
            "the file cannot be taken over: " + "; ".join(faults[:TOLD]) + more,
            remedy="mend these lines; nothing of the file was taken over",
        )
    return found


def _rows(text: str, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise DataError(f"the file has no column `{missing[0]}`", expected=", ".join(needed))
    for row in reader:
        yield reader.line_num, row


def _some(row: dict[str, str], name: str) -> str:
    value = (row.get(name) or "").strip()
    if not value:
        raise ValueError(f"`{name}` is empty")
    return value


def _once(subject: str, seen: set[str]) -> str:
    subject = _some({"subject": subject}, "subject")
    if subject in seen:
        raise ValueError(f"`{subject[:60]}` comes twice")
    seen.add(subject)
    return subject


def _one_of(row: dict[str, str], name: str, choices: tuple[str, ...]) -> Any:  # noqa: ANN401 - one of the choices
    value = _some(row, name)
    if value not in choices:
        raise ValueError(f"`{name}` is `{value[:40]}`, expected one of {', '.join(choices)}")
    return value


def _time(row: dict[str, str], name: str) -> datetime:
    value = _some(row, name)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"`{name}` is `{value[:40]}`, expected a time with its zone, as in 2024-01-31T12:00:00Z")
    return moment.astimezone(UTC)


def _evidence(row: dict[str, str]) -> str | None:
    value = (row.get("evidence") or "").strip().lower()
    if value and (len(value) != _SHA256 or set(value) - set("0123456789abcdef")):
        raise ValueError("`evidence` is no SHA-256: 64 hexadecimal digits")
    return value or None
