"""How many posts were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.tally import counts, grouped, weekly

if TYPE_CHECKING:
    from rejoinder.measures.base import Records


class Read:
    """Posts in the archive, by platform and by language, in all and by week."""

    name = "read"
    title = "How many posts were read"

    def estimate(self, records: Records) -> pl.DataFrame:
        """Counts of posts; `by` is empty, `platform` or `language` (`unknown` where the platform did not say)."""
        posts = weekly(records["post"].select("platform", "created_at", language=pl.col("lang").fill_null("unknown")))
        whole = posts.with_columns(by=pl.lit(""), group=pl.lit(""))
        rows = [whole, grouped(posts, "platform", "platform"), grouped(posts, "language", "language")]
        tally = pl.concat(row.select("by", "group", "period") for row in rows).group_by("by", "group", "period")
        reading = "Posts that were read and accepted, each once; not all that the platform holds."
        return counts(self.name, tally.agg(count=pl.len()).collect(engine="streaming"), "posts", reading)
