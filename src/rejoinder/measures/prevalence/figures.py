"""From verdicts to figures: how much hate there is, with intervals that hold where it is rare, and in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from rejoinder.errors import DataError
from rejoinder.numerics.strata import total
from rejoinder.records import Estimate
from rejoinder.records.frames import conform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rejoinder.measures.prevalence.verdicts import Coder

LEVEL = 0.95
METHOD = "Horvitz-Thompson, Fay-Feuer gamma"
LITTLE = 2.0
"""Where the upper limit is more than this many times the figure, "at least" is what was bought."""
_TENTH = 0.0995
_WEIGHT = 1e-6
"""By how much, relatively, an inclusion probability may differ from what its stratum says: rounding, nothing else."""


class Figure(NamedTuple):
    """A share of all posts (or views), with what was found for it."""

    by: str
    group: str
    found: int
    judged: int
    value: float
    lower: float
    upper: float
    at_least: float
    mid_lower: float
    mid_upper: float
    variance: float


class Strata(NamedTuple):
    """What is known of each stratum: its size, how many draws were judged, and in which row of it each post is."""

    number: NDArray[np.int64]
    population: NDArray[np.int64]
    judged: NDArray[np.int64]
    views: bool


def figures(told: pl.DataFrame, *, unit: str = "posts") -> list[Figure]:
    """The whole, by kind and by target group, from verdicts as `verdicts` gives them.

    Posts that were not judged are taken to be like those of their stratum that were; posts on which coders differ or
    which they could not tell count as not hateful (`open_cases` counts them). Raises `DataError` where a stratum with
    posts has no judgement, or a weight does not match its stratum.
    """
    strata = _strata(told, unit)
    hateful = told.filter(pl.col("verdict"))
    groups = [("", "", hateful)]
    for by, column in (("kind", "kind"), ("target", "targets")):
        rows = hateful.explode(column, empty_as_null=True) if column == "targets" else hateful
        parts = rows.filter(pl.col(column).is_not_null()).partition_by(column, as_dict=True)
        groups += [(by, str(key[0]), parts[key]) for key in sorted(parts)]
    return [_figure(strata, *group) for group in groups]


def missed(told: pl.DataFrame, *, unit: str = "posts") -> Figure | None:
    """Hateful posts that one look missed, as a share of all: from the negatives that were looked at again.

    It comes on top of the figure for the whole. `None` where none were looked at again, or in not every stratum.
    """
    strata = _strata(told, unit)
    negative = told.filter(~pl.col("first"))
    looked = negative.filter(pl.col("status").is_in(["agreed", "adjudicated"]))
    again = _draws(looked, strata)
    rest = _draws(negative, strata) - again
    size = np.rint(strata.population * rest / np.maximum(strata.judged, 1)).astype(np.int64)
    if not looked.height or np.any((size > 0) & (again == 0)):
        return None
    found = _draws(looked.filter(pl.col("verdict")), strata)
    used = size > 0
    part = total(size[used], again[used], found[used], level=LEVEL, again=True) if used.any() else None
    if part is None:
        return None
    share = float(size.sum() / strata.population.sum())
    scaled = (float(one) * share for one in part[:-1])
    values = (*scaled, float(part.variance) * share**2)
    return Figure("missed", "", int(found.sum()), int(again.sum()), *values)


def open_cases(told: pl.DataFrame) -> dict[str, int]:
    """How many sampled posts are not settled: `missing`, `once` (hateful by one look), `differing`, `unclear`."""
    status, settled = told["status"], told.filter(pl.col("status").is_in(["once", "agreed", "adjudicated"]))
    return {
        "missing": int((status == "missing").sum()),
        "once": told.filter((pl.col("status") == "once") & pl.col("first")).height,
        "differing": int((status == "differing").sum()),
        "unclear": settled["verdict"].null_count(),
    }


def reading(whole: Figure, unit: str, still: dict[str, int], coders: list[Coder]) -> list[str]:
    """What the figures say and do not say, sentence by sentence, the most important first."""
    words = [_main(whole, unit)]
    if len(coders) == 1 and coders[0].confirmed[1] == 0:
        words.append(
            "One person judged, and nobody looked again: a coder who errs in 1 of 200 harmless posts makes 0.3 % look "
            "like about 0.75 %. This is not a figure to publish."
        )
    elif still["once"]:
        words.append(f"{_posts(still['once'])} called hateful by one person only; until looked at again, provisional.")
    if still["missing"]:
        words.append(f"{_posts(still['missing'])} not judged yet, and taken to be like the others of their stratum.")
    if still["differing"]:
        words.append(f"On {still['differing']:,} coders differ: not counted as hateful until adjudicated.")
    if still["unclear"]:
        words.append(f"{still['unclear']:,} could not be told by the coders and are not counted as hateful.")
    return words


def estimates(found: list[Figure], *, unit: str, sample: str, words: str) -> pl.DataFrame:
    """The figures as a frame of `Estimate`: the published interval, "at least", and the secondary one, a row each."""
    rows = []
    for one in found:
        same = {"by": one.by, "group": one.group, "n": one.judged, "count": one.found, "level": LEVEL,
                "unit": f"share of {unit}", "reading": f"Sample `{sample}`. {words}"}  # fmt: skip
        values = [
            ("prevalence", METHOD, one.value, one.lower, one.upper),
            ("prevalence, at least", f"{METHOD}, one-sided", one.at_least, one.at_least, 1.0),
            ("prevalence, mid-p", f"{METHOD}, mid-p", one.value, one.mid_lower, one.mid_upper),
        ]
        rows += [
            same | {"name": name, "method": method, "value": value, "lower": lower, "upper": upper}
            for name, method, value, lower, upper in values
        ]
    return conform(Estimate, pl.DataFrame(rows)).sort("name", "by", "group")


def percent(share: float) -> str:
    """A share in per cent with as many digits as it needs: `0.12 %`, `4.9 %`."""
    return f"{100 * share:.{1 + (share < _TENTH) + (share < _TENTH / 10)}f} %"


def _figure(strata: Strata, by: str, group: str, rows: pl.DataFrame) -> Figure:
    found = _draws(rows, strata)
    told = total(strata.population, strata.judged, found, level=LEVEL, again=strata.views)
    return Figure(by, group, int(found.sum()), int(strata.judged.sum()), *map(float, told))


def _strata(told: pl.DataFrame, unit: str) -> Strata:
    drawn = told.with_columns(_once=pl.col("draws") == 1, _fits=_fits(unit))
    judged = pl.col("draws").filter(pl.col("status") != "missing").sum()
    per = drawn.group_by("stratum").agg(
        pl.first("population", "taken"), judged=judged,
        sound=(pl.n_unique("population") == 1) & (pl.n_unique("taken") == 1) & pl.col("_fits").all()
        & (pl.col("draws").sum() == pl.first("taken")) & (pl.col("_once").all() | (unit == "views")),
    ).sort("stratum")  # fmt: skip
    wrong = per.filter(~pl.col("sound"))["stratum"].to_list()
    if wrong:
        raise DataError(
            f"the weights of stratum {wrong[0]} do not match what was drawn from it",
            expected="one population, as many draws as were taken, and inclusion probabilities that follow from them",
            remedy="use the selection as it was drawn; `rejoinder log verify` finds what was changed",
        )
    silent = per.filter(pl.col("judged") == 0)["stratum"].to_list()
    if silent:
        raise DataError(
            f"no post of stratum {silent[0]} is judged, so nothing is known of it",
            remedy="import the sheets that hold its posts; there is no figure for the whole without them",
        )
    number, population, sizes = (per[name].to_numpy() for name in ("stratum", "population", "judged"))
    return Strata(number, population, sizes, unit == "views")


def _fits(unit: str) -> pl.Expr:
    """Whether an inclusion probability is what its stratum says: the same for all posts, by size for views."""
    if unit == "views":
        return (pl.col("inclusion") > 0) & (pl.col("inclusion") <= pl.col("taken") * (1 + _WEIGHT))
    expected = pl.col("taken") / pl.col("population")
    return (pl.col("inclusion") / expected - 1).abs() <= _WEIGHT


def _draws(rows: pl.DataFrame, strata: Strata) -> NDArray[np.int64]:
    at = np.searchsorted(strata.number, rows["stratum"].to_numpy())
    return np.bincount(at, rows["draws"].to_numpy(), minlength=len(strata.number)).astype(np.int64)


def _main(whole: Figure, unit: str) -> str:
    least, limits = percent(whole.at_least), f"{percent(whole.lower)} to {percent(whole.upper)}"
    if not whole.found:
        return (
            f"None of {whole.judged:,} judged draws was hateful. That does not mean that there is none: up to "
            f"{percent(whole.upper)} of {unit} could be (95 %)."
        )
    found = f"{percent(whole.value)} of {unit} are estimated to be hateful (95 % interval {limits}); at least {least}"
    if whole.upper > LITTLE * whole.value:
        return f'{found}. The sample supports "at least"; it is too small to say "at most".'
    return f"{found}."


def _posts(count: int) -> str:
    return f"{count:,} post{' was' if count == 1 else 's were'}"
