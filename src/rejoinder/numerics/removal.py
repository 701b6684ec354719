"""How many entries of a row decide it: the fewest whose removal or addition brings a level below a limit.

A row's level at a point c of the factor axes is theta = a + c.p; its coefficients solve a ridge regression on its
entries (y = value - mean - column's intercept, factors q, weights w), the columns being fixed. Removing a set S of
entries brings theta below t exactly where

    sum over the rest of w (y - t - p.z) < ridge (t - c.p),   z = q - c,

at the p that is best for theta = t. Choosing the best S is a combinatorial problem; both functions here take all
rows at once and bound it from both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.blocks import Blocks, solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Some rows side by side, padded to the longest: `left` and `weight` (rows, entries), `factor` (rows, entries, K).

    `left` is y = value - mean - column's intercept; padding has weight 0. `ridge` is that of the intercept and that
    of each factor.
    """

    left: NDArray[np.float64]
    weight: NDArray[np.float64]
    factor: NDArray[np.float64]
    ridge: tuple[float, float]

    def level(self, point: NDArray[np.float64]) -> NDArray[np.float64]:
        """The rows' levels at `point` = c (K numbers), all entries in place."""
        sums = np.stack([term.sum(axis=1) for term in self._terms(point)], axis=-1)
        return _solved(sums[:, None, :], point, self.ridge)[:, 0]

    def fewest_removals(self, point: NDArray[np.float64], limit: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A number of entries that certainly do not suffice plus one, and one that does, per row.

        The first is a certificate: no set of fewer entries, however chosen, brings the level at `point` below
        `limit`. The second is the size of a set that does. Where they are equal, they are the exact minimum. Both are 0
        for a row that is below already, and entries + 1 where even an empty row would not be.

        The certificate: with nu = -D^-1 (sum w z - ridge c), D = sum w z z' + ridges, the condition reads
        sum_S w (1 + nu.z) (y - t - p.z) > C with a C that does not depend on p. In the metric of D, the p after
        removal is within rho of the p before, rho = sum of the k largest |w z (y - t - p.z)| over the least eigenvalue
        left; so the k largest of w (1 + nu.z) (y - t - p.z) + w |1 + nu.z| |z| rho must exceed C. The set: entries in
        the order of the same terms without rho, each prefix of which is solved exactly from cumulated sums.
        """
        z, left, w = self.factor - point, self.left - limit, self.weight
        outer = np.einsum("rn,rnk,rnl->rkl", w, z, z) + self._ridge_at(point)
        slope = np.einsum("rn,rnk->rk", w, z) - self.ridge[0] * point
        nu = -np.linalg.solve(outer, slope[..., None])[..., 0]
        right = np.einsum("rn,rnk->rk", w * left, z) + self.ridge[0] * point * limit
        p = np.linalg.solve(outer, right[..., None])[..., 0]
        enough = (w * left).sum(axis=1) - self.ridge[0] * limit + (nu * right).sum(axis=1)
        tilt = 1 + np.einsum("rk,rnk->rn", nu, z)
        miss = left - np.einsum("rk,rnk->rn", p, z)
        term = w * tilt * miss
        works = self._first_prefix(np.argsort(-term, axis=1, kind="stable"), point, limit)
        root = np.linalg.inv(np.linalg.cholesky(outer))
        long = np.linalg.norm(np.einsum("rkl,rnl->rnk", root, z), axis=2)
        far, firm = _heaped(w * long * np.abs(miss)), _heaped(w * long**2)
        floor = np.linalg.eigvalsh(root @ self._ridge_at(point) @ root.swapaxes(1, 2))[:, 0]

        def certain(count: NDArray[np.int64]) -> NDArray[np.bool_]:
            at = np.minimum(count, w.shape[1])[:, None] - 1
            kept = np.maximum(1 - np.take_along_axis(firm, at, axis=1)[:, 0], floor)
            rho = np.take_along_axis(far, at, axis=1)[:, 0] / kept
            most = _heaped(np.maximum(term + w * np.abs(tilt) * long * rho[:, None], 0))
            held: NDArray[np.bool_] = np.take_along_axis(most, at, axis=1)[:, 0] <= enough
            return held

        fails = _first_uncertain(certain, works)
        below = enough < 0
        return np.where(below, 0, fails), np.where(below, 0, works)

    def fewest_additions(
        self, point: NDArray[np.float64], limit: float, *, left: float, factors: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """How many entries of weight 1 must be added, all with this `left` and one of the `factors` (choices, K).

        The worst of the choices for each row, all additions being alike; exact for that. Rows below already have 0,
        rows that no number of them brings below have -1.
        """
        base = np.stack([term.sum(axis=1) for term in self._terms(point)], axis=1)
        least = np.full(len(self.left), np.inf)
        for factor in np.atleast_2d(factors):
            least = np.minimum(least, self._additions(base, point, limit, (left, factor)))
        return np.where(np.isinf(least), -1, least).astype(np.int64)

    def _additions(
        self,
        base: NDArray[np.float64],
        point: NDArray[np.float64],
        limit: float,
        added: tuple[float, NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        """By doubling and halving: a level falls steadily with every addition that pulls it down."""
        one = Rows(
            left=np.array([[added[0]]]), weight=np.ones((1, 1)), ridge=self.ridge,
            factor=np.asarray(added[1]).reshape(1, 1, -1),
        )  # fmt: skip
        step = np.stack([term.sum(axis=1) for term in one._terms(point)], axis=1)[0]

        def above(count: NDArray[np.float64]) -> NDArray[np.bool_]:
            sums = base + count[:, None] * step
            over: NDArray[np.bool_] = _solved(sums[:, None, :], point, self.ridge)[:, 0] >= limit
            return over

        low, high = np.zeros(len(base)), np.full(len(base), float(1 << 20))
        never, already = above(high), ~above(low)
        for _ in range(21):
            middle = np.floor((low + high) / 2)
            over = above(middle)
            low, high = np.where(over, middle, low), np.where(over, high, middle)
        return np.where(never, np.inf, np.where(already, 0, low + 1))

    def _first_prefix(self, order: NDArray[np.intp], point: NDArray[np.float64], limit: float) -> NDArray[np.int64]:
        """How many of the entries in this order, taken away, bring the level below; entries + 1 where none do."""
        terms = self._terms(point)
        gone = [np.cumsum(np.take_along_axis(term, order, axis=1), axis=1) for term in terms]
        left = [term.sum(axis=1, keepdims=True) - less for term, less in zip(terms, gone, strict=True)]
        levels = _solved(np.stack(left, axis=-1), point, self.ridge)
        below = np.column_stack([levels < limit, np.ones(len(levels), np.bool_)])
        count: NDArray[np.int64] = np.argmax(below, axis=1) + 1
        return count

    def _terms(self, point: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """w, w z.., w z z.., w y, w y z.. of each entry."""
        w, z = self.weight, self.factor - point
        across = [z[..., k] for k in range(z.shape[2])]
        products = [w * one * other for at, one in enumerate(across) for other in across[at:]]
        return [w, *(w * one for one in across), *products, w * self.left, *(w * self.left * one for one in across)]

    def _ridge_at(self, point: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.ridge[0] * np.outer(point, point) + self.ridge[1] * np.eye(len(point))
        return found


def _heaped(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of the 1, 2, 3, ... largest of each row."""
    found: NDArray[np.float64] = np.cumsum(-np.sort(-values, axis=1), axis=1)
    return found


def _first_uncertain(
    certain: Callable[[NDArray[np.int64]], NDArray[np.bool_]], most: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The smallest count from 1 to `most` that is not certain, by halving: certainty, once lost, stays lost."""
    low, high = np.ones_like(most), most.copy()
    while (low < high).any():
        middle = (low + high) // 2
        holds = certain(middle)
        low, high = np.where(holds, np.minimum(middle + 1, high), low), np.where(holds, high, middle)
    return high


def _solved(sums: NDArray[np.float64], point: NDArray[np.float64], ridge: tuple[float, float]) -> NDArray[np.float64]:
    """The level from the sums over entries in the coordinates (level, p), for arrays (rows, cases, sums)."""
    flat = Blocks.of(sums.reshape(-1, sums.shape[-1]), (0.0, 0.0))
    full = flat.matrix
    full[0, 0] += ridge[0]
    full[0, 1:] -= ridge[0] * point[:, None]
    full[1:, 0] -= ridge[0] * point[:, None]
    full[1:, 1:] += (ridge[0] * np.outer(point, point) + ridge[1] * np.eye(len(point)))[..., None]
    # where the level stands last, it is the first that the substitution backwards gives
    back = solve(full[::-1, ::-1], flat.right[::-1])[-1]
    levels: NDArray[np.float64] = back.reshape(sums.shape[:2])
    return levels
