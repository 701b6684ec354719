"""Foreign function words: found where they are the clear majority, and never in English."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.signals.post import language
from rejoinder.signals.post.language import foreign, words
from rejoinder.signals.post.normalise import normalise_column

FOREIGN = {
    "german": "Ich habe heute keine Zeit und muss noch einkaufen gehen",
    "french": "Je ne sais pas ce que tu veux dire avec cette histoire",
    "spanish": "No sé qué hacer con esto, pero mañana lo vemos",
    "portuguese": "Não sei o que fazer com isso, mas você também não",
    "italian": "Il tempo è bello e i bambini sono nel giardino della scuola",
    "dutch": "Ik weet niet wat ik met dit moet doen, maar we zien wel",
    "polish": "Nie wiem co z tym zrobić, ale jutro się zobaczymy",
    "czech": "Dnes je hezky a děti jsou venku, protože už nemají školu",
    "romanian": "Copiii sunt în grădină pentru că este vreme frumoasă",
    "turkish": "Bu konuda ne yapacağımı bilmiyorum ama sen bana daha sonra yaz",
    "indonesian": "Saya tidak tahu apa yang harus saya lakukan dengan ini",
    "swedish": "Jag vet inte vad jag ska göra med det här men vi ses i morgon",
    "danish": "Jeg ved ikke hvad jeg skal gøre med det her, men vi ses i morgen",
    "finnish": "En tiedä mitä minä teen tämän kanssa mutta nähdään huomenna",
    "hungarian": "A gyerekek kint vannak, mert szép az idő és már nincs iskola",
    "tagalog": "Hindi ko alam kung ano ang gagawin ko dito",
}
ENGLISH = [
    "Dem boys wit da best beats in da whole damn town man",
    "Los Angeles, San Diego, El Paso, Las Vegas, Santa Fe",
    "Die hard fans from Baden Baden met at the Van Gogh museum",
    "lol lol lol omg omg wtf haha haha so so funny",
    "My abuela says: que pasa, mi amor! and I just laugh every time",
    "Ho ho ho, merry Christmas to everybody reading along tonight",
    "ur so cute bby luv u 4ever xoxo miss ya lots",
    "Per se, ad hoc, in situ, de facto, et cetera: the lawyers love Latin",
]


def judged(*texts):
    """Which of these texts are called foreign."""
    return foreign(normalise_column(pl.Series(texts, dtype=pl.String))).to_list()


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_running_text_of_each_language_is_told(name):
    """A sentence of everyday words."""
    assert [True] == judged(FOREIGN[name])


def test_every_language_of_the_list_has_its_sentence():
    """A language without one would be a promise that nothing holds."""
    assert set(words()) - {"english"} == set(FOREIGN)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_in_any_register_is_left_alone(text):
    """Dialect, names of places, borrowed phrases, laughter. Of the 4,214 English development posts none is taken for
    foreign, nor of the 106,120 training posts.
    """
    assert [False] == judged(text)


@pytest.mark.parametrize(
    "text", ["das ist gut", "Guten Morgen zusammen", "", "und und und und und und", "RT @user https://example.org"]
)
def test_of_short_text_nothing_is_said(text):
    """Four words, or one word over and over, tell no language."""
    assert [False] == judged(text)


def test_a_text_that_is_half_english_is_judged():
    """The English half can be judged, so it is in reach."""
    assert [False] == judged("this is not what they said and you know it, das ist nicht das was ich habe")


@given(st.lists(st.text(max_size=60) | st.sampled_from([*ENGLISH, *FOREIGN.values()]), max_size=8))
def test_each_text_is_judged_by_itself(texts):
    """Whatever stands beside it, and whatever it holds."""
    assert judged(*texts) == [found for text in texts for found in judged(text)]


def test_unknown_text_is_no_claim():
    """No text, no language."""
    assert [False] == foreign(pl.Series([None], dtype=pl.String)).to_list()


@pytest.mark.parametrize(("name", "value"), [("LEAST", 99), ("HITS", 99), ("SHARE", 0.99), ("MAJORITY", 99)])
def test_each_threshold_does_something(monkeypatch, name, value):
    """A sentence that is found is not found under a threshold that it cannot meet."""
    mixed = "und das ist nicht gut aber wir sind hier and Peter"
    assert [True] == judged(mixed)

    monkeypatch.setattr(language, name, value)

    assert [False] == judged(mixed)
