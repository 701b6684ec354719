"""What share of posts the detectors flagged. Not how much hate there is: that takes judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import polars as pl

from rejoinder.measures.tally import grouped, shares, shares_of, weekly
from rejoinder.records.signal import Reach

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
        posts = records["post"].select("created_at", subject="id", language="lang")
        signals = records["signal"].filter(pl.col("subject_type") == "post")
        headlines = signals.filter(pl.col("kind") == HEADLINE)
        flagged = pl.col("probability") >= self.threshold
        everything = posts.join(_strongest(headlines), on="subject")
        judged = everything.select("created_at", "probability", "reach").collect(engine="streaming").lazy()
        hits = everything.filter(flagged).collect(engine="streaming").lazy()
        of_kind = signals.filter((pl.col("kind") != HEADLINE) & flagged)
        rows = [
            _parts(hits, of_kind, "kind", "kind"),
            _parts(hits, headlines.filter(flagged), "target", "targets"),
            _parts(hits, headlines.filter(flagged), "narrative", "narratives"),
            grouped(hits, "language", "language"),
        ]
        reading = (
            f"Share of posts to which a detector gave a probability of {self.threshold:g} or more. The interval takes "
            "the posts as a random sample of like posts; it says nothing of the detector's errors."
        )
        in_reach = weekly(judged.filter(pl.col("probability").is_not_null()))
        n = in_reach.group_by("period").agg(n=pl.len())
        whole = in_reach.group_by("period").agg(count=flagged.sum(), n=pl.len())
        parts = pl.concat(weekly(row).select("by", "group", "period") for row in rows)
        return pl.concat(
            [
                shares(self.name, _all(whole).collect(engine="streaming"), reading),
                shares_of(self.name, parts, n, reading),
                self._out_of_reach(judged),
            ]
        )

    def _out_of_reach(self, judged: pl.LazyFrame) -> pl.DataFrame:
        out = judged.filter(pl.col("probability").is_null())
        found = pl.concat([_all(out).select("by", "group"), grouped(out, "reach", "reach").select("by", "group")])
        tally = found.group_by("by", "group").agg(count=pl.len())
        n = judged.select(n=pl.len())
        reading = "Share of posts that no detector could judge. Unknown is not no: the policy sends them to a person."
        return shares("out of reach", tally.join(n, how="cross").collect(engine="streaming"), reading)


def _strongest(headlines: pl.LazyFrame) -> pl.LazyFrame:
    """One row per post: the highest probability, unknown where every detector was out of reach, and then why."""
    slim = headlines.select("subject", "probability", reach=pl.col("reach").cast(pl.Enum(get_args(Reach))))
    if headlines.select(pl.col("detector").n_unique()).collect(engine="streaming").item() <= 1:
        return slim  # one detector says one thing of each post, and a million posts need not be gathered
    return slim.group_by("subject").agg(pl.col("probability").max(), pl.col("reach").min())


def _parts(hits: pl.LazyFrame, signals: pl.LazyFrame, by: str, column: str) -> pl.LazyFrame:
    """The hits once for each value that flagged signals of any detector give them."""
    values = grouped(signals.select("subject", column), by, column).select("subject", "by", "group").unique()
    return hits.join(values, on="subject")


def _all(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(by=pl.lit(""), group=pl.lit(""))
