"""The detector `cues`: curated words, templates and narratives, each with an id, sources and a counted rate."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from rejoinder.records.frames import conform
from rejoinder.records.signal import PARENT, Signal, Stance
from rejoinder.signals.post.context import counts, stance, strongest
from rejoinder.signals.post.cue import Cue, anchor_words, clues, cues, fingerprint, rates, targets_named
from rejoinder.signals.post.language import foreign
from rejoinder.signals.post.normalise import Normal, normalise, normalise_column, rust

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rejoinder.records.base import SubjectType

KINDS = tuple(kind for kind, parent in PARENT.items() if parent == "hate")

FEW = 60
"""Up to so many texts, a pattern costs less to try where it has been compiled than to compile elsewhere."""

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
    texts = posts.filter("readable").select("row", "text", "normal")
    held: dict[int, list[Cue]] = {}
    for place, rows in _clued(texts):
        for at in _matching(texts["normal"], cues()[place], rows):
            held.setdefault(at, []).append(cues()[place])
    places = sorted(held)
    for at, row, text in zip(places, *texts.select("row", "text")[places].get_columns(), strict=True):
        yield row, text, held[at]


def _clued(texts: pl.DataFrame) -> Iterator[tuple[int, pl.Series]]:
    """Each cue, by its place, with the texts that hold a clue of every part of a pattern of it.

    One pass of one automaton finds all clues; what is not clued cannot match.
    """
    strings, first, second = _clues()
    passing = texts.with_row_index("at").filter(pl.col("normal").str.contains_any(list(anchor_words())))
    found = passing.select("at", string=pl.col("normal").str.extract_many(strings, overlapping=True)).explode("string")
    firsts, seconds = (found.unique().join(part, on="string") for part in (first, second))
    whole = firsts.filter("whole"), firsts.join(seconds, on=["at", "pattern"], how="semi")
    pairs = pl.concat(each.select("cue", "at") for each in whole).unique().sort("cue", "at")
    return ((cue, rows["at"]) for (cue,), rows in pairs.partition_by("cue", as_dict=True, maintain_order=True).items())


@cache
def _clues() -> tuple[list[str], pl.DataFrame, pl.DataFrame]:
    """The strings to look for; those that are clues to a pattern's first part, or its whole; those to its second."""
    frame = pl.DataFrame(clues(), orient="row")
    first, second = (frame.filter(part=part).drop("part") for part in (1, 2))
    first = first.with_columns(whole=~pl.col("pattern").is_in(second["pattern"].implode()))
    return frame["string"].unique().sort().to_list(), first, second


def _matching(texts: pl.Series, cue: Cue, rows: pl.Series) -> list[int]:
    """The rows, among those named, of texts that the cue's pattern is in."""
    some = texts.gather(rows)
    if len(rows) <= FEW:
        return [row for row, text in zip(rows, some, strict=True) if cue.regex.search(text)]
    return rows.filter(some.str.contains(rust(cue.pattern))).to_list()


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
    posts = posts.with_columns(reach=reach(posts))
    base = pl.when(reach="in reach").then(rates()["base"])
    signals = conform(Signal, posts.select("subject", "reach", kind=pl.lit("hate"), probability=base))
    return pl.concat([posts.select("row", order=0), signals], how="horizontal")


def _readable() -> pl.Expr:
    return pl.col("lang").is_null() | pl.col("lang").str.contains(ENGLISH)


def reach(posts: pl.DataFrame) -> pl.Series:
    """Of the posts that `read` gave, whether each could be judged, and if not, why not; a post with a cue could."""
    elsewhere = _in_other_letters(posts)
    told = (
        pl.when(~pl.col("readable") | (pl.col("lang").is_null() & foreign(posts["normal"]))).then(pl.lit("language"))
        .when(pl.col("normal").str.strip_chars(" \n@#") == "").then(pl.lit("no text"))
        .when(pl.col("row").is_in(elsewhere.implode())).then(pl.lit("language"))
        .when(~pl.col("normal").str.contains("[a-z]{2}")).then(pl.lit("too short"))
        .otherwise(pl.lit("in reach"))
    )  # fmt: skip
    return posts.select(told).to_series()


def _in_other_letters(posts: pl.DataFrame) -> pl.Series:
    """The rows of posts that are mostly written in another alphabet than the Latin one."""
    strange = posts.filter(pl.col("text").str.len_bytes() != pl.col("text").str.len_chars())
    written = pl.col("text").str.replace_all(ADDRESS, "")
    other = written.str.count_matches(r"[\p{L}--[\p{Latin}\p{Common}]]")
    return strange.filter(other > written.str.count_matches("[A-Za-z]"))["row"]
