"""How often intervals of prevalence hold the truth, how wide they are, and what drift does to them.

A population of two million posts with known truth and a detector's probabilities, drawn again and again by the shipped
design (six strata, half Neyman, half in proportion) and estimated by the shipped functions. Two detectors: `weak`, with
F1 = 0.80 on a balanced benchmark, and `strong`, with a true positive rate of 0.75 at F1 = 0.80 where it is used. Their
probabilities are calibrated to a prevalence that is wrong by a factor of two. Beside it, on samples of the same size:
Wilson on a plain random sample, PPI++ by our function, and by `ppi-python` where that is installed.

    python benchmarks/measures/coverage.py [REPLICATIONS]          (2,000 by default)
"""

import sys
from dataclasses import dataclass
from importlib import import_module
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from rejoinder.numerics.contrasts import rise_p_value
from rejoinder.numerics.intervals import wilson
from rejoinder.numerics.powered import powered_mean
from rejoinder.numerics.strata import Total, allocation, cuts, total

POSTS = 2_000_000
STRATA = 6
PREVALENCES = (0.001, 0.003, 0.01)
SIZES = (1_000, 2_000, 3_000)
DETECTORS = ("weak", "strong")
NORMAL = NormalDist()

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass
class World:
    """Posts with their truth and what the detector says."""

    hateful: NDArray[np.bool_]
    probability: Floats


@dataclass
class Design:
    """What is frozen before anything is judged: cuts, and how many from each stratum."""

    cuts: Floats
    taken: Counts


def separation(detector: str, prevalence: float) -> float:
    """Between the mean scores of hateful and other posts, in their standard deviation."""
    if detector == "weak":
        return 1.63
    found = 0.75
    precision = 0.8 * found / (2 * found - 0.8)
    false = prevalence * found * (1 - precision) / precision / (1 - prevalence)
    return NORMAL.inv_cdf(found) - NORMAL.inv_cdf(false)


def world(prevalence: float, apart: float, rng: np.random.Generator, *, times: float = 1.0, drift: str = "") -> World:
    """A population; `drift` is what changed since the detector was calibrated, `times` by how much hate rose."""
    hateful = np.zeros(POSTS, bool)
    hateful[: round(POSTS * prevalence * times)] = True
    score = rng.normal(size=POSTS)
    score[hateful] += apart - (drift == "coded")
    if drift == "quoting":  # one in a hundred other posts now quotes hate, and looks like it
        quoting = ~hateful & (rng.random(POSTS) < 0.01)
        score[quoting] += apart
    guess = 2 * prevalence  # wrong by two
    odds = guess / (1 - guess) * np.exp(apart * score - apart**2 / 2)
    return World(hateful, odds / (1 + odds))


def frozen(before: World, size: int) -> Design:
    """The shipped design on the period before."""
    at = cuts(before.probability, STRATA)
    stratum = np.searchsorted(at, before.probability, "right")
    population = np.bincount(stratum, minlength=len(at) + 1)
    mean = np.bincount(stratum, before.probability, minlength=len(at) + 1) / np.maximum(population, 1)
    return Design(at, allocation(population, np.sqrt(mean * (1 - mean)), size))


def replicated(of: World, design: Design, times: int, rng: np.random.Generator) -> Total:
    """The estimates of many samples of a world by a design."""
    stratum = np.searchsorted(design.cuts, of.probability, "right")
    population = np.bincount(stratum, minlength=len(design.taken))
    positive = np.bincount(stratum[of.hateful], minlength=len(design.taken))
    taken = np.minimum(design.taken, population)
    found = rng.hypergeometric(positive, population - positive, taken, (times, len(taken)))
    return total(population, taken, found)


def covered(lower: Floats, upper: Floats, truth: float) -> float:
    """In per cent."""
    return float(100 * np.mean((lower <= truth) & (truth <= upper)))


def powered(of: World, size: int, times: int, rng: np.random.Generator) -> dict[str, float]:
    """Coverage of PPI++ on plain random samples: ours, and the package's where it is installed."""
    try:
        package = import_module("ppi_py")
    except ImportError:
        package = None
    truth, elsewhere = of.hateful.mean(), of.probability[rng.integers(POSTS, size=100_000)]
    held: dict[str, list[bool]] = {"PPI++": [], "ppi-python": []}
    for _ in range(times):
        drawn = rng.integers(POSTS, size=size)
        judged, predicted = of.hateful[drawn].astype(float), of.probability[drawn]
        ours = powered_mean(judged, predicted, elsewhere)
        held["PPI++"].append(ours.lower <= truth <= ours.upper)
        if package:
            lower, upper = package.ppi_mean_ci(judged, predicted, elsewhere, alpha=0.05)
            held["ppi-python"].append(bool(lower <= truth <= upper))
    return {name: 100 * float(np.mean(values)) for name, values in held.items() if values}


def intervals(times: int) -> None:
    """Coverage and width, cell by cell."""
    print(
        f"\n## Coverage (nominal 95 %) and mean width over that of Wilson on a plain sample; {times:,} replications\n"
    )
    print("| detector | prevalence | judged | gamma | mid-p | at least | Wilson | width gamma | width mid-p | other |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    rng = np.random.default_rng(6)
    for detector in DETECTORS:
        for prevalence in PREVALENCES:
            of = world(prevalence, separation(detector, prevalence), rng)
            for size in SIZES:
                row(of, f"{detector} | {prevalence:.1%}", size, times, rng)


def row(of: World, name: str, size: int, times: int, rng: np.random.Generator) -> None:
    """One cell of the table."""
    truth = of.hateful.mean()
    told = replicated(of, frozen(of, size), times, rng)
    lower, upper = wilson(rng.binomial(size, truth, times), size)
    plain = (upper - lower).mean()
    other = ", ".join(f"{name} {held:.1f}" for name, held in powered(of, size, min(times, 300), rng).items())
    print(
        f"| {name} | {size:,} | {covered(told.lower, told.upper, truth):.1f} "
        f"| {covered(told.mid_lower, told.mid_upper, truth):.1f} | {100 * np.mean(told.at_least <= truth):.1f} "
        f"| {covered(lower, upper, truth):.1f} | {(told.upper - told.lower).mean() / plain:.2f} "
        f"| {(told.mid_upper - told.mid_lower).mean() / plain:.2f} | {other} |"
    )


DRIFTS = {
    "nothing changed": (1.0, ""), "x 1.5": (1.5, ""), "x 2": (2.0, ""),
    "1 % of others now quote hate": (1.0, "quoting"),
    "coded language": (1.0, "coded"), "x 2 and coded language": (2.0, "coded"),
}  # fmt: skip


def drifts(times: int) -> None:
    """The frozen design after something changed: coverage, and how often a rise is claimed (one-sided 2.5 %)."""
    print("\n## After the event, on the design frozen before it (prevalence 0.3 % before)\n")
    print("| detector | judged | what changed | gamma | mid-p | mean ratio | rise claimed, % | flagged alone |")
    print("|---|---|---|---|---|---|---|---|")
    rng = np.random.default_rng(7)
    for detector in DETECTORS:
        apart = separation(detector, 0.003)
        before = world(0.003, apart, rng)
        for size in SIZES:
            design = frozen(before, size)
            first = replicated(before, design, times, rng)
            for name, (rise, drift) in DRIFTS.items():
                after = world(0.003, apart, rng, times=rise, drift=drift)
                then = replicated(after, design, times, rng)
                truth = after.hateful.mean()
                claimed = rise_p_value(first.value, then.value, (first.variance, then.variance)) < 0.025
                flagged = (after.probability >= 0.5).sum() / max((before.probability >= 0.5).sum(), 1)
                print(
                    f"| {detector} | {size:,} | {name} | {covered(then.lower, then.upper, truth):.1f} "
                    f"| {covered(then.mid_lower, then.mid_upper, truth):.1f} "
                    f"| {then.value.mean() / first.value.mean():.2f} | {100 * claimed.mean():.1f} | x {flagged:.2f} |"
                )


if __name__ == "__main__":
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    intervals(replications)
    drifts(replications)
