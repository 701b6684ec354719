"""Hashed n-grams against a slow way with whole numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.ngrams import codes, counts, sums

ROWS = st.lists(st.lists(st.integers(0, 30_000), max_size=9), max_size=6)
WORD = 1 << 64


def packed(rows):
    """Rows end to end, and their lengths."""
    return np.array([number for row in rows for number in row], np.int32), np.array(
        [len(row) for row in rows], np.int64
    )


def slow_code(gram, bits):
    """The hash of one n-gram, as the module says it."""
    state = 0
    for size, number in enumerate(gram, 1):
        state = (state + number + size) * 0x9E3779B97F4A7C15 % WORD
        state ^= state >> 29
    return (state * 0x9E3779B97F4A7C15 % WORD) >> (64 - bits)


def slow_sum(row, weights):
    """The sum of one row over the square root of its n-grams."""
    bits = len(weights).bit_length() - 1
    grams = [row[start : start + size] for size in (1, 2, 3) for start in range(len(row) - size + 1)]
    return sum(float(weights[slow_code(gram, bits)]) for gram in grams) / max(len(grams), 1) ** 0.5


@given(ROWS)
def test_a_row_is_the_sum_of_its_own_n_grams(rows):
    weights = np.random.default_rng(3).normal(size=1 << 10).astype(np.float32)
    np.testing.assert_allclose([slow_sum(row, weights) for row in rows], sums(*packed(rows), weights), atol=1e-6)


@given(ROWS, ROWS)
def test_what_stands_beside_a_row_changes_nothing_about_it(rows, others):
    weights = np.random.default_rng(3).normal(size=1 << 10).astype(np.float32)
    alone, among = sums(*packed(rows), weights), sums(*packed(others + rows), weights)[len(others) :]
    assert alone.tolist() == among.tolist()


@given(ROWS)
def test_counts_are_the_n_grams_that_have_a_code(rows):
    numbers, lengths = packed(rows)
    owners = np.repeat(np.arange(len(rows)), lengths)
    held = (codes(numbers, lengths, 8) < 256).sum(axis=0)
    assert counts(lengths).tolist() == np.bincount(owners, held, minlength=len(rows)).tolist()


def test_more_bits_part_what_fewer_bits_join():
    numbers, lengths = np.arange(2000, dtype=np.int32), np.array([2000])
    few, many = (len(set(codes(numbers, lengths, bits)[0].tolist())) for bits in (6, 18))
    assert few == 64
    assert many > 1950


def test_the_order_of_numbers_matters():
    weights = np.random.default_rng(3).normal(size=1 << 10).astype(np.float32)
    assert sums(*packed([[1, 2, 3]]), weights) != sums(*packed([[3, 2, 1]]), weights)
