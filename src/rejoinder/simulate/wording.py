"""The words: a text per post from its theme, in its author's manner, and the hateful word hidden in some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.simulate.accounts import handles
from rejoinder.simulate.chance import pick, some
from rejoinder.simulate.columns import named
from rejoinder.simulate.grammar import people_words, posts_grammar
from rejoinder.simulate.posting import NEWS, ORIGINAL, REPLY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rejoinder.simulate.chance import Bools, Ints
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.setting import Setting

DISGUISES = ("", "zero-width", "leet", "spaced", "homoglyph")
DISGUISE_SHARES = (0.86, 0.04, 0.04, 0.03, 0.03)
"""How the word that gives a hateful post away is hidden, and how often."""
MEDIA_ONLY = 0.03
"""Share of originals that are a picture and nothing else; no detector of texts can judge them."""
_HEADS, _TAILS, _HASHTAGS, _NAMES, _EMOJI, _PICTURES = 0.20, 0.35, 0.20, 0.30, 0.08, 0.10
_LINKS, _NEWS_LINKS = 0.04, 0.90
_LOWER, _CARELESS, _PARAGRAPHS = 0.10, 0.25, 0.80
"""Authors whose manner is below the first write without capitals, below the second without the last full stop,
above the third in paragraphs."""
_LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"}
_HOMOGLYPHS = {"a": "а", "c": "с", "e": "е", "i": "і", "o": "о", "p": "р"}


def wording(setting: Setting, posts: Posting) -> pl.DataFrame:
    """`text`, `lang`, `hashtag`, `link`, `disguise` and `media`, a row per post; all null for reposts."""
    rows, themes = posts.worded, posts_grammar().themes
    about = posts.theme[rows]
    parts = pl.DataFrame([
        *_sentences(setting, posts, rows),
        _of_theme(setting, about, "hashtag", [each.hashtags for each in themes], _HASHTAGS),
        _of_theme(setting, about, "emoji", [people_words()["emoji"]] * len(themes), _EMOJI),
        _links(setting, np.array([each.links for each in themes])[about]).alias("link"),
        _names(setting, posts, rows).alias("name"),
        pl.Series("lang", [each.lang for each in themes]).gather(about),
        pl.Series("manner", setting.stream("manners").random(setting.accounts)[posts.author[rows]]),
        pl.Series("silent", _silent(setting, posts, rows)),
        _pictures(setting, posts, rows).alias("media"),
    ])  # fmt: skip
    told = (
        pl.when(~pl.col("silent")).then(name).alias(name) for name in ("text", "lang", "hashtag", "link", "disguise")
    )
    said = parts.with_columns(text=_text()).select(*told, "media")
    place = np.full(len(posts), -1)
    place[rows] = np.arange(len(rows))
    return pl.DataFrame([named(column, place).alias(column.name) for column in said])


def _sentences(setting: Setting, posts: Posting, rows: Ints) -> list[pl.Series]:
    """`core`, what a post is about, with `disguise`; `head` before it and `tail` behind it."""
    grammar, about = posts_grammar(), posts.theme[rows]
    drawn = pick(setting.stream("disguises"), DISGUISE_SHARES, len(rows))
    spoken = grammar.speak(about, setting.stream("texts"))
    plain, core = _disguised(spoken, 0 * drawn), _disguised(spoken, drawn)
    return [
        core.alias("core"),
        pl.Series("disguise", DISGUISES).gather(np.where(core == plain, 0, drawn)),
        _of_theme(setting, about, "head", [grammar.before(each) for each in grammar.themes], _HEADS),
        _of_theme(setting, about, "tail", [grammar.behind(each) for each in grammar.themes], _TAILS),
    ]


def _text() -> pl.Expr:
    """The parts put together in the author's manner."""
    core, manner = pl.col("core"), pl.col("manner")
    stop = (
        pl.when(manner > _PARAGRAPHS)
        .then(pl.lit("\n\n"))
        .when(core.str.contains(r"[.!?…)]$"))
        .then(pl.lit(" "))
        .otherwise(pl.lit(". "))
    )
    said = pl.when(pl.col("tail").is_null()).then(core).otherwise(pl.concat_str(core, stop, "tail", ignore_nulls=True))
    body = pl.concat_str("head", said, "emoji", separator=" ", ignore_nulls=True)
    careless = pl.when(manner < _CARELESS).then(body.str.strip_suffix(".")).otherwise(body)
    body = pl.when(manner < _LOWER).then(body.str.to_lowercase()).otherwise(careless)
    return pl.concat_str("name", body, "#" + pl.col("hashtag"), "link", separator=" ", ignore_nulls=True)


def _disguised(core: pl.Series, disguise: Ints) -> pl.Series:
    """The texts without their stars, the first starred word of each in the disguise asked for."""
    starred = np.flatnonzero(core.str.contains("*", literal=True))
    found = pl.DataFrame({"core": core.gather(starred), "how": disguise[starred]})
    word = pl.col("core").str.extract(r"\*([^*]+)\*")
    ways = (
        word,
        word.str.replace_all(r"(\w)", "${1}\u200b").str.strip_chars_end("\u200b"),
        word.str.replace_many(_LEET),
        word.str.replace_all(r"(\S)", "${1} ").str.strip_chars_end(),
        word.str.replace_many(_HOMOGLYPHS),
    )
    hidden = pl.coalesce(pl.when(pl.col("how") == way).then(changed) for way, changed in enumerate(ways))
    before, behind = (pl.col("core").str.extract(part) for part in (r"^([^*]*)\*", r"(?s)^[^*]*\*[^*]+\*(.*)$"))
    plain = found.select(core=pl.concat_str(before, hidden, behind).str.replace_all("*", "", literal=True))["core"]
    place = np.arange(len(core))
    place[starred] = len(core) + np.arange(len(starred))
    return pl.concat([core, plain]).gather(place)


def _of_theme(
    setting: Setting, about: Ints, name: str, choices: Sequence[Sequence[str]], share: float
) -> pl.Series:  # fmt: skip
    """For a share of the posts one of their theme's choices; null for the others and where a theme has none."""
    rng, count = setting.stream(name), np.array([len(each) for each in choices])
    place = (np.cumsum(count) - count)[about] + (rng.random(len(about)) * count[about]).astype(np.int64)
    flat = pl.Series([phrase for each in choices for phrase in each], dtype=pl.String)
    told = some(rng, share, len(about)) & (count[about] > 0)
    return named(flat, np.where(told, place, -1)).alias(name)


def _links(setting: Setting, news: Bools) -> pl.Series:
    """Addresses of invented pages, the same page in several posts."""
    rng, size, sites = setting.stream("links"), len(news), pl.Series(people_words()["sites"])
    site = sites.gather(rng.integers(len(sites), size=size))
    page = pl.Series(rng.integers(1_000, 1_000 + max(10, size // 50), size))
    link = pl.select(pl.format("https://{}/{}", site, page)).to_series()
    linked = some(rng, np.where(news, _NEWS_LINKS, _LINKS), size)
    return named(link, np.where(linked, np.arange(size), -1))


def _names(setting: Setting, posts: Posting, rows: Ints) -> pl.Series:
    """Whom a reply calls by name."""
    called = (posts.form[rows] == REPLY) & some(setting.stream("names"), _NAMES, len(rows))
    return named("@" + handles(setting), np.where(called, posts.author[posts.parent[rows]], -1))


def _silent(setting: Setting, posts: Posting, rows: Ints) -> Bools:
    """Which posts are a picture alone."""
    may = (posts.form[rows] == ORIGINAL) & (posts.genre[rows] != NEWS)
    silent: Bools = may & some(setting.stream("silence"), MEDIA_ONLY, len(rows))
    return silent


def _pictures(setting: Setting, posts: Posting, rows: Ints) -> pl.Series:
    shown = _silent(setting, posts, rows) | some(setting.stream("pictures"), _PICTURES, len(rows))
    pictures = pl.select(pl.format("https://media.sim.example/{}.jpg", pl.Series(rows))).to_series()
    return named(pictures, np.where(shown, np.arange(len(rows)), -1))
