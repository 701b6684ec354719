"""The incumbent's own fit of the same ratings, beside ours of its objective: loss, intercepts, statuses, CPU.

Needs a folder with `ratings_NAME.parquet` (rater, note, helpful) and the incumbent's `incumbent_notes_NAME.parquet`
(note, intercept, factor).

    python benchmarks/notes/parity.py FOLDER [NAME …]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from rejoinder.numerics.bridging import Ridge, fit
from rejoinder.responses.bridging import admit

LOSS = {"50k": (0.137518, 2.11), "2m": (0.132173, 34.9)}
"""Final loss and CPU seconds, on one thread, that the incumbent's code reported."""


def statuses(intercept: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """1, 0 or -1 by the incumbent's plain rules."""
    helpful = (intercept >= 0.40) & (np.abs(factor) <= 0.5)
    return np.where(helpful, 1, -1 * (intercept <= -0.05 - 0.8 * np.abs(factor)))


def compare(folder: Path, name: str) -> None:
    """One set."""
    ratings = admit(pl.read_parquet(folder / f"ratings_{name}.parquet"))
    theirs = pl.read_parquet(folder / f"incumbent_notes_{name}.parquet")
    table = ratings.table
    fit(table, Ridge.of_means(table), tolerance=1.0)  # what is compiled at first use is not the fit
    loss, cpu = LOSS.get(name, (float("nan"), float("nan")))
    for tolerance in (1e-7, 1e-8, 1e-12):
        begun = time.process_time()
        found = fit(table, Ridge.of_means(table), tolerance=tolerance)
        spent = time.process_time() - begun
        ours = pl.DataFrame({"note": ratings.notes, "i": found.row, "f": found.row_factor[:, 0]})
        both = ours.join(theirs.with_columns(pl.col("note").cast(ours["note"].dtype)), on="note")
        pairs = (("i", "f"), ("intercept", "factor"))
        mine, other = (statuses(both[row].to_numpy(), both[factor].to_numpy()) for row, factor in pairs)
        print(
            f"{name} to {tolerance:.0e}: loss {found.loss:.7f} (incumbent {loss:.6f}), {found.sweeps} sweeps, "
            f"intercepts correlate {both.select(pl.corr('i', 'intercept')).item():.5f}, statuses agree "
            f"{(mine == other).mean():.2%}, {spent:.3f} CPU s (incumbent {cpu}: {cpu / spent:.0f} times)"
        )


if __name__ == "__main__":
    for each in sys.argv[2:] or ["50k", "2m"]:
        compare(Path(sys.argv[1]), each)
