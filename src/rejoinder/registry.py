"""How a part finds its way in: by an entry point, ours and a stranger's alike.

Five groups: `rejoinder.sources`, `rejoinder.detectors`, `rejoinder.responses`, `rejoinder.measures`,
`rejoinder.pages`. The value is a class that can be called without arguments.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from rejoinder.errors import NotFound, nearest


def names(group: str) -> list[str]:
    """What is registered in `rejoinder.<group>`, sorted.

    >>> "cues" in names("detectors")
    True
    """
    return sorted(_found(group))


def make(group: str, name: str) -> Any:  # noqa: ANN401 - each room casts to its own contract
    """A new instance of the part `name` of `rejoinder.<group>`.

    Raises `NotFound` with the nearest name where there is none.
    """
    found = _found(group).get(name)
    if not found:
        raise NotFound(f"there is no `{name}` among the {group}", remedy=nearest(name, names(group)))
    return found.load()()


def make_all(group: str) -> list[Any]:
    """One new instance of every part of the group, in the order of their names."""
    return [make(group, name) for name in names(group)]


@cache  # looking through all that is installed takes 30 ms, and nothing is installed while a process runs
def _found(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"rejoinder.{group}")}
