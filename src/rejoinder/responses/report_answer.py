"""Everybody who reported is told what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.records import Message
from rejoinder.records.frames import conform
from rejoinder.responses.words import consequences

if TYPE_CHECKING:
    from collections.abc import Mapping


class AnswerToReporter:
    """One answer for each reported post and reporter: what was decided and by which rule, or that none applies.

    A report whose post is not in the case, or that a person has yet to look at, is answered as just that. A
    reporter whom the platform hides cannot be answered.
    """

    name = "report-answer"

    def respond(self, records: Mapping[str, pl.LazyFrame], clauses: pl.DataFrame) -> pl.DataFrame:
        """A frame of `Message` to the reporters' pseudonyms."""
        reports = records["report"].filter(pl.col("reporter").is_not_null())
        named = pl.when(pl.col("posts").list.len() > 0).then("posts").otherwise(pl.concat_list("subject"))
        posts = reports.select(to="reporter", subject=named).explode("subject", empty_as_null=True).unique().collect()
        columns = ("subject", "clause", "review", "stance", "access", "ads", "account")
        decided = records["decision"].select(columns).join(posts.lazy(), on="subject", how="semi")
        decisions = decided.collect(engine="streaming").with_columns(known=True)
        told = posts.join(decisions, on="subject", how="left").join(clauses, on="clause", how="left")
        answered = told.sort("subject", "to").with_columns(text=_answer())
        return conform(Message, answered.with_columns(response=pl.lit(self.name)))


def _answer() -> pl.Expr:
    applied = pl.format("Your report: clause {} ({}) applies; {}.", "clause", "title", consequences())
    return (
        pl.when(pl.col("known").is_null())
        .then(pl.lit("Your report is kept; its subject is not among the posts looked at, so nothing was decided."))
        .when("review")
        .then(pl.lit("Your report is with a person, who decides next."))
        .when(pl.col("clause").is_null())
        .then(pl.lit("Your report was looked at; no clause of the policy applies, so nothing follows."))
        .otherwise(applied)
    )
