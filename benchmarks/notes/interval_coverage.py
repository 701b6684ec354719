"""Do the notes' 95 % intervals hold? Against simulated truth, by number of ratings and by how high the note stands.

The truth of a note is the intercept that it would have if every rater had rated it: the regression of the expected
ratings of 2,000 raters on their fitted intercepts and factors.

    python benchmarks/notes/interval_coverage.py [SEEDS]
"""

from __future__ import annotations

import sys

import numpy as np
from core import table_of

from rejoinder.numerics.posterior import doubt, fitted
from rejoinder.simulate.crowd import crowd

BANDS = ((5, 20), (20, 80), (80, 10**9))


def covered(seed: int, second: float, axes: int) -> None:
    """One world."""
    world, rng = crowd(seed, 500_000, second=second), np.random.default_rng(seed)
    table = table_of(world)
    found, ridge = fitted(table, axes=axes)
    deviation = np.sqrt(doubt(table, found, ridge).row[0, 0])
    raters = rng.choice(len(world.leniency), 2_000, replace=False).astype(np.uint32)
    notes = np.flatnonzero(table.by_row.counts >= 5)[::4]
    design = np.column_stack([np.ones(raters.size), found.column_factor[raters]])
    base = found.mean + found.column[raters]
    truth = [world.expected(raters, np.full(raters.size, note, np.uint32)) - base for note in notes]
    right = np.linalg.lstsq(design, np.array(truth).T, rcond=None)[0][0]
    off = (found.row[notes] - right) / deviation[notes]
    inside, count = np.abs(off) < 1.96, table.by_row.counts[notes]
    bands = "  ".join(f"{a} to {b:,}: {inside[(count >= a) & (count < b)].mean():.1%}" for a, b in BANDS)
    high = found.row[notes] > 0.25
    print(
        f"seed {seed}, {second:.0%} on a second axis, {axes} fitted: "
        f"{inside.mean():.1%} of {notes.size:,} notes inside, "
        f"deviation {np.sqrt((off**2).mean()):.2f}; by ratings {bands}; "
        f"high notes {inside[high].mean():.1%}",
        flush=True,
    )


if __name__ == "__main__":
    for number in range(1, 1 + int((sys.argv[1:] or ["2"])[0])):
        for share, axes in ((0.0, 1), (0.3, 1), (0.3, 2)):
            covered(number, share, axes)
