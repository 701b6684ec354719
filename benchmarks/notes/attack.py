"""Rings against notes: how many colluders bury helpful notes or push poor ones, at the incumbent's core and here.

500,000 honest ratings by 5,000 raters; a ring of 10 to 400 buries 40 good notes that both systems show without it, and
pushes 40 slanted ones. Naive rings rate nothing else; camouflaged members rate 60 notes in the manner of the camps.
Then what the public description of the defence invites: rings whose members each rate only a share of the targets.
"At equal recall": our limit is set so that without a ring as many of the good notes are shown as the incumbent's core.

    python benchmarks/notes/attack.py [SEEDS]
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from core import incumbent_core, table_of

from rejoinder.responses.bridging import Ratings, Rules, bridge
from rejoinder.simulate.crowd import Crowd, crowd, with_ring

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = (10, 20, 40, 80, 120, 160, 240, 400)


def ratings_of(world: Crowd) -> Ratings:
    """The crowd as ratings, ids being its numbers."""
    shape = (len(world.quality), len(world.leniency))
    notes, raters = (pl.Series(np.arange(size)) for size in shape)
    return Ratings(notes=notes, raters=raters, table=table_of(world), rejects=pl.DataFrame())


def shown(world: Crowd, rules: Rules) -> NDArray[np.bool_]:
    """Which notes we show."""
    return np.asarray(bridge(ratings_of(world), rules=rules, axes=1).status == "helpful")


def equal_recall(world: Crowd, target: float) -> Rules:
    """The limit at which as many of the good notes are shown."""
    done = bridge(ratings_of(world), axes=1)
    from rejoinder.responses.bridging.status import decide

    assert done.evidence is not None
    tried = [Rules(helpful=limit / 100) for limit in range(40, 96)]
    recalls = [(decide(done.evidence, rules) == "helpful")[world.good].mean() for rules in tried]
    return tried[int(np.argmin(np.abs(np.array(recalls) - target)))]


def row(
    name: str, before: list[NDArray[np.bool_]], after: list[NDArray[np.bool_]], hit: tuple[NDArray[np.bool_], ...]
) -> str:
    """Shares of the targets buried and pushed, for the incumbent and for us."""
    buried, pushed = hit
    cells = []
    for old, new in zip(before, after, strict=True):
        was, wasnt = buried & old, pushed & ~old
        cells.append(f"{1 - new[was].mean():>7.0%} {new[wasnt].mean():>7.0%}")
    return f"{name:<34} | {cells[0]} | {cells[1]}"


def attack(seed: int) -> None:
    """One world."""
    honest = crowd(seed, 500_000)
    theirs = incumbent_core(honest)
    rules = equal_recall(honest, float(theirs[honest.good].mean()))
    ours = shown(honest, rules)
    both = [
        f"recall {some[honest.good].mean():.0%} precision {honest.good[some].mean():.0%}" for some in (theirs, ours)
    ]
    print(f"\nseed {seed}: incumbent's core {both[0]}; ours at a limit of {rules.helpful} {both[1]}")
    print(f"{'ring':<34} | incumbent       | Rejoinder\n{'':<34} |  buried  pushed |  buried  pushed")
    kinds = [(mode, size, 1.0) for mode in ("naive", "camouflaged") for size in SIZES]
    kinds += [("camouflaged", size, share) for share in (0.25, 0.1) for size in (80, 160, 240, 400, 800)]
    for mode, size, share in kinds:
        world, *hit = with_ring(honest, size, mode, share=share, seed=seed)  # type: ignore[arg-type]
        after = [incumbent_core(world), shown(world, rules)]
        told = f"{size} {mode}" + (f", {share:.0%} of targets each" if share < 1 else "")
        print(row(told, [theirs, ours], after, tuple(hit)), flush=True)


if __name__ == "__main__":
    for number in range(1, 1 + int((sys.argv[1:] or ["1"])[0])):
        attack(number)
