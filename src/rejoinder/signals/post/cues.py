"""The detector `cues`: curated words, templates and narratives, each with an id, sources and a counted rate."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from rejoinder.records.frames import conform
from rejoinder.records.signal import PARENT, Signal, Stance
from rejoinder.signals.post.context import counts, stance, strongest
from rejoinder.signals.post.cue import Cue, anchor_words, cues, fingerprint, rates, targets_named
from rejoinder.signals.post.normalise import Normal, normalise, normalise_column, rust

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rejoinder.records.base import SubjectType

KINDS = tuple(kind for kind, parent in PARENT.items() if parent == "hate")

FEW = 2_000
"""Up to so many texts, trying each pattern costs less than finding out which anchors could spare it."""

ENGLISH = "^(?i:en|und|mul|zxx|q[a-t][a-z])(?:-|$)"
"""Language tags that are in reach: English, and those by which platforms say that they do not know."""


ADDRESS = r"https?://\S+|@\S+"
"""What is no writing of the author's."""


class Hit(NamedTuple):
    """One match that counts."""

    cue: Cue
    start: int
    end: int
    """In code points of the original text."""
    stance: Stance
    targets: frozenset[str]

    @property
    def probability(self) -> float:
        """How often a post with such a match and such a stance is hateful."""
        return self.cue.probability * float(rates()["stance"][self.stance])


class Cues:
    """Group-directed hate by what is written: a match of a curated cue, its context and its stance.

    High probability means that most posts with such a match were judged hateful by people, in the public training
    data that `training/cue_rates.py` names; those are rich in hate, so on a quieter stream the same match is right less
    often. Several cues combine by their maximum. A post with no cue gets the base probability, never 0. It reads
    English only, and fails on hate in plain words, on irony, on pictures and on new codes.

    >>> from rejoinder.records.frames import conform
    >>> from rejoinder.records import Post
    >>> texts = ["Gypsies are v3rmin.", "It is a lie that Gypsies are vermin.", "A walk in the park."]
    >>> posts = conform(Post, pl.DataFrame({"id": ["1", "2", "3"], "text": texts}))
    >>> signals = Cues().detect(posts).filter(kind="hate")
    >>> signals["stance"].to_list(), (signals["probability"] > 0.5).to_list()
    (['attacks', 'counters', None], [True, False, False])
    """

    name = "cues"
    subject_type: SubjectType = "post"
    kinds = KINDS
    version = f"1.{fingerprint()}"
    """Changes with any cue, word, rate or fold; the figure before the point changes with the code."""

    def detect(self, subjects: pl.DataFrame) -> pl.DataFrame:
        """A frame of `Post` in, a frame of `Signal` out: a headline for each post, then the kinds found in it."""
        posts = read(subjects)
        found = find_all(posts)
        subject = posts["subject"]
        rows = [told for row, hits in found.items() for told in _told(row, subject[row], hits)]
        quiet = posts.filter(~pl.col("row").is_in(list(found)))
        signals = pl.concat([pl.DataFrame(rows, SCHEMA, orient="row"), _silent(quiet)]).sort("row", "order")
        said_by = {"subject_type": self.subject_type, "detector": self.name, "version": self.version}
        return conform(Signal, signals.with_columns(pl.lit(said).alias(column) for column, said in said_by.items()))


SCHEMA = pl.Schema([("row", pl.UInt32()), ("order", pl.Int32()), *Signal.schema().items()])


def read(subjects: pl.DataFrame) -> pl.DataFrame:
    """The posts as they are matched: `row`, `subject`, `text`, `lang`, `normal`, and whether `readable`."""
    posts = subjects.select(pl.col("text").fill_null(""), "lang", subject="id").with_row_index("row")
    return posts.with_columns(normal=normalise_column(posts["text"]), readable=_readable())


def find_all(posts: pl.DataFrame) -> dict[int, list[Hit]]:
    """Every match that counts, by row, of the posts that `read` gave; only rows that have any."""
    return {row: hits for row, text, wanted in _candidates(posts) if (hits := find(text, wanted))}


def find(text: str, wanted: Iterable[Cue]) -> list[Hit]:
    """Every match of the wanted cues in one text that counts in its context, in the order of the text."""
    normal = normalise(text)
    return sorted(
        (
            _hit(cue, normal, *match.span())
            for cue in wanted
            for match in cue.regex.finditer(normal.text)
            if counts(cue, normal.text, *match.span())
        ),
        key=lambda hit: (hit.start, hit.end, hit.cue.id),
    )


def _hit(cue: Cue, normal: Normal, start: int, end: int) -> Hit:
    targets = frozenset(cue.targets) or targets_named(normal.text[start:end])
    return Hit(cue, *normal.original(start, end), stance(cue, normal.text, start, end), targets)


def _candidates(posts: pl.DataFrame) -> Iterator[tuple[int, str, Iterable[Cue]]]:
    """The posts that may hold a cue, with the cues that they may hold; loses none."""
    anchored = posts.filter("readable")
    if anchored.height > FEW:
        anchored = anchored.filter(pl.col("normal").str.contains_any(list(anchor_words())))
    tried = anchored.select(pl.col("normal").str.contains(rust(cue.pattern)).alias(cue.id) for cue in cues())
    rows, texts = anchored["row"].to_list(), anchored["text"].to_list()
    for place, held in groupby(zip(*tried.to_numpy().nonzero(), strict=True), key=itemgetter(0)):
        yield rows[place], texts[place], [cues()[each] for _, each in held]


def _told(row: int, subject: str, hits: list[Hit]) -> Iterator[dict[str, Any]]:
    """The headline and a row for each kind."""
    for order, kind in enumerate(KINDS):
        if held := hits if kind == "hate" else [hit for hit in hits if hit.cue.kind == kind]:
            yield {
                "row": row,
                "order": order,
                "subject": subject,
                "kind": kind,
                "probability": max(hit.probability for hit in held),
                "reach": "in reach",
                "targets": sorted(set().union(*(hit.targets for hit in held))),
                "narratives": sorted({hit.cue.narrative for hit in held if hit.cue.narrative}),
                "stance": strongest({hit.stance for hit in held}),
                "evidence": [
                    {"what": hit.cue.id, "start": hit.start, "end": hit.end, "value": hit.probability} for hit in held
                ],
            }


def _silent(posts: pl.DataFrame) -> pl.DataFrame:
    """Headlines of posts in which nothing was found: the base probability, or unknown where out of reach."""
    reach = _reach(_in_other_letters(posts))
    base = pl.when(reach == "in reach").then(rates()["base"])
    signals = conform(Signal, posts.select("subject", kind=pl.lit("hate"), probability=base, reach=reach))
    return pl.concat([posts.select("row", order=0), signals], how="horizontal")


def _readable() -> pl.Expr:
    return pl.col("lang").is_null() | pl.col("lang").str.contains(ENGLISH)


def _reach(elsewhere: pl.Series) -> pl.Expr:
    """Why a post without a cue could not be judged, if so; `elsewhere` are the rows of `_in_other_letters`."""
    return (
        pl.when(~pl.col("readable")).then(pl.lit("language"))
        .when(pl.col("normal").str.strip_chars(" \n@#") == "").then(pl.lit("no text"))
        .when(pl.col("row").is_in(elsewhere.implode())).then(pl.lit("language"))
        .when(~pl.col("normal").str.contains("[a-z]{2}")).then(pl.lit("too short"))
        .otherwise(pl.lit("in reach"))
    )  # fmt: skip


def _in_other_letters(posts: pl.DataFrame) -> pl.Series:
    """The rows of posts that are mostly written in another alphabet than the Latin one."""
    strange = posts.filter(pl.col("text").str.len_bytes() != pl.col("text").str.len_chars())
    written = pl.col("text").str.replace_all(ADDRESS, "")
    other = written.str.count_matches(r"[\p{L}--[\p{Latin}\p{Common}]]")
    return strange.filter(other > written.str.count_matches("[A-Za-z]"))["row"]
