"""Objects to columns: a format says of each column where its values come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import polars as pl

from rejoinder.sources.columns import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    T = TypeVar("T")
    Fields: TypeAlias = dict[str, tuple[pl.DataType, Callable[[T], Any]]]

TEXT, TEXTS, COUNT, TRUTH = pl.String(), pl.List(pl.String()), pl.Int64(), pl.Boolean()


class Captured(NamedTuple):
    """An object of a platform's own pages, the row it is from, and when it was captured (ms since 1970)."""

    row: int
    collected: int | None
    data: dict[str, Any]


def mapped(rows: Sequence[T], fields: Fields[T]) -> pl.DataFrame:
    """One row for each of `rows`, one column for each of `fields`: its type, and what gives its value.

    >>> mapped([3, 4], {"_row": (COUNT, lambda n: n), "square": (TEXT, lambda n: str(n * n))}).rows()
    [(3, '9'), (4, '16')]
    """
    return pl.DataFrame([_column(name, dtype, [value(row) for row in rows]) for name, (dtype, value) in fields.items()])


def _column(name: str, dtype: pl.DataType, values: list[Any]) -> pl.Series:
    return texts(values).alias(name) if dtype == TEXTS else pl.Series(name, values, dtype=dtype)


def at(data: Any, *path: str) -> Any:  # noqa: ANN401 - for objects of which nothing is sure
    """What stands in an object at a path; `None` where the path leads nowhere.

    >>> at({"core": {"name": "Ada"}}, "core", "name"), at({"core": None}, "core", "name")
    ('Ada', None)
    """
    for name in path:
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    return data


def count(said: object) -> int | None:
    """A figure given as a number or in digits; `None` where it is none or negative, as hidden figures are.

    >>> count("12"), count(3), count(-1), count("")
    (12, 3, None, None)
    """
    digits = str(said)
    return int(digits) if digits.isdecimal() else None


def distinct(values: Iterable[Any]) -> list[str]:
    """The texts among `values`, each once, in order.

    >>> distinct(["b", "", None, "a", "b"])
    ['b', 'a']
    """
    return list(dict.fromkeys(value for value in values if isinstance(value, str) and value))
