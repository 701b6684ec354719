"""What share of the reported posts the platform acted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.tally import grouped, shares

if TYPE_CHECKING:
    from rejoinder.measures.base import Records

ACTED = ("labelled", "limited", "removed by platform")
"""The platform's doing. A post deleted by its author is not; an account that is gone may be either."""


class ActedOnReports:
    """Of posts that were reported and looked at again, the share on which the platform acted.

    The last look that reached the post counts; posts only ever unreachable are left out, as nothing is known of
    them. Posts of one account are not independent, so the interval is somewhat too short where few accounts were
    reported often; the audit of reported posts will mend that.
    """

    name = "acted on reports"
    title = "What share of reported posts the platform acted on"

    def estimate(self, records: Records) -> pl.DataFrame:
        """Shares `by` nothing, by `reporter` kind (a post reported by two kinds counts in both), and by `outcome`."""
        reached = records["check"].filter(pl.col("outcome") != "unreachable").sort("created_at", "outcome")
        last = reached.group_by("subject").agg(pl.last("outcome"))
        named = records["report"].select("reporter_kind", subject=pl.concat_list("subject", "posts"))
        reported = named.explode("subject", empty_as_null=True).unique().join(last, on="subject")
        reported = reported.with_columns(hit=pl.col("outcome").is_in(ACTED), by=pl.lit(""), group=pl.lit(""))
        posts = reported.unique("subject")
        rows = [posts, grouped(reported, "reporter", "reporter_kind")]
        tally = (
            pl.concat(row.select("by", "group", "hit") for row in rows)
            .group_by("by", "group")
            .agg(count=pl.col("hit").sum(), n=pl.len())
        )
        outcomes = grouped(posts, "outcome", "outcome").group_by("by", "group").agg(count=pl.len())
        tallies = pl.concat([tally, outcomes.join(posts.select(n=pl.len()), how="cross")], how="vertical_relaxed")
        reading = (
            "Of reported posts that could be looked at again, at the last look. Deleted by the author is not acted on."
        )
        return shares(self.name, tallies.collect(), reading)
