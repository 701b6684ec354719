"""Every error that Rejoinder raises on purpose, in one family.

    RejoinderError              catch this one to catch them all
      ├── UsageError            the command or call is wrong                 exit 2
      │     ├── NotFound        a file, a post, a case or a name is not there
      │     └── MissingExtra    a heavy part is not installed
      ├── DataError             the data handed in is wrong                  exit 3
      │     ├── UnknownFormat   a file is wholly of another shape
      │     └── PolicyError     the written policy does not hold together
      ├── EvidenceError         the log or archive has been tampered with    exit 4
      └── OutsideError          a network, a database or another program     exit 5

Each says *what* happened, *where*, what was *expected*, and the *remedy*; the exit code says whose
fault it is. Rows that are merely bad are not errors: they go to `rejects` and the run goes on.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class RejoinderError(Exception):
    """Something went wrong that a person can mend.

    >>> print(NotFound("there is no post `x:1`", where="case `demo`", remedy="list them with `rejoinder posts`"))
    there is no post `x:1`
      where: case `demo`
      remedy: list them with `rejoinder posts`
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", expected: str = "", remedy: str = "") -> None:
        self.what, self.where, self.expected, self.remedy = what, where, expected, remedy
        super().__init__(what)

    def __str__(self) -> str:
        lines = [self.what]
        lines += [
            f"  {name}: {text}"
            for name, text in (("where", self.where), ("expected", self.expected), ("remedy", self.remedy))
            if text
        ]
        return "\n".join(lines)


class UsageError(RejoinderError):
    """The command or the call is wrong."""

    exit_code = 2


class NotFound(UsageError):
    """A file, a post, a case or a name is not there."""


class MissingExtra(UsageError):
    """A heavy part is not installed; the remedy names the extra."""

    @classmethod
    def named(cls, extra: str, needed_for: str) -> MissingExtra:
        """The error for a missing `extra`.

        >>> print(MissingExtra.named("cluster", "running on Spark").remedy)
        pip install 'rejoinder[cluster]'
        """
        return cls(f"{needed_for} needs the extra `{extra}`", remedy=f"pip install 'rejoinder[{extra}]'")


class DataError(RejoinderError):
    """The data handed in is wrong as a whole (single bad rows go to `rejects` instead)."""

    exit_code = 3


class UnknownFormat(DataError):
    """A file is wholly of another shape than any format known."""


class PolicyError(DataError):
    """The written policy does not hold together; the message points at the line."""


class EvidenceError(RejoinderError):
    """The log or the archive is not what was written."""

    exit_code = 4


class OutsideError(RejoinderError):
    """A network, a database or another program did not do its part."""

    exit_code = 5


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest known name, or with all of them where none is near.

    >>> nearest("treat", ["threat", "slur"])
    'did you mean `threat`?'
    >>> nearest("zzz", ["threat", "slur"])
    'one of `slur`, `threat`'
    """
    choices = sorted(known)
    close = get_close_matches(name, choices, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return "one of " + ", ".join(f"`{choice}`" for choice in choices)
