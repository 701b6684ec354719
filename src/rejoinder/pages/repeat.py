"""How to repeat it: versions, hashes and the command, and every figure in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.pages import words
from rejoinder.pages.base import Figure, Page

if TYPE_CHECKING:
    from rejoinder.pages.base import Material


class Repeat:
    """What someone who doubts the figures needs, to get the same ones."""

    name = "repeat"
    rank = 50

    def make(self, material: Material) -> Page | None:
        """The page, or `None` where there is nothing to repeat."""
        if not material.repeat and material.estimates.is_empty():
            return None
        return Page(
            id="repeat",
            title="How to repeat it",
            lead="The same records, the same policy and the same versions give the same figures, to the last byte.",
            facts=material.repeat,
            figures=() if material.estimates.is_empty() else (_every_figure(material.estimates),),
        )


def _every_figure(estimates: pl.DataFrame) -> Figure:
    """All estimates as data; for people, how those of each measure came about."""
    shown = (
        estimates.group_by("name", "method", "level")
        .agg(figures=pl.len(), reading=pl.col("reading").sort().first())
        .sort("name", "method", "level")
        .select(
            Measure="name",
            Figures=pl.col("figures").cast(pl.Int64),
            Method="method",
            Interval=pl.col("level").map_elements(_level, return_dtype=pl.String),
            **{"What it says": "reading"},
        )
    )
    return Figure(
        id="every-figure",
        title="How the figures were made",
        table=estimates.sort("name", "by", "group", "period").with_columns(pl.col("computed_from").list.join(" ")),
        shown=shown,
        caption=f"All {words.counted(estimates.height, 'figure')} of this dossier are in the data files.",
    )


def _level(level: float) -> str:
    return f"{level * 100:g} %" if level < 1 else "none: all were counted"
