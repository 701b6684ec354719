"""The first stage of `hate`, adapted to an unlabelled stream: a higher bar where that loses hardly any hate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rejoinder import sources
from rejoinder.fitting import placing
from rejoinder.records import Post
from rejoinder.records.frames import conform
from rejoinder.signals.own.load import load
from rejoinder.signals.own.spec import FILE
from rejoinder.signals.post.first import FirstStage, shipped
from rejoinder.signals.post.hate import Hate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from rejoinder.store import Case

RECALL = 0.98
"""Of the hate that passes the shipped bar so much must pass the new one: the lower limit of a 95 % interval."""

STEPS, PER_STEP, ABOVE = 10, 300, 1_000
"""The lower half of what passes is cut into steps; so many texts of each, and of the upper half, are read."""

DRAWS = 4_000
LIKELY = 0.5
"""From this probability on the transformer is said to find hate."""


@dataclass(frozen=True)
class Stream:
    """What the shipped detector makes of a stream before the transformer is asked."""

    posts: int
    """In reach."""
    cued: int
    """With a cue: these go to the transformer in any case."""
    logits: NDArray[np.float64]
    """Of the posts without a cue, sorted."""
    passed: pl.DataFrame
    """Distinct texts without a cue that pass: `first` (the logit) and `text`, sorted by both."""

    def share(self, bar: float) -> float:
        """The share of posts that go to the transformer under a bar."""
        passed = len(self.logits) - int(np.searchsorted(self.logits, bar))
        return (self.cued + passed) / max(self.posts, 1)


def adapt(case: Case, paths: Sequence[str]) -> dict[str, Any]:
    """Raises the bar of the first stage as far as the stream in `paths` allows; the case uses it from now on.

    The transformer reads a sample of the texts that pass; where it finds hardly any hate just above the bar, the bar
    rises, until the lower limit of recall would fall below 0.98. It never falls, and never cuts more than half of what
    passes. Weights and constant stay as shipped. Tells bars, shares passed, and recall with its interval; where the
    bar stays, nothing is written. Raises what reading files raises.
    """
    stream = read(paths)
    before = shipped()[2]
    bar, found = choose(stream, before)
    told: dict[str, Any] = {
        "posts": stream.posts, "bar": {"before": before, "after": bar}, **found,
        "passed": {"before": stream.share(before), "after": stream.share(bar)},
        "detectors": list(case.settings.detectors),
    }  # fmt: skip
    if bar == before:
        return told
    place = placing.place(case, placing.SHIPPED)
    folder = case.folder / place
    weights, constant, _ = shipped()
    with (folder / "first.npz").open("wb") as file:
        np.savez(file, weights=weights, constant=np.float64(constant), bar=np.float64(bar))
    placing.adapt(folder / FILE, "first.npz")
    placing.write(folder / "adapted.json", json.dumps(told, indent=2) + "\n")
    told["detectors"] = placing.use(case, place, placing.SHIPPED)
    told["version"] = load(folder).version
    case.log.append("adapted", {name: told[name] for name in ("posts", "bar", "passed", "recall", "version")})
    return told


def read(paths: Sequence[str]) -> Stream:
    """The posts of some files, a batch at a time; what cannot be read is left out."""
    ruling_out = Hate(first=FirstStage(bar=np.inf))  # the transformer is asked about cues only
    frames = (batch.frames["post"] for file in sources.expand(paths) for batch in sources.read(file)
              if "post" in batch.frames)  # fmt: skip
    return gathered(ruling_out, frames)


def gathered(ruling_out: Hate, frames: Iterable[pl.DataFrame]) -> Stream:
    """The stream of some frames of posts."""
    posts, cued = 0, 0
    logits, passed = [np.empty(0)], [pl.DataFrame(schema={"first": pl.Float64, "text": pl.String})]
    for frame in frames:
        judged = ruling_out.judge(frame)
        reached = judged.posts.filter(pl.col("first").is_not_null())
        uncued = reached.filter(~pl.col("row").is_in(list(judged.hits))).select("first", "text")
        posts, cued = posts + len(reached), cued + len(reached) - len(uncued)
        logits.append(uncued["first"].to_numpy())
        passed.append(uncued.filter(pl.col("first") >= shipped()[2]).unique())
    return Stream(posts, cued, np.sort(np.concatenate(logits)), pl.concat(passed).unique().sort("first", "text"))


def choose(stream: Stream, bar: float) -> tuple[float, dict[str, Any]]:
    """The highest bar of which the recall is sure enough, and what that rests on."""
    half = len(stream.passed) // 2
    edges = [half * step // STEPS for step in range(STEPS + 1)]
    rng = np.random.default_rng(1)
    steps = [_sampled(stream.passed[start:end], PER_STEP, rng) for start, end in pairwise(edges)]
    counts = _counted([*steps, _sampled(stream.passed[half:], ABOVE, rng)])
    sizes = np.diff([*edges, len(stream.passed)])
    found: dict[str, Any] = {"read": int(counts[:, 1].sum()), "hateful": int(counts[:, 0].sum()), "recall": None}
    for step in range(1, STEPS + 1):
        # In a fixed order, and no further than the first that fails: so many looks cost no certainty.
        if edges[step] == edges[step - 1] or (recall := recall_of(counts, sizes, step))["lower"] < RECALL:
            break
        bar, found["recall"] = float(stream.passed["first"][edges[step]]), recall
    return bar, found


def recall_of(counts: NDArray[np.int64], sizes: NDArray[np.int64], step: int) -> dict[str, float]:
    """The share of hate that is kept where the first `step` strata are dropped, with its 95 % interval.

    `counts` has a row for each stratum, hateful and read; `sizes` how many texts it holds. What is dropped, the rest of
    the lower half, and the upper half each have a hateful share with Jeffreys' prior, drawn with a fixed seed.

    >>> counts = np.array([[0, 300]] * 10 + [[200, 1000]])
    >>> {name: round(float(value), 3) for name, value in recall_of(counts, np.array([500] * 10 + [5000]), 3).items()}
    {'value': 1.0, 'lower': 0.996, 'upper': 1.0}
    """
    rng = np.random.default_rng(1)
    parts = [slice(0, step), slice(step, len(counts) - 1), slice(len(counts) - 1, None)]
    hate = []
    for part in parts:
        (hateful, seen), size = counts[part].sum(axis=0), sizes[part].sum()
        drawn = size * rng.beta(hateful + 0.5, seen - hateful + 0.5, DRAWS)
        hate.append((size * hateful / max(seen, 1), drawn))
    total = sum(value for value, _ in hate)
    kept = 1 - hate[0][1] / sum(drawn for _, drawn in hate)
    lower, upper = np.quantile(kept, [0.025, 0.975])
    return {"value": float(1 - hate[0][0] / total) if total else 1.0, "lower": float(lower), "upper": float(upper)}


def _sampled(texts: pl.DataFrame, count: int, rng: np.random.Generator) -> list[str]:
    rows = np.sort(rng.permutation(len(texts))[:count])
    return texts["text"].gather(rows).to_list()


def _counted(strata: list[list[str]]) -> NDArray[np.int64]:
    """For each stratum how many texts the transformer finds hateful, and how many it read."""
    texts = [text for stratum in strata for text in stratum]
    posts = conform(Post, pl.DataFrame({"id": [str(row) for row in range(len(texts))], "text": texts},
                                       {"id": pl.String, "text": pl.String}))  # fmt: skip
    said = Hate(first=FirstStage(bar=-np.inf)).detect(posts).filter(kind="hate")["probability"].fill_null(0.0)
    hateful = (said >= LIKELY).to_numpy()
    ends = np.cumsum([len(stratum) for stratum in strata])
    return np.array([[part.sum(), len(part)] for part in np.split(hateful, ends[:-1])], np.int64)
