"""Acceleration of a fixed-point iteration by its own past."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from rejoinder.numerics.blocks import inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEPTH = 5
"""Steps remembered."""
FLOOR = 1e-10
"""Ridge on the least squares over the remembered steps, relative to their size: keeps nearly equal steps harmless."""


class Anderson:
    """Mixes the last steps of x -> g(x) so that the residual g(x) - x of the mixture is least.

    Needs one inner product of parameters per step remembered and no further evaluation of g. A mixture may be worse
    than the plain step where g is far from linear: the caller keeps the plain one, and calls `forget` when it was.

    Source: D. G. Anderson, JACM 12 (1965) 547-560; H. F. Walker, P. Ni, SIAM J. Numer. Anal. 49 (2011) 1715-1735,
    equation (2.2), type II.

    >>> speed, x = Anderson(), np.array([0.0, 0.0])
    >>> for _ in range(4):
    ...     x = speed.mix(x, np.array([[0.9, 0.0], [0.1, 0.5]]) @ x + 1)
    >>> x.round(6).tolist()
    [10.0, 4.0]
    """

    def __init__(self) -> None:
        self._residuals: deque[NDArray[np.float64]] = deque(maxlen=DEPTH + 1)
        self._images: deque[NDArray[np.float64]] = deque(maxlen=DEPTH + 1)

    def mix(self, point: NDArray[np.float64], image: NDArray[np.float64]) -> NDArray[np.float64]:
        """The next point to try, from the newest step `image` = g(`point`)."""
        self._residuals.append(image - point)
        self._images.append(image)
        if len(self._residuals) == 1:
            return image
        residuals = np.diff(np.array(self._residuals), axis=0)
        gram = inner(residuals, residuals)
        size = np.trace(gram)
        if not size > 0:
            return image
        shares = np.linalg.solve(
            gram + FLOOR * size * np.eye(len(gram)), inner(residuals, self._residuals[-1][None])[:, 0]
        )
        mixed: NDArray[np.float64] = image - np.einsum("k,kn->n", shares, np.diff(np.array(self._images), axis=0))
        return mixed

    def forget(self) -> None:
        """Begins anew."""
        self._residuals.clear()
        self._images.clear()
