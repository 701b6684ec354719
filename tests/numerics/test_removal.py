"""Certificates: against every subset of small rows."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.removal import Rows

LIMIT, RIDGE = 0.1, (2.0, 1.0)


def one_row(seed, axes, entries):
    """A row with some light entries, mostly above the limit, and a point to look at."""
    rng = np.random.default_rng(seed)
    light = np.where(rng.random((1, entries)) < 0.8, 1.0, rng.random((1, entries)))
    left = rng.choice([0, 0.5, 1], (1, entries), p=[0.2, 0.2, 0.6]) - 0.3 + rng.normal(0, 0.05, (1, entries))
    factor = rng.normal(0, 0.4, (1, entries, axes))
    return Rows(left=left, weight=light, factor=factor, ridge=RIDGE), rng.normal(0, 0.3, axes)


def level(rows, point, kept):
    """By a dense solution."""
    design = np.column_stack([np.ones(len(kept)), rows.factor[0][kept]])
    heavy = rows.weight[0][kept]
    penalty = np.diag([RIDGE[0]] + [RIDGE[1]] * len(point))
    found = np.linalg.solve(design.T @ (heavy[:, None] * design) + penalty, design.T @ (heavy * rows.left[0][kept]))
    return found[0] + point @ found[1:]


def fewest(rows, point):
    """By trying every subset."""
    every = set(range(rows.left.shape[1]))
    for size in range(len(every) + 1):
        if any(level(rows, point, sorted(every - set(gone))) < LIMIT for gone in combinations(every, size)):
            return size
    return len(every) + 1


@given(seed=st.integers(0, 100_000), axes=st.integers(1, 2), entries=st.integers(1, 8))
def test_the_true_minimum_is_between_the_certificate_and_the_set(seed, axes, entries):
    """Every subset of up to eight entries tried; levels as by a dense solution."""
    rows, point = one_row(seed, axes, entries)
    (certain,), (works,) = rows.fewest_removals(point, LIMIT)

    assert certain <= fewest(rows, point) <= works
    assert rows.level(point)[0] == pytest.approx(level(rows, point, list(range(entries))))


def test_the_certificate_is_often_exact_and_never_trivial():
    """Of many rows a good part is decided exactly, and some need more than two removals for certain."""
    pairs = [one_row(seed, 1, 10) for seed in range(100)]
    bounds = [tuple(int(each[0]) for each in rows.fewest_removals(point, LIMIT)) for rows, point in pairs]

    assert sum(low == high for low, high in bounds) > 40
    assert max(low for low, _ in bounds) > 2


def test_padding_does_not_change_a_row():
    """Entries of no weight are no entries."""
    rows, point = one_row(3, 2, 7)
    padded = Rows(
        left=np.pad(rows.left, ((0, 0), (0, 5))), weight=np.pad(rows.weight, ((0, 0), (0, 5))), ridge=RIDGE,
        factor=np.pad(rows.factor, ((0, 0), (0, 5), (0, 0))),
    )  # fmt: skip

    assert [each.tolist() for each in rows.fewest_removals(point, LIMIT)] == [
        each.tolist() for each in padded.fewest_removals(point, LIMIT)
    ]


@given(seed=st.integers(0, 100_000), axes=st.integers(1, 2))
def test_additions_are_the_fewest_that_bring_a_row_below(seed, axes):
    """One fewer does not, that many do, with the worst of the factors."""
    rows, point = one_row(seed, axes, 6)
    factors = np.array([[-0.5] * axes, [0.0] * axes, [0.5] * axes])
    (count,) = rows.fewest_additions(point, LIMIT, left=-0.6, factors=factors)

    def after(number, factor):
        grown = Rows(
            left=np.append(rows.left, [[-0.6] * number], axis=1), ridge=RIDGE,
            weight=np.append(rows.weight, [[1.0] * number], axis=1),
            factor=np.append(rows.factor, np.tile(factor, (1, number, 1)), axis=1),
        )  # fmt: skip
        return grown.level(point)[0]

    if count > 0:
        assert min(after(count, factor) for factor in factors) < LIMIT
        assert min(after(count - 1, factor) for factor in factors) >= LIMIT
    if count == 0:
        assert rows.level(point)[0] < LIMIT


def test_nothing_brings_a_row_below_whose_additions_pull_up():
    """Then the number is -1."""
    rows, point = one_row(1, 1, 6)

    assert rows.fewest_additions(point, -5.0, left=0.5, factors=np.zeros((1, 1))).tolist() == [-1]


@pytest.mark.parametrize("what", ["limit", "ridge", "point"])
def test_every_parameter_is_alive(what):
    """Changing it changes some row's numbers."""
    changed = 0
    for seed in range(20):
        rows, point = one_row(seed, 1, 10)
        other = Rows(
            left=rows.left, weight=rows.weight, factor=rows.factor, ridge=(6.0, 1.0) if what == "ridge" else RIDGE
        )
        there = point + (0.5 if what == "point" else 0)
        before = rows.fewest_removals(point, LIMIT)
        after = other.fewest_removals(there, 0.25 if what == "limit" else LIMIT)
        changed += any(one[0] != two[0] for one, two in zip(before, after, strict=True))

    assert changed
