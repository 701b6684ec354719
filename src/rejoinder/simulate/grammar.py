"""The grammar of texts: themes with templates and slots, read from TOML, spoken in whole columns.

A template such as `"The {plant} are up, {friend} says"` is cut into pieces; every piece, fixed or not, is a
range in one long list of phrases. Speaking a million texts is then one gather per piece.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import polars as pl

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Floats, Ints

LANGUAGES = ("en", "de", "fr", "es")

_SLOT = re.compile(r"\{(\w+'?)\}")
_SENTENCE_END = re.compile(r'(^"|[.!?]"? )$')


class Theme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a post can be about, with the truth about it."""

    id: str
    genre: str
    """talk, reply, puzzled, event, bot, identity, news, counter or hate; of notes, helpful or slanted."""
    texts: tuple[str, ...]
    lang: str = "en"
    kind: str | None = None
    targets: tuple[str, ...] = ()
    narratives: tuple[str, ...] = ()
    answers: str | None = None
    """The narrative that it answers."""
    weight: float = 1.0
    after: float | None = None
    """The weight after the event; `None` where the event changes nothing."""
    hashtags: tuple[str, ...] = ()
    links: bool = False
    slots: dict[str, tuple[str, ...]] = {}

    @property
    def narrative(self) -> str:
        """Its first narrative, or nothing."""
        return next(iter(self.narratives), "")


class Around(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences that may stand before and after any text of a genre."""

    heads: tuple[str, ...]
    tails: tuple[str, ...]


_ALONE = Around(heads=(), tails=())


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    theme: tuple[Theme, ...]
    slots: dict[str, tuple[str, ...]] = {}
    around: dict[str, dict[str, Around]] = {}


class Grammar:
    """Themes of some files, ready to be spoken."""

    def __init__(self, *names: str) -> None:
        read = [msgspec.toml.decode(data(name), type=_File) for name in names]
        self.themes = [theme for file in read for theme in file.theme]
        self._around = {
            (lang, genre): around
            for file in read
            for lang, genres in file.around.items()
            for genre, around in genres.items()
        }
        self.kinds = [theme.kind for theme in self.themes]
        slots = [file.slots for file in read for _ in file.theme]
        self._compile([_cut(text, shared | theme.slots) for theme, shared in zip(self.themes, slots, strict=True)
                       for text in theme.texts])  # fmt: skip
        self._texts = np.array([len(theme.texts) for theme in self.themes])
        self._first = np.cumsum(self._texts) - self._texts

    def of(self, genre: str, lang: str = "en") -> Ints:
        """The numbers of the themes of a genre in a language, or in English where it has none."""
        found = [at for at, theme in enumerate(self.themes) if theme.genre == genre and theme.lang == lang]
        return np.array(found) if found or lang == "en" else self.of(genre)

    def weights(self, themes: Ints, *, after: bool = False) -> Floats:
        """How often each is spoken of, before or after the event."""
        chosen = [self.themes[at] for at in themes.tolist()]
        return np.array([t.after if after and t.after is not None else t.weight for t in chosen], dtype=np.float64)

    def before(self, theme: Theme) -> tuple[str, ...]:
        """The sentences that may stand before a text of the theme."""
        return self._around.get((theme.lang, theme.genre), _ALONE).heads

    def behind(self, theme: Theme) -> tuple[str, ...]:
        """The sentences that may stand behind a text of the theme."""
        return self._around.get((theme.lang, theme.genre), _ALONE).tails

    def speak(self, themes: Ints, rng: np.random.Generator) -> pl.Series:
        """One text per theme number, the same for the same numbers and stream."""
        draws = rng.random((len(themes), self._draws + 1), dtype=np.float32)
        parts = (slice(at, at + _AT_ONCE) for at in range(0, max(1, len(themes)), _AT_ONCE))
        return pl.concat([self._spoken(themes[part], draws[part]) for part in parts])

    def _compile(self, templates: list[list[tuple[tuple[str, ...], int, bool]]]) -> None:
        """Tables of templates by pieces: where a piece's phrases start, how many, which draw, and whether `'`."""
        width = max(map(len, templates))
        self._start, self._count, self._draw, self._other = np.zeros((4, len(templates), width), dtype=np.int64)
        self._count += 1
        known: dict[tuple[str, ...], int] = {}
        phrases = [""]
        for row, pieces in enumerate(templates):
            for column, (choices, draw, other) in enumerate(pieces):
                if choices not in known:
                    known[choices] = len(phrases)
                    phrases += choices
                self._start[row, column], self._count[row, column] = known[choices], len(choices)
                self._draw[row, column], self._other[row, column] = draw, other
        self._phrases = pl.Series(phrases)
        self._draws = int(self._draw.max()) + 1

    def _spoken(self, themes: Ints, draws: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> pl.Series:
        template = self._first[themes] + (draws[:, -1] * self._texts[themes]).astype(np.int64)
        pieces = []
        for column in range(self._start.shape[1]):
            count = self._count[template, column]
            drawn = np.take_along_axis(draws, self._draw[template, column][:, None], 1)[:, 0]
            choice = (drawn * count).astype(np.int64) + self._other[template, column] * (count // 2)
            pieces.append(self._phrases.gather(self._start[template, column] + choice % count).alias(str(column)))
        return pl.DataFrame(pieces).select(text=pl.concat_str(pl.all()))["text"]


_AT_ONCE = 250_000
"""How many texts are put together at once; bounds the memory and changes nothing else."""


def data(name: str) -> bytes:
    """A file of this folder."""
    return (files("rejoinder.simulate") / name).read_bytes()


@cache
def posts_grammar() -> Grammar:
    """What posts are made of."""
    return Grammar("talk.toml", "answers.toml", "hate.toml", "elsewhere.toml")


@cache
def notes_grammar() -> Grammar:
    """What notes are made of."""
    return Grammar("notes.toml")


@cache
def people_words() -> dict[str, Any]:
    """Names and other words of accounts."""
    words: dict[str, Any] = msgspec.toml.decode(data("people.toml"))
    return words


def _cut(text: str, slots: dict[str, tuple[str, ...]]) -> list[tuple[tuple[str, ...], int, bool]]:
    """A template's pieces: the phrases to choose from, the number of the draw, and whether other words are wanted."""
    pieces: list[tuple[tuple[str, ...], int, bool]] = []
    drawn: dict[str, int] = {}
    said = ""
    for at, part in enumerate(_SLOT.split(text)):
        slot = part.removesuffix("'")
        if at % 2:
            choices = slots[slot] if said and not _SENTENCE_END.search(said) else tuple(map(_capital, slots[slot]))
            pieces.append((choices, drawn.setdefault(slot, len(drawn)), part != slot))
        elif part:
            pieces.append(((part,), 0, False))
        said += part
    return pieces


def _capital(phrase: str) -> str:
    """The phrase as it begins a sentence; a star before it stays."""
    return re.sub(r"^\W*\w", lambda found: found[0].upper(), phrase)
