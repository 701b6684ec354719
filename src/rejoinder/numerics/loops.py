# ruff: noqa: PLR0913, PLR0917 - what is compiled takes plain arrays, not objects
"""The inner loops over ratings, compiled where numba is installed (the extra `notes`), in NumPy where it is not.

Both ways give the same sums up to rounding in the fifteenth digit; the compiled one is about five times cheaper. It is
compiled at its first use, in two to three seconds, and kept beside this file (or in the user's cache) afterwards.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMPILED = find_spec("numba") is not None
"""Whether the loops are compiled here."""
CHUNK = 1 << 18
"""Entries that the NumPy way holds at once, so that its intermediate arrays stay in the processor's cache."""

Loop = Any
"""An array or a number, as the compiler sees it; indices are unsigned, which spares it a test for negative ones."""


def compiled(plain: Callable[..., None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The decorated loop, compiled; or `plain`, which does the same with whole arrays."""

    def choose(loop: Callable[..., None]) -> Callable[..., None]:
        if not COMPILED:  # the core install stays small
            return plain
        made: Callable[..., None] = import_module("numba").njit(nogil=True, cache=True)(loop)
        return made

    return choose


def _gather_plain(rows: Loop, columns: Loop, halves: Loop, places: Loop, out: Loop) -> None:
    order = np.argsort(rows, kind="stable")
    out[:] = (columns[order] << np.uint32(2)) | halves[order]
    places += np.bincount(rows, minlength=places.size).astype(np.uint64)


@compiled(_gather_plain)
def gather(rows: Loop, columns: Loop, halves: Loop, places: Loop, out: Loop) -> None:
    """Entries in any order put under their rows; `places` has where each row begins, and is moved on."""
    for entry in range(rows.size):
        row, at = np.uint64(rows[entry]), np.uint64(entry)
        out[places[row]] = (columns[at] << np.uint32(2)) | np.uint32(halves[at])
        places[row] += np.uint64(1)


def _scatter_plain(start: Loop, packed: Loop, places: Loop, out: Loop) -> None:
    columns = packed >> np.uint32(2)
    rows = np.repeat(np.arange(start.size - 1, dtype=np.uint32), np.diff(start))
    order = np.argsort(columns, kind="stable")
    out[:] = (rows[order] << np.uint32(2)) | (packed[order] & np.uint32(3))
    places += np.bincount(columns, minlength=places.size).astype(np.uint64)


@compiled(_scatter_plain)
def scatter(start: Loop, packed: Loop, places: Loop, out: Loop) -> None:
    """A view by row turned into one by column; `places` has where each column begins, and is moved on."""
    for row in range(start.size - 1):
        for entry in range(start[row], start[row + 1]):
            held = packed[np.uint64(entry)]
            column = np.uint64(held >> np.uint32(2))
            out[places[column]] = np.uint32(row << 2) | (held & np.uint32(3))
            places[column] += np.uint64(1)


def _moments_plain(start: Loop, packed: Loop, beside: Loop, out: Loop, first: int, last: int) -> None:
    """Rows in chunks; `beside` has the columns' intercepts and factors, the weights are 1."""
    _in_chunks(start, packed, np.insert(beside, 0, 1, axis=1), out, (first, last))


def _weighted_plain(start: Loop, packed: Loop, beside: Loop, out: Loop, first: int, last: int) -> None:
    """The same with the weights before the intercepts."""
    _in_chunks(start, packed, beside, out, (first, last))


def _in_chunks(start: Loop, packed: Loop, beside: Loop, out: Loop, rows: tuple[int, int]) -> None:
    first, last = rows
    while first < last:
        stop = int(np.searchsorted(start, start[first] + CHUNK, side="right")) - 1
        stop = min(max(stop, first + 1), last)
        _chunk(start[first : stop + 1], packed, beside, out[first:stop])
        first = stop


def _chunk(start: Loop, packed: Loop, beside: Loop, out: Loop) -> None:
    held = packed[start[0] : start[-1]]
    some = np.flatnonzero(np.diff(start))  # `reduceat` would give an empty row its neighbour's first entry
    out[:] = 0.0
    if some.size:
        known = beside[held >> np.uint32(2)].astype(np.float64)
        left = (held & np.uint32(3)) * 0.5 - known[:, 1]
        for place, term in enumerate(_terms(known[:, 0], known[:, 2:].T, left)):
            out[some, place] = np.add.reduceat(term, start[some] - start[0])


def _terms(weight: Loop, factors: Loop, left: Loop) -> Iterator[Loop]:
    weighted = [weight * factor for factor in factors]
    yield weight
    yield from weighted
    for at, one in enumerate(weighted):
        for other in factors[at:]:
            yield one * other
    yield weight * left
    for one in weighted:
        yield one * left


@compiled(_moments_plain)
def moments_1(start: Loop, packed: Loop, beside: Loop, out: Loop, first: Loop, last: Loop) -> None:
    """For each row n and the sums of f, ff, y, yf over its entries, where y is the value less the intercept."""
    for row in range(first, last):
        sf = sff = sy = syf = 0.0
        for entry in range(start[row], start[row + 1]):
            held = packed[np.uint64(entry)]
            column = np.uint64(held >> np.uint32(2))
            y = np.float64(held & np.uint32(3)) * 0.5 - np.float64(beside[column, np.uint64(0)])
            f = np.float64(beside[column, np.uint64(1)])
            sf += f
            sff += f * f
            sy += y
            syf += y * f
        out[row, 0], out[row, 1], out[row, 2], out[row, 3], out[row, 4] = start[row + 1] - start[row], sf, sff, sy, syf


@compiled(_weighted_plain)
def weighted_1(start: Loop, packed: Loop, beside: Loop, out: Loop, first: Loop, last: Loop) -> None:
    """The same with weights: w, wf, wff, wy, wyf."""
    for row in range(first, last):
        sw = sf = sff = sy = syf = 0.0
        for entry in range(start[row], start[row + 1]):
            held = packed[np.uint64(entry)]
            column = np.uint64(held >> np.uint32(2))
            w = np.float64(beside[column, np.uint64(0)])
            wy = w * (np.float64(held & np.uint32(3)) * 0.5 - np.float64(beside[column, np.uint64(1)]))
            f = np.float64(beside[column, np.uint64(2)])
            sw += w
            sf += w * f
            sff += w * f * f
            sy += wy
            syf += wy * f
        out[row, 0], out[row, 1], out[row, 2], out[row, 3], out[row, 4] = sw, sf, sff, sy, syf


@compiled(_moments_plain)
def moments_2(start: Loop, packed: Loop, beside: Loop, out: Loop, first: Loop, last: Loop) -> None:
    """The same as `moments_1` with two factors f, g: n, f, g, ff, fg, gg, y, yf, yg."""
    for row in range(first, last):
        sf = sg = sff = sfg = sgg = sy = syf = syg = 0.0
        for entry in range(start[row], start[row + 1]):
            held = packed[np.uint64(entry)]
            column = np.uint64(held >> np.uint32(2))
            y = np.float64(held & np.uint32(3)) * 0.5 - np.float64(beside[column, np.uint64(0)])
            f, g = np.float64(beside[column, np.uint64(1)]), np.float64(beside[column, np.uint64(2)])
            sf += f
            sg += g
            sff += f * f
            sfg += f * g
            sgg += g * g
            sy += y
            syf += y * f
            syg += y * g
        out[row, 0], out[row, 1], out[row, 2], out[row, 3], out[row, 4] = start[row + 1] - start[row], sf, sg, sff, sfg
        out[row, 5], out[row, 6], out[row, 7], out[row, 8] = sgg, sy, syf, syg


@compiled(_weighted_plain)
def weighted_2(start: Loop, packed: Loop, beside: Loop, out: Loop, first: Loop, last: Loop) -> None:
    """The same with weights: w, wf, wg, wff, wfg, wgg, wy, wyf, wyg."""
    for row in range(first, last):
        sw = sf = sg = sff = sfg = sgg = sy = syf = syg = 0.0
        for entry in range(start[row], start[row + 1]):
            held = packed[np.uint64(entry)]
            column = np.uint64(held >> np.uint32(2))
            w = np.float64(beside[column, np.uint64(0)])
            wy = w * (np.float64(held & np.uint32(3)) * 0.5 - np.float64(beside[column, np.uint64(1)]))
            f, g = np.float64(beside[column, np.uint64(2)]), np.float64(beside[column, np.uint64(3)])
            sw += w
            sf += w * f
            sg += w * g
            sff += w * f * f
            sfg += w * f * g
            sgg += w * g * g
            sy += wy
            syf += wy * f
            syg += wy * g
        out[row, 0], out[row, 1], out[row, 2], out[row, 3], out[row, 4] = sw, sf, sg, sff, sfg
        out[row, 5], out[row, 6], out[row, 7], out[row, 8] = sgg, sy, syf, syg
