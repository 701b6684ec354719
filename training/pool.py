"""Step 5: how the transformer and the cues together become a probability.

    python training/pool.py WORK FOLDER

Fits the pool of `signals.post.opinion.raw_logit`, and what the first stage's logit is worth where it ruled out, on the
development posts: each source weighs the same, and in it hate as much as the rest, so that 0.5 is the even chance where
half of the posts are hate, which on no ordinary stream they are (see `rejoinder calibrate`). The examples of the
narratives weigh `EXAMPLES` of the whole: there are few narratives in the public data, yet on its own examples every cue
is right, so they must not weigh more. Writes FOLDER/card.toml, with hashes of the files beside it.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import polars as pl
from first_stage import pieces, teacher

from rejoinder.numerics.logistic import logistic
from rejoinder.signals.post import cue, cues, opinion
from rejoinder.signals.post.first import FirstStage
from rejoinder.signals.post.reading import reading_column

RIDGE = 1.0
"""Pseudo-counts by which the coefficients are drawn to the transformer as it stands and cues as they are rated."""

HELD_OUT = (
    "great-replacement", "dual-loyalty", "globalists", "blood-libel", "holocaust-denial", "khazar", "deicide", "soros",
    "islamisation", "groomers", "roma-theft", "migrant-burden", "black-crime", "disabled-burden",
)  # fmt: skip
"""The narratives of `benchmarks/detection/suites/narratives.toml`."""

EXAMPLES = 0.05
ROWS = 500_000
"""Rows that weights are made into by repeating them."""

CARD = """\
# Written by training/pool.py; do not edit by hand.
version = "{version}"

# Logit of the post = offset + model * transformer + cue * logit of the strongest cue's rate + narrative where one is
# told; of a post that the first stage ruled out = first_offset + first * its logit.
[pool]
offset = {offset:.4f}
model = {model:.4f}
cue = {cue:.4f}
narrative = {narrative:.4f}
first_offset = {first_offset:.4f}
first = {first:.4f}

[sha256]
{files}
"""


def main(work: Path, folder: Path) -> None:
    """Fits and writes."""
    dev, examples = pl.read_parquet(work / "dev.parquet"), exemplary()
    truth, said = dev["hate"].to_numpy().astype(float), teacher(work / "teacher-dev.npy", dev["text"])
    weight = 1 / dev.select(pl.len().over("source", "hate"))["len"].to_numpy()
    features = np.vstack(
        [seen(dev["text"], said), seen(examples["text"], teacher(work / "teacher-examples.npy", examples["text"]))]
    )
    shares = np.concatenate([weight / weight.sum() * (1 - EXAMPLES), np.full(len(examples), EXAMPLES / len(examples))])
    truths = np.concatenate([truth, examples["hate"].to_numpy()])
    found = weighted(features, truths, shares, [0.0, 1.0, 0.3, 0.0])
    first = FirstStage().logits(pieces(dev["text"]))
    out = first < FirstStage().bar
    ruled_out = weighted(
        np.column_stack([np.ones(out.sum()), first[out]]), truth[out], weight[out] / weight.sum(), [-2.0, 1.0]
    )
    write(
        folder,
        dict(zip(("offset", "model", "cue", "narrative", "first_offset", "first"), [*found, *ruled_out], strict=True)),
    )


def exemplary() -> pl.DataFrame:
    """The examples of the narratives and codes, as the model reads them."""
    told = [each for each in cue.cues() if (each.narrative or each.id.startswith("code:")) and not held_out(each)]
    rows = [
        (text, label) for each in told for label, texts in ((1.0, each.hateful), (0.0, each.innocent)) for text in texts
    ]
    frame = pl.DataFrame(rows, ["text", "hate"], orient="row")
    return frame.with_columns(text=reading_column(frame["text"]))


def held_out(each: cue.Cue) -> bool:
    """Whether a cue belongs to a narrative that the published suite keeps from training."""
    return each.id.startswith("theme:") or each.narrative in HELD_OUT


def seen(texts: pl.Series, said: np.ndarray) -> np.ndarray:
    """What the pool takes: one, the transformer's logit, the strongest cue's, and whether a narrative is told."""
    ids = pl.int_range(pl.len()).cast(pl.String)
    known = cues.read(texts.alias("text").to_frame().select("text", id=ids, lang=pl.lit(None, pl.String)))
    hits = cues.find_all(known)
    rows = [hits.get(row, []) for row in range(len(texts))]
    told = [(opinion.strongest(found), float(opinion.tells(found))) for found in rows]
    return np.column_stack([np.ones(len(texts)), said, np.array(told)])


def weighted(features: np.ndarray, truth: np.ndarray, shares: np.ndarray, prior: list[float]) -> np.ndarray:
    """Logistic regression with weights, by rows repeated as often as they weigh."""
    times = np.round(shares / shares.sum() * ROWS).astype(int)
    start = np.array(prior)
    ridge = np.full(len(start), RIDGE * ROWS / len(truth))
    return logistic(np.repeat(features, times, axis=0), np.repeat(truth, times), start, ridge)


def write(folder: Path, fitted: dict[str, float]) -> None:
    """The card, with what the files beside it are."""
    names = sorted(path for path in folder.iterdir() if path.name != "card.toml")
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in names}
    version = hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:8]
    files = "\n".join(f'"{name}" = "{found}"' for name, found in hashes.items())
    (folder / "card.toml").write_text(CARD.format(version=version, files=files, **fitted))
    print(fitted)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
