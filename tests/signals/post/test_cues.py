"""The detector `cues`: what comes out, and that its filter loses nothing."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.checks.detector import check_detector
from rejoinder.records import Post, Signal
from rejoinder.records.frames import conform, from_frame
from rejoinder.signals import detectors
from rejoinder.signals.post import cues as module
from rejoinder.signals.post.cue import cues, rates
from rejoinder.signals.post.cues import KINDS, Cues, find, find_all, read

HATEFUL = [text for cue in cues() for text in cue.hateful]
EVASIONS = (
    str.upper,
    lambda text: text.replace("e", "3"),
    "\u200b".join,
    lambda text: text.replace("a", "а").replace("o", "о"),
    lambda text: text + " https://example.org/a_b",
    lambda text: text.replace("i", "iii"),
)


def posts(*texts, lang=None):
    """Posts with these texts."""
    return conform(
        Post, pl.DataFrame({"id": [f"x:{n}" for n in range(len(texts))], "text": texts, "lang": [lang] * len(texts)})
    )


def headlines(*texts, lang=None):
    """The headline of each text."""
    return list(from_frame(Signal, Cues().detect(posts(*texts, lang=lang)).filter(kind="hate")))


@pytest.mark.slow
def test_it_keeps_the_contract():
    """As every detector does."""
    check_detector(Cues())


def test_it_is_registered():
    """A run finds it by its entry point."""
    assert [type(each) for each in detectors() if each.name == "cues"] == [Cues]


def test_a_post_gets_its_headline_and_a_row_for_each_kind_found():
    """With targets, narratives and evidence of that kind alone."""
    signals = list(from_frame(Signal, Cues().detect(posts("Kill all foreigners. The great replacement is real."))))
    assert [signal.kind for signal in signals] == ["hate", "threat", "conspiracy"]
    assert [signal.targets for signal in signals] == [("migrants",), ("migrants",), ("migrants",)]
    assert [signal.narratives for signal in signals] == [("great-replacement",), (), ("great-replacement",)]
    assert [{each.what for each in signal.evidence} for signal in signals] == [
        {"threat:kill", "narrative:great-replacement"}, {"threat:kill"}, {"narrative:great-replacement"},
    ]  # fmt: skip


def test_spans_are_in_the_original_text():
    """Code points, end not included, whatever was undone before."""
    text = "😂😂 Look: F\u0336oreigners аre V3RMIN!"
    (signal,) = headlines(text)
    assert text[signal.evidence[0].start : signal.evidence[0].end] == "F\u0336oreigners аre V3RMIN"


def test_several_cues_combine_by_their_maximum():
    """The headline is as probable as its most probable cue."""
    (signal,) = headlines("Kill all foreigners. Foreigners are vermin. I hate all foreigners.")
    assert len(signal.evidence) >= 3
    assert signal.probability == max(each.value for each in signal.evidence)


def test_what_is_countered_or_reported_is_less_probable_and_keeps_its_evidence():
    """The factor is the counted one."""
    attack, counter, report = headlines(
        "Foreigners are vermin", "It is wrong to say foreigners are vermin", "She said foreigners are vermin"
    )
    assert [each.stance for each in (attack, counter, report)] == ["attacks", "counters", "reports"]
    assert counter.probability == pytest.approx(attack.probability * rates()["stance"]["counters"])
    assert report.probability == pytest.approx(attack.probability * rates()["stance"]["reports"])
    assert [each.what for each in counter.evidence] == [each.what for each in attack.evidence]


def test_a_post_without_a_cue_gets_the_base_probability():
    """Small, and never 0: the detector misses most hate."""
    (signal,) = headlines("A walk in the park")
    assert (signal.probability, signal.stance, signal.evidence) == (rates()["base"], None, ())
    assert 0 < rates()["base"] < 0.02


@pytest.mark.parametrize(
    ("text", "lang", "reach"),
    [
        ("", None, "no text"),
        ("  \n ", None, "no text"),
        ("https://example.org @user", None, "no text"),
        ("😂😂", None, "too short"),
        ("7:1 !!", None, "too short"),
        ("Guten Morgen", "de", "language"),
        ("صباح الخير https://example.org", None, "language"),
        ("Kill all foreigners", "de", "language"),
        ("Good morning", None, "in reach"),
        ("Good morning", "en-GB", "in reach"),
        ("Good morning", "und", "in reach"),
        ("Good morning", "qme", "in reach"),
        ("𝕲𝖔𝖔𝖉 𝖒𝖔𝖗𝖓𝖎𝖓𝖌", None, "in reach"),
        ("1488", None, "in reach"),
    ],
)
@pytest.mark.slow
def test_what_it_cannot_judge_is_unknown_and_says_why(text, lang, reach):
    """Out of reach is `None`, never a small probability."""
    (signal,) = headlines(text, lang=lang)
    assert signal.reach == reach
    assert (signal.probability is None) == (reach != "in reach")


@pytest.mark.parametrize("evade", EVASIONS)
@pytest.mark.slow
def test_evasion_changes_nothing(evade):
    """Nine in ten examples at least are found through each way of evading."""
    plain, evaded = headlines(*HATEFUL), headlines(*map(evade, HATEFUL))
    still = sum(other.probability >= one.probability for one, other in zip(plain, evaded, strict=True))
    assert still >= 0.9 * len(HATEFUL)


PIECES = st.one_of(
    st.sampled_from(HATEFUL),
    st.sampled_from([text for cue in cues() for text in cue.innocent]),
    st.sampled_from(["and", "they", "not", "\n", '"', "said", "?", "@user", "racist", "1488", "(((them)))"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
)
TEXTS = st.builds(
    lambda pieces, evade: evade(" ".join(pieces)), st.lists(PIECES, max_size=3), st.sampled_from([str, *EVASIONS])
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=20), st.sampled_from([0, 1_000]))
def test_the_filter_loses_nothing(texts, few):
    """In columns behind the filter, by either engine, and each cue on each text: the same matches."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "FEW", few)
        filtered = find_all(read(posts(*texts)))
    unfiltered = {row: hits for row, text in enumerate(texts) if (hits := find(text, cues()))}
    assert filtered == unfiltered


def test_no_posts_hold_no_cue():
    """Nor do posts in which nothing could be one."""
    assert find_all(read(posts())) == find_all(read(posts("A walk in the park"))) == {}


def test_kinds_are_those_under_hate():
    """The headline first."""
    assert KINDS[0] == "hate"
    assert {cue.kind for cue in cues()} | {"hate"} == set(KINDS)
