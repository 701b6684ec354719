"""A note is asked for, wherever the policy answers a post with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.records import Message
from rejoinder.records.frames import conform

if TYPE_CHECKING:
    from collections.abc import Mapping


class NoteRequest:
    """One request to the note writers for each post whose decision has the stance `note` and waits for nobody."""

    name = "note-request"

    def respond(self, records: Mapping[str, pl.LazyFrame], clauses: pl.DataFrame) -> pl.DataFrame:
        """A frame of `Message` to `note writers`."""
        asked = records["decision"].filter(
            (pl.col("stance") == "note") & ~pl.col("review") & (pl.col("subject_type") == "post")
        )
        titled = asked.join(clauses.lazy(), on="clause").sort("subject").collect(engine="streaming")
        text = pl.format("A note is asked for: clause {} ({}) applies to this post.", "clause", "title")
        return conform(Message, titled.with_columns(text=text, response=pl.lit(self.name), to=pl.lit("note writers")))
