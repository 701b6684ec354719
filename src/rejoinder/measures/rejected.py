"""What was rejected on the way in, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.tally import counts, grouped

if TYPE_CHECKING:
    from rejoinder.measures.base import Records


class Rejected:
    """Rows that did not become records; each is kept in the case with its place, whole reason and remedy.

    Published are only our own words and the files' names: never a value from a row, nor a folder of somebody's machine.
    """

    name = "rejected"
    title = "What was rejected, and why"

    def estimate(self, records: Records) -> pl.DataFrame:
        """Counts of rows `by` nothing, by `reason` and by `file`."""
        name = pl.col("file").str.extract(r"([^/\\]*)$")
        rejects = records["reject"].select(_without_values(pl.col("reason")), file=name)
        whole = rejects.with_columns(by=pl.lit(""), group=pl.lit("")).select("by", "group")
        rows = [whole, *(grouped(rejects, by, by).select("by", "group") for by in ("reason", "file"))]
        tally = pl.concat(rows).group_by("by", "group").agg(count=pl.len())
        return counts(self.name, tally.collect(), "rows", "Rows of the files that could not be read as records.")


def _without_values(reason: pl.Expr) -> pl.Expr:
    """The reason without what stood in the row: figures are published, and a row may hold anything.

    Between " is " and the last ", expected" stands the row's value; elsewhere it stands behind a colon or in brackets.
    """
    valued = r"^(`\w+`) is (?s:.*), expected "
    plain = reason.str.extract(r"^([^:(]*)").str.strip_chars()
    return pl.when(reason.str.contains(valued)).then(reason.str.replace(valued, "$1: expected ")).otherwise(plain)
