"""What the commands about audits do with a case: read it, call the measures, append what was done to the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from rejoinder.errors import DataError, NotFound, UsageError, nearest
from rejoinder.measures.audit import ledger, outcomes
from rejoinder.store.case import parts_of

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from rejoinder.store import Case

DESIGNED, CHECKED = "audit designed", "checked"
NO_CONTROL = "There is no arm without a report: what authors delete anyway cannot be told from what reports did."


def register(case: Case, audit: str, file: Path) -> pl.DataFrame:
    """Commits the items of an audit; `UsageError` where an audit of this name is registered."""
    if any(event.body["audit"] == audit for event in case.events(DESIGNED)):
        raise UsageError(f"the audit `{audit}` is registered", remedy="choose another name; a design stays as it is")
    rows = ledger.items(_text(file), audit)
    if not rows.height:
        raise DataError("the file has no items", where=str(file))
    parts = [msgspec.to_builtins(part) for part in case.archive.write(ledger.Item, rows)]
    case.log.append(DESIGNED, {"audit": audit, "parts": parts, "later": False})
    return rows


def look(case: Case, audit: str, file: Path) -> int:
    """Commits looks at the items of an audit: how many."""
    new = ledger.checks(_text(file), _items(case, audit), _checks(case, audit))
    if new.height:
        case.commit(CHECKED, {"audit": audit}, {"check": new})
    return new.height


def account(case: Case, audit: str) -> dict[str, Any]:
    """Shares, differences and rankings of an audit, with what they cannot say."""
    items = _items(case, audit)
    stood = outcomes.states(items, _checks(case, audit))
    groups = [by for by in ("arm", "platform") if by == "arm" or items[by].n_unique() > 1]
    shares = [share for by in groups for share in outcomes.shares(stood, by)]
    compared = {by: outcomes.contrasts(stood, by) for by in groups if items[by].n_unique() > 1}
    limits = [] if (items["arm"] == "no report").any() else [NO_CONTROL]
    return {
        "audit": audit, "items": items.height, "shares": [share._asdict() for share in shares],
        "contrasts": {by: [one._asdict() for one in found] for by, found in compared.items()},
        "ranking": {by: _last_look(found) for by, found in compared.items()}, "limits": limits,
    }  # fmt: skip


def _last_look(found: list[outcomes.Contrast]) -> str:
    if not found:
        return outcomes.ranking([])
    newest = found[-1].look
    return f"At {newest}: {outcomes.ranking([one for one in found if one.look == newest])}"


def _items(case: Case, audit: str) -> pl.DataFrame:
    events = {event.body["audit"]: event for event in case.events(DESIGNED)}
    if audit not in events:
        remedy = nearest(audit, events) if events else "register its items with `rejoinder audit items`"
        raise NotFound(f"there is no audit `{audit}`", where=str(case.folder), remedy=remedy)
    return case.archive.scan(ledger.Item, parts_of(events[audit], ledger.Item.noun())).collect()


def _checks(case: Case, audit: str) -> pl.DataFrame:
    events = [event for event in case.events(CHECKED) if event.body["audit"] == audit]
    return case.scan("check", events=events).collect()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the file cannot be read: {error}", where=str(path), expected="CSV in UTF-8") from error
