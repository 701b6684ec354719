"""Logistic regression against its own first-order conditions and a brute-force search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.numerics.logistic import logistic


def sample(seed, rows=60):
    """Features with an offset, and truths that depend on them."""
    chance = np.random.default_rng(seed)
    features = np.column_stack([chance.normal(size=rows), np.ones(rows)])
    return features, (chance.random(rows) < 1 / (1 + np.exp(-features @ [1.5, -0.5]))).astype(float)


def loss(found, features, truth, prior, ridge):
    """What is minimised, written out."""
    chance = 1 / (1 + np.exp(-features @ found))
    fit = -(truth * np.log(chance) + (1 - truth) * np.log(1 - chance)).sum()
    return fit + (ridge * (found - prior) ** 2).sum() / 2


@given(st.integers(0, 10_000), st.floats(0.01, 10.0))
def test_at_the_answer_the_slope_of_the_loss_is_zero(seed, strength):
    features, truth = sample(seed)
    prior, ridge = np.array([1.0, 0.0]), np.full(2, strength)
    found = logistic(features, truth, prior, ridge)
    chance = 1 / (1 + np.exp(-features @ found))
    np.testing.assert_allclose(features.T @ (chance - truth) + ridge * (found - prior), 0, atol=1e-6)


def test_no_point_of_a_fine_grid_is_better():
    features, truth = sample(7)
    prior, ridge = np.zeros(2), np.full(2, 0.5)
    best = loss(logistic(features, truth, prior, ridge), features, truth, prior, ridge)
    grid = (np.array([a, b]) for a in np.linspace(-4, 4, 81) for b in np.linspace(-4, 4, 81))
    assert best <= min(loss(each, features, truth, prior, ridge) for each in grid)


def test_classes_that_lie_apart_still_have_an_answer():
    features = np.column_stack([[-500.0, -400, 400, 500], np.ones(4)])
    assert np.isfinite(logistic(features, np.array([0.0, 0, 1, 1]), np.zeros(2), np.full(2, 1e-6))).all()


@pytest.mark.parametrize("changed", [{"prior": np.array([3.0, 0.0])}, {"ridge": np.full(2, 50.0)}])
def test_prior_and_ridge_each_move_the_answer(changed):
    features, truth = sample(7)
    usual = {"prior": np.array([1.0, 0.0]), "ridge": np.ones(2)}
    before, after = (logistic(features, truth, **each) for each in (usual, usual | changed))
    assert np.abs(before - after).max() > 0.01
