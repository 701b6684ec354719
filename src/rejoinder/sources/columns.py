"""Columns that formats share: from decoded rows, and as names with their platform, times and languages."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

TIME = pl.Datetime("us", "UTC")
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_WRITTEN = (
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%a %b %d %H:%M:%S %z %Y",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M%#z",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
)
_NEAR = 250
"""Rows whose values are still in the processor's cache when they are moved to their columns."""
_PER_SECOND = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (2**63 - 1, 10**9))
"""Below which size a number counts seconds, milliseconds, microseconds, nanoseconds since 1970."""


def transposed(rows: Iterable[msgspec.Struct], row: type[msgspec.Struct]) -> dict[str, list[Any]]:
    """The values of `rows`, all of them of the type `row`, by field.

    >>> Point = msgspec.defstruct("Point", [("x", int), ("y", int)])
    >>> transposed([Point(1, 2), Point(3, 4)], Point)
    {'x': [1, 3], 'y': [2, 4]}
    """
    columns: dict[str, list[Any]] = {name: [] for name in row.__struct_fields__}
    coming = iter(rows)
    while near := list(islice(coming, _NEAR)):
        for column, values in zip(columns.values(), zip(*map(msgspec.structs.astuple, near), strict=True), strict=True):
            column.extend(values)
    return columns


def texts(lists: Sequence[Sequence[str] | None]) -> pl.Series:
    """Lists of texts as a column, an empty list for `None`; by way of JSON at a tenth of the cost of `pl.Series`.

    >>> texts([("a", "b"), (), None, ["c"]]).to_list()
    [['a', 'b'], [], [], ['c']]
    """
    if not any(lists):
        return pl.repeat([], len(lists), dtype=pl.List(pl.String), eager=True)
    told = pl.Series([msgspec.json.encode(lists).decode()])
    return told.str.json_decode(pl.List(pl.List(pl.String))).explode().fill_null([])


def prefixed(platform: str, name: str) -> pl.Expr:
    """The column `name` as ids of the case, `platform:` before what the platform says; null and "" become null.

    >>> pl.DataFrame({"id": ["7", None]}).select(prefixed("x", "id"))["id"].to_list()
    ['x:7', None]
    """
    said = pl.col(name).cast(pl.String)
    return pl.when(said != "").then(pl.concat_str(pl.lit(f"{platform}:"), said)).alias(name)


def times(name: str) -> pl.Expr:
    """The column `name` as moments in UTC; null where it is none or outside the years 1900 to 2199.

    Takes ISO 8601 with or without fraction and zone (UTC where there is none), `Wed Oct 10 20:19:24 +0000 2018`,
    and seconds, milli-, micro- or nanoseconds since 1970 as numbers or digits.

    >>> said = ["2024-01-31T12:00:00+02:00", "Wed Jan 31 10:00:00 +0000 2024", "1706695200", "soon"]
    >>> [str(time)[:19] for time in pl.DataFrame({"at": said}).select(times("at"))["at"]]
    ['2024-01-31 10:00:00', '2024-01-31 10:00:00', '2024-01-31 10:00:00', 'None']
    """
    return pl.col(name).map_batches(_times, return_dtype=TIME, is_elementwise=True)


def language(name: str) -> pl.Expr:
    """The column `name` as a language; null where it says undetermined or that there are no words.

    These are "", `und`, `zxx`, `mis`, `mul` and the private tags `qaa` to `qtz` (X's `qme` is media alone).

    >>> pl.DataFrame({"lang": ["de", "und", "qme"]}).select(language("lang"))["lang"].to_list()
    ['de', None, None]
    """
    said = pl.col(name)
    none = said.is_in(["", "und", "zxx", "mis", "mul"]) | said.str.contains(r"^q[a-t][a-z]$")
    return pl.when(~none).then(said).alias(name)


def unescaped(name: str) -> pl.Expr:
    """The column `name` with `&lt;`, `&gt;` and `&amp;` as the characters they stand for, which is how X writes them.

    >>> pl.DataFrame({"text": ["a &lt; b &amp;amp;"]}).select(unescaped("text")).item()
    'a < b &amp;'
    """
    return pl.col(name).str.replace_many(["&lt;", "&gt;", "&amp;"], ["<", ">", "&"])


def _times(said: pl.Series) -> pl.Series:
    """Way by way, each for what the ways before it left: nearly every column needs the first alone."""
    read = pl.repeat(None, len(said), dtype=TIME, eager=True).alias(said.name)
    for way in _ways(said.dtype):
        left = (read.is_null() & said.is_not_null()).arg_true()
        if left.is_empty():
            break
        read = read.scatter(left, way(said.gather(left)))
    return read.set((read < _FIRST) | (read >= _LAST), None)


def _ways(dtype: pl.DataType) -> list[Callable[[pl.Series], pl.Series]]:
    if dtype == pl.String:
        return [_zulu, *(partial(_parsed, written) for written in _WRITTEN), _since_1970]
    return [_since_1970] if dtype.is_numeric() else [_moments]


def _zulu(said: pl.Series) -> pl.Series:
    """`2024-01-31T12:00:00.123Z`, the usual way, at a third of the cost of a format with fraction and zone."""
    text = pl.col("t")
    whole = text.str.head(19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False, cache=False)
    rest = text.str.slice(19)
    digits = rest.str.slice(1).str.strip_suffix("Z").str.head(6).str.pad_end(6, "0").cast(pl.Int64, strict=False)
    if said.str.slice(19).is_in(["Z", ".000Z"]).all():
        return said.to_frame("t").select(whole.cast(TIME)).to_series()
    fraction = pl.when(rest.str.contains(r"^\.\d{1,9}Z$")).then(digits).when(rest == "Z").then(0)
    return said.to_frame("t").select((whole.cast(pl.Int64) + fraction).cast(TIME)).to_series()


def _parsed(written: str, said: pl.Series) -> pl.Series:
    zone = None if written.endswith("z") or "%z" in written else "UTC"
    return said.str.to_datetime(written, time_unit="us", time_zone=zone, strict=False).cast(TIME)


def _since_1970(said: pl.Series) -> pl.Series:
    count = pl.col("n")
    micro = [pl.when(count.abs() < below).then(count * (10**6 / per)) for below, per in _PER_SECOND]
    number = said if said.dtype.is_numeric() else said.cast(pl.Int64, strict=False)
    return number.to_frame("n").select(pl.coalesce(*micro).round().cast(pl.Int64, strict=False).cast(TIME)).to_series()


def _moments(said: pl.Series) -> pl.Series:
    """Dates, and times of whatever zone and precision; without a zone they are in UTC."""
    zoned = getattr(said.dtype, "time_zone", None) is not None
    return said.cast(TIME) if zoned else said.cast(pl.Datetime("us"), strict=False).dt.replace_time_zone("UTC")
