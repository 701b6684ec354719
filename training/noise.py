"""How people hide what they write: small changes that a reader hardly notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}


def noisy(text: str, chance: random.Random) -> str:
    """`text` with one to three of its longer words changed, each in one way."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 3 and word.isascii()]
    for place in chance.sample(long, min(len(long), chance.randint(1, 3))):
        words[place] = chance.choice(WAYS)(words[place], chance)
    return " ".join(words)


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _deleted(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[: at + 1] + word[at:]


def _leet(word: str, chance: random.Random) -> str:
    return "".join(chance.choice(LEET[char]) if char in LEET and chance.random() < 0.5 else char for char in word)


def _starred(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + chance.choice("*-.#") + word[at + 1 :]


def _parted(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + chance.choice(" -.") + word[at:]


def _spaced(word: str, chance: random.Random) -> str:
    return chance.choice(" .-").join(word)


WAYS = (_swapped, _deleted, _doubled, _leet, _starred, _parted, _spaced)
