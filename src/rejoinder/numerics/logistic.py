"""Logistic regression for few features: exact, in a few Newton steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = 100
CLOSE = 1e-10


def logistic(
    features: NDArray[np.float64], truth: NDArray[np.float64], prior: NDArray[np.float64], ridge: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The coefficients that minimise the log loss plus `ridge / 2 * (coefficients - prior)^2`.

    `features` is `(rows, coefficients)`, with a column of ones for an offset; `truth` in 0 to 1, as it may be smoothed;
    `ridge` above 0, in pseudo-counts, so that the answer exists where the classes are apart. Newton's method, which is
    iteratively reweighted least squares (Hastie, Tibshirani and Friedman 2009, equation 4.26), with halved steps.

    >>> ones = np.ones((4, 1))
    >>> offset = logistic(ones, np.array([1.0, 1, 1, 0]), np.zeros(1), np.full(1, 1e-9))
    >>> float(1 / (1 + np.exp(-offset[0]))).__round__(3)
    0.75
    """
    found = prior.astype(np.float64)
    loss = _loss(found, features, truth, prior, ridge)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(features @ found, -500, 500)))
        slope = features.T @ (chance - truth) + ridge * (found - prior)
        curve = (features.T * (chance * (1 - chance))) @ features + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        while (after := _loss(found - step, features, truth, prior, ridge)) > loss and np.abs(step).max() > CLOSE:
            step = step / 2
        found, loss = found - step, after
        if np.abs(step).max() <= CLOSE:
            break
    return found


def _loss(
    found: NDArray[np.float64], features: NDArray[np.float64], truth: NDArray[np.float64],
    prior: NDArray[np.float64], ridge: NDArray[np.float64],
) -> float:  # fmt: skip
    logit = features @ found
    return float((np.logaddexp(0, logit) - truth * logit).sum() + (ridge * (found - prior) ** 2).sum() / 2)
