"""Context: whether a match counts at all, and what the post does with the idea (its stance)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from rejoinder.signals.post.cue import expanded, stance_words, targets_named

if TYPE_CHECKING:
    from rejoinder.records.signal import Stance
    from rejoinder.signals.post.cue import Cue

REACH = 160
"""How many characters on each side may hold the words that show a stance."""

STRENGTH: tuple[Stance, ...] = ("attacks", "unclear", "reports", "counters", "reclaims")
"""The stance of a post is the first of these that any of its cues has."""


def counts(cue: Cue, text: str, start: int, end: int) -> bool:
    """Whether the words around the match are as the cue needs them.

    >>> from rejoinder.signals.post.cue import cues
    >>> soros = next(cue for cue in cues() if cue.id == "narrative:rothschild")
    >>> counts(soros, "rothschild owns the banks", 0, 10), counts(soros, "a bottle of rothschild wine", 12, 22)
    (True, False)
    """
    if not (cue.near or cue.unless):
        return True
    before, after = around(text, start, end, cue.within)
    near = bool(not cue.near or cue.near_regex.search(before + text[start:end] + after))
    return near and not (
        cue.unless and cue.unless_regex.search(f"{before.rstrip()} MATCH {after.lstrip()} {text[start:end]}")
    )


def around(text: str, start: int, end: int, words: int) -> tuple[str, str]:
    """Up to `words` words before the match, and as many after it."""
    before, after = text[max(0, start - 20 * words) : start], text[end : end + 20 * words]
    return " ".join(before.split(" ")[-words - 1 :]), " ".join(after.split(" ")[: words + 1])


def stance(cue: Cue, text: str, start: int, end: int) -> Stance:
    """What the post does with the idea of a match, by simple rules on the words around it.

    It counters where the match denies the idea or words of condemnation stand near; it reports where the match stands
    in quotation marks or near a reporting verb; it reclaims where the writer says to belong to the group; it is unclear
    where the sentence asks. Fails on irony, on hateful posts that speak of racism, and on quotation without marks.
    """
    match, near = text[start:end], text[max(0, start - REACH) : start] + " | " + text[end : end + REACH]
    if _own(near) & (set(cue.targets) or targets_named(match)):
        return "reclaims"
    if _denies(cue, match) or _condemns(near):
        return "counters"
    if _quoted(text, start, end) or _rule("reports").search(near):
        return "reports"
    return "unclear" if re.match(r"[^.!]*\?", text[end:]) else "attacks"


def strongest(stances: set[Stance]) -> Stance:
    """The stance of a post whose cues have these.

    >>> strongest({"counters", "attacks"})
    'attacks'
    """
    return min(stances, key=STRENGTH.index)


def _own(near: str) -> set[str]:
    return {target for match in _rule("reclaims").finditer(near) for target in targets_named(match[0])}


def _denies(cue: Cue, match: str) -> bool:
    return not cue.negation and bool(_rule("negation").search(match))


def _condemns(near: str) -> bool:
    return bool(_rule("counters").search(near)) and not _rule("except").search(near)


def _quoted(text: str, start: int, end: int) -> bool:
    """Whether an odd number of quotation marks stands before the match and one more after it."""
    return text.count('"', 0, start) % 2 == 1 and '"' in text[end:]


@cache
def _rule(name: str) -> re.Pattern[str]:
    return re.compile("|".join(map(expanded, stance_words()[name])), re.ASCII)
