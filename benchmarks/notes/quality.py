"""How good the statuses are on simulated truth, beside the incumbent's core on the same ratings.

Recall and precision of helpful notes, share of shown notes that are one-sided, with 0, 30 and 50 % of the slanted notes
slanted on a second axis; ratings that it takes; how many statuses stay when ratings are resampled; few raters.

    python benchmarks/notes/quality.py
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from attack import ratings_of
from core import incumbent_core

from rejoinder.responses.bridging import bridge
from rejoinder.simulate.crowd import Crowd, crowd


def told(world: Crowd, shown: np.ndarray) -> str:
    """Figures of the notes shown."""
    if not shown.any():
        return "shown    0"
    one_sided = np.linalg.norm(world.slant, axis=1) >= 0.4
    return (
        f"shown {shown.sum():>4}  recall {shown[world.good].mean():.0%}  precision {world.good[shown].mean():.0%}  "
        f"one-sided {one_sided[shown].mean():.0%}"
    )


def some(world: Crowd, kept: np.ndarray) -> Crowd:
    """The same world with some of its ratings."""
    return replace(world, rater=world.rater[kept], note=world.note[kept], halves=world.halves[kept])


def compared() -> None:
    """With a second axis, and without."""
    for second in (0.0, 0.3, 0.5):
        world = crowd(1, 500_000, second=second)
        print(f"\n{second:.0%} of slanted notes on a second axis")
        print(f"  incumbent's core    {told(world, incumbent_core(world))}")
        for axes in (1, 2, None):
            done = bridge(ratings_of(world), axes=axes)
            used = f"chose {done.fit.row_factor.shape[1]}" if axes is None else f"{axes} given"
            print(f"  Rejoinder, axes {used}  {told(world, done.status == 'helpful')}", flush=True)


def to_decide() -> None:
    """Statuses of notes by how many of their ratings are there yet, in random order; and resampled."""
    world, rng = crowd(2, 500_000), np.random.default_rng(0)
    whole = bridge(ratings_of(world), axes=1).status == "helpful"
    order = rng.permutation(world.note.size)
    place = np.empty(order.size, np.int64)
    ranked = order[np.argsort(world.note[order], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(world.note, minlength=len(world.quality)))])
    place[ranked] = np.arange(order.size) - np.repeat(starts[:-1], np.diff(starts))
    print("\ngood notes shown by the number of their ratings (incumbent's core, Rejoinder)")
    for most in (5, 10, 20, 40, 80, 1_000_000):
        part = some(world, place < most)
        ours = bridge(ratings_of(part), axes=1).status == "helpful"
        theirs = incumbent_core(part)
        print(f"  first {most:>9,}: {told(world, theirs)} | {told(world, ours)}", flush=True)
    fewer = [some(world, rng.random(world.note.size) < 0.9) for _ in range(3)]
    stays = np.mean([(bridge(ratings_of(part), axes=1).status == "helpful")[whole].mean() for part in fewer])
    print(f"  with nine in ten of the ratings, {stays:.0%} of the shown notes stay shown")


def cold() -> None:
    """Small platforms."""
    print("\nfew raters, each of 40 ratings")
    for raters in (10, 50, 200, 1_000):
        world = crowd(4, raters * 100)
        done = bridge(ratings_of(world))
        names, counts = np.unique(done.status.astype(str), return_counts=True)
        shown = done.status == "helpful"
        good = f", {world.good[shown].mean():.0%} of the shown are good" if shown.any() else ""
        print(f"  {raters} raters: {dict(zip(names.tolist(), counts.tolist(), strict=True))}{good}")


if __name__ == "__main__":
    compared()
    to_decide()
    cold()
