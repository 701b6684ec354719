"""The detector `cues`: how fast beside the same cues one text at a time, and how right on judged posts.

Rates are posts per CPU second (user and system, all threads) and per second on the clock. The stream is made of
ordinary words with links, emoji, hashtags and names of groups, and one post in a hundred holds a cue. Baselines, in
the same run, on a sample: each cue tried on each text with Python's `re`, and `better-profanity`, if installed.

With files of judged posts (JSON lines with `text`, `label`, `source`) it reports how right it is, by source: precision
and recall at 0.5 with Wilson's 95 % intervals, and the area under the curve. Of the training file it takes only posts
that `training/cue_rates.py` left out; each distinct text counts once.

    python benchmarks/detector.py [POSTS] [FILE...]
"""

from __future__ import annotations

import gzip
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.numerics.intervals import wilson
from rejoinder.records import Post
from rejoinder.records.frames import conform
from rejoinder.signals.post.cue import anchor_words, cues
from rejoinder.signals.post.cues import Cues, find
from rejoinder.signals.post.normalise import normalise_column

sys.path.insert(0, str(Path(__file__).parents[1] / "training"))
from cue_rates import BY_TOPIC, held_out

if TYPE_CHECKING:
    from collections.abc import Callable

VOCABULARY = """
the of and to a in is you that it he was for on are as with his they at be this have from or one had by word but not
what all were we when your can said there use an each which she do how their if will up other about out many then them
these so some her would make like him into time has look two more write go see number no way could my than first water
been call who oil its now find long down day did get come made may part people game tonight covid19 soooo lol goal match
vote minister weather train coffee music film city river garden school team
"""
GROUPS = ("women", "black people", "muslim", "jewish", "refugees", "gay", "white", "girls", "mexican", "israel")
ENDS = ("", "", "", "", " https://example.org/a1B2c3", " #GoodMorningAll", " 😂", "!!", " @friend", "\nand more")
BATCH, SAMPLE, ROUNDS = 50_000, 500, 3


def main(count: int, files: list[Path]) -> None:
    """Prints the figures."""
    texts = stream(count)
    posts = conform(Post, pl.DataFrame({"id": pl.int_range(count, eager=True).cast(pl.String), "text": texts}))
    detector = Cues()
    detector.detect(posts.head(1000))  # patterns are compiled once
    normal = measured("normalise, in columns", count, lambda: normalise_column(posts["text"]))
    anchored = measured("filter by anchors", count, lambda: normal.str.contains_any(list(anchor_words())))
    print(f"{'':40} {anchored.sum() / count:10.1%} of posts pass the filter, {found(detector, posts):.2%} hold a cue")
    ours = rate(lambda: [detector.detect(batch) for batch in posts.iter_slices(BATCH)], count)
    told(f"cues, {len(cues())} of them, batches of {BATCH:,}", ours)
    one_by_one = rate(lambda: [find(text, cues()) for text in texts[:SAMPLE]], SAMPLE)
    told("the same, each on each text with `re`", one_by_one)
    print(f"{'':40} {ours[0] / one_by_one[0]:10.0f} times as many per CPU second")
    peer(texts[:SAMPLE])
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    for path in files:
        right(detector, path)


def stream(count: int) -> list[str]:
    """Ordinary posts; the same every time."""
    rng = np.random.default_rng(1)
    lengths, said = rng.integers(5, 30, count), [text for cue in cues() for text in cue.hateful + cue.innocent]
    words = rng.choice(VOCABULARY.split(), (count, 30))
    kinds, ends = rng.random(count), rng.integers(0, len(ENDS), count)
    texts = []
    for row, (length, kind, end) in enumerate(zip(lengths, kinds, ends, strict=True)):
        text = " ".join(words[row, :length])
        if kind < 0.01:
            text = said[row % len(said)]
        elif kind < 0.06:
            text = f"{GROUPS[row % len(GROUPS)]} {text}"
        texts.append(text + ENDS[end])
    return texts


def rate(work: Callable[[], object], count: int) -> tuple[float, float]:
    """Posts per CPU second and per second, at best."""
    cpu, clock = [], []
    for _ in range(ROUNDS):
        begun = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - begun[0])
        clock.append(time.perf_counter() - begun[1])
    return count / min(cpu), count / min(clock)


def told(name: str, rates: tuple[float, float]) -> None:
    """Prints one line."""
    print(f"{name:40} {rates[0]:10,.0f} posts per CPU second, {rates[1]:10,.0f} per second")


def measured(name: str, count: int, work: Callable[[], pl.Series]) -> pl.Series:
    """Prints how fast `work` is and gives what it gave."""
    told(name, rate(work, count))
    return work()


def found(detector: Cues, posts: pl.DataFrame) -> float:
    """The share of posts in which a cue was found."""
    headlines = detector.detect(posts).filter(kind="hate")
    return float((headlines["evidence"].list.len() > 0).sum() / len(posts))


def peer(texts: list[str]) -> None:
    """The best-known word filter, where it is installed."""
    try:
        profanity = import_module("better_profanity").profanity
    except ImportError:
        print("better-profanity is not installed")
        return
    told(
        "better-profanity, bad words of its own",
        rate(lambda: [profanity.contains_profanity(t) for t in texts], len(texts)),
    )


def right(detector: Cues, path: Path) -> None:
    """Prints how right it is on judged posts, by source."""
    raw = path.read_bytes()
    schema = {"text": pl.String, "label": pl.Int64, "source": pl.String}
    judged = pl.read_ndjson(gzip.decompress(raw) if path.suffix == ".gz" else raw, schema=schema).unique("text")
    if "train" in path.name:
        judged = judged.filter(pl.col("text").map_elements(held_out, return_dtype=pl.Boolean), source=BY_TOPIC)
    judged = judged.sort("source", "text").with_row_index("id").cast({"id": pl.String})
    signals = detector.detect(conform(Post, judged)).filter(kind="hate")
    judged = judged.with_columns(signals["probability"].fill_null(0), signals["stance"])
    print(f"\n{path.name}\n{'source':10} {'posts':>6} {'hateful':>7}  precision             recall                AUC")
    for source in ["all", *judged["source"].unique().sort()]:
        print(line(source, judged if source == "all" else judged.filter(source=source)))


def line(source: str, judged: pl.DataFrame) -> str:
    """One source's figures."""
    hateful, called = judged["label"] == 1, judged["probability"] >= 0.5
    hits = int((hateful & called).sum())
    ranks = judged["probability"].rank("average").filter(hateful)
    n, m = len(ranks), len(judged) - len(ranks)
    area = (float(ranks.sum()) - n * (n + 1) / 2) / (n * m)
    shares = f"{share(hits, int(called.sum()))}  {share(hits, n)}"
    return f"{source:10} {len(judged):6,} {n:7,}  {shares}  {area:.3f}"


def share(count: int, of: int) -> str:
    """A proportion and its interval."""
    lower, upper = wilson(count, of)
    return f"{count / max(of, 1):6.1%} ({lower:.1%} to {upper:.1%})"


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 200_000, [Path(each) for each in given[1:]])
