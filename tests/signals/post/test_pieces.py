"""Word pieces against a slow way, and against what the tokenizers library says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.signals.post.encoder import vocabulary
from rejoinder.signals.post.pieces import LONGEST, MOST, WORD, Pieces

PIECES = Pieces(vocabulary())
TEXTS = st.text(alphabet="abcdehijnrstuw '-_!0357", max_size=60)

RECORDED = {
    "the unbelievers' newspapers weren't re-printed, were they?": [
        1996, 4895, 8671, 2666, 14028, 1005, 6399, 4694, 1005, 1056, 2128, 1011, 6267, 1010, 2020, 2027, 1029,
    ],
    "#nohate @ 10,000 people_marched": [1001, 2053, 12707, 2063, 1030, 2184, 1010, 2199, 2111, 1035, 9847],
    "xqzv " + "a" * 101: [1060, 4160, 2480, 2615, 100],
}  # fmt: skip
"""What `tokenizers` 0.23.3 gives with the tokenizer.json of all-MiniLM-L6-v2, without the special tokens."""


def slow(word, known):
    """A word by its longest known beginnings, from the definition."""
    if not word:
        return []
    for end in range(len(word), 0, -1):
        if word[:end] in known:
            rest = slow("##" + word[end:], known) if len(word) > end else []
            return None if rest is None else [word[:end], *rest]
        if word[:end] == "##":
            return None
    return None


@pytest.mark.parametrize("text", RECORDED)
def test_the_pieces_are_those_of_the_tokenizers_library(text):
    assert PIECES(text) == RECORDED[text]


@given(TEXTS)
def test_each_word_is_cut_by_the_longest_known_beginning(text):
    number = {piece: place for place, piece in enumerate(vocabulary())}
    words = (slow(word, number) or ["[UNK]"] for word in WORD.findall(text))
    assert PIECES(text) == [number[piece] for word in words for piece in word]


@given(TEXTS)
def test_spans_cover_all_but_spaces_in_order(text):
    spans = PIECES.spans(text)
    assert len(spans) == len(PIECES(text))
    assert "".join(text[start:end] for start, end in spans) == "".join(text.split())


def test_a_very_long_word_is_one_unknown_piece():
    assert PIECES("a" * (LONGEST + 1)) == [100]


def test_forgetting_words_changes_no_answer():
    pieces = Pieces(vocabulary())
    before = pieces("newspapers")
    pieces._numbers.update({str(n): [] for n in range(-MOST - 2, 0)})
    assert pieces("unbelievers newspapers")[-len(before) :] == before
