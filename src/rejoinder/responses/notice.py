"""The author is told what was decided, by which rule, and how to appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.records import Message
from rejoinder.records.frames import conform
from rejoinder.responses.words import consequences

if TYPE_CHECKING:
    from collections.abc import Mapping


class NoticeToAuthor:
    """One notice for each decision that restricts a post or its author; a note or a label alone restricts nothing.

    None where a person has yet to look. It quotes the clause's public text, names the consequences, and says how
    long there is to appeal.
    """

    name = "notice"

    def respond(self, records: Mapping[str, pl.LazyFrame], clauses: pl.DataFrame) -> pl.DataFrame:
        """A frame of `Message` to the account that answers for each subject."""
        restricts = (pl.col("access") != "none") | (pl.col("account") != "none")
        decided = records["decision"].filter(restricts & ~pl.col("review") & pl.col("author").is_not_null())
        titled = (
            decided.join(clauses.lazy().rename({"text": "rule"}), on="clause")
            .sort("subject")
            .collect(engine="streaming")
        )
        days = (pl.col("appeal_until") - pl.col("time")).dt.total_days()
        appeal = pl.format(" You may appeal within {} days of this notice.", days).fill_null("")
        told = pl.format(
            "Decided about your post {}: {}. The rule is {} ({}): {}{}",
            "subject", consequences(), "clause", "title", pl.col("rule").str.strip_chars(), appeal,
        )  # fmt: skip
        return conform(Message, titled.with_columns(text=told, response=pl.lit(self.name), to=pl.col("author")))
