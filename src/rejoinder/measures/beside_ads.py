"""How often an ad stood beside a post that the policy keeps ads away from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.tally import grouped, shares

if TYPE_CHECKING:
    from rejoinder.measures.base import Records


class BesideAds:
    """Of the impressions in the case, the share with at least one excluded post beside them.

    The denominator is all impressions in the case, whoever collected them: a panel that goes looking for bad
    neighbours measures its own looking, not what a viewer sees.
    """

    name = "beside ads"
    title = "How often ads stood beside posts excluded from ads"

    def estimate(self, records: Records) -> pl.DataFrame:
        """Shares of impressions `by` nothing and `by` advertiser."""
        excluded = records["decision"].filter(pl.col("ads") == "exclude").select(beside="subject")
        impressions = records["impression"].select("id", "advertiser", "beside")
        shown_beside = (
            impressions.explode("beside", empty_as_null=True).join(excluded, on="beside").select("id").unique()
        )
        hit = impressions.join(shown_beside.with_columns(hit=pl.lit(1)), on="id", how="left")
        hit = hit.with_columns(pl.col("hit").fill_null(0))
        rows = [hit.with_columns(by=pl.lit(""), group=pl.lit("")), grouped(hit, "advertiser", "advertiser")]
        tally = pl.concat(row.select("by", "group", "hit") for row in rows).group_by("by", "group")
        tallies = tally.agg(count=pl.col("hit").sum(), n=pl.len()).collect()
        reading = "Share of ad impressions beside at least one post that the policy excludes from ads."
        return shares(self.name, tallies.filter(pl.col("n") > 0), reading)
