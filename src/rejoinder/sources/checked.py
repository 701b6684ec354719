"""Raw frames to frames of records, and what is wrong with the rows that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.records.frames import conform, schema_of, split

if TYPE_CHECKING:
    from rejoinder.records import Record

_EXPECTED: dict[type[pl.DataType], str] = {
    pl.Datetime: "a time as in 2024-01-31T12:00:00Z, between 1900 and 2199",
    pl.Int64: "a whole number",
    pl.Float64: "a number",
    pl.Boolean: "true or false",
    pl.String: "a text",
    pl.List: "a list, as JSON or separated by commas",
}


def checked(record: type[Record], frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good rows with exactly the record's columns; bad rows with a `reason` and the asides.

    Asides are the columns whose names begin with `_`. Where `_reason` says something, the row is bad for that reason.
    An aside with a field's name holds what the source said before it was read: where it said something and the field
    is null, the row is bad and the reason names the value. So is a row whose value cannot be cast to the field's type.
    Nothing is dropped in silence.

    >>> from rejoinder.records import Rating
    >>> said = {"note": "n", "rater": "r", "helpful": 1.0, "created_at": None, "_created_at": "soon"}
    >>> checked(Rating, pl.DataFrame([said]))[1]["reason"].to_list()
    ['`created_at` is `soon`, expected a time as in 2024-01-31T12:00:00Z, between 1900 and 2199']
    """
    asides = [name for name in frame.columns if name.startswith("_")]
    whole = conform(record, frame).with_columns(frame.select(asides))
    lost = [whole["_reason"]] if "_reason" in asides else []
    lost += [reason for name in schema_of(record) for reason in _lost(name, frame, whole)]
    if not lost:
        return split(record, whole)
    told = whole.with_columns(pl.coalesce(*lost).alias("reason"))
    good, bad = split(record, told.filter(pl.col("reason").is_null()).drop("reason"))
    return good, pl.concat([told.filter(pl.col("reason").is_not_null()), bad])


def _lost(name: str, frame: pl.DataFrame, whole: pl.DataFrame) -> list[pl.Series]:
    """Why the field is null in rows where the source said something; nothing where that never is."""
    origin = f"_{name}" if f"_{name}" in frame.columns else name
    if name not in frame.columns or frame[origin].null_count() == len(frame):
        return []
    said, null = frame[origin], frame[name].is_null() | whole[name].is_null()
    if null.sum() <= said.null_count():
        return []
    value = pl.lit("…") if said.dtype.is_nested() else pl.col("said").cast(pl.String).str.slice(0, 80)
    told = pl.format(f"`{name}` is `{{}}`, expected {_EXPECTED[whole[name].dtype.base_type()]}", value)
    spoke = pl.col("said").is_not_null() & (value != "") & pl.col("null")
    return [pl.DataFrame({"said": said, "null": null}).select(pl.when(spoke).then(told)).to_series()]
