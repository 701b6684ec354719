"""Sheets for coders: CSV out for any annotation tool or spreadsheet, CSV in with every fault named."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rejoinder.errors import DataError
from rejoinder.records import Judgement
from rejoinder.records.frames import to_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from rejoinder.measures.prevalence.codebook import Codebook

COLUMNS = ("item", "text", "language", "hateful", "kind", "targets", "remark")
ANSWERS = {
    "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "unclear": None, "?": None,
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would carry out."""
TOLD = 5
"""Faults that are named; the others are counted."""


def sheet(assignments: pl.DataFrame, posts: pl.DataFrame) -> str:
    """The sheet of one coder as CSV, sorted by item: text and language, and cells to fill in; nothing else is shown.

    No probability, author, time, platform or earlier verdict. Texts that a spreadsheet would take for a formula get an
    apostrophe in front.
    """
    shown = assignments.join(posts.select("id", "text", "lang"), left_on="subject", right_on="id", how="left")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item, text, lang in shown.sort("item").select("item", "text", "lang").iter_rows():
        writer.writerow([item, _inert(text or ""), lang or "", "", "", "", ""])
    return out.getvalue()


def read(text: str, assignments: pl.DataFrame, codebook: Codebook) -> tuple[pl.DataFrame, int]:
    """A filled sheet of one coder as a frame of `Judgement`, and how many rows are still empty.

    Answers are yes, no or unclear (or true, false, 1, 0, ?); `kind` is a category of the codebook, `targets` some of
    its target groups, separated by spaces. Raises `DataError` that names every kind of fault with its line: an item
    outside the coder's sheet, an item twice, an answer that is none, a kind or target that the codebook lacks. Nothing
    of a faulty sheet is taken over.
    """
    of = dict(assignments.select("item", "subject").iter_rows())
    coder = assignments["coder"][0] if assignments.height else ""
    faults: list[str] = []
    rows, empty, seen = [], 0, set[str]()
    for line, row in _rows(text):
        item = (row.get("item") or "").strip()
        fault = _fault(row, item, of, seen, codebook)
        if fault:
            faults.append(f"line {line}: {fault}")
        elif not (row.get("hateful") or "").strip():
            empty += 1
        else:
            rows.append(_judgement(row, of[item], coder, codebook))
        seen.add(item)
    if faults:
        more = f"; and {len(faults) - TOLD:,} more" if len(faults) > TOLD else ""
        raise DataError(
            "the sheet cannot be taken over: " + "; ".join(faults[:TOLD]) + more,
            expected="the items of this coder's sheet, each once, answered with yes, no or unclear",
            remedy="mend these lines; nothing of the sheet was taken over",
        )
    return to_frame(Judgement, rows), empty


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = {"item", "hateful"} - set(reader.fieldnames or ())
    if missing:
        raise DataError(
            f"the sheet has no column {' and '.join(f'`{name}`' for name in sorted(missing))}",
            expected=", ".join(COLUMNS),
        )
    for row in reader:
        yield reader.line_num, row


def _fault(row: dict[str, str], item: str, of: dict[str, str], seen: set[str], codebook: Codebook) -> str:
    kinds, answer = {category.id for category in codebook.categories}, (row.get("hateful") or "").strip().lower()
    kind, targets = (row.get("kind") or "").strip(), set((row.get("targets") or "").split())
    if item not in of:
        return f"`{item[:40]}` is not on this coder's sheet"
    if item in seen:
        return f"`{item}` comes twice"
    if answer and answer not in ANSWERS:
        return f"`{answer[:40]}` is no answer"
    if kind and kind not in kinds:
        return f"`{kind[:40]}` is no category of the codebook"
    if unknown := sorted(targets - set(codebook.targets)):
        return f"`{unknown[0][:40]}` is no target group of the codebook"
    return ""


def _judgement(row: dict[str, str], subject: str, coder: str, codebook: Codebook) -> Judgement:
    return Judgement(
        subject=subject,
        coder=coder,
        codebook=codebook.id,
        hateful=ANSWERS[row["hateful"].strip().lower()],
        kind=(row.get("kind") or "").strip() or None,
        targets=tuple(sorted(set((row.get("targets") or "").split()))),
        created_at=datetime.now(UTC),
    )


def _inert(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
