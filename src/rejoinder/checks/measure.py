"""What every measure must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.records import NOUNS, Estimate

if TYPE_CHECKING:
    from rejoinder.measures import Measure, Records


def check_measure(measure: Measure, records: Records) -> None:
    """Tries a measure on nothing and on `records`, and holds its estimates to the contract.

    Raises `AssertionError` that says which promise of `Measure` was not kept.

    >>> from rejoinder.measures.read import Read
    >>> check_measure(Read(), nothing())
    """
    assert measure.name, "a measure has a name"
    assert type(measure).__doc__, "a measure says what it measures, and where it fails"
    empty = measure.estimate(nothing())
    assert empty.schema == Estimate.schema(), f"columns are those of an estimate, got {empty.columns}"
    assert empty["count"].fill_null(0).sum() == 0, "nothing gives no count"
    estimates = measure.estimate(records)
    assert estimates.equals(measure.estimate(records)), "the same records give the same estimates"
    inside = (pl.col("lower") <= pl.col("value")) & (pl.col("value") <= pl.col("upper"))
    assert estimates.filter(~inside).is_empty(), "an interval holds its value"
    assert estimates.filter(pl.col("reading") == "").is_empty(), "an estimate says what it does not mean"


def nothing() -> Records:
    """A case in which there is nothing, noun by noun."""
    return {record.noun(): pl.LazyFrame(schema=record.schema()) for record in NOUNS}
