"""The set of hashes against Python's own set."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.seen import Seen

BATCHES = st.lists(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1)), max_size=30), max_size=6)


@given(BATCHES)
def test_answers_like_a_set(batches):
    """Batch after batch, new means not met before (second halves follow from the first, as hashes do)."""
    seen, known = Seen(), set()
    for batch in batches:
        first = np.array([pair[0] for pair in batch], np.uint64)
        second = first * np.uint64(3)
        expected = []
        for value in first.tolist():
            expected.append(value not in known)
            known.add(value)

        assert expected == seen.add(first, second).tolist()

    assert len(known) == len(seen)


def test_the_second_half_counts():
    """Equal first halves with other second halves are not the same member."""
    seen = Seen()
    seen.add(np.array([1], np.uint64), np.array([1], np.uint64))

    assert [True] == seen.add(np.array([1], np.uint64), np.array([2], np.uint64)).tolist()
