"""Text as the model reads it: normalised, and emoji by their names."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from rejoinder.signals.post.normalise import Normal, normalise, normalise_column

if TYPE_CHECKING:
    import polars as pl


def reading_column(texts: pl.Series) -> pl.Series:
    """A column of texts as the model reads them.

    >>> import polars as pl
    >>> reading_column(pl.Series(["Th3y are 🐀", None])).to_list()
    ['they are  rat ', None]
    """
    return named_column(normalise_column(texts))


def named_column(normal: pl.Series) -> pl.Series:
    """Normalised texts with emoji by their names: the same text as `reading` gives."""
    drawn = normal.str.len_bytes() != normal.str.len_chars()
    strange = normal.filter(drawn)
    there = strange.str.extract_all(r"[^\x00-\x7f]").explode().unique()
    table = {char: f" {names()[char]} " for char in there.to_list() if char in names()}
    if not table:
        return normal
    return normal.clone().scatter(drawn.arg_true(), strange.str.replace_many(list(table), list(table.values())))


def reading(text: str) -> Normal:
    """One text as the model reads it, with the way back to the original.

    >>> read = reading("You 🐀s")
    >>> read.text, read.original(5, 8)
    ('you  rat s', (4, 5))
    """
    normal = normalise(text)
    parts = [f" {names()[char]} " if char in names() else char for char in normal.text]
    places = [place for place, part in enumerate(parts) for _ in part]
    return Normal(
        "".join(parts), tuple(normal.starts[place] for place in places), tuple(normal.ends[place] for place in places)
    )


@cache
def names() -> dict[str, str]:
    """What each emoji is called (see the head of `emoji.toml`)."""
    table: dict[str, str] = tomllib.loads((files(__package__) / "emoji.toml").read_text(encoding="utf-8"))["names"]
    return table
