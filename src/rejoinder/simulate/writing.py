"""A platform as files of our own JSON lines, with a few bad rows on purpose."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rejoinder.simulate.world import Platform

FILES = {
    "posts.jsonl.gz": ("post",),
    "people.jsonl": ("account",),
    "reports.jsonl": ("report", "check", "appeal"),
    "notes.jsonl": ("note", "rating"),
    "ads.jsonl.gz": ("impression",),
    "truth.jsonl": ("judgement",),
}
"""What is in which file."""
_POST = '{"record":"post","platform":"sim","author":"sim:a1","created_at":'
BAD_ROWS = (
    _POST + '"2024-01-01T10:00:00Z","id":"sim:cut-off","text":"The line ends bef',
    _POST + '"2024-01-01T10:00:00Z","text":"A post without an id"}',
    _POST + '"last Tuesday","id":"sim:no-time","text":"A post of no known time"}',
    _POST + '"2024-01-01T10:00:00Z","id":"sim:below-zero","likes":-3}',
)
"""Rows of `posts.jsonl.gz` that no reader may accept; they stand after its first 100 posts."""
DUPLICATES = 1
"""How many of the first posts stand once more right after the bad rows."""
_GOOD_BEFORE_BAD = 100
_ROWS_AT_ONCE = 50_000


def write(platform: Platform, folder: Path) -> list[Path]:
    """Writes the platform as JSON lines into `folder`, which is made where missing; returns the paths of `FILES`.

    Fields that are null or empty are left out. The truth stands in `truth.jsonl` alone, so that a run may be
    given everything but the answers; what was planted is not written. The same platform gives the same bytes,
    with the same version of zlib. Files of the same names are overwritten.
    """
    folder.mkdir(parents=True, exist_ok=True)
    frames = platform.frames()
    for name, nouns in FILES.items():
        with _opened(folder / name) as file:
            for noun in nouns:
                file.writelines(_pieces(noun, frames[noun]))
    return [folder / name for name in FILES]


def lines(noun: str, frame: pl.DataFrame) -> pl.Series:
    r"""Each row as one line of JSON, as msgspec encodes the record, without null and empty fields.

    >>> lines("note", pl.DataFrame({"id": ["n"], "text": ["A \"quote\""], "lang": [None], "links": [["x"]]})).item()
    '{"record":"note","id":"n","text":"A \\"quote\\"","links":["x"]}'
    """
    plain = frame.with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    fields = [_field(name, kind) for name, kind in plain.schema.items()]
    return plain.select(line=pl.concat_str(pl.lit(f'{{"record":"{noun}"'), *fields, pl.lit("}")))["line"]


def _field(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    empty = column.is_null()
    if kind == pl.String:
        empty |= column == ""
    if kind == pl.List:
        empty |= column.list.len() == 0
    told = pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
    return pl.when(empty).then(pl.lit("")).otherwise("," + told)


def _pieces(noun: str, frame: pl.DataFrame) -> Iterator[bytes]:
    """The lines of a frame, many at once; the bad rows among the posts."""
    if noun == "post":
        head = lines(noun, frame.head(_GOOD_BEFORE_BAD)).to_list()
        yield "".join(f"{row}\n" for row in (*head, *BAD_ROWS, *head[:DUPLICATES])).encode()
        frame = frame.slice(_GOOD_BEFORE_BAD)
    for part in frame.iter_slices(_ROWS_AT_ONCE):
        yield ((lines(noun, part) + "\n").str.join().item()).encode()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("wb") as plain:
        if path.suffix != ".gz":
            yield plain
            return
        # no name and no time, so that the same rows give the same bytes
        with gzip.GzipFile(filename="", mode="wb", compresslevel=5, fileobj=plain, mtime=0) as packed:
            yield cast("BinaryIO", packed)
