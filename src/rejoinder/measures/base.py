"""The contract of a measure: records in, estimates out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import polars as pl

Records = Mapping[str, "pl.LazyFrame"]
"""The whole case, noun by noun (`post`, `signal`, …); a noun of which there is nothing is an empty frame."""


@runtime_checkable
class Measure(Protocol):
    """Computes figures that anyone with the same records computes too."""

    name: str
    """As registered; every estimate carries it."""
    title: str
    """What it tells, in one line."""

    def estimate(self, records: Records) -> pl.DataFrame:
        """A frame of `Estimate`, one row per figure; empty where there is nothing to say."""
        ...
