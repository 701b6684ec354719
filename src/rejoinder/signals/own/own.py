"""What every detector of one's own does alike: which texts are judged, and what signals are made of verdicts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rejoinder.records.frames import conform
from rejoinder.records.signal import Signal
from rejoinder.signals.own.spec import KINDS, meanings
from rejoinder.signals.own.verdict import LIKELY
from rejoinder.signals.post.calibration import Calibration, logits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.records.base import SubjectType
    from rejoinder.signals.own.spec import Reads
    from rejoinder.signals.own.verdict import Verdict

SILENT = r"https?://\S+|@\S+|[^\p{L}\p{N}\p{S}]"
"""What says nothing by itself: addresses, handles, punctuation, marks, spaces."""

ANY = ("", "und", "mul", "zxx")
"""Tags by which platforms say that they do not know the language."""


class Own(ABC):
    """Posts in, signals out, by `verdicts` of single texts; each text is judged once, and by itself."""

    subject_type: SubjectType = "post"

    def __init__(self, spec: Reads, version: str, kinds: Sequence[str] = KINDS) -> None:
        """`kinds` are those that it may find."""
        self.spec = spec
        self.name = spec.name
        self.version = version
        self.kinds = ("hate", *kinds)

    @abstractmethod
    def verdicts(self, texts: Sequence[str]) -> list[Verdict | None]:
        """What it says of each text; `None` where there is no answer."""

    def detect(self, subjects: pl.DataFrame) -> pl.DataFrame:
        """A frame of `Post` in, a frame of `Signal` out: a headline for each post, then the kinds found in it."""
        posts = subjects.select(pl.col("text").fill_null(""), _tag(), subject="id").with_columns(reach=self._reach())
        texts = posts.filter(reach="in reach")["text"].unique(maintain_order=True).to_list()
        said = dict(zip(texts, self.verdicts(texts), strict=True))
        rows = [
            row | {"subject": subject}
            for subject, text, reach in posts.select("subject", "text", "reach").iter_rows()
            for row in (self._told(said[text]) if reach == "in reach" else [{"kind": "hate", "reach": reach}])
        ]
        signals = pl.DataFrame(rows, Signal.schema(), orient="row") if rows else pl.DataFrame(schema=Signal.schema())
        same = {"subject_type": self.subject_type, "detector": self.name, "version": self.version}
        return conform(Signal, signals.with_columns(pl.lit(value).alias(name) for name, value in same.items()))

    def _reach(self) -> pl.Expr:
        known = [tag.lower() for tag in self.spec.languages]
        tag = pl.col("tag")
        return (
            pl.when(pl.lit(bool(known)) & ~tag.is_in([*ANY, *known])).then(pl.lit("language"))
            .when(pl.col("text").str.replace_all(SILENT, "") == "").then(pl.lit("no text"))
            .otherwise(pl.lit("in reach"))
        )  # fmt: skip

    def _told(self, said: Verdict | None) -> Iterator[dict[str, Any]]:
        """The headline, and the kinds that are more likely than not."""
        if said is None:
            yield {"kind": "hate", "reach": "no answer"}
            return
        probability = calibrated(self.spec.line, said.probability)
        likely = probability >= LIKELY
        same = {"reach": "in reach", "targets": said.targets if likely else ()}
        yield same | {"kind": "hate", "probability": probability}
        for kind in self.kinds[1:]:
            share = said.kinds.get(kind, 0.0) / said.probability if said.probability else 0.0
            if likely and share >= LIKELY:
                yield same | {"kind": kind, "probability": share * probability}


def kinds_named(spec: Reads) -> tuple[str, ...]:
    """The kinds that a mapping speaks of."""
    named = {meaning for said in meanings(spec.means).values() for meaning in said}
    return tuple(kind for kind in KINDS if kind in named)


def calibrated(line: Calibration, probability: float) -> float:
    """The probability put through the line; unchanged where the line changes nothing."""
    if line == Calibration():
        return probability
    return float(line.probability(logits(np.array([probability])))[0])


def _tag() -> pl.Expr:
    """The language without its region, empty where it is unknown."""
    return pl.col("lang").fill_null("").str.to_lowercase().str.extract("^([a-z]*)").fill_null("").alias("tag")
