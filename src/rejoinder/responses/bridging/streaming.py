"""Statuses between refits: every rating moves its note's sums, and the note is decided again at once."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rejoinder.numerics.segments import moments
from rejoinder.responses.bridging import status
from rejoinder.responses.bridging.status import HELPFUL, MORE, NOT

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from numpy.typing import NDArray

    from rejoinder.responses.bridging.engine import Bridged


class Told(NamedTuple):
    """What came of a rating."""

    status: str | None
    """The note's status now; None where the rating was rejected."""
    changed: bool
    reason: str = ""
    """Why it was rejected."""


class Stream:
    """Ratings one by one, on top of a `Bridged`: a constant number of operations each, raters as last fitted.

    A rater who is new counts with intercept and factors 0 (what a fit gives to somebody without ratings) and on no
    side, until the next refit. Agrees with `bridge` on the same ratings as soon as that is run again. A note's own
    sums and those without heavy raters are kept: 12 (K = 2: 22) numbers a note. Raises `ValueError` where the
    incumbent's rules were applied, which have no sides.

    >>> import polars as pl
    >>> from rejoinder.responses.bridging import admit, bridge
    >>> rated = [(f"r{r}", f"n{n}", 1.0 if n % 2 or r % 2 else 0.0) for r in range(40) for n in range(30)]
    >>> stream = Stream(bridge(admit(pl.DataFrame(rated, schema=["rater", "note", "helpful"], orient="row"))))
    >>> stream.rate("somebody new", "n1", 0.0)
    Told(status='helpful', changed=False, reason='')
    >>> stream.rate("r7", "n1", 0.0).reason
    'the rater rated this note before'
    """

    def __init__(self, done: Bridged) -> None:
        if done.rules is None or done.sides is None or done.evidence is None:
            raise ValueError("statuses by the incumbent's rules cannot be streamed; use `bridge`")
        self._rules, self._ridge, self._mean = done.rules, done.ridge, done.fit.mean
        self._points: list[list[float]] = done.sides.point.tolist()
        table, weight = done.ratings.table, done.weight.astype(np.float32)
        heavy = status.heavy_raters(table)
        self._note = _numbering(done.ratings.notes.to_list())
        self._rater = _numbering(done.ratings.raters.to_list())
        self._start, self._held = (memoryview(part.data) for part in (table.by_row.start, table.by_row.packed))
        # one more rater than there are: whoever is new
        self._weight: list[float] = [*weight.astype(np.float64).tolist(), 1.0]
        self._known: list[list[float]] = [*done.fit.beside_row.astype(np.float64).tolist(), [0.0] * (1 + self._axes)]
        self._sides: list[list[int]] = [*([np.flatnonzero(row).tolist() for row in done.sides.member.T]), []]
        self._heavy: list[bool] = [*heavy.tolist(), False]
        self._new: set[tuple[Hashable, int]] = set()
        all_, light = (_flat(moments(table.by_row, done.fit.beside_row, part)) for part in (weight, weight * ~heavy))
        self._sums, self._light = all_, light
        self._net = _flat(done.evidence.net.T)
        self._blocked: list[bool] = done.evidence.blocked.tolist()
        self.status: list[str] = done.status.tolist()
        """Of every note, in the order of their ids."""
        self._solve: Callable[[array[float], int], list[float]] = self._levels_1 if self._axes == 1 else self._levels_2

    @property
    def _axes(self) -> int:
        return len(self._points[0])

    def rate(self, rater: Hashable, note: Hashable, helpful: float) -> Told:
        """Takes one rating in and decides its note again; one that cannot be right is told why, and changes nothing."""
        at = self._note.get(note)
        if at is None:
            return Told(None, changed=False, reason="the note is unknown")
        if helpful not in (0.0, 0.5, 1.0):
            return Told(None, changed=False, reason="`helpful` is not 0, 0.5 or 1")
        who = self._rater.get(rater, -1)
        if (rater, at) in self._new or (who >= 0 and self._has(at, who)):
            return Told(None, changed=False, reason="the rater rated this note before")
        self._new.add((rater, at))
        self._add(at, who, helpful)
        before, now = self.status[at], self._decided(at)
        self.status[at] = now
        return Told(now, changed=now != before)

    def levels(self, note: Hashable) -> list[float]:
        """What typical raters of each side are expected to rate a note."""
        return self._solve(self._sums, self._note[note])

    def _has(self, note: int, rater: int) -> bool:
        """Raters of a note stand in order."""
        last = self._start[note + 1]
        at = bisect_left(self._held, rater << 2, self._start[note], last)
        return at < last and self._held[at] >> 2 == rater

    def _add(self, note: int, who: int, helpful: float) -> None:
        weight, known = self._weight[who], self._known[who]
        terms = _terms(weight, known[1:], helpful - known[0])
        first = note * len(terms)
        for sums in (self._sums,) if self._heavy[who] else (self._sums, self._light):
            for place, term in enumerate(terms, first):
                sums[place] += term
        for side in self._sides[who]:
            self._net[note * 2 * self._axes + side] += weight * (2 * helpful - 1)

    def _decided(self, note: int) -> str:
        rules, sides = self._rules, 2 * self._axes
        if self._sums[note * len(self._sums) // len(self.status)] < rules.ratings:
            return MORE
        levels = self._solve(self._sums, note)
        net = self._net[note * sides : note * sides + sides]
        if min(levels) >= rules.helpful and min(net) >= rules.net and not self._blocked[note]:
            return HELPFUL if min(self._solve(self._light, note)) >= rules.helpful - rules.slack else MORE
        return NOT if max(levels) <= rules.not_helpful else MORE

    def _levels_1(self, sums: array[float], note: int) -> list[float]:
        w, f, ff, y, yf = sums[note * 5 : note * 5 + 5]
        mean, a, c = self._mean, w + self._ridge.row, ff + self._ridge.row_factor
        y, yf = y - mean * w, yf - mean * f
        scale = a * c - f * f
        level, slope = mean + (c * y - f * yf) / scale, (a * yf - f * y) / scale
        return [level + slope * point[0] for point in self._points]

    def _levels_2(self, sums: array[float], note: int) -> list[float]:
        """Cholesky's decomposition, written out."""
        w, f, g, ff, fg, gg, y, yf, yg = sums[note * 9 : note * 9 + 9]
        mean, ridge = self._mean, self._ridge
        y, yf, yg = y - mean * w, yf - mean * f, yg - mean * g
        a = sqrt(w + ridge.row)
        b, c = f / a, g / a
        d = sqrt(ff + ridge.row_factor - b * b)
        e = (fg - b * c) / d
        h = sqrt(gg + ridge.row_factor - c * c - e * e)
        y /= a
        yf = (yf - b * y) / d
        second = (yg - c * y - e * yf) / h / h
        first = (yf - e * second) / d
        level = mean + (y - b * first - c * second) / a
        return [level + first * point[0] + second * point[1] for point in self._points]


def _terms(weight: float, factors: list[float], left: float) -> list[float]:
    """What one rating adds to the sums of `segments.moments`, in their order."""
    if len(factors) == 1:
        (f,) = factors
        wf = weight * f
        return [weight, wf, wf * f, weight * left, wf * left]
    f, g = factors
    wf, wg = weight * f, weight * g
    return [weight, wf, wg, wf * f, wf * g, wg * g, weight * left, wf * left, wg * left]


def _numbering(ids: list[Hashable]) -> dict[Hashable, int]:
    return {name: at for at, name in enumerate(ids)}


def _flat(values: NDArray[np.float64]) -> array[float]:
    """Numbers that Python reads and writes faster than NumPy's, one at a time."""
    return array("d", np.ascontiguousarray(values).tobytes())
