"""The detectors that are compared: ours, and those that `pip install` brings without a download at run time."""

from __future__ import annotations

import gzip
import importlib
import importlib.util
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rejoinder.records import Post
from rejoinder.records.frames import conform
from rejoinder.signals.post.cues import Cues
from rejoinder.signals.post.hate import Hate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    System = Callable[[list[str]], NDArray[np.float64]]
    """Texts in, one number each out: from 0.5 on it calls a text hate."""


def posts(texts: list[str]) -> pl.DataFrame:
    """A frame of posts with these texts."""
    return conform(
        Post,
        pl.DataFrame({"id": [str(n) for n in range(len(texts))], "text": texts}, {"id": pl.String, "text": pl.String}),
    )


def ours(texts: list[str]) -> NDArray[np.float64]:
    """The detector `hate` as it ships; unknown counts as 0."""
    return probabilities(Hate(), texts)


def cues(texts: list[str]) -> NDArray[np.float64]:
    """The detector `cues` alone."""
    return probabilities(Cues(), texts)


def probabilities(detector: Hate | Cues, texts: list[str]) -> NDArray[np.float64]:
    """The headline's probability of each text."""
    return detector.detect(posts(texts)).filter(kind="hate")["probability"].fill_null(0.0).to_numpy()


def vader(texts: list[str]) -> NDArray[np.float64]:
    """VADER: how negative a text is."""
    analyser = importlib.import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    return np.array([0.5 - analyser.polarity_scores(text)["compound"] / 2 for text in texts])


def alt_profanity(texts: list[str]) -> NDArray[np.float64]:
    """alt-profanity-check: the probability that a text is offensive."""
    return np.asarray(importlib.import_module("profanity_check").predict_prob(texts), float)


def hatesonar(texts: list[str]) -> NDArray[np.float64]:
    """HateSonar: the probability of hate speech."""
    sonar = importlib.import_module("hatesonar").Sonar()
    return np.array([sonar.ping(text)["classes"][0]["confidence"] for text in texts])


def ngrams(analyser: str, sizes: tuple[int, int], train: Path) -> System:
    """A logistic regression on hashed n-grams of words or characters, fitted to the training split."""

    @cache
    def fitted() -> tuple[Any, Any]:
        text = importlib.import_module("sklearn.feature_extraction.text")
        linear = importlib.import_module("sklearn.linear_model")
        rows = pl.read_ndjson(gzip.decompress(train.read_bytes()), schema={"text": pl.String, "label": pl.Int64})
        hashed = text.HashingVectorizer(analyzer=analyser, ngram_range=sizes, n_features=1 << 20)
        model = linear.SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=10, random_state=1)
        return hashed, model.fit(hashed.transform(rows["text"]), rows["label"])

    def said(texts: list[str]) -> NDArray[np.float64]:
        hashed, model = fitted()
        return np.asarray(model.predict_proba(hashed.transform(texts))[:, 1])

    return said


def systems(train: Path | None) -> dict[str, System]:
    """Those that are installed, by name."""
    peers: tuple[tuple[str, System, str], ...] = (
        ("vader", vader, "vaderSentiment"),
        ("alt-profanity-check", alt_profanity, "profanity_check"),
        ("hatesonar", hatesonar, "hatesonar"),
    )
    found: dict[str, System] = {"rejoinder hate": ours, "rejoinder cues": cues}
    found |= {name: system for name, system, module in peers if importlib.util.find_spec(module)}
    if train and importlib.util.find_spec("sklearn"):
        found |= {"word n-grams": ngrams("word", (1, 2), train), "char n-grams": ngrams("char_wb", (2, 5), train)}
    return found
