"""Where each value of a TOML document stands. `tomllib` reads the values but forgets their places.

Only for text that `tomllib` has accepted: the scanner trusts it and checks nothing.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TypeAlias

Keys: TypeAlias = tuple[str | int, ...]
"""The way to a value, as in `("clause", 2, "ladder", 0, "account")`."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r'[ \t]*("(?:[^"\\]|\\.)*"|\'[^\']*\'|[A-Za-z0-9_-]+)[ \t]*')
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\]|\\.)*"' r"|'[^']*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\n]+")
_PIECE = re.compile(r"\\u.{4}|\\U.{8}|\\x.{2}|\\[^ \t\n]|(?P<joined>\\[ \t]*\n\s*)|.", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Offsets into the document, ends not included: of a key (or a table's header) and of its value."""

    start: int
    end: int
    value_start: int
    value_end: int


def places(text: str) -> dict[Keys, Place]:
    r"""The place of every key, list item and table header of a valid document with `\n` line ends.

    A table written several times (`[[clause]]`) has a place for each, numbered from 0.

    >>> found = places('a = 1\n[[clause]]\nid = "H1"\n')
    >>> found["clause", 0, "id"]
    Place(start=17, end=19, value_start=22, value_end=26)
    """
    return _Scanner(text).scan()


def offsets(raw: str) -> list[int]:
    r"""For each character of a string's value, its offset in the literal `raw` as written, quotation marks included.

    One more offset follows for the end of the value.

    >>> offsets('"a\\tb"')
    [1, 2, 4, 5]
    """
    several = raw.startswith(('"""', "'''"))
    fence = raw[: 3 if several else 1]
    start = len(fence) + (several and raw.startswith("\n", len(fence)))
    end = len(raw) - len(fence)
    if fence[0] == "'":
        return list(range(start, end + 1))
    pieces = _PIECE.finditer(raw, start, end)
    return [piece.start() for piece in pieces if not piece["joined"]] + [end]


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[Keys, Place] = {}
        self.counts: dict[Keys, int] = {}

    def scan(self) -> dict[Keys, Place]:
        table: Keys = ()
        self._skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip()
        return self.found

    def _skip(self) -> None:
        found = _BLANK.match(self.text, self.at)
        assert found
        self.at = found.end()

    def _header(self) -> Keys:
        start, many = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path = self._resolved(self._keys(), many=many)
        self.at += 2 if many else 1
        self.found.setdefault(path, Place(start, self.at, start, self.at))
        return path

    def _resolved(self, keys: Keys, *, many: bool) -> Keys:
        """The keys of a header with the number of the last table of each array put in."""
        path: Keys = ()
        for rank, key in enumerate(keys, 1):
            path = (*path, key)
            if many and rank == len(keys):
                self.counts[path] = self.counts.get(path, 0) + 1
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def _keys(self) -> Keys:
        keys: list[str] = []
        while True:
            found = _KEY.match(self.text, self.at)
            assert found
            keys.append(_plain(found[1]))
            self.at = found.end()
            if self.text[self.at] != ".":
                return tuple(keys)
            self.at += 1

    def _pair(self, table: Keys) -> None:
        start = self.at
        keys = self._keys()
        end = start + len(self.text[start : self.at].rstrip())
        self.at += 1  # the equals sign
        value_start, value_end = self._value((*table, *keys))
        for depth in range(1, len(keys) + 1):  # a dotted key makes the tables on its way
            self.found.setdefault((*table, *keys[:depth]), Place(start, end, value_start, value_end))

    def _value(self, path: Keys) -> tuple[int, int]:
        self._skip()
        start = self.at
        if self.text[start] == "[":
            self._items(path)
        elif self.text[start] == "{":
            self._inline(path)
        else:
            found = _STRING.match(self.text, start) or _BARE.match(self.text, start)
            assert found
            self.at = start + len(found[0].rstrip())
        return start, self.at

    def _items(self, path: Keys) -> None:
        self.at += 1
        rank = 0
        while not self._closed("]"):
            start, end = self._value((*path, rank))
            self.found[(*path, rank)] = Place(start, end, start, end)
            rank += 1

    def _inline(self, path: Keys) -> None:
        self.at += 1
        while not self._closed("}"):
            self._pair(path)

    def _closed(self, fence: str) -> bool:
        """Steps over blanks and a comma; over the closing fence too, where it comes."""
        self._skip()
        if self.text[self.at] == ",":
            self.at += 1
            self._skip()
        closed = self.text[self.at] == fence
        self.at += closed
        return closed


def _plain(key: str) -> str:
    if key[0] not in "\"'":
        return key
    return next(iter(tomllib.loads(f"{key} = 0")))
