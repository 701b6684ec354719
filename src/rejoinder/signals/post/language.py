"""Whether a post without a language tag is written in another language than English, told by its function words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from rejoinder.signals.post.normalise import normalise_column

LEAST = 5
"""Words that a text must have: of a shorter one nothing is said."""

HITS = 3
"""Function words of one other language that a text must have."""

SHARE = 0.2
"""What share of all its words they must be; in running text they are a third to a half."""

MAJORITY = 3
"""How many times as many as English ones they must be."""

WORD = "[a-z']+"


def foreign(normal: pl.Series) -> pl.Series:
    """Which of some normalised texts are clearly in another language written in Latin letters; `False` is no claim.

    Cautious: a foreign text that is short, in slang, or half English is not found, nor is any language outside
    `languages.toml`. How many English posts it takes for foreign ones is stated in its test.

    >>> texts = ["das ist nicht mehr das land in dem wir leben", "das ist gut", "this is not the land we live in"]
    >>> foreign(pl.Series(texts)).to_list()
    [True, False, False]
    """
    counted = pl.DataFrame([normal.str.count_matches(pattern).alias(name) for name, pattern in
                            (("words", WORD), ("english", _pattern("english")))])  # fmt: skip
    # No word counts twice, so only a text with few English ones can have the majority: the others are done with.
    strange = (counted["words"] >= LEAST) & (counted["english"] * (MAJORITY + 1) <= counted["words"])
    rows = strange.fill_null(value=False).arg_true()
    few, hits = counted[rows], _most_hits(normal.gather(rows))
    clear = (hits >= HITS) & (hits >= SHARE * few["words"]) & (hits >= MAJORITY * few["english"])
    return pl.repeat(value=False, n=len(normal), dtype=pl.Boolean, eager=True).scatter(rows, clear)


def _most_hits(texts: pl.Series) -> pl.Series:
    """How many function words a text has of the language of which it has most; one word alone tells none."""
    others = [texts.str.extract_all(_pattern(name)).alias(name) for name in words() if name != "english"]
    varied = [pl.when(pl.col(found.name).list.n_unique() > 1).then(pl.col(found.name).list.len()) for found in others]
    return pl.DataFrame(others).select(pl.max_horizontal(varied).fill_null(0).alias("hits")).to_series()


@cache
def _pattern(language: str) -> str:
    listed = "|".join(map(re.escape, sorted(words()[language], key=lambda word: (-len(word), word))))
    return rf"\b(?:{listed})\b"


@cache
def words() -> dict[str, frozenset[str]]:
    """The function words of each language as they look when normalised; those that English shares are left out."""
    table = tomllib.loads((files(__package__) / "languages.toml").read_text(encoding="utf-8"))
    listed = {name: _normal(entry["words"]) for name, entry in table.items()}
    return {name: own if name == "english" else own - listed["english"] for name, own in listed.items()}


def _normal(written: str) -> frozenset[str]:
    return frozenset(normalise_column(pl.Series([written]))[0].split())
