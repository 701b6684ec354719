"""Files from outside in; checked frames of records by noun out, and a reject for every row that was none.

`expand` turns folders into files, `recognise` tells a file's format by its content, `read` gives its batches,
`digest` names its bytes. Built in: our own JSON lines, CSV and Parquet; X API v2 pages and X's archive; Bluesky's
Jetstream and records; Mastodon; Zeeschuimer and 4CAT. A source reads and never judges; e-mail and IP addresses
have no way in.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rejoinder import registry
from rejoinder.errors import NotFound, UnknownFormat
from rejoinder.sources.base import Batch, Head, Source
from rejoinder.sources.rejects import Bad, reject_frame
from rejoinder.sources.streams import STANDARD_INPUT, digest, fault, head, open_stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Batch", "Head", "Source", "digest", "expand", "read", "recognise", "refused"]

_PRECEDENCE = (
    "parquet", "x-archive", "jetstream", "zeeschuimer", "4cat-ndjson", "4cat-csv", "x-api", "bluesky", "mastodon",
    "rejoinder", "csv",
)  # fmt: skip
"""Of our formats the narrower ones are asked first; whatever else is installed is asked before them."""

_SUSPECT = 100
"""So many rows, all of them rejected, and the file is of another shape."""


def expand(paths: Iterable[str]) -> list[str]:
    """The files that `paths` mean: a folder means every file in it, at any depth, in the order of their names.

    `-` is standard input. Hidden files and folders inside a folder are left out. Raises `NotFound`.

    >>> expand(["-"])
    ['-']
    """
    return [file for path in paths for file in ([path] if path == STANDARD_INPUT else _files(Path(path)))]


def recognise(path: str) -> Source:
    """The source that reads a file, told by its content; an empty file is one of ours with no rows.

    Raises `UnknownFormat`, which names the nearest format and what the file lacks of it.
    """
    start = head(path)
    if not start.start.strip():
        return _sources()["rejoinder"]
    for source in _sources().values():
        if source.recognises(start):
            return source
    raise UnknownFormat(
        f"no known format has the shape of `{path}`",
        where="the beginning of the file",
        expected=_nearest(start),
        remedy="check that it is the file you mean, or name its format with `--format`",
    )


def read(path: str, *, source: Source | None = None, rows: int = 50_000) -> Iterator[Batch]:
    """Batches of about `rows` rows of a file, read by `source` or else by whoever recognises it, in constant memory.

    Where a packed file breaks off, what came before is kept and the last batch has a reject that says where. Raises
    `UnknownFormat` where all rows of the file are rejected and they are at least 100, or `source` does not recognise
    the file; then nothing has been given out.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(b'{"id": "1", "author": "2", "created_at": "2024-01-31T12:00:00Z"}') and file.flush()
    ...     [batch.frames["post"]["id"].to_list() for batch in read(file.name)]
    [['local:1']]
    """
    reader = source or recognise(path)
    batches = _batches(path, reader, rows)
    held: list[Batch] = []
    lost = 0
    for batch in batches:
        if not _all_rejected(batch):
            yield from chain(held, [batch], batches) if lost <= rows else _batches(path, reader, rows)
            return
        lost += batch.rows
        held = [*held, batch] if lost <= rows else held[:1]
    if lost >= _SUSPECT or (lost and not reader.recognises(head(path))):
        raise _refused(path, reader, held[0])
    yield from held


def refused(path: str, refusal: UnknownFormat) -> Batch:
    """What is left of a file that is of no known format, where it is one of many in a folder: a reject that says so."""
    bad = [Bad(None, refusal.what)]
    return Batch(rows=0, frames={"reject": reject_frame(bad, file=path, format="unknown", remedy=refusal.remedy)})


def _files(path: Path) -> list[str]:
    if not path.exists():
        raise NotFound(f"there is no file or folder `{path}`", remedy="check the path")
    if not path.is_dir():
        return [str(path)]
    inside = (file for file in path.rglob("*") if file.is_file())
    shown = [file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    if not shown:
        raise NotFound(f"the folder `{path}` holds no files", remedy="check the path")
    return [str(file) for file in sorted(shown)]


@cache
def _sources() -> dict[str, Source]:
    names = registry.names("sources")
    ordered = sorted(names, key=lambda name: _PRECEDENCE.index(name) if name in _PRECEDENCE else -1)
    return {name: cast("Source", registry.make("sources", name)) for name in ordered}


def _batches(path: str, source: Source, rows: int) -> Iterator[Batch]:
    with open_stream(path) as stream:
        yield from source.read(stream, path, rows)
        cut = fault(stream)
    if cut:
        remedy = "copy the file again; the rows before this place were kept"
        bad = [Bad(cut.line, cut.reason)]
        yield Batch(rows=0, frames={"reject": reject_frame(bad, file=path, format=source.name, remedy=remedy)})


def _all_rejected(batch: Batch) -> bool:
    return batch.frames.keys() == {"reject"} and len(batch.frames["reject"]) >= batch.rows


def _refused(path: str, source: Source, batch: Batch) -> UnknownFormat:
    first = batch.frames["reject"].row(0, named=True)
    return UnknownFormat(
        f"`{path}` is not {source.title}: not one row of it is good",
        where=f"line {first['line']}: {first['reason']}",
        expected=_nearest(head(path)),
        remedy="check that it is the file you mean, or name its format with `--format`",
    )


def _nearest(start: Head) -> str:
    """The format of which the beginning of the file has the largest share of names, and the names that it lacks."""
    names = set(re.findall(rb'"([\w.$]+)"\s*:', start.start)) | set(re.findall(rb"[\w.]+", start.start.split(b"\n")[0]))
    shares = {}
    for name, source in _sources().items():
        keys = getattr(source, "keys", ())
        missing = [key for key in keys if key.encode() not in names]
        shares[name] = (len(keys) - len(missing)) / max(len(keys), 1), missing
    name = max(shares, key=lambda one: shares[one][0])
    if not shares[name][0]:
        return "one of " + ", ".join(f"`{known}`" for known in sorted(shares))
    lacking = ", ".join(f"`{key}`" for key in shares[name][1])
    return f"the nearest is `{name}` ({_sources()[name].title})" + (f", which also has {lacking}" if lacking else "")
