"""What was decided, on every axis of the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.tally import grouped, shares_of, weekly

if TYPE_CHECKING:
    from rejoinder.measures.base import Records

AXES = ("stance", "access", "ads", "account", "review")


class Decided:
    """Posts by the clause that was applied to them and by what follows on each axis."""

    name = "decided"
    title = "What was decided, by clause and axis"

    def estimate(self, records: Records) -> pl.DataFrame:
        """Shares of the decisions about posts, `by` clause (`no clause` where none applied) and by each axis."""
        decisions = records["decision"].filter(pl.col("subject_type") == "post")
        decisions = weekly(
            decisions.select("time", "clause", *AXES).with_columns(pl.col("clause").fill_null("no clause")), "time"
        )
        rows = pl.concat(grouped(decisions, by, by).select("by", "group", "period") for by in ("clause", *AXES))
        n = decisions.group_by("period").agg(n=pl.len())
        reading = "Share of the decisions about posts. `review` means that a person must look before anything follows."
        return shares_of(self.name, rows, n, reading)
