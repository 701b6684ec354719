"""What was rejected on the way in, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.tally import counts, grouped

if TYPE_CHECKING:
    from rejoinder.measures.base import Records


class Rejected:
    """Rows that did not become records; each is kept with its place, reason and remedy."""

    name = "rejected"
    title = "What was rejected, and why"

    def estimate(self, records: Records) -> pl.DataFrame:
        """Counts of rows `by` nothing, by `reason` and by `file`."""
        rejects = records["reject"].select("reason", "file")
        whole = rejects.with_columns(by=pl.lit(""), group=pl.lit("")).select("by", "group")
        rows = [whole, *(grouped(rejects, by, by).select("by", "group") for by in ("reason", "file"))]
        tally = pl.concat(rows).group_by("by", "group").agg(count=pl.len())
        return counts(self.name, tally.collect(), "rows", "Rows of the files that could not be read as records.")
