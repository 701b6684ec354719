"""How often the detector and people's judgements agree, where there are judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.flagged import HEADLINE
from rejoinder.measures.tally import shares

if TYPE_CHECKING:
    from rejoinder.measures.base import Records


class DetectorAgainstJudgements:
    """Precision and recall of the flag `probability >= threshold` against judgements of the same posts.

    A post judged both ways by different coders, or by none clearly, is left out. Where the judged posts are not a
    random sample, precision and recall are those of that selection only.
    """

    name = "detector against judgements"
    title = "How often the detector and people agree"

    def __init__(self, threshold: float = 0.5) -> None:
        self.threshold = threshold

    def estimate(self, records: Records) -> pl.DataFrame:
        """Shares `by` measure: `precision` (of flagged, judged hateful) and `recall` (of judged hateful, flagged)."""
        verdicts = records["judgement"].filter(pl.col("hateful").is_not_null()).group_by("subject")
        clear = verdicts.agg(hateful=pl.col("hateful").max(), least=pl.col("hateful").min()).filter(
            pl.col("hateful") == pl.col("least")
        )
        said = records["signal"].filter((pl.col("kind") == HEADLINE) & (pl.col("subject_type") == "post"))
        judged = said.join(clear, on="subject", how="semi")  # few of many: only they need to be gathered
        flagged = judged.group_by("subject").agg(flagged=(pl.col("probability") >= self.threshold).any())
        both = clear.join(flagged, on="subject").select("hateful", pl.col("flagged").fill_null(value=False))
        hit = (pl.col("hateful") & pl.col("flagged")).sum().alias("count")
        rows = [
            both.select(hit, group=pl.lit("precision"), n=pl.col("flagged").sum()),
            both.select(hit, group=pl.lit("recall"), n=pl.col("hateful").sum()),
        ]
        tally = pl.concat(row.select("group", "count", "n") for row in rows).collect(engine="streaming")
        tally = tally.filter(pl.col("n") > 0).with_columns(by=pl.lit("measure"))
        reading = f"A post is flagged from a probability of {self.threshold:g}; a post out of reach is not flagged."
        return shares(self.name, tally, reading)
