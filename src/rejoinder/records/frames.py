"""Frames of records: the schema, the rows, and the checks for whole columns, all from one declaration."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import polars as pl
from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rejoinder.records.base import Record

R = TypeVar("R", bound="Record")

_PLAIN: dict[type[inspect.Type], pl.DataType] = {
    inspect.StrType: pl.String(),
    inspect.IntType: pl.Int64(),
    inspect.FloatType: pl.Float64(),
    inspect.BoolType: pl.Boolean(),
    inspect.DateTimeType: pl.Datetime("us", "UTC"),
    inspect.LiteralType: pl.String(),
    inspect.DictType: pl.String(),  # a free-form body travels as its JSON
}


@cache
def schema_of(record: type[Record]) -> pl.Schema:
    """The Arrow schema of `record`, in the order of its fields."""
    return pl.Schema({field.name: _dtype(field.type) for field in _fields(record)})


def to_frame(record: type[Record], rows: Iterable[Record]) -> pl.DataFrame:
    """Rows to a frame with exactly the columns of `record.schema()`; for few rows, never for bulk.

    >>> from rejoinder.records import Rating
    >>> to_frame(Rating, []).columns
    ['note', 'rater', 'created_at', 'helpful', 'reasons']
    """
    return pl.DataFrame([row.asdict() for row in rows], schema=schema_of(record), orient="row")


def from_frame(record: type[R], frame: pl.DataFrame) -> Iterator[R]:
    """A frame's rows as records, validated again; for few rows, never for bulk.

    Raises `msgspec.ValidationError` for a row that breaks the declaration.
    """
    tag = record.noun()
    for row in frame.select(schema_of(record).names()).iter_rows(named=True):
        yield msgspec.convert(row | {"record": tag}, record)


def conform(record: type[Record], frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with just the columns of `record`, in order; absent optional ones get their default.

    Values that cannot be cast become null: a source that promises more must look before it calls this.

    >>> from rejoinder.records import Rating
    >>> conform(Rating, pl.DataFrame({"note": ["n"], "helpful": ["0.5"]})).row(0)
    ('n', None, None, 0.5, [])
    """
    if not frame.width:  # a literal beside nothing would make a row of its own
        return pl.DataFrame(schema=schema_of(record))
    columns = [_conformed(field, frame) for field in _fields(record)]
    return frame.with_columns(columns).select(schema_of(record).names())


def split(record: type[Record], frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good rows, and bad rows with a `reason` column; the good ones have exactly the record's columns.

    Checks what the declaration says: presence, length, range, choice. Columns of `frame` that the record
    does not have (such as a line number) stay on the bad rows, so that a reject can say where it was.

    >>> from rejoinder.records import Rating
    >>> from datetime import UTC, datetime
    >>> when = [datetime(2024, 1, 1, tzinfo=UTC)] * 2
    >>> rows = {"note": ["n", ""], "rater": ["r", "r"], "helpful": [2.0, 1.0], "created_at": when}
    >>> split(Rating, conform(Rating, pl.DataFrame(rows)))[1]["reason"].to_list()
    ['`helpful` is 2.0, expected at most 1.0', '`note` is empty']
    """
    reasons = [reason for field in _fields(record) for reason in _reasons(field)]
    judged = frame.with_columns(reason=pl.coalesce(*reasons))
    bad = judged.filter(pl.col("reason").is_not_null())
    good = frame if bad.is_empty() else judged.filter(pl.col("reason").is_null())
    return good.select(schema_of(record).names()), bad


@cache
def _fields(record: type[Record]) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(record)
    assert isinstance(info, inspect.StructType)
    return info.fields


def _dtype(kind: inspect.Type) -> pl.DataType:
    kind = _known(kind)
    if isinstance(kind, inspect.VarTupleType):
        return pl.List(_dtype(kind.item_type))
    if isinstance(kind, inspect.StructType):
        return pl.Struct({field.name: _dtype(field.type) for field in kind.fields})
    return _PLAIN[type(kind)]


def _known(kind: inspect.Type) -> inspect.Type:
    """The type without its `None` and its notes: what a value is where there is one."""
    if isinstance(kind, inspect.Metadata):
        return _known(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next(_known(part) for part in kind.types if not isinstance(part, inspect.NoneType))
    return kind


def _conformed(field: inspect.Field, frame: pl.DataFrame) -> pl.Expr:
    dtype = _dtype(field.type)
    default: Any = None if field.default is msgspec.NODEFAULT else field.default
    empty = pl.lit([] if default == () else default, dtype=dtype)
    if field.name not in frame.columns:
        return empty.alias(field.name)
    column = pl.col(field.name).cast(dtype, strict=False)
    return column if default is None else column.fill_null(empty)


def _reasons(field: inspect.Field) -> Iterator[pl.Expr]:
    """For each check of the field, an expression that is the reason where the check fails, else null."""
    column, kind, name = pl.col(field.name), _known(field.type), field.name
    if not _may_be_null(field.type):
        yield pl.when(column.is_null()).then(pl.lit(f"`{name}` is missing or of the wrong type"))
    if isinstance(kind, inspect.StrType) and kind.min_length:
        yield pl.when(column == "").then(pl.lit(f"`{name}` is empty"))
    if isinstance(kind, inspect.StrType) and kind.max_length:
        too_long = column.str.len_chars() > kind.max_length
        yield pl.when(too_long).then(pl.lit(f"`{name}` is longer than {kind.max_length:,} characters"))
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        yield from _range(column, kind, name)
    if isinstance(kind, inspect.LiteralType):
        choices = ", ".join(f"`{value}`" for value in kind.values)
        told = pl.format(f"`{name}` is `{{}}`, expected one of {choices}", column)
        yield pl.when(~column.is_in(list(kind.values))).then(told)


def _range(column: pl.Expr, kind: inspect.IntType | inspect.FloatType, name: str) -> Iterator[pl.Expr]:
    if kind.ge is not None:
        yield pl.when(column < kind.ge).then(pl.format(f"`{name}` is {{}}, expected at least {kind.ge}", column))
    if kind.le is not None:
        yield pl.when(column > kind.le).then(pl.format(f"`{name}` is {{}}, expected at most {kind.le}", column))


def _may_be_null(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _may_be_null(kind.type)
    return isinstance(kind, inspect.UnionType) and kind.includes_none
