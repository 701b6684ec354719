"""Anchors: plain strings of which every match of a pattern holds at least one.

They are derived from the pattern, so that a filter on them loses nothing, whatever a cue's author writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

_PARSER = import_module("re._parser")
"""The standard library's own reading of a regular expression; it has no public name."""


SHORTEST = 2
"""A string of one character is in every text."""

OFTEN = 0.005
"""A set more common than this tells nothing beside a rarer one."""

COMMON = (
    "by of to in is it for or he she her him who on at so if we me my be are as an one the and that you not can was "
    "with have this what just like all get out more from about people good make made need want never ever only does "
    "did don't dont can't know why how right place stop free let run own then them these there here would could "
    "should must will your they their when which some time than into its over also back after use two our work first "
    "well way even new because any give day most us being doing going better world country men man woman women girls "
    "life home house love look think see come take said says really always everyone"
)
"""The words of most texts. Choosing another anchor than these makes the filter faster, and never less sure."""


Sets = Mapping[str, frozenset[str]]
"""A character that stands for a list of words in a pattern, and those words."""


def anchors(patterns: Iterable[str], lists: Sets, free: frozenset[str] = frozenset()) -> frozenset[str]:
    """A small and rare set of strings of which any match of any of the patterns holds one.

    In a pattern, a key of `lists` is any word of that list; `free` are strings that cost nothing, as they are looked
    for anyway. Raises `ValueError` where a match of a pattern need not hold any string of two characters: it would
    let every text through the filter.

    >>> sorted(anchors(["(?:dual|split)[ -]loyalt(?:y|ies)", "G[ -]out"], {"G": frozenset({"elves", "elf", "trolls"})}))
    ['elf', 'elves', 'loyalt', 'trolls']
    """
    free, chosen = _shortest(free), frozenset[str]()
    for pattern in patterns:
        found = _sure(_PARSER.parse(pattern), free, lists)
        if not found:
            raise ValueError(f"nothing is sure to be in a match of {pattern!r}; give it a word that must be there")
        chosen |= found
    return _shortest(chosen)


def needed(pattern: str, lists: Sets, free: frozenset[str] = frozenset()) -> tuple[frozenset[str], ...]:
    """One or two sets of strings: any match of the pattern holds a string of each, so that two tell more than one.

    Lists, free strings and errors are those of `anchors`; a second set is given only where it is rare enough to help.

    >>> [sorted(each) for each in needed("G (?:love|loves) gold", {"G": frozenset({"elves", "trolls"})})]
    [[' gold'], ['elves', 'trolls']]
    """
    free = _shortest(free)
    choices = _choices(_PARSER.parse(pattern), free, lists)
    first = min(choices, key=lambda each: _commonness(each, free))
    if not first:
        raise ValueError(f"nothing is sure to be in a match of {pattern!r}; give it a word that must be there")
    others = (each for each in choices if each != first and _commonness(each, frozenset()) < OFTEN)
    return (first, *sorted(others, key=lambda each: (_commonness(each, frozenset()), sorted(each)))[:1])


def _sure(parsed: Iterable[tuple[Any, Any]], free: frozenset[str], lists: Sets) -> frozenset[str]:
    """The best set for a sequence: from one of its runs of letters, or from one of its parts."""
    return min(_choices(parsed, free, lists), key=lambda each: _commonness(each, free))


def _choices(parsed: Iterable[tuple[Any, Any]], free: frozenset[str], lists: Sets) -> list[frozenset[str]]:
    """A set from each run of letters and each part of a sequence; empty where nothing is sure."""
    choices, run = [], ""
    for operation, argument in parsed:
        if str(operation) == "LITERAL" and chr(argument) not in lists:
            run += chr(argument)
        else:
            choices += [frozenset({run}), _part(str(operation), argument, free, lists)]
            run = ""
    return [_shortest(each) for each in (*choices, frozenset({run}))]


def _part(operation: str, argument: Any, free: frozenset[str], lists: Sets) -> frozenset[str]:  # noqa: ANN401
    if operation in {"LITERAL", "IN"}:
        options = [lists.get(chr(each), frozenset()) for each in _letters(operation, argument)]
        return frozenset().union(*options) if all(options) else frozenset()
    if operation == "SUBPATTERN":
        return _sure(argument[-1], free, lists)
    if operation == "MAX_REPEAT" and argument[0] > 0:
        return _sure(argument[2], free, lists)
    if operation == "BRANCH":
        options = [_sure(option, free, lists) for option in argument[1]]
        return frozenset().union(*options) if all(options) else frozenset()
    return frozenset()


def _letters(operation: str, argument: Any) -> list[int]:  # noqa: ANN401
    """The letters that may stand in one place; 0 for a range of them."""
    single = [("LITERAL", argument)] if operation == "LITERAL" else argument
    return [each if str(kind) == "LITERAL" else 0 for kind, each in single]


@cache
def _shortest(strings: frozenset[str]) -> frozenset[str]:
    """Without the strings that hold another; nothing where one is too short to filter by."""
    if any(len(string) < SHORTEST for string in strings):
        return frozenset()
    return frozenset(string for string in strings if not _held(string, strings - {string}))


@cache
def _commonness(strings: frozenset[str], free: frozenset[str]) -> float:
    """About how many more texts hold one of the strings; nothing is surely in every text."""
    costly = (string for string in strings if not _held(string, free))
    return sum(0.05 if string in COMMON else 20.0 ** -len(string) for string in costly) if strings else 1.0


def _held(string: str, others: frozenset[str]) -> bool:
    return any(other in string for other in others)
