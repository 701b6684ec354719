"""The grammar and the texts: they say what the templates say, in variety, and mildly."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from rejoinder.simulate.chance import pick, spread, stream
from rejoinder.simulate.grammar import Grammar, notes_grammar, posts_grammar
from rejoinder.simulate.wording import _disguised

FILES = ("talk.toml", "answers.toml", "hate.toml", "elsewhere.toml")
MAY_BE_HIDDEN = re.findall(
    r"\S+",
    """
    arabs asylum asylum-seekers austausch black boatling boatlings extranjeros females foreigners fremde
    gas-chambers gay gays holocaust insects islam jew jewish jews juden lgbt loyalty migrant migranten migrantes
    migrants mosque muslim muslims musulman musulmans ordered own plan rainbow refugees remplacement replacement
    replacing-us roma six-million story strings their them they third-world trans tribe veilie veilies woman
    women zionists étrangers
    """,
)
"""All that hateful texts hide: names of groups, plain words, and two invented epithets."""


def read(name: str) -> dict:
    return tomllib.loads((files("rejoinder.simulate") / name).read_text("utf-8"))


def pattern(theme: dict, shared: dict) -> re.Pattern[str]:
    """What a theme can say, worked out apart from the grammar."""
    slots = shared | theme.get("slots", {})

    def one(text: str) -> str:
        parts = re.split(r"\{(\w+)'?\}", text)
        return "".join(
            f"(?:{'|'.join(map(re.escape, slots[part]))})" if at % 2 else re.escape(part)
            for at, part in enumerate(parts)
        )

    return re.compile("|".join(one(text) for text in theme["texts"]), re.IGNORECASE)


@pytest.mark.parametrize("name", FILES)
def test_every_theme_says_only_what_its_templates_and_slots_allow(name):
    file, grammar = read(name), posts_grammar()
    numbers = {theme.id: at for at, theme in enumerate(grammar.themes)}
    for theme in file["theme"]:
        said = grammar.speak(np.full(200, numbers[theme["id"]]), stream(1, theme["id"]))
        allowed = pattern(theme, file.get("slots", {}))
        assert [text for text in said if not allowed.fullmatch(text)] == []


def test_the_same_slot_gives_the_same_words_and_its_other_gives_others():
    grammar = posts_grammar()
    theme = next(at for at, theme in enumerate(grammar.themes) if theme.id == "football")
    said = grammar.speak(np.full(3_000, theme), stream(1, "football"))
    pairs = said.str.extract_groups(r"^(.+) against (.+) on ").struct.unnest().drop_nulls()
    assert pairs.height > 100
    assert (pairs["1"].str.to_lowercase() != pairs["2"].str.to_lowercase()).all()
    tech = next(at for at, theme in enumerate(grammar.themes) if theme.id == "tech")
    same = grammar.speak(np.full(3_000, tech), stream(1, "tech")).str.extract_groups(r"^My (.+) wants .+ It's a (.+)!$")
    both = same.struct.unnest().drop_nulls()
    assert both.height > 100
    assert both["1"].equals(both["2"])


def test_templates_are_chosen_evenly():
    grammar = posts_grammar()
    bot = grammar.of("bot")[0]
    said = grammar.speak(np.full(6_000, bot), stream(1, "even"))
    counts = said.str.extract(r"(degrees|Line|Tide|Air|River|Parking)").value_counts()["count"]
    assert counts.len() == 6
    assert counts.min() > 1_000 - 4 * 29


def test_speaking_is_the_same_in_parts_and_of_nothing_is_nothing(monkeypatch):
    themes = np.arange(len(posts_grammar().themes)).repeat(3)
    whole = posts_grammar().speak(themes, stream(1, "parts"))
    monkeypatch.setattr("rejoinder.simulate.grammar._AT_ONCE", 7)
    assert posts_grammar().speak(themes, stream(1, "parts")).equals(whole)
    assert posts_grammar().speak(themes[:0], stream(1, "parts")).to_list() == []


def test_a_sentence_begins_with_a_capital_and_a_star_stays():
    grammar = Grammar("hate.toml")
    vermin = next(at for at, theme in enumerate(grammar.themes) if theme.id == "great-replacement")
    said = grammar.speak(np.full(500, vermin), stream(1, "capitals"))
    begun = said.filter(said.str.contains("want a new people"))
    assert begun.str.contains(r"^[A-Z]").all()
    assert begun.str.contains(r"So: (\*?[a-z]|Muslims|\*Muslims|\*Arabs)").all()


def test_weights_change_with_the_event_where_a_theme_says_so():
    grammar = posts_grammar()
    hateful = grammar.of("hate")
    before, after = grammar.weights(hateful), grammar.weights(hateful, after=True)
    blame = [grammar.themes[at].id for at in hateful].index("blame-for-attack")
    assert (before[blame], after[blame]) == (0, 3)
    assert (after >= before).all()
    assert (after == before).sum() > 5


def test_a_language_without_a_genre_falls_back_to_english():
    grammar = posts_grammar()
    assert grammar.of("news", "de").tolist() == grammar.of("news").tolist()
    assert {grammar.themes[at].lang for at in grammar.of("talk", "de")} == {"de"}


def test_the_four_disguises_hide_the_first_starred_word_alone():
    core = pl.Series(["The *tribe* and *them*."] * 5 + ["no star"])
    assert _disguised(core, np.array([0, 1, 2, 3, 4, 2])).to_list() == [
        "The tribe and them.",
        "The t\u200br\u200bi\u200bb\u200be and them.",
        "The tr1b3 and them.",
        "The t r i b e and them.",
        "The trіbе and them.",
        "no star",
    ]


def test_disguises_occur_on_hate_only_and_leave_their_mark(known):
    hidden = known.filter(pl.col("disguise") != "")
    assert hidden["hateful"].all()
    marks = {"zero-width": "\u200b", "leet": "[0-9]", "spaced": r"\S \S \S ", "homoglyph": "[асеіор]"}
    assert set(hidden["disguise"]) == set(marks)
    for disguise, mark in marks.items():
        assert hidden.filter(pl.col("disguise") == disguise)["text"].str.contains(mark).all()


def test_texts_are_varied_and_free_of_template_marks(known):
    texts = known.filter(pl.col("text") != "")["text"]
    assert texts.n_unique() > 0.85 * texts.len()
    assert not texts.str.contains(r"[*{}]").any()
    assert known.filter(pl.col("text").str.contains("  "))["disguise"].is_in(["spaced"]).all()
    assert texts.str.len_chars().min() >= 3
    assert texts.str.len_chars().max() < 400


def test_posts_come_in_four_languages_and_some_without_words(known):
    assert set(known["lang"].drop_nulls()) == {"en", "de", "fr", "es"}
    silent = known.filter(pl.col("repost_of").is_null(), pl.col("text") == "")
    assert silent.height > 100
    assert silent["media"].list.len().min() == 1


def test_hashtags_links_and_mentions_stand_in_the_text_too(known, sim):
    tagged = known.filter(pl.col("hashtags").list.len() > 0)
    assert (
        tagged.select(pl.col("text").str.contains("#" + pl.col("hashtags").list.first(), literal=True))
        .to_series()
        .all()
    )
    linked = known.filter(pl.col("links").list.len() > 0)
    assert linked["text"].str.ends_with(linked["links"].list.first()).all()
    called = known.filter(pl.col("text").str.starts_with("@"))
    handle = called.with_columns(id_=pl.col("mentions").list.first()).join(
        sim.account.select(id_="id", handle="handle"), on="id_", maintain_order="left"
    )
    assert handle.select(pl.col("text").str.starts_with("@" + pl.col("handle") + " ")).to_series().all()
    assert min(tagged.height, linked.height, called.height) > 500


def test_hateful_texts_hide_only_mild_words():
    said = [str(theme) for name in ("hate.toml", "elsewhere.toml") for theme in read(name)["theme"]]
    hidden = {word.lower().replace(" ", "-") for text in said for word in re.findall(r"\*([^*]+?)\*", text)}
    assert sorted(hidden) == MAY_BE_HIDDEN


def test_epithets_are_invented():
    slurs = [theme for theme in read("hate.toml")["theme"] if theme.get("kind") == "slur"]
    used = {
        word.lower().rstrip("s")
        for theme in slurs
        for text in theme["texts"]
        for word in re.findall(r"\*(\w+)\*", text)
    }
    assert used == {"boatling", "veilie"}


def test_every_narrative_has_a_counter_speech_and_a_note():
    told = {theme.narrative for theme in posts_grammar().themes if theme.genre == "hate"} - {""}
    assert told == {theme.answers for theme in posts_grammar().themes if theme.answers}
    assert told == {theme.answers for theme in notes_grammar().themes if theme.answers}


def test_pick_follows_the_weights():
    drawn = np.bincount(pick(stream(1, "pick"), [1, 0, 3], 10_000), minlength=3)
    assert drawn[1] == 0
    assert drawn[2] / drawn[0] == pytest.approx(3, rel=0.1)


def test_spread_draws_each_with_its_own_share():
    shares = stream(1, "shares").choice([0.0, 0.3, 0.7, 1.0], 8_000)
    drawn = spread(stream(1, "spread"), shares)
    assert drawn.sum() == pytest.approx(shares.sum(), abs=1)
    for share in (0.0, 0.3, 0.7, 1.0):
        assert drawn[shares == share].mean() == pytest.approx(share, abs=0.05 if 0 < share < 1 else 0)
