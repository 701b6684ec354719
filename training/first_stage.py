"""Step 4: the first stage, taught by the transformer that ships.

    python training/first_stage.py WORK FOLDER [ORDINARY…]

Reads a sample of the training posts, and ORDINARY texts (a text to a line) that are not about groups at all, with the
model in FOLDER, and fits a logistic regression on hashed n-grams to what it says. `bar` is set on the development
posts: `PASSED` of the hate that the transformer finds is passed on. Writes FOLDER/first.npz.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import csr_array, vstack
from sklearn.linear_model import LogisticRegression

from rejoinder.numerics.ngrams import codes, counts, sums
from rejoinder.signals.post.encoder import Encoder, vocabulary
from rejoinder.signals.post.pieces import Pieces
from rejoinder.signals.post.reading import reading_column

BITS = 18
SAMPLE = 24_000
PASSED = 0.98
STRENGTH = 30.0
"""`C` of scikit-learn: the inverse of the penalty."""
SEED = 20261122


def main(work: Path, folder: Path, *ordinary: Path) -> None:
    """Reads, fits, sets the bar, writes."""
    train = pl.read_parquet(work / "train.parquet").sample(SAMPLE, seed=SEED, shuffle=True)["text"]
    contrast = pl.read_parquet(work / "contrast.parquet")["text"]
    lines = [line for path in ordinary for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    texts = pl.concat([train, contrast, reading_column(pl.Series("text", lines, dtype=pl.String))])
    learnt, taught = pieces(texts), teacher(work / "teacher.npy", texts)
    weights, constant = fitted(learnt, taught)
    dev = pl.read_parquet(work / "dev.parquet")
    first, said = scored(pieces(dev["text"]), weights) + constant, teacher(work / "teacher-dev.npy", dev["text"])
    bar = float(np.quantile(first[(said > 0) & (dev["hate"].to_numpy() == 1)], 1 - PASSED))
    np.savez_compressed(folder / "first.npz", weights=weights.astype(np.float16), constant=constant, bar=bar)
    print(f"bar {bar:.3f}; of development posts it passes {(first >= bar).mean():.1%}, of ordinary ones "
          f"{(scored(learnt[-len(lines):], weights) + constant >= bar).mean():.1%}")  # fmt: skip


def pieces(texts: pl.Series) -> list[list[int]]:
    """The pieces of texts that are already as the model reads them."""
    cut = Pieces(vocabulary())
    return [cut(text) for text in texts]


def teacher(path: Path, texts: pl.Series) -> np.ndarray:
    """The transformer's logit of hate of each text; kept in a file, since it takes minutes."""
    if not path.exists():
        np.save(path, [said.logits[0] for said in Encoder(processes=2).read(pieces(texts))])
    return np.asarray(np.load(path))


def fitted(texts: list[list[int]], taught: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and constant under which the teacher's probabilities are likeliest."""
    features = matrix(texts)
    chance = 1 / (1 + np.exp(-taught))
    model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    model.fit(
        vstack([features, features]), np.repeat([1, 0], len(texts)), sample_weight=np.concatenate([chance, 1 - chance])
    )
    return model.coef_[0], float(model.intercept_[0])


def matrix(texts: list[list[int]]) -> csr_array:
    """Counts of hashed n-grams, each row over the square root of its number of them."""
    lengths = np.array([len(text) for text in texts])
    numbers = np.array([number for text in texts for number in text], np.int32)
    found = codes(numbers, lengths, BITS)
    row = np.broadcast_to(np.repeat(np.arange(len(texts)), lengths), found.shape)
    held = found < 1 << BITS
    share = np.repeat(1 / np.sqrt(np.maximum(counts(lengths), 1)), lengths)
    values = np.broadcast_to(share, found.shape)[held]
    return csr_array((values, (row[held], found[held])), shape=(len(texts), 1 << BITS))


def scored(texts: list[list[int]], weights: np.ndarray) -> np.ndarray:
    """What the fitted weights say, by the way that ships."""
    lengths = np.array([len(text) for text in texts])
    numbers = np.array([number for text in texts for number in text], np.int32)
    return sums(numbers, lengths, weights.astype(np.float16).astype(np.float32))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
