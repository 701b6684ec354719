"""What share of posts the detectors flagged. Not how much hate there is: that takes judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.tally import grouped, shares, weekly

if TYPE_CHECKING:
    from rejoinder.measures.base import Records

HEADLINE = "hate"


class Flagged:
    """Posts with a probability of hate at or above `threshold`, of those within the detectors' reach.

    A post out of every detector's reach is in neither the count nor the denominator; `out of reach` counts it.
    Where several detectors speak, the highest probability counts.
    """

    name = "flagged"
    title = "What share of posts the detectors flagged"

    def __init__(self, threshold: float = 0.5) -> None:
        self.threshold = threshold

    def estimate(self, records: Records) -> pl.DataFrame:
        """Shares `by` nothing, `kind`, `target`, `narrative`, `language`; and `out of reach` `by` reach."""
        posts = records["post"].select(pl.col("id").alias("subject"), "created_at", language=pl.col("lang"))
        signals = records["signal"].filter(pl.col("subject_type") == "post")
        judged = posts.join(_headline(signals), on="subject")
        flagged = pl.col("probability") >= self.threshold
        kinds = signals.filter((pl.col("kind") != HEADLINE) & flagged).select("subject", "kind").unique()
        hits = judged.filter(flagged)
        rows = [
            _all(hits),
            grouped(hits.join(kinds, on="subject"), "kind", "kind"),
            grouped(hits, "target", "targets"),
            grouped(hits, "narrative", "narratives"),
            grouped(hits, "language", "language"),
        ]
        return pl.concat([self._shares(judged, rows), self._out_of_reach(judged)])

    def _shares(self, judged: pl.LazyFrame, rows: list[pl.LazyFrame]) -> pl.DataFrame:
        in_reach = weekly(judged.filter(pl.col("probability").is_not_null()))
        n = in_reach.group_by("period").agg(n=pl.len())
        hits = pl.concat(weekly(row).select("by", "group", "period") for row in rows)
        found = hits.group_by("by", "group", "period").agg(count=pl.len())
        whole = n.select("period", "n", by=pl.lit(""), group=pl.lit(""))
        every = pl.concat(
            [whole, found.filter(pl.col("by") != "").join(n, on="period").select("period", "n", "by", "group")]
        )
        tally = every.join(found, on=["by", "group", "period"], how="left").with_columns(pl.col("count").fill_null(0))
        reading = (
            f"Share of posts to which a detector gave a probability of {self.threshold:g} or more. The interval takes "
            "the posts as a random sample of like posts; it says nothing of the detector's errors."
        )
        return shares(self.name, tally.collect(engine="streaming"), reading)

    def _out_of_reach(self, judged: pl.LazyFrame) -> pl.DataFrame:
        out = judged.filter(pl.col("probability").is_null())
        found = pl.concat([_all(out).select("by", "group"), grouped(out, "reach", "reach").select("by", "group")])
        tally = found.group_by("by", "group").agg(count=pl.len())
        n = judged.select(n=pl.len())
        reading = "Share of posts that no detector could judge. Unknown is not no: the policy sends them to a person."
        return shares("out of reach", tally.join(n, how="cross").collect(engine="streaming"), reading)


def _headline(signals: pl.LazyFrame) -> pl.LazyFrame:
    """One row per post, from its strongest headline signal; `None` where every detector was out of reach."""
    strongest = pl.col("probability").fill_null(-1.0).arg_max()
    columns = [pl.col(name).get(strongest) for name in ("probability", "reach", "targets", "narratives")]
    headlines = signals.filter(pl.col("kind") == HEADLINE)
    return headlines.group_by("subject", maintain_order=True).agg(*columns)


def _all(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(by=pl.lit(""), group=pl.lit(""))
