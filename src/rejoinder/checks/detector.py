"""What every detector keeps to, ours and a stranger's alike."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from rejoinder.records import Account, Post, Signal
from rejoinder.records.frames import conform, schema_of, split
from rejoinder.records.signal import PARENT
from rejoinder.signals.base import Detector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ODD = (
    "", " ", "\n\t", "\x00", "a", "7", "😂😂👍🏽", "https://example.org", "@user", "#", "Good morning, everyone!",
    "Jews, Muslims and Roma live here.", "Kill time, not people.", "All foreigners are like vermin.",
    "#AllForeignersAreVermin", "Z̶̧̛͉a̴͜ḷ̷g̸̨o̸ is h̷e̷r̷e̷", "Ａｌｌ ｆ0re1gners аге ｖｅｒｍｉｎ",
    "v\u200be\u200br\u200bm\u200bi\u200bn", "\u202eright to left\u202c", "שלום לכולם", "صباح الخير", "今天天气很好",
    "Guten Morgen", "İstanbul ﬁﬂ ß ﷽", "\ufeffbom\ufffd", '"(((" \\ %s {} <b>$1</b>', "word " * 20_000, "a" * 100_000,
    "\u0336" * 1000, "((((((((((" * 100,
)  # fmt: skip
"""Texts that a detector meets sooner or later."""

SHORT = 1000
"""Shorter texts than this are shown a hundred times over, as a crowd."""


def check_detector(detector: Detector) -> None:
    """Tries a detector on odd subjects, in any order and any batch, and holds what it says to the contract.

    Raises `AssertionError` that says which promise of `Detector` was not kept.

    >>> from rejoinder.signals.post.cues import Cues
    >>> [check.__name__ for check in detector_checks(Cues())][:2]
    ['check_says_what_it_is', 'check_has_the_columns_of_signals']
    """
    for check in detector_checks(detector):
        check(detector)


def detector_checks(detector: Detector) -> Iterator[Callable[[Detector], None]]:
    """The checks that apply to `detector`, each a function that can be run, and named, by itself."""
    yield check_says_what_it_is
    yield check_has_the_columns_of_signals
    yield check_gives_one_headline_each_in_order
    yield check_says_what_it_declares
    yield check_is_unknown_only_out_of_reach
    if detector.subject_type == "post":
        yield check_points_into_the_text
        yield check_takes_missing_text_and_language
    yield check_leaves_its_input_alone
    yield check_takes_an_empty_frame
    yield check_is_the_same_in_any_batch
    yield check_is_the_same_in_any_order
    yield check_pickles


def check_says_what_it_is(detector: Detector) -> None:
    """It has a name, a version, kinds and a docstring."""
    assert isinstance(detector, Detector), "a detector has `name`, `version`, `subject_type`, `kinds` and `detect`"
    assert detector.name == detector.name.lower().strip() != "", "a detector has a name in lower case"
    assert detector.version, "a detector has a version"
    assert detector.subject_type in {"post", "account"}, "a detector is shown posts or accounts"
    assert detector.kinds, "a detector declares its kinds, the headline first"
    assert (type(detector).__doc__ or "").strip(), "a detector has a docstring"
    headline, *others = detector.kinds
    assert PARENT.get(headline, headline) == headline, (
        f"`{headline}` is no headline: its headline is `{PARENT[headline]}`"
    )
    own = f"{detector.name}."
    for kind in others:
        belongs = PARENT.get(kind) == headline or kind.startswith(own)
        assert belongs, f"`{kind}` is a kind under `{headline}`, or one of its own as `{own}kind`"


def check_has_the_columns_of_signals(detector: Detector) -> None:
    """Its frame is one of signals, and none of them breaks the declaration."""
    signals = detector.detect(odd_subjects(detector))
    assert signals.schema == schema_of(Signal), f"a frame has exactly the columns of `Signal`, not {signals.schema}"
    bad = split(Signal, signals)[1]
    assert bad.is_empty(), f"every signal keeps to its declaration: {bad['reason'].to_list()[:1]}"


def check_gives_one_headline_each_in_order(detector: Detector) -> None:
    """The headline kind, once for each subject and in their order; other kinds right after it."""
    subjects = odd_subjects(detector)
    signals = detector.detect(subjects)
    headlines = signals.filter(kind=detector.kinds[0])
    assert headlines["subject"].to_list() == subjects["id"].to_list(), "one headline for each subject, in their order"
    blocks = signals.select(
        place=(pl.col("kind") == detector.kinds[0]).cum_sum(), subject="subject", kind="kind", headline=pl.lit(1)
    )
    owners = blocks.group_by("place").agg(pl.n_unique("subject"), again=pl.struct("kind").is_duplicated().any())
    assert signals["kind"].head(1).to_list() == [detector.kinds[0]], "the headline comes before the other kinds"
    assert (owners["subject"] == 1).all(), "the other kinds of a subject stand right after its headline"
    assert not owners["again"].any(), "a subject has a kind once"


def check_says_what_it_declares(detector: Detector) -> None:
    """Its own name, version and subject type, and only kinds that it declares."""
    signals = detector.detect(odd_subjects(detector))
    for column, said in (
        ("detector", detector.name),
        ("version", detector.version),
        ("subject_type", detector.subject_type),
    ):
        assert signals[column].unique().to_list() == [said], f"`{column}` is `{said}` in every signal"
    undeclared = set(signals["kind"]) - set(detector.kinds)
    assert not undeclared, f"it speaks of {sorted(undeclared)}, which its `kinds` do not declare"


def check_is_unknown_only_out_of_reach(detector: Detector) -> None:
    """A probability in reach, none out of reach."""
    signals = detector.detect(odd_subjects(detector)).filter(pl.col("kind") == detector.kinds[0])
    unlike = signals.filter(pl.col("probability").is_null() == (pl.col("reach") == "in reach"))
    assert unlike.is_empty(), f"a probability in reach and none out of reach: {unlike['subject'].to_list()[:3]}"


def check_is_the_same_in_any_batch(detector: Detector) -> None:
    """The same signals whether subjects come together or apart, and again."""
    subjects = odd_subjects(detector)
    whole = detector.detect(subjects)
    assert detector.detect(subjects).equals(whole), "the same subjects give the same signals again"
    for part, size in ((subjects.tail(12), 1), (subjects, 7)):
        apart = pl.concat(detector.detect(batch) for batch in part.iter_slices(size))
        together = whole.filter(pl.col("subject").is_in(part["id"].implode()))
        assert apart.equals(together), f"batches of {size} give the same as one batch"
    few = subjects.filter(pl.col("text" if "text" in subjects.columns else "name").str.len_chars() < SHORT)
    crowd = pl.concat([few.with_columns(id=pl.format("{}-{}", "id", pl.lit(copy))) for copy in range(100)])
    crowded, alone = (detector.detect(each).drop("subject") for each in (crowd, few))
    assert crowded.tail(len(alone)).equals(alone), "a subject in a crowd gets what it gets alone"


def check_is_the_same_in_any_order(detector: Detector) -> None:
    """The same signals for each subject, whoever stands beside it."""
    subjects = odd_subjects(detector)
    forwards = detector.detect(subjects).sort("subject", maintain_order=True)
    backwards = detector.detect(subjects.reverse()).sort("subject", maintain_order=True)
    assert backwards.equals(forwards), "the order of the subjects changes nothing but the order of the signals"


def check_leaves_its_input_alone(detector: Detector) -> None:
    """The frame that it was given is as before."""
    subjects = odd_subjects(detector)
    detector.detect(subjects)
    assert subjects.equals(odd_subjects(detector)), "a detector does not change its input"


def check_takes_an_empty_frame(detector: Detector) -> None:
    """No subjects, no signals, and still the right columns."""
    signals = detector.detect(odd_subjects(detector).clear())
    assert signals.is_empty(), "no subjects, no signals"
    assert signals.schema == schema_of(Signal), "an empty frame has the columns of `Signal`, too"


def check_pickles(detector: Detector) -> None:
    """A copy that went to another process says the same."""
    subjects = odd_subjects(detector)
    try:
        copy: Detector = pickle.loads(pickle.dumps(detector))  # noqa: S301 - we have just written it
    except (pickle.PicklingError, TypeError, AttributeError) as trouble:
        raise AssertionError(f"it goes to another process by pickle: {trouble}") from trouble
    assert copy.detect(subjects).equals(detector.detect(subjects)), "a pickled copy says the same"


def check_points_into_the_text(detector: Detector) -> None:
    """Evidence with a span has it within the original text, and not empty."""
    subjects = odd_subjects(detector)
    told = detector.detect(subjects).select("subject", "evidence").explode("evidence").unnest("evidence")
    spans = told.join(subjects.select(subject="id", length=pl.col("text").str.len_chars()), on="subject")
    start, end = pl.col("start"), pl.col("end")
    assert spans.filter(start.is_null() != end.is_null()).is_empty(), "a span has both ends or none"
    outside = spans.filter(start.is_not_null() & ~((start >= 0) & (start < end) & (end <= pl.col("length"))))
    assert outside.is_empty(), f"a span is not empty and within the text: {outside.head(1).to_dicts()}"
    assert spans.filter(start.is_not_null() & pl.col("what").is_null()).is_empty(), "evidence says what it is"


def check_takes_missing_text_and_language(detector: Detector) -> None:
    """A post without text or language does not stop it."""
    subjects = odd_subjects(detector).with_columns(text=pl.lit(None, pl.String), lang=pl.lit(None, pl.String))
    assert len(detector.detect(subjects).filter(kind=detector.kinds[0])) == len(subjects), "missing text is no text"


def odd_subjects(detector: Detector) -> pl.DataFrame:
    """Posts, or accounts, with the texts of `ODD`: in several languages, some unknown, ids in order."""
    when = datetime(2024, 1, 31, 12, tzinfo=UTC)
    rows = {"id": [f"x:{place:02}" for place in range(len(ODD))], "created_at": [when] * len(ODD)}
    if detector.subject_type == "account":
        return conform(Account, pl.DataFrame({**rows, "platform": "x", "handle": list(ODD), "name": list(ODD)}))
    langs = [(None, "en", "de", "und", "en-GB")[place % 5] for place in range(len(ODD))]
    return conform(Post, pl.DataFrame({**rows, "platform": "x", "author": "x:9", "text": list(ODD), "lang": langs}))
