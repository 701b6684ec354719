"""The solver: against dense oracles, in every parameter, and whatever the order of the entries."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics import loops
from rejoinder.numerics.anderson import Anderson
from rejoinder.numerics.blocks import Blocks, inner, solve
from rejoinder.numerics.bridging import Ridge, fit
from rejoinder.numerics.segments import moments, table

RIDGE = Ridge(row=2.0, row_factor=0.6, column=1.5, column_factor=0.4, mean=3.0)


def entries(seed, rows=9, columns=12, share=0.7):
    """Some cells of a table with two camps of columns and one-sided rows."""
    rng = np.random.default_rng(seed)
    row, column = np.nonzero(rng.random((rows, columns)) < share)
    camp, lean = np.where(np.arange(columns) % 3, 1, -1), np.where(np.arange(rows) % 2, 0.4, 0.0)
    level = 0.5 + rng.normal(0, 0.2, rows)[row] + (camp[column] * lean[row]) + rng.normal(0, 0.2, row.size)
    return row.astype(np.uint32), column.astype(np.uint32), np.digitize(level, (0.4, 0.55)).astype(np.uint8)


def small(seed=1, **sizes):
    """The same as a table."""
    row, column, halves = entries(seed, **sizes)
    return table(row, column, halves, (sizes.get("rows", 9), sizes.get("columns", 12)))


def loss_of(found, data, ridge, weight=None):
    """The objective written out over entries, the slow way."""
    row, column, value = data.by_row.rows, data.by_row.columns, data.by_row.values
    weight = np.ones(data.shape[1]) if weight is None else weight
    predicted = found.mean + found.row[row] + found.column[column]
    predicted += (found.row_factor[row] * found.column_factor[column]).sum(axis=1)
    squares = (weight[column] * (value - predicted) ** 2).sum()
    penalty = ridge.row * (found.row**2).sum() + ridge.row_factor * (found.row_factor**2).sum()
    penalty += ridge.column * (found.column**2).sum() + ridge.column_factor * (found.column_factor**2).sum()
    return (squares + penalty + ridge.mean * found.mean**2) / data.size


def shifted(found, name, at, by):
    """The fit with one parameter changed."""
    values = getattr(found, name).copy()
    values[at] += by
    return replace(found, **{name: values})


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_loss_told_is_the_objective_written_out(axes, weighted):
    """Sums kept by row and column give the same as a sum over entries."""
    data = small()
    weight = np.linspace(0.2, 1, 12).astype(np.float32).astype(np.float64) if weighted else None
    found = fit(data, RIDGE, axes=axes, weight=weight, tolerance=1e-12)

    assert loss_of(found, data, RIDGE, weight) == pytest.approx(found.loss, rel=1e-6)


@pytest.mark.parametrize("axes", [1, 2])
def test_no_parameter_can_be_bettered(axes):
    """At the optimum every small change of every parameter costs."""
    data = small()
    weight = np.linspace(0.3, 1, 12)
    found = fit(data, RIDGE, axes=axes, weight=weight, tolerance=1e-13)
    least = loss_of(found, data, RIDGE, weight)
    for name in ("row", "row_factor", "column", "column_factor"):
        for at in np.ndindex(getattr(found, name).shape):
            for by in (-3e-3, 3e-3):
                assert loss_of(shifted(found, name, at, by), data, RIDGE, weight) > least


def test_without_factors_it_is_dense_ridge_regression():
    """Factors forbidden by their ridge leave a linear model, which NumPy's least squares solves whole."""
    data = small()
    ridge = replace(RIDGE, row_factor=1e9, column_factor=1e9)
    found = fit(data, ridge, tolerance=1e-14)
    rows, columns = data.shape
    design = np.zeros((data.size, 1 + rows + columns))
    each = np.arange(data.size)
    design[:, 0] = design[each, 1 + data.by_row.rows] = design[each, 1 + rows + data.by_row.columns] = 1
    penalty = np.diag(np.sqrt(np.repeat([ridge.mean, ridge.row, ridge.column], [1, rows, columns])))
    target = np.concatenate([data.by_row.values, np.zeros(1 + rows + columns)])
    expected = np.linalg.lstsq(np.vstack([design, penalty]), target, rcond=None)[0]

    assert np.concatenate([[found.mean], found.row, found.column]) == pytest.approx(expected, abs=1e-5)
    assert np.abs(found.row_factor).max() < 1e-3


@pytest.mark.parametrize("axes", [1, 2])
def test_the_order_of_entries_and_the_threads_do_not_change_a_bit(axes):
    """The same bytes from shuffled entries and three threads."""
    row, column, halves = entries(3, rows=40, columns=60)
    order = np.random.default_rng(0).permutation(row.size)
    one = fit(table(row, column, halves, (40, 60)), RIDGE, axes=axes)
    other = fit(table(row[order], column[order], halves[order], (40, 60)), RIDGE, axes=axes, threads=3)

    for name in ("mean", "row", "row_factor", "column", "column_factor", "loss"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@pytest.mark.parametrize("axes", [1, 2])
def test_the_start_does_not_matter_beyond_the_tolerance(axes):
    """From elsewhere the same optimum, axes and signs."""
    data = small(5, rows=60, columns=80)
    start = np.random.default_rng(8).normal(0, 0.4, (80, 1 + axes)).astype(np.float32)
    one, other = (fit(data, RIDGE, axes=axes, start=begun, tolerance=1e-13) for begun in (None, start))

    assert one.row == pytest.approx(other.row, abs=2e-3)
    assert one.row_factor == pytest.approx(other.row_factor, abs=5e-3)


@pytest.mark.parametrize("name", ["row", "row_factor", "column", "column_factor", "mean"])
def test_every_ridge_is_alive(name):
    """More of it changes the fit, and shrinks what it is a ridge on."""
    data = small()
    one, other = (fit(data, replace(RIDGE, **{name: value}), tolerance=1e-12) for value in (0.5, 8.0))

    assert np.abs(getattr(other, name)).sum() < np.abs(getattr(one, name)).sum()


def test_weight_tolerance_and_axes_are_alive():
    """Each changes the result."""
    data = small()
    plain = fit(data, RIDGE)

    assert not np.allclose(plain.row, fit(data, RIDGE, weight=np.linspace(0, 1, 12)).row)
    assert fit(data, RIDGE, tolerance=1e-2).sweeps < fit(data, RIDGE, tolerance=1e-12).sweeps
    assert fit(data, RIDGE, axes=2, tolerance=1e-12).loss < fit(data, RIDGE, tolerance=1e-12).loss


def test_a_column_without_weight_is_as_if_it_had_no_entries():
    """The rows do not feel it."""
    row, column, halves = entries(2)
    weight = np.where(np.arange(12) == 4, 0.0, 1.0)
    kept = column != 4
    without = table(row[kept], column[kept], halves[kept], (9, 12))
    one = fit(table(row, column, halves, (9, 12)), RIDGE, weight=weight, tolerance=1e-13)
    other = fit(without, RIDGE, tolerance=1e-13)

    assert one.row == pytest.approx(other.row, abs=1e-4)


def test_axes_are_uncorrelated_ordered_and_turned_to_a_minority_of_positive_columns():
    """What makes them comparable from fit to fit."""
    factor = fit(small(4, rows=60, columns=80), RIDGE, axes=2, tolerance=1e-12).column_factor
    across = factor.T @ factor

    assert abs(across[0, 1]) < 1e-4 * across[0, 0]
    assert across[0, 0] >= across[1, 1]
    assert ((factor > 0).sum(axis=0) <= (factor < 0).sum(axis=0)).all()


def test_what_cannot_be_fitted_is_refused():
    """No entries, or three axes."""
    with pytest.raises(ValueError, match="axes"):
        fit(small(), RIDGE, axes=3)
    with pytest.raises(ValueError, match="entry"):
        fit(table(*(np.zeros(0, kind) for kind in (np.uint32, np.uint32, np.uint8)), (2, 2)), RIDGE)


@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 1))
def test_sums_over_rows_are_those_of_a_dense_table(seed, share):
    """Weighted and not, one factor and two, also with empty rows; by row and by column; compiled and not."""
    row, column, halves = entries(seed, share=share)
    data, rng = table(row, column, halves, (9, 12)), np.random.default_rng(seed)
    dense, there = np.zeros((9, 12)), np.zeros((9, 12))
    dense[row, column], there[row, column] = halves / 2, 1
    for axes in (1, 2):
        beside = rng.normal(size=(12, 1 + axes)).astype(np.float32)
        for weight in (None, rng.random(12).astype(np.float32)):
            heavy = there * (np.ones(12) if weight is None else weight)
            known = np.column_stack([np.ones(12), beside[:, 1:]]).astype(np.float64)
            products = [known[:, i] * known[:, j] for i in range(1 + axes) for j in range(i, 1 + axes)]
            left = heavy * (dense - beside[:, 0].astype(np.float64))
            expected = np.column_stack([heavy @ np.array(products).T, left @ known])
            assert moments(data.by_row, beside, weight, threads=2) == pytest.approx(expected, abs=1e-9)
            plain = np.empty_like(expected)
            first = np.ones(12, np.float32) if weight is None else weight
            loops._in_chunks(data.by_row.start, data.by_row.packed, np.column_stack([first, beside]), plain, (0, 9))
            assert plain == pytest.approx(expected, abs=1e-9)
    assert data.by_column.counts.tolist() == there.sum(axis=0).astype(int).tolist()


def test_small_chunks_give_the_same_sums(monkeypatch):
    """The NumPy way in pieces of three entries."""
    data, beside, out = small(), np.ones((12, 2), np.float32), np.empty((9, 5))
    monkeypatch.setattr(loops, "CHUNK", 3)
    loops._moments_plain(data.by_row.start, data.by_row.packed, beside, out, 0, 9)

    assert moments(data.by_row, beside) == pytest.approx(out)


def test_the_plain_sorts_do_what_the_compiled_do(monkeypatch):
    """The same views where nothing is compiled."""
    row, column, halves = entries(6)
    one = table(row, column, halves, (9, 12))
    monkeypatch.setattr(loops, "gather", loops._gather_plain)
    monkeypatch.setattr(loops, "scatter", loops._scatter_plain)
    other = table(row[::-1], column[::-1], halves[::-1], (9, 12))

    assert np.array_equal(one.by_row.packed, other.by_row.packed)
    assert np.array_equal(one.by_column.packed, other.by_column.packed)


def test_a_number_out_of_range_is_refused():
    """Before anything is written where it does not belong."""
    one = np.array([3], np.uint32)
    with pytest.raises(ValueError, match="outside"):
        table(one, one, np.zeros(1, np.uint8), (3, 4))
    with pytest.raises(ValueError, match="value"):
        table(one, one, np.array([3], np.uint8), (4, 4))


def test_repeated_entries_are_counted():
    """A pair three times is two too many; neighbours in different rows are none."""
    row, column = np.array([0, 0, 0, 1, 3], np.uint32), np.array([2, 2, 2, 2, 2], np.uint32)

    assert table(row, column, np.zeros(5, np.uint8), (4, 3)).repeated == 2


@given(seed=st.integers(0, 10_000), size=st.integers(1, 3))
def test_many_small_systems_are_solved_as_one_by_one(seed, size):
    """Against LAPACK."""
    rng = np.random.default_rng(seed)
    half, right = rng.normal(size=(7, size, size)), rng.normal(size=(size, 7))
    whole = half @ half.transpose(0, 2, 1) + np.eye(size)
    expected = np.linalg.solve(whole, right.T[:, :, None])[:, :, 0].T

    assert solve(whole.transpose(1, 2, 0), right) == pytest.approx(expected)


def test_rows_and_mean_are_the_solution_of_the_bordered_system():
    """Against the whole matrix with the mean as its last row and column."""
    data, beside = small(), np.random.default_rng(1).normal(size=(12, 2)).astype(np.float32)
    blocks = Blocks.of(moments(data.by_row, beside), (2.0, 0.5))
    found, mean = blocks.with_mean(3.0)
    whole, right = np.zeros((19, 19)), np.zeros(19)
    for row in range(9):
        at = slice(2 * row, 2 * row + 2)
        whole[at, at] = blocks.matrix[:, :, row] + np.diag([2.0, 0.5])
        whole[at, 18] = whole[18, at] = blocks.matrix[0, :, row]
        right[at] = blocks.right[:, row]
    whole[18, 18], right[18] = blocks.matrix[0, 0].sum() + 3.0, blocks.right[0].sum()
    expected = np.linalg.solve(whole, right)

    assert found.T.ravel() == pytest.approx(expected[:18])
    assert mean == pytest.approx(expected[18])


def test_acceleration_solves_a_linear_iteration_in_as_many_steps_as_it_has_dimensions():
    """Where the plain iteration would take hundreds; and it forgets when told."""
    slow = np.diag([0.99, 0.9, -0.8])
    speed, point = Anderson(), np.zeros(3)
    for _ in range(6):
        point = speed.mix(point, slow @ point + 1)

    assert point == pytest.approx(np.linalg.solve(np.eye(3) - slow, np.ones(3)), rel=1e-4)
    speed.forget()
    assert speed.mix(point, point + 1).tolist() == (point + 1).tolist()
    assert speed.mix(point, point + 1).tolist() == (point + 1).tolist()


def test_inner_products_are_those_of_a_matrix_product():
    """Rows by rows."""
    one, other = np.random.default_rng(0).normal(size=(2, 3, 50))

    assert inner(one, other) == pytest.approx(one @ other.T)


def test_the_ridge_of_mean_penalties_grows_with_the_density():
    """15 % of the entries per row, 3 % for factors, and 15 % of all for the mean."""
    data = small()
    ridge = Ridge.of_means(data)

    assert (0.15 * data.size / 9, 0.03 * data.size / 12) == (ridge.row, ridge.column_factor)
    assert ridge.mean == 0.15 * data.size
