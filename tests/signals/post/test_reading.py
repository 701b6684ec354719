"""Text as the model reads it: the column and the single text agree, and the way back is right."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.signals.post.reading import names, reading, reading_column

TEXTS = st.text(alphabet=st.one_of(st.sampled_from("ab 1@#🐀👍🏽❤️🇮🇱😂\u200d\u200bé"), st.characters()), max_size=30)


@given(st.lists(TEXTS, max_size=5))
def test_a_column_reads_as_each_of_its_texts(texts):
    assert reading_column(pl.Series(texts, dtype=pl.String)).to_list() == [reading(text).text for text in texts]


@given(TEXTS)
def test_every_character_comes_from_a_place_in_the_original(text):
    read = reading(text)
    assert len(read.starts) == len(read.ends) == len(read.text)
    assert all(0 <= start < end <= len(text) for start, end in zip(read.starts, read.ends, strict=True))


def test_an_emoji_is_read_by_its_name_and_stands_for_it():
    read = reading("those 🐀🐀")
    at = read.text.index("rat")
    assert read.text.split() == ["those", "rat", "rat"]
    assert read.original(at, at + 3) == (6, 7)


def test_skin_tones_are_read_as_nothing():
    assert reading("👍🏽").text.split() == ["thumbs", "up", "sign"]


def test_a_flag_is_read_as_its_letters():
    assert reading("🇮🇱").text.split() == ["i", "l"]


def test_names_are_plain_words():
    assert all(name.isascii() and name == name.lower() for name in names().values())
