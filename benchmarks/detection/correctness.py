"""How right the detectors are on held-out posts, with bootstrap intervals; by source and by target.

    python benchmarks/detection/correctness.py FOLDER [--posts N]

FOLDER holds `hate/` (`test_*.jsonl.gz` and, for the n-gram models, `train.jsonl.gz`) and `posts/` (pages of the X API
and `judgements.csv.gz`). Of the posts only those are judged whose text is nowhere in the training split. Figures at a
probability of 0.5: macro-F1, recall on hate, false-positive rate on the rest; area under the curve; expected
calibration error in 15 bins. Intervals are 95 % percentiles over 1,000 resamples of the posts. `--out` writes
them as JSON.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from systems import systems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RESAMPLES, BINS, SEED = 1000, 15, 20261122
FEWEST = 80
"""Posts of a target below which it has no row of its own."""

Rows = list[dict[str, str | int]]


def main(folder: Path, most: int, out: Path | None) -> None:
    """Every detector on every set, a line each."""
    found, compared = [], systems(folder / "hate" / "train.jsonl.gz")
    for name, rows in sets(folder):
        some = sampled(rows, most)
        if not some:
            print(f"{name}: no post is left")
            continue
        for system, said in compared.items():
            begun = time.process_time()
            probability = said([str(row["text"]) for row in some])
            rate = len(some) / (time.process_time() - begun)
            for part, places in parts(some, whole=name, by_target=system.startswith("rejoinder hate")):
                truth = np.array([int(some[place]["label"]) for place in places])
                line = {
                    "set": part,
                    "system": system,
                    "posts": len(places),
                    **figures(probability[places], truth),
                    "posts_per_cpu_s": round(rate),
                }
                found.append(line)
                print(told(line), flush=True)
    if out:
        out.write_text(json.dumps(found, indent=1))


def sets(folder: Path) -> Iterator[tuple[str, Rows]]:
    """The held-out sets by name."""
    for path in sorted((folder / "hate").glob("test_*.jsonl.gz")):
        yield path.name.removesuffix(".jsonl.gz"), read(path)
    yield "posts, disjoint", disjoint(folder)


def disjoint(folder: Path) -> Rows:
    """The judged posts whose text is nowhere in the training split."""
    known = {bare(row["text"]) for row in read(folder / "hate" / "train.jsonl.gz")}
    with gzip.open(folder / "posts" / "judgements.csv.gz", "rt", encoding="utf-8") as file:
        verdicts = {row["post_id"]: int(row["biased"]) for row in csv.DictReader(file)}
    posts = (post for page in read(folder / "posts" / "x_api_v2_pages.jsonl.gz") for post in page["data"])
    return [
        {"text": post["text"], "label": verdicts[post["id"]], "source": "isca", "target": "jews"}
        for post in posts
        if post["id"] in verdicts and bare(post["text"]) not in known
    ]


def read(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a compressed file."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def bare(text: str) -> str:
    """A text by its letters and digits, without links and handles."""
    return re.sub(r"https?://\S+|@\S+|auser|[^a-z0-9]+", "", text.lower())


def sampled(rows: Rows, most: int) -> Rows:
    """At most so many, always the same."""
    return [rows[place] for place in sorted(np.random.default_rng(SEED).permutation(len(rows))[:most])]


def parts(rows: Rows, *, whole: str, by_target: bool) -> Iterator[tuple[str, list[int]]]:
    """The whole set, and each target with posts enough."""
    yield whole, list(range(len(rows)))
    targets = sorted({str(row["target"]) for row in rows if row.get("target")}) if by_target else []
    for target in targets:
        places = [place for place, row in enumerate(rows) if row.get("target") == target]
        both = len({rows[place]["label"] for place in places}) == 2
        if both and FEWEST <= len(places) < len(rows):
            yield f"{whole}: {target}", places


def figures(probability: NDArray[np.float64], truth: NDArray[np.int64]) -> dict[str, list[float]]:
    """Each figure with its interval."""
    chance = np.random.default_rng(SEED)
    again = [chance.integers(0, len(truth), len(truth)) for _ in range(RESAMPLES)]
    found = {}
    for name, figure in FIGURES.items():
        spread = np.percentile([figure(probability[some], truth[some]) for some in again], [2.5, 97.5])
        found[name] = [round(float(value), 4) for value in (figure(probability, truth), *spread)]
    return found


def macro_f1(probability: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The mean of the F1 of both classes."""
    called = probability >= 0.5
    right, missed, wrong = (called & (truth == 1)).sum(), (~called & (truth == 1)).sum(), (called & (truth == 0)).sum()
    calm = (~called & (truth == 0)).sum()
    return float(right / max(2 * right + missed + wrong, 1) + calm / max(2 * calm + missed + wrong, 1))


def f1(probability: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The F1 of hate."""
    called = probability >= 0.5
    return float(2 * (called & (truth == 1)).sum() / max(called.sum() + truth.sum(), 1))


def recall(probability: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The share of hate that is called hate."""
    return float((probability[truth == 1] >= 0.5).mean()) if truth.any() else float("nan")


def false_positives(probability: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The share of the rest that is called hate."""
    return float((probability[truth == 0] >= 0.5).mean()) if not truth.all() else float("nan")


def auc(probability: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The chance that a hateful post ranks above another, ties half (Mann and Whitney 1947)."""
    _, place, ties = np.unique(probability, return_inverse=True, return_counts=True)
    rank = (np.cumsum(ties) - (ties - 1) / 2)[place]
    hateful = int(truth.sum())
    calm = len(truth) - hateful
    return float((rank[truth == 1].sum() - hateful * (hateful + 1) / 2) / max(hateful * calm, 1))


def calibration_error(probability: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The mean distance of probability and share of hate over 15 bins of equal width (Naeini 2015)."""
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    gaps = (abs(np.bincount(bins, probability - truth, BINS))).sum()
    return float(gaps / len(truth))


FIGURES = {
    "macro_f1": macro_f1,
    "f1": f1,
    "recall": recall,
    "fpr": false_positives,
    "auc": auc,
    "ece": calibration_error,
}


def told(line: dict[str, Any]) -> str:
    """A line for people."""
    shown = "  ".join(f"{name} {line[name][0]:.3f} ({line[name][1]:.3f}-{line[name][2]:.3f})" for name in FIGURES)
    return f"{line['set']:34} {line['system']:20} {line['posts']:>5}  {shown}  {line['posts_per_cpu_s']:>7,}/s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=10_000, help="of each set, at most")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    main(given.folder, given.posts, given.out)
