"""The transformer: the same answer in any company, and sums that hold."""

import numpy as np
import pytest

from rejoinder.signals.post.encoder import CLS, MOST, SEP, STEP, WINDOW, Encoder, look, session, vocabulary
from rejoinder.signals.post.pieces import Pieces

TEXTS = [Pieces(vocabulary())(text) for text in ("good morning, neighbours", "they are all vermin", "", "tea " * 300)]


def same(one, other):
    """Whether two answers are equal to the last bit."""
    return np.array_equal(one.logits, other.logits) and np.array_equal(one.words, other.words)


def test_a_text_alone_and_among_others_gets_the_same_answer():
    among = Encoder().read(TEXTS)
    assert all(same(Encoder().read([text])[0], said) for text, said in zip(TEXTS, among, strict=True))


@pytest.mark.slow
def test_any_number_of_processes_gives_the_same_answer():
    texts = TEXTS[:2] * 40
    both = zip(Encoder().read(texts), Encoder(processes=2).read(texts), strict=True)
    assert all(same(one, other) for one, other in both)


def test_what_the_pieces_add_and_a_constant_is_the_logit():
    offsets = []
    for text in TEXTS[:2]:
        logits, words = session().run(None, {"pieces": np.array([[CLS, *text, SEP]], np.int64)})
        offsets.append(float(logits[0, 0] - words.mean()))
        np.testing.assert_allclose(words[0, 1:-1] / words.size, look(text)[1], rtol=1e-5)
    np.testing.assert_allclose(offsets[0], offsets[1], atol=0.02)  # the reading itself is in 8 bits


def test_every_piece_of_a_long_text_stands_in_a_window():
    (said,) = Encoder().read([TEXTS[3]])
    assert len(said.words) == len(TEXTS[3])
    assert (said.words != 0).all()


def test_the_worst_window_speaks_for_a_long_text():
    mild, bad = TEXTS[0] * 40, TEXTS[1] * 40
    windows = [text[:WINDOW] for text in (mild, bad)]
    assert Encoder().read([mild[: WINDOW - STEP] + bad])[0].logits[0] >= max(look(each)[0][0] for each in windows) - 3


def test_of_a_very_long_text_the_windows_that_rank_highest_are_read():
    text = TEXTS[3] * 20
    marked = [*text[:3000], 7, *text[3000:]]
    (said,) = Encoder(rank=lambda windows: np.array([float(7 in window) for window in windows])).read([marked])
    assert said.words[3000] != 0
    assert 0 < (said.words != 0).sum() <= MOST * WINDOW
