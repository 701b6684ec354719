"""Whom to ask next: for a note near its decision, the raters whose answers would tell most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.errors import NotFound
from rejoinder.numerics.blocks import Blocks, solve
from rejoinder.numerics.segments import moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.responses.bridging.engine import Bridged

NEAR = 1.2815515655446004
"""Deviations from the limit within which a note is undecided: less than 90 % sure on either side."""


def undecided(done: Bridged) -> pl.DataFrame:
    """Notes that another rating could decide, nearest first: `note`, `lowest_level`, `deviation`, `side`.

    `side` is the number (from 0: axis 1 below and above 0, axis 2 ...) of the side that is expected to rate it lowest,
    `deviation` the posterior one of that level. Left out are notes whose lowest level is above or below the limit by
    more than 1.28 deviations, of which a few more ratings would change nothing.
    """
    if done.sides is None or done.evidence is None or done.rules is None:
        raise ValueError("the incumbent's rules know no sides; use `bridge`")
    side = done.evidence.level.argmin(axis=0)
    ends = np.concatenate([np.ones((1, side.size)), done.sides.point[side].T])
    spread = np.sqrt(np.einsum("in,ijn,jn->n", ends, done.doubt.row, ends))
    lowest = done.evidence.level.min(axis=0)
    off = np.abs(lowest - done.rules.helpful) / spread
    columns = {"note": done.ratings.notes, "lowest_level": lowest, "deviation": spread, "side": side, "_off": off}
    frame = pl.DataFrame(columns)
    return frame.filter(pl.col("_off") <= NEAR).sort("_off", "note").drop("_off")


def ask(done: Bridged, note: str | int, *, count: int = 10) -> pl.DataFrame:
    """Raters to ask about a note, best first: `rater`, `side`, `gain`.

    `gain` is the expected fall of the variance of the level on the side that is least pleased, were the rater to
    answer: w (l'A^-1 x)^2 noise / (1 + w x'A^-1 x), whatever the answer. Raters of the side that has given the note
    least surplus of helpful ratings come first, so that no one side decides; then by gain, then by id. Nobody who has
    rated it, nobody in a ring, nobody whose side is not known. Raises `NotFound` where the note is unknown.

    Source: D. V. Lindley, Ann. Math. Statist. 27 (1956) 986-1005; with normal errors information falls with variance.
    """
    if done.sides is None or done.evidence is None:
        raise ValueError("the incumbent's rules know no sides; use `bridge`")
    at = done.ratings.notes.index_of(note)
    if at is None:
        raise NotFound(f"there is no note `{note}`", remedy="ask for one that has been rated")
    gain = _gain(done, int(at), done.sides.point[done.evidence.level[:, at].argmin()])
    poor = int(done.evidence.net[:, at].argmin())
    view = done.ratings.table.by_row
    rated = view.columns[view.start[at] : view.start[at + 1]]
    free = done.sides.member.any(axis=0) & (done.ring == 0)
    free[rated] = False
    on_side = done.sides.member[poor]
    side = np.where(on_side, poor, done.sides.member.argmax(axis=0))
    frame = pl.DataFrame({"rater": done.ratings.raters, "side": side, "gain": gain, "_first": on_side})
    chosen = frame.filter(pl.Series(free)).sort("_first", "gain", "rater", descending=[True, True, False])
    return chosen.drop("_first").head(count)


def _gain(done: Bridged, at: int, point: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = moments(done.ratings.table.by_row, done.fit.beside_row, done.weight.astype(np.float32))[at : at + 1]
    whole = Blocks.of(sums, (done.ridge.row, done.ridge.row_factor)).penalised
    x = np.vstack([np.ones(len(done.weight)), done.fit.column_factor.T])
    spread = solve(np.repeat(whole, x.shape[1], axis=2), x)
    toward = np.einsum("i,in->n", np.concatenate([[1.0], point]), spread)
    own = (x * spread).sum(axis=0)
    found: NDArray[np.float64] = done.weight * toward**2 * done.doubt.noise / (1 + done.weight * own)
    return found
