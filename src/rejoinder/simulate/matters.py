"""What each post is about: one theme of the grammar per post, which is also the truth about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.simulate.chance import pick, some
from rejoinder.simulate.grammar import LANGUAGES, posts_grammar
from rejoinder.simulate.people import BOT
from rejoinder.simulate.posting import COUNTER, EVENT, HATE, IDENTITY, NEWS, ORIGINAL, QUOTE, REPLY, REPOST, TALK, roots

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Bools, Ints
    from rejoinder.simulate.people import People
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.setting import Setting

CREED = 0.3
"""Share of a hater's English posts, before the event, that come back to the same theme."""
ON_TOPIC = 0.4
"""Share of replies that are about what the conversation began with; the others are small talk."""


def matters(setting: Setting, people: People, posts: Posting) -> Posting:
    """The posts with their themes; a repost has that of the post it repeats."""
    posts = replace(posts, theme=np.full(len(posts), -1))
    for genre, name in ((EVENT, "event"), (IDENTITY, "identity"), (NEWS, "news")):
        rows = posts.of(genre)
        posts.theme[rows] = _drawn(setting, name, "en", np.zeros(len(rows), dtype=np.bool_))
    _hate(setting, people, posts)
    _counter(setting, people, posts)
    _talk(setting, people, posts)
    repeated = posts.form == REPOST
    posts.theme[repeated] = posts.theme[posts.parent[repeated]]
    return posts


def _drawn(setting: Setting, genre: str, lang: str, after: Bools) -> Ints:
    """Themes of a genre and language by their weights before and after the event."""
    grammar, rng = posts_grammar(), setting.stream(f"matters {genre} {lang}")
    themes = grammar.of(genre, lang)
    before, since = (pick(rng, grammar.weights(themes, after=when), len(after)) for when in (False, True))
    return themes[np.where(after, since, before)]


def _hate(setting: Setting, people: People, posts: Posting) -> None:
    rows = posts.of(HATE)
    after, lang = posts.time[rows] >= setting.event, people.lang[posts.author[rows]]
    theme = np.zeros(len(rows), dtype=np.int64)
    for number, code in enumerate(LANGUAGES):
        theme[lang == number] = _drawn(setting, "hate", code, after[lang == number])
    loyal = (lang == 0) & ~after & some(setting.stream("creeds"), CREED, len(rows))
    posts.theme[rows] = np.where(loyal, people.creed[posts.author[rows]], theme)


def _counter(setting: Setting, people: People, posts: Posting) -> None:
    """What answers the narrative of the hateful post; something general where nothing does."""
    rows, grammar = posts.of(COUNTER), posts_grammar()
    lang, parent = people.lang[posts.author[rows]], posts.parent[rows]
    drawn = [_drawn(setting, "counter", code, np.zeros(len(rows), dtype=np.bool_)) for code in LANGUAGES]
    answers = {theme.answers: at for at, theme in enumerate(grammar.themes) if theme.answers}
    fitting = np.array([answers.get(theme.narrative, -1) for theme in grammar.themes])
    fit = np.where(parent >= 0, fitting[posts.theme[parent]], -1)
    posts.theme[rows] = np.where((lang == 0) & (fit >= 0), fit, np.choose(lang, drawn))


def _talk(setting: Setting, people: People, posts: Posting) -> None:
    """Favourite themes; under other posts small talk, or puzzlement where the other post is hateful."""
    rng, grammar, rows = setting.stream("talk"), posts_grammar(), posts.of(TALK)
    author, form = posts.author[rows], posts.form[rows]
    posts.theme[rows] = people.favourites[author, rng.integers(3, size=len(rows))]
    posts.theme[rows[(people.role[author] == BOT) & (form == ORIGINAL)]] = grammar.of("bot")[0]
    answers = rows[np.isin(form, (REPLY, QUOTE)) & (people.lang[author] == 0)]
    begun = posts.theme[roots(posts)[answers]]
    on_topic = np.isin(begun, grammar.of("talk")) & some(rng, ON_TOPIC, len(answers))
    about = np.where(on_topic, begun, grammar.of("reply")[0])
    to_hate = posts.genre[posts.parent[answers]] == HATE
    posts.theme[answers] = np.where(to_hate, grammar.of("puzzled")[0], about)
