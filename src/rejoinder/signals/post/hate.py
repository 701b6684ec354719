"""The detector `hate`: cues, a first stage that rules out, and a transformer that decides."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from rejoinder.records.frames import conform
from rejoinder.records.signal import Signal
from rejoinder.signals.post import cues, opinion
from rejoinder.signals.post.calibration import Calibration
from rejoinder.signals.post.cue import fingerprint
from rejoinder.signals.post.encoder import Encoder, Said
from rejoinder.signals.post.first import FirstStage
from rejoinder.signals.post.reading import named_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rejoinder.records.base import SubjectType
    from rejoinder.signals.post.cues import Hit

UNCHANGED = Calibration()


class Judged(NamedTuple):
    """A batch of posts as the cascade left it."""

    posts: pl.DataFrame
    """`row`, `subject`, `text`, `reach`, and in reach `first`, the first stage's logit."""
    hits: dict[int, list[Hit]]
    said: dict[int, Said]
    """Of the posts that the transformer read, by row."""


class Hate:
    """Group-directed hate, antisemitism first: who is attacked, how, with which narrative, and where in the text.

    A cascade. Cues look for what is known; a first stage rules out what the transformer would; the transformer reads
    the rest, and its logit and the strongest cue together give the probability. High means that coders of the public
    training data would call the post hateful; those data are rich in hate, so on a quieter stream calibrate it on
    judgements of one's own. It reads English only, without pictures or the posts before, and fails on irony, on
    reclaimed words and on new codes (see the model card).

    >>> from rejoinder.records import Post
    >>> texts = ["These migrants are vermin, send them all back.", "A walk in the park with the dog.", ""]
    >>> posts = conform(Post, pl.DataFrame({"id": ["1", "2", "3"], "text": texts}))
    >>> signals = Hate().detect(posts).filter(kind="hate")
    >>> [bool(p and p > 0.5) for p in signals["probability"]], signals["targets"][0].to_list(), signals["reach"][2]
    ([True, False, False], ['migrants'], 'no text')
    """

    name = "hate"
    subject_type: SubjectType = "post"
    kinds = ("hate", *opinion.KINDS)

    def __init__(self, *, calibration: Calibration = UNCHANGED, first: FirstStage | None = None) -> None:
        """`calibration` and `first` as `rejoinder calibrate` and `rejoinder adapt` fit them to posts of one's own."""
        self.calibration = calibration
        self.first = first or FirstStage()
        self._encoder = Encoder(rank=self.first.logits)
        own = hashlib.sha256(f"{calibration} {first and first.fingerprint}".encode()).hexdigest()[:8]
        self.version = f"1.{opinion.card()['version']}.{fingerprint()}"
        self.version += f".{own}" if first or calibration != UNCHANGED else ""

    def share(self, processes: int) -> None:
        """Long work among so many processes from now on; the answers stay the same."""
        self._encoder.processes = processes

    def detect(self, subjects: pl.DataFrame) -> pl.DataFrame:
        """A frame of `Post` in, a frame of `Signal` out: a headline for each post, then the kinds found in it."""
        judged = self.judge(subjects)
        told = pl.DataFrame(list(self._told(judged)), cues.SCHEMA, orient="row")
        signals = pl.concat([told, self._silent(judged)]).sort("row", "order")
        said_by = {"subject_type": self.subject_type, "detector": self.name, "version": self.version}
        return conform(Signal, signals.with_columns(pl.lit(said).alias(column) for column, said in said_by.items()))

    def judge(self, subjects: pl.DataFrame) -> Judged:
        """What each stage says of a frame of `Post`: the numbers under the signals."""
        posts = cues.read(subjects)
        hits = cues.find_all(posts)
        cued = pl.col("row").is_in(list(hits))
        posts = posts.with_columns(reach=pl.when(cued).then(pl.lit("in reach")).otherwise(cues.reach(posts)))
        near = posts.filter(reach="in reach").select(
            "row", reading=named_column(posts["normal"]).gather(posts.filter(reach="in reach")["row"])
        )
        unique = near.unique("reading", maintain_order=True)["reading"]
        pieces = dict(zip(unique, map(opinion.pieces(), unique), strict=True))
        first = pl.DataFrame({"reading": unique, "first": self.first.logits(list(pieces.values()))})
        near = near.join(first, on="reading", maintain_order="left")
        passed = near.filter((pl.col("first") >= self.first.bar) | cued)
        wanted = passed["reading"].unique(maintain_order=True).to_list()
        said = dict(zip(wanted, self._encoder.read([pieces[text] for text in wanted]), strict=True))
        rows = {row: said[text] for row, text in passed.select("row", "reading").iter_rows()}
        return Judged(posts.join(near.select("row", "first"), on="row", how="left", maintain_order="left"), hits, rows)

    def _told(self, judged: Judged) -> Iterator[dict[str, Any]]:
        """The headline and the kinds of each post that the transformer read."""
        posts = judged.posts.filter(pl.col("row").is_in(list(judged.said)))
        for row, subject, text in posts.select("row", "subject", "text").iter_rows():
            said, hits = judged.said[row], judged.hits.get(row, [])
            probability = float(self.calibration.probability(np.array([opinion.raw_logit(said, hits)]))[0])
            same = {
                "row": row, "subject": subject, "reach": "in reach",
                "targets": opinion.targets(said, hits, probability),
                "narratives": sorted({hit.cue.narrative for hit in hits if hit.cue.narrative}),
                "stance": opinion.stance(said, hits, probability),
                "evidence": list(opinion.evidence(text, said, hits, probability)),
            }  # fmt: skip
            found = {"hate": probability} | opinion.kinds(said, hits, probability)
            for order, kind in enumerate(self.kinds):
                if kind in found:
                    yield same | {"order": order, "kind": kind, "probability": found[kind]}

    def _silent(self, judged: Judged) -> pl.DataFrame:
        """Headlines of the others: what the first stage's logit is worth, or unknown where out of reach."""
        quiet = judged.posts.filter(~pl.col("row").is_in(list(judged.said)))
        pool = opinion.card()["pool"]
        raw = pool["first_offset"] + pool["first"] * quiet["first"].to_numpy()
        known = pl.Series(self.calibration.probability(raw), dtype=pl.Float64).fill_nan(None)
        signals = conform(Signal, quiet.select("subject", "reach", kind=pl.lit("hate"), probability=known))
        return pl.concat([quiet.select("row", order=0), signals], how="horizontal")
