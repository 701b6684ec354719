"""People's judgements as a file: CSV with `hateful` (0 or 1), and `text`, or the `id` of a post of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from rejoinder.errors import DataError, NotFound, UsageError
from rejoinder.records import Post
from rejoinder.records.frames import conform

if TYPE_CHECKING:
    from pathlib import Path

    from rejoinder.store import Case

VERDICTS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
IDS = ("id", "subject")


def read(file: Path, case: Case | None = None) -> pl.DataFrame:
    """The judged posts: a frame of `Post` with `hateful` beside it, each post once, sorted by its text.

    A row without a verdict is left out, and so is a post that was judged both ways. Raises `NotFound` and `DataError`
    with line and remedy where the file is missing or of another shape, or names posts that the case does not have.
    """
    rows = _rows(file)
    posts = _texts(rows) if "text" in rows.columns else _of_case(rows, file, case)
    verdicts = posts.group_by("id").agg(pl.col("hateful").max(), least=pl.col("hateful").min())
    clear = verdicts.filter(pl.col("hateful") == pl.col("least")).select("id", "hateful")
    once = posts.drop("hateful").unique("id", keep="first", maintain_order=True).join(clear, on="id")
    return conform(Post, once.drop("hateful")).with_columns(once["hateful"]).sort("text", "id")


def _rows(file: Path) -> pl.DataFrame:
    if not file.is_file():
        raise NotFound(f"there is no file `{file}`", remedy="check the path")
    try:
        rows = pl.read_csv(file, infer_schema=False)
    except (PolarsError, UnicodeDecodeError) as error:
        raise DataError(f"it is no CSV: {error}", where=str(file), remedy="save it as CSV, UTF-8") from error
    if "hateful" not in rows.columns or not {"text", *IDS}.intersection(rows.columns):
        raise DataError(f"`{file.name}` has the columns {', '.join(rows.columns)}", where=str(file),
                        expected="`hateful`, and `text`, `id` or `subject`", remedy="name the columns so")  # fmt: skip
    said = pl.col("hateful").str.strip_chars().str.to_lowercase()
    rows = rows.with_row_index("line", offset=2).filter(said.fill_null("") != "")
    judged = rows.with_columns(hateful=said.replace_strict(VERDICTS, default=None, return_dtype=pl.Boolean))
    if (odd := rows.filter(judged["hateful"].is_null())).height:
        line, value = odd.row(0, named=True)["line"], odd.row(0, named=True)["hateful"]
        raise DataError(f"`hateful` is `{value[:40]}`", where=f"{file}, row {line}", expected="1, 0, or nothing",
                        remedy="1 is hateful, 0 is not; leave it empty where the coder could not tell")  # fmt: skip
    return judged


def _texts(rows: pl.DataFrame) -> pl.DataFrame:
    """Posts that are nothing but their text, each text its own id."""
    kept = [name for name in ("text", "lang", "hateful") if name in rows.columns]
    return rows.select(kept).with_columns(pl.col("text").fill_null("")).with_columns(id=pl.col("text"))


def _of_case(rows: pl.DataFrame, file: Path, case: Case | None) -> pl.DataFrame:
    if case is None:
        raise UsageError("these judgements name posts, and no case is named", where=str(file),
                         remedy="name it with `--case DIR`, or give the `text`")  # fmt: skip
    column = next(name for name in IDS if name in rows.columns)
    wanted = rows.select("hateful", id=pl.col(column).str.strip_chars())
    posts = case.scan("post").with_columns(short=pl.col("id").str.replace("^[^:]*:", "")).collect()
    found = _named(wanted, posts)
    if found.is_empty():
        raise DataError("not one of the judged posts is in the case", where=str(file), expected=f"ids such as "
                        f"`{posts['id'][0] if posts.height else 'x:1'}`", remedy="read them in first")  # fmt: skip
    return found


def _named(wanted: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """The posts by their whole id, or without the platform where that is clear."""
    clear = posts.select("id", name="short").filter(pl.col("name").is_unique())
    names = pl.concat([posts.select("id", name="id"), clear]).unique("name", keep="first", maintain_order=True)
    return wanted.rename({"id": "name"}).join(names, on="name").drop("name").join(posts.drop("short"), on="id")
