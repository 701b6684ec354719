"""`detector check`, `calibrate`, `adapt` as commands, and what a check finds."""

import json
import sys

import numpy as np
import polars as pl
import pytest

from rejoinder.doors.cli import main
from rejoinder.fitting import checking, quality
from rejoinder.records import Signal
from rejoinder.records.frames import conform
from rejoinder.signals.own import load


class Says:
    """A detector that says what a table says of a text, and raises on what it is told to."""

    name = "says"
    version = "1"
    subject_type = "post"
    kinds = ("hate",)

    def __init__(self, table, otherwise=0.1, chokes_on=None):
        self.table, self.otherwise, self.chokes_on = table, otherwise, chokes_on

    def detect(self, subjects):
        """The table, row by row."""
        texts = subjects["text"].fill_null("").to_list()
        if self.chokes_on in texts:
            raise ValueError("I choke")
        rows = {"subject": subjects["id"], "probability": [self.table.get(text, self.otherwise) for text in texts]}
        same = {"subject_type": "post", "detector": self.name, "version": self.version, "kind": "hate"}
        return conform(Signal, pl.DataFrame(rows).with_columns(pl.lit(value).alias(key) for key, value in same.items()))


JUDGED = pl.DataFrame({"id": list("abcd"), "text": list("abcd"), "hateful": [True, True, False, False]})


@pytest.fixture(scope="module")
def few():
    """A few posts to try a detector on."""
    return checking.sample(30)


def test_every_check_is_told_by_name_and_one_that_fails_stops_no_other():
    """What was asked, whether it was kept, and why not."""
    told = checking.checks(Says({}, chokes_on="shown only once, by this test"))
    broken = checking.checks(Says({}, chokes_on="😂😂👍🏽"))

    assert all(one["passed"] and one["asks"] for one in told)
    failed = [one for one in broken if not one["passed"]]
    assert 0 < len(failed) < len(broken) == len(told)
    assert "it raised ValueError: I choke" == failed[0]["why"]


def test_agreement_counts_posts_on_the_same_side_and_compares_ranks(few):
    """With itself wholly; with its opposite not at all; with a constant there are no ranks."""
    table = dict(zip(few["text"], np.linspace(0.01, 0.99, len(few)), strict=True))
    one, opposite = Says(table), Says({text: 1 - value for text, value in table.items()})

    assert (1.0, pytest.approx(1.0)) == _alike(one, one, few)
    assert (0.0, pytest.approx(-1.0)) == _alike(one, opposite, few)
    assert None is _alike(one, Says({}), few)[1]
    assert (None, None) == _alike(one, one, few.clear())


def _alike(one, other, posts):
    told = checking.agreement(one, other, posts)
    return told["value"], told["rank_correlation"]


def test_quality_is_counted_from_the_judgements():
    """Two of two found, one of two wrongly flagged."""
    told = quality.quality(*quality.judged(Says({"a": 0.9, "b": 0.6, "c": 0.7}), JUDGED.with_columns(lang=None)))

    expected = {"accuracy": 0.75, "precision": 2 / 3, "recall": 1.0, "false-positive rate": 0.5, "auc": 0.75}
    assert expected == {name: pytest.approx(told[name]["value"]) for name in expected}
    assert all(one["lower"] <= one["value"] <= one["upper"] for one in told.values())
    assert [4, 3, 2, 2] == [told[name]["n"] for name in ("accuracy", "precision", "recall", "false-positive rate")]


def test_posts_out_of_reach_are_left_out_and_without_any_nothing_is_known():
    """No probability is no verdict."""
    probability, truth = quality.judged(Says({"a": None, "b": 0.6}), JUDGED.with_columns(lang=None))
    nothing = quality.quality(np.empty(0), np.empty(0, bool))

    assert (3, [True, False, False]) == (len(probability), truth.tolist())
    assert all(one["value"] is None for one in nothing.values())


@pytest.fixture
def rejoinder(monkeypatch, capfdbinary):
    """The command in this process: exit code, standard output, standard error."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["rejoinder", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as done:
            code = int(done.code or 0)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


@pytest.fixture
def judgements(tmp_path):
    """Sixty judged texts."""
    rows = [f"bad {n},{int(n % 3 == 0)}" for n in range(30)] + [f"good {n},0" for n in range(30)]
    path = tmp_path / "judgements.csv"
    path.write_text("\n".join(["text,hateful", *rows]) + "\n")
    return path


@pytest.fixture
def small(monkeypatch):
    """The odd texts without the longest, and few simulated posts."""
    from rejoinder.checks import detector

    monkeypatch.setattr(detector, "ODD", tuple(text for text in detector.ODD if len(text) < 2000))
    monkeypatch.setattr(checking, "POSTS", 30)


@pytest.mark.slow
def test_detector_check_tells_and_keeps_what_it_found(case, judgements, rejoinder, small):
    """For programs and for people; beside the model as `checked.json`, which changes no version."""
    assert small is None
    folder = case.folder / "detectors" / "hate"
    folder.mkdir(parents=True)
    (folder / "detector.toml").write_text('type = "hate"\nname = "mine"\ncalibration = { offset = -1.0 }\n')
    before = load(folder).version
    code, out, err = rejoinder("detector", "check", folder, "--judgements", judgements, "--json")
    told = json.loads(out)

    assert (0, "") == (code, err)
    assert told == json.loads((folder / "checked.json").read_text())
    assert ("mine", before, load(folder).version) == (told["detector"], told["version"], told["version"])
    assert 60 == told["judged"]
    assert told["speed"]["posts_per_cpu_second"] > 0
    assert 0 <= told["agreement"]["lower"] <= told["agreement"]["value"] <= 1
    code, out, err = rejoinder("detector", "check", folder, "--judgements", judgements)
    assert (0, "") == (code, err)
    assert "calibration error" in out


@pytest.mark.slow
def test_detector_check_says_no_by_its_exit_code(shipped, tmp_path, rejoinder, small, monkeypatch):
    """1 where a check fails, 2 for a name that is not there, 3 for a `detector.toml` that does not hold."""
    assert small is None
    assert shipped.is_dir()
    monkeypatch.setattr("rejoinder.signals.detector", lambda *_: Says({}, chokes_on="a"))
    assert 1 == rejoinder("detector", "check", "says")[0]
    monkeypatch.undo()

    code, _, err = rejoinder("detector", "check", "cuse")
    assert (2, True) == (code, "did you mean `cues`?" in err)
    (tmp_path / "detector.toml").write_text('type = "hat"\nname = "x"\n')
    code, _, err = rejoinder("detector", "check", tmp_path)
    assert (3, True) == (code, "did you mean `hate`?" in err)


@pytest.mark.slow
def test_calibrate_and_adapt_tell_people_and_programs(case, judgements, posts, rejoinder):
    """In words with tables, and as JSON; an error is words and an exit code."""
    code, out, _ = rejoinder("calibrate", judgements, "--case", case.folder)
    assert 0 == code
    assert 'detectors = ["detectors/hate"]' in out
    assert "Reliability after" in out
    code, out, _ = rejoinder("calibrate", judgements, "--case", case.folder, "--json")
    assert {"slope", "offset", "figures", "before", "after", "version"} <= set(json.loads(out))

    stream = posts([f"{word} {n}" for n in range(300) for word in ("good", "tea")])
    code, out, _ = rejoinder("adapt", stream, "--case", case.folder)
    assert (0, True) == (code, "The bar stays at 0.500" in out)
    assert 600 == json.loads(rejoinder("adapt", stream, "--case", case.folder, "--json")[1])["posts"]
    code, _, err = rejoinder("calibrate", judgements, "--case", case.folder, "--detector", "cues")
    assert (2, True) == (code, "cannot be fitted" in err)
