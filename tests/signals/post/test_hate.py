"""The detector `hate`, by what its users rely on; its quality is measured in `benchmarks/detection/`."""

import polars as pl
import pytest

from rejoinder.checks.detector import detector_checks
from rejoinder.records import Post
from rejoinder.records.frames import conform
from rejoinder.signals import chosen
from rejoinder.signals.findings import findings
from rejoinder.signals.post import opinion
from rejoinder.signals.post.calibration import Calibration
from rejoinder.signals.post.first import FirstStage
from rejoinder.signals.post.hate import Hate

ATTACK = "All these migrants are vermin and should be sent back where they came from."
PLAIN = "We had tea with the neighbours and talked about the weather."


def posts(*texts, lang=None):
    """A frame of posts."""
    rows = {"id": [str(n) for n in range(len(texts))], "text": texts, "lang": [lang] * len(texts)}
    return conform(Post, pl.DataFrame(rows, {"id": pl.String, "text": pl.String, "lang": pl.String}))


def found(*texts, detector=None, lang=None):
    """What is said of each text."""
    return findings((detector or Hate()).detect(posts(*texts, lang=lang)))


@pytest.mark.slow
@pytest.mark.parametrize("check", list(detector_checks(Hate())), ids=lambda check: check.__name__)
def test_it_keeps_to_the_contract(check):
    check(Hate())


def test_an_attack_has_kind_target_stance_and_a_place():
    (said,) = found(ATTACK)
    assert said["probability"] > 0.5
    assert said["kind"] in {"dehumanisation", "exclusion", "derogation"}
    assert (said["targets"], said["stance"]) == (["migrants"], "attacks")
    assert any("vermin" in ATTACK[span["start"] : span["end"]] for span in said["spans"])


def test_plain_talk_is_in_reach_and_unlikely():
    (said,) = found(PLAIN)
    assert said["probability"] < 0.3
    assert (said["kind"], said["targets"], said["reach"]) == (None, [], "in reach")


@pytest.mark.parametrize(
    ("text", "lang", "reach"), [("", None, "no text"), ("Guten Tag", "de", "language"), ("7", None, "too short")]
)
def test_what_cannot_be_judged_is_unknown_and_says_why(text, lang, reach):
    (said,) = found(text, lang=lang)
    assert (said["probability"], said["reach"]) == (None, reach)


def test_the_same_text_is_read_once_and_judged_alike():
    said = found(ATTACK, PLAIN, ATTACK)
    assert said[0] == said[2]


def test_calibration_moves_every_probability_and_the_version():
    lower = Hate(calibration=Calibration(offset=-2.0))
    usual = found(ATTACK, PLAIN)
    assert all(
        less["probability"] < more["probability"]
        for less, more in zip(found(ATTACK, PLAIN, detector=lower), usual, strict=True)
    )
    assert lower.version != Hate().version


def test_a_bar_that_passes_all_has_the_transformer_read_all():
    assert len(Hate(first=FirstStage(bar=-99.0)).judge(posts(PLAIN, ATTACK)).said) == 2


def test_a_bar_that_passes_none_leaves_what_the_cues_found():
    judged = Hate(first=FirstStage(bar=99.0)).judge(posts(PLAIN, ATTACK))
    assert list(judged.said) == [1]


def test_the_value_of_a_passage_of_one_word_is_the_fall_without_it():
    for text in (ATTACK, "These people are a plague.", "They are parasites, all of them."):
        said = read(text)
        for one in opinion.passages(text, said):
            if text[one["start"] : one["end"]].isalpha():
                without = read(text[: one["start"]] + text[one["end"] :])
                assert one["value"] == pytest.approx(float(said.logits[0] - without.logits[0]), abs=2e-3)


def test_passages_are_few_and_each_costs_something():
    shown = list(opinion.passages(ATTACK, read(ATTACK)))
    assert 1 <= len(shown) <= opinion.SPANS
    assert all(one["value"] > 0 for one in shown)


def read(text):
    """What the transformer says of a text."""
    (said,) = Hate(first=FirstStage(bar=-99.0)).judge(posts(text)).said.values()
    return said


def test_a_long_text_is_explained_by_what_its_words_add():
    text = f"{PLAIN} " * 30 + ATTACK
    (said,) = Hate(first=FirstStage(bar=-99.0)).judge(posts(text)).said.values()
    assert all(0 <= one["start"] < one["end"] <= len(text) for one in opinion.passages(text, said))


@pytest.mark.slow
def test_a_case_may_share_the_work_among_processes_and_gets_the_same_answers(tmp_path):
    texts = [f"{text} {number}" for number in range(30) for text in (ATTACK, PLAIN)]
    (shared,) = chosen(["hate"], tmp_path, processes=2)
    assert shared.detect(posts(*texts)).equals(Hate().detect(posts(*texts)))
