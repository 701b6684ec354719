"""The published suites: how many of each functionality and narrative are right, on both sides.

    python benchmarks/detection/suites_report.py [--all]

Accuracy at a probability of 0.5 with Wilson's 95 % interval; `--all` runs every detector that is installed, not ours
alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from rejoinder.numerics.intervals import wilson

sys.path.insert(0, str(Path(__file__).parent / "suites"))
import load
from systems import systems


def main(*, every: bool) -> None:
    """A table for each suite and detector."""
    for suite in (load.functions(), load.narratives()):
        for name, system in systems(None).items():
            if every or name == "rejoinder hate":
                report(f"{suite[0].suite}, {name}", suite, system([row.text for row in suite]) >= 0.5)


def report(title: str, rows: list[load.Row], called: np.ndarray) -> None:
    """A line for each group and side, and both sides in all."""
    right = called == np.array([bool(row.label) for row in rows])
    print(f"\n{title}")
    for label, side in ((1, "hateful"), (0, "innocent")):
        places = [place for place, row in enumerate(rows) if row.label == label]
        line(f"  {side}, all", right[places])
        for group in sorted({rows[place].group for place in places}):
            line(f"    {group}", right[[place for place in places if rows[place].group == group]])


def line(name: str, right: np.ndarray) -> None:
    """How many are right."""
    low, high = wilson(int(right.sum()), len(right))
    print(f"{name:44} {right.sum():>5} of {len(right):>5}  {right.mean():6.1%} ({low:.1%} to {high:.1%})")


if __name__ == "__main__":
    main(every="--all" in sys.argv)
