"""Cues: what is looked for, as data. A cue is a pattern with its context, its meaning and its sources."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from rejoinder.signals.post.anchors import anchors, needed

if TYPE_CHECKING:
    from collections.abc import Callable

WEIGHT = 4
"""How many matches a cue's written expectation weighs as much as."""

NARRATIVE_FILES = (
    "antisemitism-power",
    "antisemitism-blame",
    "antisemitism-faith",
    "antisemitism-holocaust",
    "antisemitism-codes",
    "muslims",
    "migrants",
    "race",
    "gender",
    "others",
    "themes",
)
CUE_FILES = ("slurs.toml", *(f"narratives/{name}.toml" for name in NARRATIVE_FILES), "general.toml")
DATA_FILES = (*CUE_FILES, "lexicon.toml", "stance.toml", "folds.toml", "rates.toml")

_BETWEEN = '[ ,:;"#*-]{1,3}'
_GAPS = {f" {dots} ": f"{_BETWEEN}(?:[a-z0-9']+{_BETWEEN}){{0,{most}}}" for dots, most in (("...", 3), ("..", 1))}
_GAPS[" .... "] = "[^a-z0-9']{1,4}(?:[a-z0-9']+[^a-z0-9']{1,4}){0,9}"


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One thing to look for in a normalised text.

    Patterns are regular expressions that Python and Rust read alike, on whole words. In them `{name}` is any word of
    that list in `lexicon.toml`, a space is a space or hyphen, ` .. ` and ` ... ` are up to one and up to three words in
    between, and ` .... ` is up to nine, across the ends of sentences.
    """

    id: str
    title: str
    description: str
    kind: str
    """One of the kinds under `hate` in `records.signal.PARENT`."""
    patterns: tuple[str, ...]
    sources: tuple[str, ...]
    expected: float
    """How often such a match was expected to be hateful before any was counted."""
    hateful: tuple[str, ...]
    innocent: tuple[str, ...]
    targets: tuple[str, ...] = ()
    """Empty where the pattern names any `{group}`: then the groups named."""
    narrative: str | None = None
    history: str = ""
    """Of a narrative or a code: where it comes from, when, and who has used it."""
    near: str = ""
    """Of which one must stand within `within` words of the match."""
    unless: str = ""
    """Of which none may, nor in the match; there `MATCH` is where the match stands, as in `people who MATCH`."""
    within: int = 8
    negation: bool = False
    """Whether a `not` inside the match belongs to the idea, where else it denies it."""
    counted: tuple[int, int] = (0, 0)
    """Posts with such a match that attacks: how many were judged hateful, and how many there were (`rates.toml`)."""

    @property
    def probability(self) -> float:
        """How often a post with such a match is hateful: the count, drawn towards what was expected.

        (hateful + 4 x expected) / (posts + 4): with few posts the expectation speaks, with many the count.
        """
        hateful, posts = self.counted
        return (hateful + WEIGHT * self.expected) / (posts + WEIGHT)

    @cached_property
    def pattern(self) -> str:
        """The patterns as one regular expression."""
        return "|".join(map(expanded, self.patterns))

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The same, for one text."""
        return re.compile(self.pattern, re.ASCII)

    @cached_property
    def near_regex(self) -> re.Pattern[str]:
        """What must stand near."""
        return re.compile(expanded(self.near), re.ASCII)

    @cached_property
    def unless_regex(self) -> re.Pattern[str]:
        """What must not."""
        return re.compile(expanded(self.unless), re.ASCII)


def expanded(pattern: str) -> str:
    r"""A pattern as written in a cue, as a plain regular expression on whole words.

    >>> expanded("dual loyalt(?:y|ies)")
    '\\b(?:dual[ -]loyalt(?:y|ies))\\b'
    """
    first = "" if pattern.startswith("\\") else r"\b"
    last = "" if pattern.endswith("\\)") else r"\b"
    return first + "(?:" + _filled(pattern, lambda name: f"(?:{'|'.join(words(name))})") + ")" + last


def _filled(pattern: str, fill: Callable[[str], str]) -> str:
    """A pattern with its lists filled in and its spaces, gaps and letters spelled out."""
    plain = re.sub(r"\{([a-z-]+)\}", lambda match: fill(match[1]), pattern).replace("\\w", "[a-z]")
    for dots, gap in _GAPS.items():
        plain = plain.replace(dots, gap)
    return re.sub(r"(\[[^]]*\])| ", lambda match: match[1] or "[ -]", plain)


@cache
def words(name: str) -> tuple[str, ...]:
    """The list `name` of `lexicon.toml`, the longest words first; `group` is the names of every group."""
    groups = lexicon()["groups"]
    chosen = chain.from_iterable(groups.values()) if name == "group" else (groups | lexicon()["words"])[name]
    return tuple(sorted(set(chosen), key=lambda word: (-len(word), word)))


@cache
def anchor_words() -> tuple[str, ...]:
    """Strings of which every text with a cue in it holds one, sorted: what the filter looks for."""
    return tuple(sorted({each.string for each in clues() if each.part == 1}))


class Clue(NamedTuple):
    """A string that a text may hold if a pattern is in it."""

    string: str
    part: int
    """1 or 2: a match of a pattern holds a string of each part that the pattern has."""
    pattern: int
    cue: int
    """The places of the pattern and of its cue, each counted through all cues."""


@cache
def clues() -> tuple[Clue, ...]:
    """What to look for in a text to know which cues it may hold."""
    names = ["group", *lexicon()["groups"], *lexicon()["words"]]
    signs = {name: chr(0xE000 + place) for place, name in enumerate(names)}
    lists, free = {sign: _anchors_in(name) for name, sign in signs.items()}, _anchors_in("group")
    patterns = [(place, each) for place, cue in enumerate(cues()) for each in cue.patterns]
    parts = [needed(_filled(each, signs.__getitem__), lists, free) for _, each in patterns]
    return tuple(
        Clue(string, part, number, place)
        for number, (place, _) in enumerate(patterns)
        for part, strings in enumerate(parts[number], start=1)
        for string in sorted(strings)
    )


def _anchors_in(name: str) -> frozenset[str]:
    """Strings of which every word of a list holds one, hyphens or not; none where a word is too short."""
    try:
        return anchors((_filled(word, str) for word in words(name)), {})
    except ValueError:
        return frozenset()


def targets_named(text: str) -> frozenset[str]:
    """The groups that a normalised text names.

    >>> sorted(targets_named("deaf people and roma"))
    ['disabled-people', 'roma']
    """
    return frozenset(_target_of()[name] for name in _any_group().findall(text))


@cache
def _target_of() -> dict[str, str]:
    return {name: target for target, names in lexicon()["groups"].items() for name in names}


@cache
def _any_group() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words('group'))})\b", re.ASCII)


@cache
def lexicon() -> dict[str, dict[str, list[str]]]:
    """The lists that patterns are made of."""
    return _read("lexicon.toml")


@cache
def stance_words() -> dict[str, list[str]]:
    """The patterns that show a stance."""
    return _read("stance.toml")


@cache
def rates() -> dict[str, Any]:
    """What was counted (see the head of `rates.toml`)."""
    return _read("rates.toml")


@cache
def cues() -> tuple[Cue, ...]:
    """Every cue, in the order of their ids."""
    counted = rates()["cue"]
    return tuple(
        sorted(
            (_cue(row, table["sources"], counted) for table in map(_read, CUE_FILES) for row in table["cue"]),
            key=lambda cue: cue.id,
        )
    )


@cache
def fingerprint() -> str:
    """Eight hex digits that change whenever a data file does."""
    data = b"\0".join((files(__package__) / name).read_bytes() for name in DATA_FILES)
    return hashlib.sha256(data).hexdigest()[:8]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


def _cue(row: dict[str, Any], sources: dict[str, str], counted: dict[str, list[int]]) -> Cue:
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    cited = tuple(sources[each] for each in row["sources"])
    hateful, posts = counted.get(row["id"], (0, 0))
    family, _, name = row["id"].partition(":")
    narrative = {"narrative": name} if family == "narrative" else {}
    return Cue(**narrative | plain | {"sources": cited, "counted": (hateful, posts)})
