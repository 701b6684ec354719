"""The simulated crowd: its truth, its rings, and that it repeats."""

import numpy as np
import pytest

from rejoinder.simulate.crowd import crowd, with_ring


def test_the_same_seed_gives_the_same_crowd_and_another_a_different_one():
    """Ratings and truth."""
    one, same, other = crowd(1, 20_000), crowd(1, 20_000), crowd(2, 20_000)

    assert np.array_equal(one.halves, same.halves)
    assert not np.array_equal(one.quality, other.quality)


def test_nobody_rates_a_note_twice():
    """Also not with a ring."""
    world, *_ = with_ring(crowd(1, 40_000), 20, "camouflaged")

    assert np.unique(np.stack([world.rater, world.note]), axis=1).shape[1] == world.note.size


def test_expected_ratings_are_what_raters_give_on_average():
    """Over all ratings, and rising with quality."""
    world = crowd(1, 40_000)
    expected = world.expected(world.rater, world.note)

    assert expected.mean() == pytest.approx(world.halves.mean() / 2, abs=0.01)
    assert np.corrcoef(expected, world.halves)[0, 1] > 0.6


def test_slant_and_its_second_axis_are_alive():
    """None, half, and half of those elsewhere."""
    none, half, elsewhere = (crowd(1, 40_000, slanted=s, second=t) for s, t in ((0, 0), (0.5, 0), (0.5, 0.5)))

    assert none.good.mean() > half.good.mean()
    assert np.abs(half.slant[:, 1]).max() == 0
    assert np.abs(elsewhere.slant[:, 1]).max() > 0.4


@pytest.mark.parametrize("mode", ["naive", "camouflaged"])
def test_a_ring_buries_good_notes_and_pushes_poor_ones(mode):
    """Every member every target; camouflage adds ratings of other notes; a share takes some away."""
    honest = crowd(1, 80_000)
    world, buried, pushed = with_ring(honest, 12, mode, targets=10)
    ours = world.ring[world.rater] > 0
    on_target = ours & (buried | pushed)[world.note]

    assert honest.good[buried].all()
    assert not honest.good[pushed].any()
    assert (world.halves[on_target] == np.where(pushed[world.note[on_target]], 2, 0)).all()
    assert on_target.sum() == 12 * (buried | pushed).sum()
    assert (ours.sum() > on_target.sum()) == (mode == "camouflaged")
    fewer, *_ = with_ring(honest, 12, mode, targets=10, share=0.3)
    assert fewer.note.size < world.note.size
