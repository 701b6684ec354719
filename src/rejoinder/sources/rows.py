"""The one plumbing for formats whose rows are JSON objects: a format says what a row is and what becomes of it."""

from __future__ import annotations

import gc
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

import msgspec
import polars as pl

from rejoinder.records import INGESTED
from rejoinder.sources.base import Batch, Head
from rejoinder.sources.blocks import Block, blocks, sample
from rejoinder.sources.checked import checked
from rejoinder.sources.rejects import KEPT, Bad, in_words, reject_frame
from rejoinder.sources.streams import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Frames = dict[str, pl.DataFrame]
"""Raw frames by noun, each with a column `_row`: which of the rows a record is from."""

_RECORDS = {record.noun(): record for record in INGESTED}


class RowSource(ABC):
    """A format that says what becomes of its rows; whatever is bad about a row becomes a reject with its place."""

    name: str
    title: str
    remedy: ClassVar[str] = "mend the row or leave it out, and read the file again"

    @abstractmethod
    def convert(self, rows: Any) -> Frames:  # noqa: ANN401 - a list or a frame, as the kind of file gives it
        """Rows to raw frames by noun.

        Each frame has `_row`, the index into `rows`; other columns that begin with `_` are asides (see `checked`).
        A frame `reject` with `_row`, `reason` and perhaps `row` names what is bad inside a row. May raise: then the
        guilty row alone is rejected.
        """

    def batch(self, file: str, block: Block, places: Sequence[int], rows: Any, bad: list[Bad]) -> Batch:  # noqa: ANN401
        """The batch of a block whose good `rows` stand at `places` and whose others are `bad`."""
        frames, told = self._converted(rows)
        lost = len(block.bad) + len(bad)
        bad = [*block.bad, *bad, *(_placed(one, block, places) for one in told)]
        if bad:
            frames["reject"] = reject_frame(bad, file=file or "-", format=self.name, remedy=self.remedy)
        return Batch(rows=len(places) + lost, frames=frames)

    def _converted(self, rows: Any, first: int = 0) -> tuple[Frames, list[Bad]]:  # noqa: ANN401
        """Checked frames and what is bad, by index; where a row makes `convert` fail, the halves are tried apart."""
        try:
            return _checked(self.convert(rows) if len(rows) else {}, first)
        except Exception as error:  # noqa: BLE001 - whatever a format trips over, the other rows are kept
            if len(rows) == 1:
                return {}, [Bad(first, in_words(error))]
        half = len(rows) // 2
        left, bad_left = self._converted(rows[:half], first)
        right, bad_right = self._converted(rows[half:], first + half)
        both = [noun for noun in _RECORDS if noun in left or noun in right]
        joined = {noun: pl.concat([side[noun] for side in (left, right) if noun in side]) for noun in both}
        return joined, bad_left + bad_right


class JsonSource(RowSource):
    """A format whose rows are JSON objects: one to a line, or the items of one document.

    A format gives `name`, `title`, `row`, `keys` and `convert`, which takes a list of rows; the rest is done here, in
    constant memory. Rows that cannot be decoded, converted or checked become rejects; the rows beside them are kept.
    """

    row: ClassVar[Any]
    """The `msgspec` type that a row is decoded into: only the fields that are needed."""
    keys: ClassVar[tuple[str, ...]]
    """Names of the fields by which a row of this format is known."""
    inside: ClassVar[tuple[str, ...]] = ()
    """Names of lists that wrap rows, as in `{"posts": [...]}`; the first that is there counts."""

    def recognises(self, head: Head) -> bool:
        """Whether most of the first rows have all `keys`."""
        found = sample(head)
        rows = [item for row in found for name in self.inside for item in _objects(row.get(name))] or found
        known = sum(all(key in row for key in self.keys) for row in rows)
        return 0 < known >= len(rows) / 2

    def decoder(self) -> Callable[[bytes], Any]:
        """What turns the text of a row into a `row`; raises for a bad one."""
        decode: Callable[[bytes], Any] = msgspec.json.Decoder(self.row).decode
        return decode

    def decoded(self, block: Block) -> list[Any]:
        """All of the rows at once; raises where one is bad."""
        decode = self.decoder()
        return [decode(text) for text in block]

    def body(self, start: bytes) -> bytes:
        """The beginning of the file without what stands before the JSON."""
        return start

    def read(self, stream: BinaryIO, name: str, rows: int) -> Iterator[Batch]:
        """Batches of about `rows` rows, in constant memory; bad rows go to `reject`, and reading goes on."""
        for block in blocks(self.body(stream.read(HEAD_BYTES)), stream, rows, self.inside):
            with _uncollected():
                batch = self.batch(name, block, *self._rows(block))
            if batch.rows:
                yield batch

    def _rows(self, block: Block) -> tuple[Sequence[int], list[Any], list[Bad]]:
        """Indices of the good rows in the block, these rows, and the bad ones; one by one only where it must."""
        with suppress(Exception):  # one of the rows is bad: which one is told below
            good = self.decoded(block)
            return range(len(good)), good, []
        decode = self.decoder()
        places, rows, bad = [], [], []
        for place, text in enumerate(block.texts):
            try:
                rows.append(decode(text))
                places.append(place)
            except Exception as error:  # noqa: BLE001 - told to the user as the reason
                bad.append(Bad(block.numbers[place], in_words(error), text))
        return places, rows, bad


@contextmanager
def _uncollected() -> Iterator[None]:
    """Rows hold no cycles: looking for some among millions of new objects costs a tenth of the time and finds none."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _objects(items: object) -> list[dict[str, object]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _checked(raw: Frames, first: int) -> tuple[Frames, list[Bad]]:
    frames, bad = {}, []
    for noun, frame in sorted(raw.items()):
        ordered = frame if frame["_row"].is_sorted() else frame.sort("_row", maintain_order=True)
        good, wrong = (ordered.clear(), ordered) if noun == "reject" else checked(_RECORDS[noun], ordered)
        if not good.is_empty():
            frames[noun] = good
        bad += [Bad(first + one["_row"], one["reason"], _said(one)) for one in wrong.iter_rows(named=True)]
    return frames, bad


def _said(row: dict[str, Any]) -> str:
    """What was read of a bad row, as JSON, in case the row itself is too long to keep."""
    if "row" in row:
        return str(row["row"])
    told = {name: value for name, value in row.items() if not name.startswith("_") and name != "reason"}
    said = {name: value for name, value in told.items() if value not in (None, [])}
    return msgspec.json.encode(said).decode()


def _placed(bad: Bad, block: Block, places: Sequence[int]) -> Bad:
    """A bad row by its line; with its own text, or what was read of it where many records share one long row."""
    assert bad.line is not None
    place = places[bad.line]
    text = block.texts[place] if block.texts else b""
    return Bad(block.numbers[place], bad.reason, text if 0 < len(text) <= KEPT or not bad.row else bad.row)
