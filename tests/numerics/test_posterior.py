"""Ridges from the data, and how sure the fit is."""

import numpy as np
import pytest

from rejoinder.numerics.axes import choose_axes, predicted
from rejoinder.numerics.bridging import Ridge, fit
from rejoinder.numerics.posterior import FIRST, doubt, fitted
from rejoinder.numerics.segments import table
from rejoinder.simulate.crowd import crowd

RIDGE = Ridge(row=2.0, row_factor=1.0, column=8.0, column_factor=2.0)


def table_of(world):
    """A crowd's ratings."""
    return table(world.note, world.rater, world.halves, (len(world.quality), len(world.leniency)))


@pytest.fixture(scope="module")
def world():
    """40,000 ratings."""
    return crowd(3, 40_000)


def test_ridges_are_larger_where_rows_differ_less(world):
    """Notes of equal quality ask for a heavier ridge."""
    data = table_of(world)
    _, ridge = fitted(data)
    rng = np.random.default_rng(0)
    alike = table(world.note, world.rater, rng.integers(0, 3, world.note.size).astype(np.uint8), data.shape)

    assert fitted(alike)[1].row > 5 * ridge.row
    assert ridge.mean == 0


def test_small_tables_keep_the_first_ridge():
    """Nothing can be estimated from a handful."""
    rows, columns = (each.ravel().astype(np.uint32) for each in np.meshgrid(np.arange(5), np.arange(6)))

    assert fitted(table(rows, columns, (rows % 3).astype(np.uint8), (5, 6)))[1] == FIRST


@pytest.mark.parametrize("axes", [1, 2])
def test_the_covariance_is_that_of_a_ridge_regression_with_noisy_columns(world, axes):
    """One row's covariance, written out with dense matrices."""
    data = table_of(world)
    weight = np.linspace(0.3, 1, data.shape[1]).astype(np.float32).astype(np.float64)
    found = fit(data, RIDGE, axes=axes, weight=weight)
    known = doubt(data, found, RIDGE, weight=weight)
    row = int(data.by_row.counts.argmax())
    columns = data.by_row.columns[data.by_row.start[row] : data.by_row.start[row + 1]]
    design = np.column_stack([np.ones(columns.size), found.column_factor[columns]])
    heavy = design.T @ (weight[columns, None] * design)
    inverse = np.linalg.inv(heavy + np.diag([RIDGE.row] + [RIDGE.row_factor] * axes))
    beside = np.concatenate([[1.0], found.row_factor[row]])
    carried = np.einsum("i,ijn,j->n", beside, known.column[:, :, columns], beside)
    level = np.clip(found.mean + found.row, 0.1, 0.9)
    share = (level * (1 - level))[row] / (level * (1 - level)).mean()
    average = (weight[columns] * carried).sum() / weight[columns].sum()
    expected = known.noise * share * inverse + average * inverse @ heavy @ inverse

    assert known.row[:, :, row] == pytest.approx(expected, rel=1e-3, abs=1e-9)


def test_noise_is_what_is_left_in_fresh_ratings(world):
    """The estimated noise against the true mean square about the expected ratings, which it exceeds by doubt only."""
    data = table_of(world)
    found, ridge = fitted(data)
    about = (world.halves / 2 - world.expected(world.rater, world.note)).var()

    assert doubt(data, found, ridge).noise == pytest.approx(about, rel=0.1)


@pytest.mark.slow
def test_a_second_axis_is_chosen_where_there_is_one():
    """Slant on two axes, and on one."""
    for second, axes in ((0.0, 1), (0.5, 2)):
        data = table_of(crowd(2, 200_000, second=second))
        assert axes == choose_axes(data, RIDGE)


def test_predictions_are_the_model_written_out(world):
    """Mean, intercepts, product."""
    found = fit(table_of(world), RIDGE)
    one = found.mean + found.row[3] + found.column[5] + found.row_factor[3, 0] * found.column_factor[5, 0]

    assert predicted(found, np.array([3], np.uint32), np.array([5], np.uint32)) == pytest.approx([one])
