"""A detector tried: does it keep the contract, how fast is it, does it agree with ours, is it right."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from rejoinder import simulate
from rejoinder.checks.detector import detector_checks
from rejoinder.errors import RejoinderError
from rejoinder.fitting.quality import THRESHOLD, judged, quality, table
from rejoinder.numerics.intervals import wilson
from rejoinder.signals import bill

if TYPE_CHECKING:
    import polars as pl

    from rejoinder.signals import Detector

POSTS = 400
"""Simulated posts that speed and agreement are measured on, beside the judged ones."""

PAID = 20
"""Of a detector that costs money."""


def examine(detector: Detector, shipped: Detector, judgements: pl.DataFrame | None = None) -> dict[str, Any]:
    """What there is to say of a detector: `checks`, `speed`, `agreement`, `quality`, `reliability`, `spent`.

    `judgements` is what `judgements.read` gives. The contract is tried check by check, and a check that fails stops no
    other. Agreement is with `shipped`, on simulated posts and on the judged ones, where both are in reach.
    """
    paid = hasattr(detector, "bill")
    posts = sample(PAID if paid else POSTS, judgements)
    told: dict[str, Any] = {
        "detector": detector.name,
        "version": detector.version,
        "checks": checks(detector),
        "speed": speed(detector, posts),
        "agreement": agreement(detector, shipped, posts),
    }
    if judgements is not None:
        probability, truth = judged(detector, judgements)
        told |= {"quality": quality(probability, truth), "reliability": table(probability, truth)}
        told |= {"judged": len(judgements), "out_of_reach": len(judgements) - len(truth)}
    return told | bill(detector)


def sample(count: int, judgements: pl.DataFrame | None = None) -> pl.DataFrame:
    """Posts to try a detector on: simulated ones, and the judged."""
    import polars as pl

    simulated = simulate.platform(seed=7, posts=2_000, accounts=200).post.unique("text", keep="first")
    posts = simulated.sort("id").head(count)
    return posts if judgements is None else pl.concat([posts, judgements.drop("hateful")])


def checks(detector: Detector) -> list[dict[str, Any]]:
    """Every check of the contract by itself: its name, what it asks, whether it passed, and why not."""
    told = []
    for check in detector_checks(detector):
        why = None
        try:
            check(detector)
        except AssertionError as promise:
            why = str(promise)
        except RejoinderError:
            raise
        except Exception as trouble:  # noqa: BLE001 - whatever a stranger's detector raises is a failed check
            why = f"it raised {type(trouble).__name__}: {trouble}"
        said = (check.__doc__ or "").strip().rstrip(".")
        told.append({"check": check.__name__, "asks": said, "passed": why is None, "why": why})
    return told


def speed(detector: Detector, posts: pl.DataFrame) -> dict[str, Any]:
    """Posts per second of processor time, and of time that passes; models are open by then."""
    started, worked = time.perf_counter(), time.process_time()
    detector.detect(posts)
    passed, work = time.perf_counter() - started, time.process_time() - worked
    return {
        "posts": len(posts),
        "posts_per_cpu_second": round(len(posts) / max(work, 1e-9), 1),
        "posts_per_second": round(len(posts) / max(passed, 1e-9), 1),
    }


def agreement(detector: Detector, shipped: Detector, posts: pl.DataFrame) -> dict[str, Any]:
    """How often both flag a post or both do not (from 0.5), with its Wilson interval, and how alike they rank posts."""
    mine, ours = (one.detect(posts).filter(kind=one.kinds[0])["probability"] for one in (detector, shipped))
    both = mine.is_not_null() & ours.is_not_null()
    left, right = (np.asarray(one.filter(both).to_numpy(), np.float64) for one in (mine, ours))
    same = int(((left >= THRESHOLD) == (right >= THRESHOLD)).sum())
    lower, upper = wilson(same, len(left))
    return {
        "with": shipped.name, "n": len(left), "value": same / len(left) if len(left) else None,
        "lower": float(lower), "upper": float(upper), "rank_correlation": _rank_correlation(left, right),
    }  # fmt: skip


def _rank_correlation(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> float | None:
    """Spearman's; unknown where one of them says the same of every post."""
    ranks = []
    for values in (left, right):
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        rank = (np.cumsum(count) - (count - 1) / 2)[place]
        ranks.append(rank - rank.mean() if len(rank) else rank)
    length = np.sqrt(np.prod([(rank**2).sum() for rank in ranks]))
    return float((ranks[0] * ranks[1]).sum() / length) if length else None
