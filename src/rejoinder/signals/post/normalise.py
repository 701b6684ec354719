"""Text as it is matched: evasion undone, with the way back to the original.

Two roads give the same text. `normalise_column` takes a whole column with Polars expressions; `normalise` takes
one text and remembers where each character came from. Both do the same passes in the same order.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

LEET = {"0": "o", "11": "ll", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a"}
"""Signs read as letters where letters stand around them: `j3ws`, but neither `covid19` nor `1488`.

A few are also read at the end of a word of two letters or more (`th3`), and at its beginning (`3vil`, but not `3rd`).
"""

DOUBLED = "bdfglmnprt"
"""Letters that English words often double: three or more are read as two of them, of any other letter as one."""


class Step(NamedTuple):
    """One rewriting: `what` between `before` and `after` becomes `put`. Patterns are plain in Python and in Rust."""

    before: str
    what: str
    after: str
    put: str

    @property
    def pattern(self) -> str:
        """The whole pattern, in three groups."""
        return f"({self.before})({self.what})({self.after})"


class Pass(NamedTuple):
    """Steps for the few texts that have anything for them to do."""

    guard: str
    steps: tuple[Step, ...]


_LEET = "[013457@]"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CAPITALS = _LETTERS.upper()

HASHTAGS = Pass("#[A-Za-z]*[a-z][A-Z][a-z]", (Step("#[A-Za-z]*[a-z]", "", "[A-Z][a-z]", " "),) * 4)
ADDRESSES = Pass(
    "://|@",
    (
        Step("", "[Hh][Tt][Tt][Pp][Ss]?://[!-~]+", "", " "),
        Step("^|[^A-Za-z0-9]", "@[A-Za-z0-9_.-]+(?:@[A-Za-z0-9_.-]+)?", "", "@"),
    ),
)
CONTROLS = Pass(r"[\x00-\x09\x0b-\x1f\x7f_]", (Step("", r"[\x00-\x09\x0b-\x1f\x7f_]", "", " "),))
SIGNS = Pass(
    rf"[a-z]{_LEET}+[a-z]|[a-z]\$|\$[a-z]|[a-z][a-z][0345]\b|\b[03][a-qs-z][a-z]",
    (
        Step("[a-z]", r"\$", "", "s"),
        Step("", r"\$", "[a-z]", "s"),
        *[Step("[a-z]", sign, f"{_LEET}*[a-z]", letter) for sign, letter in LEET.items()] * 2,
        *(Step("[a-z][a-z]", sign, r"\b", LEET[sign]) for sign in "0345"),
        *(Step(r"\b", sign, "[a-qs-z][a-z]", LEET[sign]) for sign in "03"),
    ),
)
REPEATED = Pass(
    "|".join(letter * 3 for letter in _LETTERS),
    tuple(Step("", letter + "{3,}", "", letter * 2 if letter in DOUBLED else letter) for letter in _LETTERS),
)
SPACED = Pass(
    r"\b[a-z][ \n.*-][a-z][ \n.*-][a-z]\b",
    (
        *(Step(r"\b[a-z]", r"[ \n.*-]", r"[a-z]\b", "\x01"),) * 2,
        Step("\x01[a-z]", "\x01", "", ""),
        Step("[a-z][a-z]", "\x01", "", ""),
        Step("", "\x01", "[a-z][a-z]", ""),
        Step("", "\x01", "", " "),
    ),
)
SPACES = Pass("  ", (Step("", " {2,}", "", " "),))

BEFORE_FOLDING = (HASHTAGS, ADDRESSES)
AFTER_FOLDING = (CONTROLS, SIGNS, SPACED, REPEATED, SPACES)


@dataclass(frozen=True)
class Normal:
    """A normalised text and, for each of its characters, where it came from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        r"""Where the characters from `start` to `end` (not included) stand in the original, in code points.

        >>> normal = normalise("The j3\u200bw\u0336s!")
        >>> normal.text, normal.original(4, 8)
        ('the jews!', (4, 10))
        """
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> Normal:
    """One text as it is matched, with the way back.

    Addresses and handles go, CamelCase hashtags come apart, lookalike letters of any alphabet become ASCII,
    invisible characters and marks go, signs between letters become letters (`j3ws`), letters set apart come
    together (`j e w s`, three or more), runs of three or more letters shrink, and all is in lower case.

    Fails on swapped or missing letters, on words joined without capitals, and where `1` stands for a single `l`.

    >>> normalise("#NoMoreHate ⓞⓕ　ＡＮＹ k-i-n-d, pleeease @user").text
    '#no more hate of any kind, please @'
    """
    original = Normal(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    return _passed(_folded(_passed(original, BEFORE_FOLDING)), AFTER_FOLDING)


def normalise_column(texts: pl.Series) -> pl.Series:
    """A column of texts as they are matched: the same text as `normalise` gives, by Polars expressions.

    Ordinary texts cost little: each pass touches only the rows that its guard finds.

    >>> import polars as pl
    >>> normalise_column(pl.Series(["J3ws", None])).to_list()
    ['jews', None]
    """
    for each in BEFORE_FOLDING:
        texts = _where(texts, texts.str.contains(rust(each.guard)), each.steps)
    foreign = texts.str.len_bytes() != texts.str.len_chars()
    folded = texts.str.to_lowercase() if not foreign.any() else _folded_column(texts, foreign)
    for each in AFTER_FOLDING:
        folded = _where(folded, folded.str.contains(rust(each.guard)), each.steps)
    return folded


def _passed(normal: Normal, passes: tuple[Pass, ...]) -> Normal:
    for each in passes:
        if _python(each.guard).search(normal.text):
            for step in each.steps:
                normal = _stepped(normal, step)
    return normal


def _stepped(normal: Normal, step: Step) -> Normal:
    """`normal` after one step; what is put in stands for the whole of what it replaces."""
    parts, starts, ends = [], [], []
    here = 0
    for match in _python(step.pattern).finditer(normal.text):
        first, last = match.span(2)
        span = (normal.starts[first], normal.ends[last - 1]) if last > first else (normal.ends[first - 1],) * 2
        parts += [normal.text[here:first], step.put]
        starts += [*normal.starts[here:first], *[span[0]] * len(step.put)]
        ends += [*normal.ends[here:first], *[span[1]] * len(step.put)]
        here = last
    if not here:
        return normal
    return Normal(
        "".join((*parts, normal.text[here:])),
        (*starts, *normal.starts[here:]),
        (*ends, *normal.ends[here:]),
    )


def _folded(normal: Normal) -> Normal:
    """Each character as the letters it reads as, which all stand for it."""
    if normal.text.isascii():
        return Normal(normal.text.lower(), normal.starts, normal.ends)
    table = folds()
    read = [table.get(char, char) for char in normal.text]
    return Normal(
        "".join(read),
        tuple(start for start, letters in zip(normal.starts, read, strict=True) for _ in letters),
        tuple(end for end, letters in zip(normal.ends, read, strict=True) for _ in letters),
    )


def _folded_column(texts: pl.Series, foreign: pl.Series) -> pl.Series:
    """The same for a column; only the characters that occur in it are looked for."""
    strange = texts.filter(foreign)
    there = strange.str.extract_all(r"[^\x00-\x7f]").explode().unique()
    table = {char: folds()[char] for char in (*there.to_list(), *_CAPITALS) if char in folds()}
    folded = strange.str.replace_many(list(table), list(table.values()))
    return texts.str.to_lowercase().scatter(foreign.arg_true(), folded)


def _where(texts: pl.Series, found: pl.Series, steps: tuple[Step, ...]) -> pl.Series:
    """`texts` with the steps done on the rows found."""
    if not found.any():
        return texts
    column = texts.filter(found)
    for step in steps:
        column = column.str.replace_all(rust(step.pattern), "${1}" + step.put.replace("$", "$$") + "${3}")
    return texts.clone().scatter(found.arg_true(), column)


@cache
def folds() -> dict[str, str]:
    """What each character is read as, where it is not read as itself (see the head of `folds.toml`)."""
    table = tomllib.loads((files(__package__) / "folds.toml").read_text(encoding="utf-8"))
    read = {char: char.lower() for char in _CAPITALS}
    for letters, chars in table["letters"].items():
        read |= dict.fromkeys(chars, letters)
    return read | dict.fromkeys(_codes(table["nothing"]), "") | dict.fromkeys(_codes(table["space"]), " ")


def _codes(ranges: list[str]) -> chain[str]:
    bounds = (each.split("-") for each in ranges)
    return chain.from_iterable(map(chr, range(int(first, 16), int(last, 16) + 1)) for first, last in bounds)


@cache
def _python(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def rust(pattern: str) -> str:
    r"""A pattern for Polars, where `\b` would else know all alphabets."""
    return pattern.replace(r"\b", r"(?-u:\b)")
