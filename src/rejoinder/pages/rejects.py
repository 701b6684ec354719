"""What was rejected on the way in and why, and what was left out as a duplicate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rejoinder.pages import words
from rejoinder.pages.base import Page
from rejoinder.pages.estimates import groups, whole
from rejoinder.pages.figures import Wording, by_group

if TYPE_CHECKING:
    from rejoinder.pages.base import Material


class Rejects:
    """Rows that did not become records: counted, never lost."""

    name = "rejects"
    rank = 40

    def make(self, material: Material) -> Page | None:
        """The page, or `None` where rejects were not counted."""
        if whole(material, "rejected") is None:
            return None
        figures = (
            by_group(
                groups(material, "rejected", "reason"),
                Wording(id="rejects-reasons", title="Rejected rows, by reason", axis="rows", value="Rows"),
            ),
            by_group(
                groups(material, "rejected", "file"),
                Wording(id="rejects-files", title="Rejected rows, by file", axis="rows", value="Rows"),
            ),
        )
        return Page(
            id="rejects",
            title="What was rejected",
            lead=_lead(material),
            figures=tuple(figure for figure in figures if figure),
        )


def _lead(material: Material) -> str:
    rejected = whole(material, "rejected")
    rows = rejected.value if rejected else None
    if rows is None:
        return "How many rows were rejected was not counted."
    if rows == 0:
        return "Every row could be read as a record; none was rejected."
    kept = "it is kept in the case with its" if rows == 1 else "they are kept in the case with their"
    were = words.counted(rows, "row was", "rows were")
    return f"{were} rejected; {kept} place, the reason and the remedy."
