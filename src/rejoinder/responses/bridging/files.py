"""From a file of ratings to files of notes and raters, the stable way for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from rejoinder.errors import DataError, NotFound, UsageError
from rejoinder.responses.bridging.engine import Bridged, bridge, bridge_as_incumbent
from rejoinder.responses.bridging.ratings import NEEDED, admit

if TYPE_CHECKING:
    from pathlib import Path


def fit_file(ratings: Path, out: Path, *, compat: bool = False, axes: int | None = None, threads: int = 1) -> Bridged:
    """Fits a Parquet file of ratings and writes what came out to the folder `out`.

    Written are `notes.parquet`, `raters.parquet`, `fit.json`, `rejects.parquet` and, without `compat`,
    `explanations.parquet` (see `Bridged`), each in the order of ids. Raises `NotFound` where there is no such file,
    `DataError` where it is no Parquet or lacks a column, `UsageError` for other axes than 1 and 2.
    """
    if axes not in (None, 1, 2) or (compat and axes == 2):  # noqa: PLR2004
        raise UsageError(f"--axes {axes} cannot be fitted", expected="1 or 2; with --compat 1", remedy="leave it out")
    admitted = admit(_read(ratings))
    done = bridge_as_incumbent(admitted, threads=threads) if compat else bridge(admitted, axes=axes, threads=threads)
    write(done, out)
    return done


def write(done: Bridged, out: Path) -> None:
    """The files of one look at all ratings; existing ones are replaced."""
    out.mkdir(parents=True, exist_ok=True)
    done.notes.write_parquet(out / "notes.parquet")
    done.raters.write_parquet(out / "raters.parquet")
    done.ratings.rejects.write_parquet(out / "rejects.parquet")
    if done.rules is not None:
        done.explanations.write_parquet(out / "explanations.parquet")
    (out / "fit.json").write_text(json.dumps(done.summary, indent=2) + "\n", encoding="utf-8")


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise NotFound(f"there is no file `{path}`", remedy="check the path given with --ratings")
    try:
        held = pl.scan_parquet(path)
        columns = [name for name in (*NEEDED, "created_at") if name in held.collect_schema()]
        return held.select(columns or pl.all()).collect()
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"`{path}` cannot be read as Parquet", where=str(error).splitlines()[0], remedy="write it again"
        ) from error
