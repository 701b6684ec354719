"""What is wrong with a policy file, said to a person: the place, the line, a caret, what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from rejoinder.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 50
"""A file with more problems than this has one problem: it is not a policy."""

_WIDTH = 100


@dataclass(frozen=True)
class Source:
    r"""A text with a name, in which places are offsets; lines end with `\n`."""

    name: str
    text: str

    def position(self, offset: int) -> tuple[int, int]:
        r"""Line and column of an offset, both counted from 1, columns in code points.

        >>> Source("policy.toml", "a = 1\nb = 2").position(10)
        (2, 5)
        """
        start = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - start + 1


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or for `check` one that is odd, at one place of a text.

    >>> print(Problem(Source("policy.toml", 'acess = "limit"'), 0, 5, "unknown key `acess`", "did you mean `access`?"))
    unknown key `acess`
     --> policy.toml:1:1
      |
    1 | acess = "limit"
      | ^^^^^
      = did you mean `access`?
    """

    source: Source
    start: int
    end: int
    what: str
    expected: str = ""
    """What was expected, with the nearest known name where there is one."""

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        shown, before, width = self._line(column)
        margin = " " * len(str(line))
        caret = " " * cell_len(shown[:before]) + "^" * max(1, cell_len(shown[before : before + width]))
        lines = [self.what, f"{margin}--> {self.source.name}:{line}:{column}", f"{margin} |", f"{line} | {shown}"]
        lines.append(f"{margin} | {caret}")
        lines += [f"{margin} = {self.expected}"] if self.expected else []
        return "\n".join(lines)

    def _line(self, column: int) -> tuple[str, int, int]:
        """The line (of a long one, what is near), how much of it is before the caret, and the caret's width."""
        start = self.start - column + 1
        end = self.source.text.find("\n", start)
        line = self.source.text[start : end if end >= 0 else None]
        width = min(self.end, start + len(line)) - self.start
        cut = max(0, column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
        return _printable(line[cut : cut + _WIDTH]), column - 1 - cut, width


def _printable(line: str) -> str:
    """Control and direction characters must neither move the caret nor reach a terminal."""
    shown = line.replace("\t", " ")
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)


class PolicyProblems(PolicyError):
    """All that is wrong with one policy, together and numbered."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        what = f"{name} does not hold together: {count} problem{'s' * (count != 1)}"
        blocks = [f"[{rank}/{count}] {problem}" for rank, problem in enumerate(self.problems[:SHOWN], 1)]
        blocks += [f"and {count - SHOWN} more"] if count > SHOWN else []
        super().__init__("\n\n".join([what, *blocks]))
