"""Many small ridge regressions at once: one per row of a table, each with an intercept and K factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Blocks:
    """One symmetric system per row: `matrix` is (K+1, K+1, rows) without the ridge, `right` and `ridge` (K+1, rows)."""

    matrix: NDArray[np.float64]
    right: NDArray[np.float64]
    ridge: NDArray[np.float64]

    @classmethod
    def of(cls, moments: NDArray[np.float64], ridge: Sequence[float]) -> Blocks:
        """From the sums that `segments.moments` gives; `ridge` is that of the intercept and that of every factor.

        >>> block = Blocks.of(np.array([[2.0, 1.0, 5.0, 0.5, 1.0]]), (1.0, 1.0))
        >>> block.matrix[:, :, 0].tolist(), block.right[:, 0].tolist()
        ([[2.0, 1.0], [1.0, 5.0]], [0.5, 1.0])
        """
        size = {5: 2, 9: 3}[moments.shape[1]]
        upper = np.triu_indices(size)
        matrix = np.empty((size, size, len(moments)))
        matrix[upper] = matrix[upper[::-1]] = moments[:, : len(upper[0])].T
        penalty = np.repeat([ridge[0], ridge[1]], [1, size - 1])
        return cls(matrix, moments[:, len(upper[0]) :].T.copy(), np.repeat(penalty[:, None], len(moments), axis=1))

    def solve(self, right: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """(matrix + ridge)^-1 right for every row, by Cholesky's decomposition; `right` is (K+1, rows)."""
        return solve(self.penalised, self.right if right is None else right)

    @property
    def penalised(self) -> NDArray[np.float64]:
        """The matrices with the ridge on their diagonals."""
        full = self.matrix.copy()
        at = np.arange(len(full))
        full[at, at] += self.ridge
        return full

    def with_mean(self, ridge: float) -> tuple[NDArray[np.float64], float]:
        """Coefficients (K+1, rows) and the one mean of all rows that together minimise the penalised squares.

        The mean enters every entry as a constant, so that the system is an arrow-head: given the mean m, the rows'
        coefficients are P - m Q with P = A^-1 b and Q = A^-1 c, where c is the first column of the matrix without
        ridge; put into the mean's own equation this gives m = (sum b_0 - sum c.P) / (sum c_0 + ridge - sum c.Q).

        Source: the Schur complement of a bordered system; S. Boyd, L. Vandenberghe, Convex Optimization, appendix C.4.
        """
        constant = self.matrix[0]
        some, each = self.solve(), self.solve(constant)
        above = self.right[0].sum() - (constant * some).sum()
        mean = above / (constant[0].sum() + ridge - (constant * each).sum())
        return some - mean * each, float(mean)

    def squares(self, coefficients: NDArray[np.float64]) -> float:
        """By how much the weighted sum of squares changes when these coefficients are put in place of zeros."""
        quadratic = np.einsum("in,ijn,jn->", coefficients, self.matrix, coefficients)
        return float(quadratic - 2 * (coefficients * self.right).sum())


def solve(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The solutions of many small positive definite systems: (p, p, n) and (p, n) give (p, n).

    Cholesky's decomposition written out over p <= 3 with whole arrays of n, not LAPACK called n times.

    >>> solve(np.array([[[4.0], [2.0]], [[2.0], [3.0]]]), np.array([[2.0], [5.0]])).ravel().round(9).tolist()
    [-0.5, 2.0]
    """
    size = len(matrix)
    low = np.zeros_like(matrix)
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i, j] - (low[i, :j] * low[j, :j]).sum(axis=0)
            low[i, j] = np.sqrt(rest) if i == j else rest / low[j, j]
    found = np.array(right, np.float64)
    for i in range(size):
        found[i] = (found[i] - (low[i, :i] * found[:i]).sum(axis=0)) / low[i, i]
    for i in reversed(range(size)):
        found[i] = (found[i] - (low[i + 1 :, i] * found[i + 1 :]).sum(axis=0)) / low[i, i]
    return found


def inner(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """All inner products of the rows of two arrays (k, n) and (l, n).

    Not by `@`: BLAS would split long sums among threads, which changes the last digits with their number and burns
    a second core where each call takes microseconds.

    >>> inner(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 1.0]])).tolist()
    [[11.0, 2.0]]
    """
    found: NDArray[np.float64] = np.einsum("kn,ln->kl", one, other)
    return found
