"""Our own records as tables: CSV with a header, and Parquet, under the names of the glossary."""

from __future__ import annotations

import shutil
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO

import msgspec
import polars as pl
from polars.exceptions import PolarsError

from rejoinder.errors import UnknownFormat
from rejoinder.sources.blocks import Block
from rejoinder.sources.cells import typed
from rejoinder.sources.delimited import CsvSource, header
from rejoinder.sources.own import RECORDS, ours
from rejoinder.sources.rejects import Bad
from rejoinder.sources.rows import Frames, RowSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.sources.base import Batch, Head

ALIASES = {
    "body": "text", "message": "text", "timestamp": "created_at", "date": "created_at", "author_id": "author",
    "user_id": "author", "post_id": "id", "language": "lang", "link": "url",
}  # fmt: skip
"""Other names for our fields; each counts only where our own name is not there."""

_NEEDED = {
    noun: {field.name for field in msgspec.structs.fields(record) if field.required} - {"platform"}
    for noun, record in RECORDS.items()
} | {"account": {"id", "handle"}}
"""Columns without which a table is not of the noun; an `id` alone does not make an account."""


class OwnCsv(CsvSource):
    """Records with our field names in the header: posts, or the noun that `record` or else the columns tell.

    Separated by commas, semicolons or tabs. An empty cell is unknown. Lists are JSON (`["a", "b"]`); or else they are
    separated by commas where there are any and by spaces where not, links and media by spaces or by commas before an
    address. Ids and platforms are as in `OwnJsonl`. Other names are understood for some fields, where ours are not
    there: `body` and `message` for `text`, `timestamp` and `date` for `created_at`, `author_id` and `user_id` for
    `author`, `post_id` for `id`, `language` for `lang`, `link` for `url`.
    """

    name = "csv"
    title = "Rejoinder's CSV"
    keys = ("id", "author", "created_at")

    def recognises(self, head: Head) -> bool:
        """Whether the header has what one of our nouns needs."""
        line = head.start.lstrip().split(b"\n")[0].decode(errors="replace")
        return not line.startswith(("{", "[")) and _noun(_ours(header(line)[0])) is not None

    def check(self, file: str, names: Sequence[str]) -> None:
        """Raises `UnknownFormat` where the columns are those of no noun."""
        _needs_a_noun(file, names)

    def convert(self, rows: pl.DataFrame) -> Frames:
        """Cells as values of our types, under our names."""
        return _frames(rows)


class OwnParquet(RowSource):
    """Records in columns named as in our schema, or as `OwnCsv` understands them; texts are read as in CSV.

    A file that cannot be sought in, such as a packed one, is unpacked to disk first. Rows are numbered from 1.
    """

    name = "parquet"
    title = "Rejoinder's Parquet"

    def recognises(self, head: Head) -> bool:
        """Whether it is Parquet at all: the columns stand at its end."""
        return head.start.startswith(b"PAR1")

    def read(self, stream: BinaryIO, name: str, rows: int) -> Iterator[Batch]:
        """Batches of `rows` rows, in constant memory; bad rows go to `reject`, and reading goes on.

        Raises `UnknownFormat` where the columns are those of no noun, and where the file cannot be read at all.
        """
        with NamedTemporaryFile(prefix="rejoinder-", suffix=".parquet") as copy:
            path = getattr(stream, "name", None) if stream.seekable() else None
            if not isinstance(path, str):
                path = copy.name
                shutil.copyfileobj(stream, copy)
                copy.flush()
            yield from self._batches(path, name, rows)

    def convert(self, rows: pl.DataFrame) -> Frames:
        """Columns of our types, under our names."""
        return _frames(rows)

    def _batches(self, path: str, name: str, rows: int) -> Iterator[Batch]:
        done = 0
        try:
            table = pl.scan_parquet(path, glob=False)
            _needs_a_noun(name, table.collect_schema().names())
            for frame in table.collect_batches(chunk_size=rows):
                numbers = list(range(done + 1, done + len(frame) + 1))
                yield self.batch(name, Block(numbers), range(len(frame)), frame, [])
                done += len(frame)
        except (PolarsError, OSError) as error:
            if not done:
                what = f"`{name}` is no whole Parquet file: {error}"
                raise UnknownFormat(what, remedy="copy the file again") from error
            cut = Block(bad=[Bad(done + 1, f"the file is damaged after row {done:,}: {error}")])
            yield self.batch(name, cut, (), frame.clear(), [])


def _frames(rows: pl.DataFrame) -> Frames:
    """Frames by noun: as `record` says, or else as the columns tell."""
    table = rows.rename(dict(zip(rows.columns, _ours(rows.columns), strict=True))).with_row_index("_row")
    if "record" not in table.columns:
        table = table.with_columns(record=pl.lit(_noun(table.columns)))
    nouns = table["record"].cast(pl.String).fill_null("post")
    frames = {noun: ours(noun, typed(noun, table.filter(nouns == noun))) for noun in RECORDS if noun in nouns}
    said = pl.format(f"`record` is `{{}}`, expected one of {', '.join(RECORDS)}", pl.col("record").str.slice(0, 80))
    return frames | {"reject": table.filter(~nouns.is_in(list(RECORDS))).select("_row", said.alias("reason"))}


def _ours(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for name in header:
        mine = ALIASES.get(name, name)
        names.append(name if mine in header or mine in names else mine)
    return names


def _noun(header: Sequence[str]) -> str | None:
    """The noun of which all that it needs is there; of several the one that needs most."""
    fitting = [noun for noun, needed in _NEEDED.items() if needed.issubset(header)]
    return max(fitting, key=lambda noun: len(_NEEDED[noun]), default=None)


def _needs_a_noun(file: str, columns: Sequence[str]) -> None:
    names = _ours(columns)
    if _noun(names) is None:
        closest = max(_NEEDED, key=lambda noun: len(_NEEDED[noun].intersection(names)) / len(_NEEDED[noun]))
        missing = ", ".join(f"`{name}`" for name in sorted(_NEEDED[closest].difference(names)))
        raise UnknownFormat(
            f"the columns of `{file}` are those of no noun",
            expected=f"the nearest is `{closest}`, which also has {missing}",
            remedy="name the columns as in docs/glossary.md",
        )
