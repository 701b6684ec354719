"""Calibration on judgements of one's own: a line fitted, and what it is worth by cross-fitting."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from rejoinder.errors import DataError
from rejoinder.fitting import judgements, placing
from rejoinder.fitting.diagram import draw
from rejoinder.fitting.quality import judged, table
from rejoinder.numerics.reliability import bootstrap, brier, calibration_error
from rejoinder.signals.own.load import load, uncalibrated
from rejoinder.signals.own.spec import FILE
from rejoinder.signals.post.calibration import Calibration, logits

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from rejoinder.store import Case

FEWEST = 20
"""Fewer judgements than this are refused; 200 are wanted."""

FOLDS = 5
FIGURES = {"calibration error": calibration_error, "brier": brier}


def calibrate(case: Case, file: Path, entry: str = placing.SHIPPED) -> dict[str, Any]:
    """Fits a detector's probabilities to judgements; the case uses the fitted detector from now on.

    `entry` is `hate`, or the path of a detector's folder. Tells slope, offset, the figures before and after, and the
    reliability tables; what is told of after is by cross-fitting, so no judgement speaks for its own line. Raises
    `DataError` for fewer than 20 judgements in reach, or of one verdict only.
    """
    posts = judgements.read(file, case)
    place = placing.place(case, entry)
    folder = case.folder / place
    probability, truth = judged(uncalibrated(folder), posts)
    _enough(truth, file)
    line, after = Calibration.fitted(probability, truth), cross_fitted(probability, truth)
    placing.calibrate(folder / FILE, line)
    told: dict[str, Any] = {
        "detector": place, "n": len(truth), "hateful": int(truth.sum()), "out_of_reach": len(posts) - len(truth),
        "slope": line.slope, "offset": line.offset, "figures": compare(probability, after, truth),
        "before": table(probability, truth), "after": table(after, truth),
    }  # fmt: skip
    placing.write(folder / "calibration.json", json.dumps(told, indent=2) + "\n")
    placing.write(folder / "calibration.svg", draw({"before": told["before"], "after": told["after"]}))
    told["detectors"] = placing.use(case, place, entry)
    told["version"] = load(folder).version
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    logged = ("detector", "version", "n", "hateful", "slope", "offset", "figures")
    case.log.append("calibrated", {name: told[name] for name in logged} | {"judgements": sha256})
    return told


def cross_fitted(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each probability put through the line that was fitted without its fifth of the judgements.

    Fifths are drawn with a fixed seed, each with its share of both verdicts.

    >>> rng = np.random.default_rng(1)
    >>> p = rng.random(2000)
    >>> float(np.mean(np.abs(cross_fitted(p, rng.random(2000) < p) - p)).round(1))
    0.0
    """
    fold = np.empty(len(truth), np.int64)
    rng = np.random.default_rng(1)
    for verdict in (True, False):
        rows = rng.permutation(np.flatnonzero(truth == verdict))
        fold[rows] = np.arange(len(rows)) % FOLDS
    after = np.empty(len(truth))
    for held in range(FOLDS):
        line = Calibration.fitted(probability[fold != held], truth[fold != held])
        after[fold == held] = line.probability(logits(probability[fold == held]))
    return after


def compare(
    before: NDArray[np.float64], after: NDArray[np.float64], truth: NDArray[np.bool_]
) -> dict[str, dict[str, Any]]:
    """Calibration error and Brier score before and after, and by how much they fell, with bootstrap intervals."""
    told = {}
    for name, figure in FIGURES.items():

        def fell(rows: NDArray[np.intp], figure: Any = figure) -> float:  # noqa: ANN401 - one of `FIGURES`
            return cast("float", figure(before[rows], truth[rows]) - figure(after[rows], truth[rows]))

        lower, upper = bootstrap(fell, len(truth))
        old, new = figure(before, truth), figure(after, truth)
        told[name] = {"before": old, "after": new, "fell": old - new, "lower": lower, "upper": upper}
    return told


def _enough(truth: NDArray[np.bool_], file: Path) -> None:
    hateful = int(truth.sum())
    if len(truth) < FEWEST:
        raise DataError(f"{len(truth)} judgements in reach are too few", where=str(file),
                        expected=f"at least {FEWEST}, better 200", remedy="judge more posts")  # fmt: skip
    if not 0 < hateful < len(truth):
        raise DataError(f"{hateful} of {len(truth)} judged posts are hateful", where=str(file),
                        expected="both verdicts", remedy="judge more posts")  # fmt: skip
