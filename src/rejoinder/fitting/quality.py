"""How good probabilities are by people's judgements: figures with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rejoinder.numerics.intervals import wilson
from rejoinder.numerics.reliability import auc, bootstrap, brier, calibration_error, reliability

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl
    from numpy.typing import NDArray

    from rejoinder.signals import Detector

THRESHOLD = 0.5
"""From this probability on a post counts as flagged."""

OF_ALL = {"auc": auc, "calibration error": calibration_error, "brier": brier}

Figure = dict[str, Any]
"""`value`, `lower`, `upper` (95 %), `method`, `n`."""


def judged(detector: Detector, posts: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Probabilities and verdicts of the judged posts that are in the detector's reach."""
    said = detector.detect(posts.drop("hateful")).filter(kind=detector.kinds[0])["probability"]
    known = said.is_not_null()
    truth = np.asarray(posts["hateful"].filter(known).to_numpy(), np.bool_)
    return np.asarray(said.filter(known).to_numpy(), np.float64), truth


def quality(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> dict[str, Figure]:
    """Accuracy, precision, recall, false-positive rate at 0.5, AUC, calibration error and Brier score.

    Shares have Wilson intervals, the others bootstrap intervals. They hold for posts such as were judged: chosen at
    random they speak for the stream, chosen otherwise for that choice only.

    >>> quality(np.array([0.9, 0.8, 0.2]), np.array([True, False, False]))["recall"]["value"]
    1.0
    """
    flagged = probability >= THRESHOLD
    counted = {
        "accuracy": (flagged == truth, np.ones_like(truth)),
        "precision": (truth, flagged),
        "recall": (flagged, truth),
        "false-positive rate": (flagged, ~truth),
    }
    told = {name: _share(int((hit & of).sum()), int(of.sum())) for name, (hit, of) in counted.items()}
    return told | {name: _of_all(figure, probability, truth) for name, figure in OF_ALL.items()}


def table(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """The reliability table: what was said, what was found, between which limits, of how many."""
    rows = reliability(probability, truth)
    return [
        {"said": float(said), "found": float(found), "lower": float(lower), "upper": float(upper), "n": int(n)}
        for said, found, lower, upper, n in zip(*rows, strict=True)
    ]


def _share(count: int, n: int) -> Figure:
    lower, upper = wilson(count, n)
    value = count / n if n else None
    return {"value": value, "lower": float(lower), "upper": float(upper), "method": "Wilson", "n": n}


def _of_all(
    figure: Callable[[NDArray[np.float64], NDArray[np.bool_]], float],
    probability: NDArray[np.float64], truth: NDArray[np.bool_],
) -> Figure:  # fmt: skip
    if not len(truth):
        return {"value": None, "lower": None, "upper": None, "method": "bootstrap", "n": 0}
    value = figure(probability, truth)
    lower, upper = bootstrap(lambda rows: figure(probability[rows], truth[rows]), len(truth))
    known = None if np.isnan(value) else value
    return {"value": known, "lower": lower, "upper": upper, "method": "bootstrap", "n": len(truth)}
