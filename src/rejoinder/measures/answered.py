"""Who was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.measures.tally import counts, grouped

if TYPE_CHECKING:
    from rejoinder.measures.base import Records


class Answered:
    """Messages that follow from decisions: notes asked for, notices to authors, answers to reporters."""

    name = "answered"
    title = "Who was answered"

    def estimate(self, records: Records) -> pl.DataFrame:
        """Counts of messages `by` response."""
        tally = grouped(records["message"], "response", "response").group_by("by", "group").agg(count=pl.len())
        reading = "Messages written from decisions and kept in the case; carrying them out is the platform's part."
        return counts(self.name, tally.collect(), "messages", reading)
