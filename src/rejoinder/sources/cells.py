"""Texts of a table's cells as values of our types."""

from __future__ import annotations

import re

import msgspec
import polars as pl

from rejoinder.records.frames import schema_of
from rejoinder.sources.columns import TIME, texts
from rejoinder.sources.own import RECORDS

_TRUE, _FALSE = ["true", "yes", "1"], ["false", "no", "0"]
_ADDRESSES = ("links", "media")


def typed(noun: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that `noun` knows, texts read as its types; what was said stays beside as `_name`.

    What cannot be read is null, and `checked` says so. Times are left to `own.ours`.

    >>> said = pl.DataFrame({"id": ["1"], "likes": ["12"], "sensitive": ["yes"], "hashtags": ["one two"]})
    >>> typed("post", said).select("likes", "sensitive", "hashtags").row(0)
    (12, True, ['one', 'two'])
    """
    asides = [name for name in frame.columns if name.startswith("_")]
    columns = [frame[name] for name in asides]
    for name, dtype in {"platform": pl.String(), **schema_of(RECORDS[noun])}.items():
        if name in frame.columns:
            columns += _typed(frame[name], dtype)
    return pl.DataFrame(columns)


def _typed(said: pl.Series, dtype: pl.DataType) -> list[pl.Series]:
    aside = said.alias(f"_{said.name}")
    if isinstance(dtype, pl.List):
        return _lists(said, aside)
    if said.dtype.is_nested():
        told = pl.repeat("a list or an object", len(said), eager=True)
        return [pl.repeat(None, len(said), dtype=dtype, eager=True).alias(said.name), told.alias(aside.name)]
    if dtype == TIME:
        return [said]
    if dtype == pl.Int64 and (said.dtype == pl.String or said.dtype.is_float()):
        return [_whole_number(said), aside]
    if dtype == pl.Boolean and said.dtype == pl.String:
        text = said.str.to_lowercase()
        return [said.to_frame().select(_truth(text)).to_series().alias(said.name), aside]
    return [said.cast(dtype, strict=False), aside]


def _whole_number(said: pl.Series) -> pl.Series:
    """Also from `12.0`, as tables write whole numbers that may be missing."""
    number = said.cast(pl.Float64, strict=False)
    whole = number.cast(pl.Int64, strict=False)
    return whole.set(number != number.floor(), None).alias(said.name)


def _truth(text: pl.Series) -> pl.Expr:
    return pl.when(text.is_in(_TRUE)).then(True).when(text.is_in(_FALSE)).then(False)


def _lists(said: pl.Series, aside: pl.Series) -> list[pl.Series]:
    if isinstance(said.dtype, pl.List):
        return [said.cast(pl.List(pl.String), strict=False)]
    cells = said.cast(pl.String, strict=False).to_list()
    read = [_items(cell.strip(), addresses=said.name in _ADDRESSES) if cell else [] for cell in cells]
    lists = texts(read).alias(said.name)
    if None not in read:
        return [lists]
    return [lists.set(pl.Series([items is None for items in read]), None), aside]


def _items(cell: str, *, addresses: bool) -> list[str] | None:
    """A list as JSON, or its parts; `None` where it is neither."""
    if cell.startswith("["):
        try:
            return msgspec.json.decode(cell, type=list[str])
        except msgspec.DecodeError:
            return None
    if addresses:
        return [part for part in re.split(r"\s+|,(?=\s|\w+://)", cell) if part]
    return [part.strip() for part in cell.split(",") if part.strip()] if "," in cell else cell.split()
