"""From tallies to estimates: the one way in which our measures put figures into the schema."""

from __future__ import annotations

import polars as pl

from rejoinder.numerics.intervals import wilson
from rejoinder.records import Estimate
from rejoinder.records.frames import conform

LEVEL = 0.95
"""Of every interval that the built-in measures give."""


def weekly(rows: pl.LazyFrame, time: str = "created_at") -> pl.LazyFrame:
    """The rows twice: once with `period` empty, once with the Monday of their week as `period`."""
    week = pl.col(time).dt.truncate("1w").dt.strftime("%Y-%m-%d")
    return pl.concat([rows.with_columns(period=pl.lit("")), rows.with_columns(period=week)])


def grouped(rows: pl.LazyFrame, by: str, column: str) -> pl.LazyFrame:
    """Rows with `by` as the dimension and `column` (a value or a list of values) as `group`."""
    values = pl.col(column)
    if isinstance(rows.collect_schema()[column], pl.List):
        rows = rows.explode(column, empty_as_null=True)
    return rows.with_columns(by=pl.lit(by), group=values.cast(pl.String)).filter(pl.col("group").is_not_null())


def shares(name: str, tallies: pl.DataFrame, reading: str) -> pl.DataFrame:
    """Estimates of shares from `by`, `group`, `count`, `n` (and `period`): Wilson's 95 % interval; `None` where n is 0.

    >>> tallies = pl.DataFrame({"by": [""], "group": [""], "count": [4], "n": [200]})
    >>> shares("acted", tallies, "").select(pl.col("value", "lower", "upper").round(3)).row(0)
    (0.02, 0.008, 0.05)
    """
    lower, upper = wilson(tallies["count"].to_numpy(), tallies["n"].to_numpy(), level=LEVEL)
    known = pl.col("n") > 0
    return _finished(
        name,
        tallies.with_columns(lower=pl.Series(lower), upper=pl.Series(upper)).with_columns(
            value=pl.when(known).then(pl.col("count") / pl.col("n")),
            lower=pl.when(known).then("lower"),
            upper=pl.when(known).then("upper"),
            level=pl.lit(LEVEL),
            method=pl.lit("Wilson"),
            unit=pl.lit("share"),
            reading=pl.lit(reading),
        ),
    )


def shares_of(name: str, hits: pl.LazyFrame, n: pl.LazyFrame, reading: str) -> pl.DataFrame:
    """Estimates of shares from hits (`by`, `group`, `period`, a row each) and the `n` of each `period`.

    Every group has a figure in every period: none of some is a share of 0, and not a gap.
    """
    found = hits.group_by("by", "group", "period").agg(count=pl.len())
    groups = found.select("by", "group").unique()
    every = groups.join(n, how="cross").join(found, on=["by", "group", "period"], how="left")
    return shares(name, every.with_columns(pl.col("count").fill_null(0)).collect(engine="streaming"), reading)


def counts(name: str, tallies: pl.DataFrame, unit: str, reading: str) -> pl.DataFrame:
    """Estimates of plain counts from `by`, `group`, `count` (and `period`): all were counted, so without error."""
    value = pl.col("count").cast(pl.Float64)
    return _finished(
        name,
        tallies.with_columns(
            value=value, lower=value, upper=value, n=pl.col("count"), level=pl.lit(1.0),
            method=pl.lit("count of all"), unit=pl.lit(unit), reading=pl.lit(reading),
        ),
    )  # fmt: skip


def _finished(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return conform(Estimate, frame.with_columns(name=pl.lit(name))).sort("by", "group", "period")
