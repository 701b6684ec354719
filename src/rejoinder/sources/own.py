"""Our own format: records as JSON lines, under the names of the glossary."""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import polars as pl
from msgspec import inspect

from rejoinder.records import INGESTED, Record
from rejoinder.records.frames import schema_of
from rejoinder.sources.blocks import sample
from rejoinder.sources.columns import TIME, texts, times, transposed
from rejoinder.sources.rejects import BadRow
from rejoinder.sources.rows import Frames, JsonSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rejoinder.sources.base import Head
    from rejoinder.sources.blocks import Block

LOCAL = "local"
"""The platform of records that name none."""

RECORDS: dict[str, type[Record]] = {record.noun(): record for record in INGESTED}
_NAMES = {
    "post": ("id", "author", "reply_to", "repost_of", "quote_of", "thread"),
    "account": ("id",),
    "report": ("id", "subject"),
    "check": ("subject",),
    "note": ("post",),
    "judgement": ("subject",),
    "impression": ("id",),
    "appeal": ("subject", "appellant"),
}
"""Fields that name something on a platform; those of reports and checks only where a post or account is meant."""
_LISTS_OF_NAMES = {"post": ("mentions",), "report": ("posts",), "impression": ("beside",)}
_Figure = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_PLAIN: dict[type[inspect.Type], Any] = {inspect.IntType: _Figure, inspect.FloatType: float, inspect.BoolType: bool}


class _Any(msgspec.Struct):
    """Just enough of a row to tell its noun."""

    record: str = "post"


class OwnJsonl(JsonSource):
    """Records of any noun that may come in, `{"record": "post", …}`; a row without `record` is a post.

    Times are texts in ISO 8601. Ids that do not begin with their `platform:` get it; `platform` is `local` where it
    is absent. Nouns without a platform of their own may say one all the same; where they do not, their ids stand as
    they are if they have a colon. Fields that we do not know are passed over.
    """

    name = "rejoinder"
    title = "Rejoinder's JSON lines"
    keys = ("id", "author", "created_at")

    def recognises(self, head: Head) -> bool:
        """Whether most of the first rows name one of our nouns, or are posts by their fields."""
        rows = sample(head)
        known = sum(str(row.get("record")) in RECORDS or all(key in row for key in self.keys) for row in rows)
        return 0 < known >= len(rows) / 2

    def decoder(self) -> Callable[[bytes], Any]:
        """What tells the noun of a row, and reads it so."""
        decoders = {noun: msgspec.json.Decoder(row_type(noun)).decode for noun in RECORDS}
        tell = msgspec.json.Decoder(_Any).decode

        def decode(text: bytes) -> msgspec.Struct:
            noun = tell(text).record
            if noun not in decoders:
                raise BadRow(f"`record` is `{noun[:80]}`, expected one of {', '.join(sorted(decoders))}")
            return decoders[noun](text)

        return decode

    def decoded(self, block: Block) -> list[Any]:
        """All of the rows at once: as columns where they are posts, which they nearly always are."""
        decode = msgspec.json.Decoder(row_type("post")).decode_lines
        try:
            return _Posts(transposed(chain.from_iterable(map(decode, block.pieces)), row_type("post")))
        except msgspec.ValidationError:
            return super().decoded(block)

    def convert(self, rows: list[Any]) -> Frames:
        """Rows of each noun, with whole ids and read times."""
        if isinstance(rows, _Posts):
            return {"post": _raw("post", rows.columns, range(len(rows)))}
        places: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            places.setdefault(str(row.__struct_config__.tag), []).append(place)
        columns = {noun: transposed((rows[place] for place in places[noun]), row_type(noun)) for noun in places}
        return {noun: _raw(noun, columns[noun], places[noun]) for noun in places}


class _Posts(list[Any]):
    """Many posts, already in columns."""

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns["id"])

    def __getitem__(self, some: Any) -> Any:  # noqa: ANN401 - as `list` has it
        return _Posts({name: values[some] for name, values in self.columns.items()})


@cache
def row_type(noun: str) -> type[msgspec.Struct]:
    """The record of `noun` as its row says it: strict types, everything optional, times still texts."""
    info = inspect.type_info(RECORDS[noun])
    assert isinstance(info, inspect.StructType)
    fields: list[tuple[str, Any, Any]] = [(field.name, *_said(field.type)) for field in info.fields]
    extra = [] if "platform" in RECORDS[noun].__struct_fields__ else [("platform", str | None, None)]
    return msgspec.defstruct(noun, [*fields, *extra], tag_field="record", tag=noun, gc=False)


def ours(noun: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame under our own names with read times and whole ids; `platform` may be absent.

    >>> said = pl.DataFrame({"id": ["1", "x:2"], "platform": "x", "created_at": "2024-01-31 12:00"})
    >>> ours("post", said)["id"].to_list()
    ['x:1', 'x:2']
    """
    moments = [name for name, dtype in schema_of(RECORDS[noun]).items() if dtype == TIME and name in frame.columns]
    known = frame["platform"] if "platform" in frame.columns else pl.Series([None], dtype=pl.String)
    own = "platform" in RECORDS[noun].__struct_fields__
    frame = frame.with_columns(
        *(pl.col(name).alias(f"_{name}") for name in moments),
        *(times(name) for name in moments),
        platform=known.cast(pl.String).replace("", None).fill_null(LOCAL if own else ""),
    )
    named = pl.col("subject_type").is_in(["post", "account"]) if noun in ("report", "check") else pl.lit(value=True)
    for platform in frame["platform"].unique().sort():
        here = named & (pl.col("platform") == platform)
        frame = frame.with_columns(_whole_names(frame, noun, platform, here))
    return frame


def _said(kind: inspect.Type) -> tuple[Any, Any]:
    if isinstance(kind, inspect.Metadata):
        return _said(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next(_said(part) for part in kind.types if not isinstance(part, inspect.NoneType))
    if isinstance(kind, inspect.VarTupleType):
        return tuple[str, ...] | None, None
    return _PLAIN.get(type(kind), str) | None, None


def _raw(noun: str, columns: dict[str, list[Any]], places: Sequence[int]) -> pl.DataFrame:
    """Columns of one noun as a frame under our names."""
    schema = schema_of(RECORDS[noun])
    frame = pl.DataFrame([_column(name, values, schema.get(name, pl.String())) for name, values in columns.items()])
    return ours(noun, frame.with_columns(_row=pl.Series(places, dtype=pl.Int64)))


def _column(name: str, values: list[Any], dtype: pl.DataType) -> pl.Series:
    if isinstance(dtype, pl.List):
        return texts(values).alias(name)
    if not any(values) and values.count(None) == len(values):
        return pl.repeat(None, len(values), dtype=pl.String() if dtype == TIME else dtype, eager=True).alias(name)
    return pl.Series(name, values, dtype=pl.String() if dtype == TIME else dtype)


def _whole_names(frame: pl.DataFrame, noun: str, platform: str, here: pl.Expr) -> Iterator[pl.Expr]:
    """Columns with names that lack their platform, written anew; nearly always there are none."""
    for name in _NAMES.get(noun, ()):
        if name in frame.columns and not frame[name].str.starts_with(f"{platform}:").all():
            yield pl.when(here).then(_whole(pl.col(name), platform)).otherwise(name)
    for name in _LISTS_OF_NAMES.get(noun, ()):
        if name in frame.columns and not frame[name].explode().str.starts_with(f"{platform}:").all():
            yield pl.when(here).then(pl.col(name).list.eval(_whole(pl.element(), platform))).otherwise(name)


def _whole(said: pl.Expr, platform: str) -> pl.Expr:
    stands = said.str.starts_with(f"{platform}:") if platform else said.str.contains(":", literal=True)
    return pl.when(stands | (said == "")).then(said).otherwise(pl.lit(f"{platform or LOCAL}:") + said)
