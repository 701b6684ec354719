"""From numbers to columns of records: ids, moments, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Ints

PLATFORM = "sim"


def ids(letter: str, count: int) -> pl.Series:
    """`count` ids of one kind of thing.

    >>> ids("p", 2).to_list()
    ['sim:p0', 'sim:p1']
    """
    return pl.select(pl.format(PLATFORM + ":" + letter + "{}", pl.int_range(count, dtype=pl.Int64))).to_series()


def named(names: pl.Series, numbers: Ints) -> pl.Series:
    """The names of these numbers; null for -1.

    >>> named(ids("p", 2), np.array([1, -1])).to_list()
    ['sim:p1', None]
    """
    return pl.concat([names, pl.Series([None], dtype=names.dtype)]).gather(np.where(numbers < 0, len(names), numbers))


def moments(seconds: Ints) -> pl.Series:
    """Seconds of the epoch as moments in UTC.

    >>> moments(np.array([0])).to_list()[0].isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    return pl.Series(seconds * 1_000_000, dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))


def listed(name: str) -> pl.Expr:
    """A column of single values as one of lists, empty where there was none."""
    return pl.concat_list(pl.col(name)).list.drop_nulls()
