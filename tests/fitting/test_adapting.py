"""Adaptation to a stream: the bar rises where the transformer finds nothing, and not where it does."""

import json
from itertools import cycle, islice

import numpy as np
import polars as pl
import pytest

from rejoinder import flow
from rejoinder.fitting import adapting
from rejoinder.fitting.adapting import adapt, choose, recall_of
from rejoinder.signals.own import load
from rejoinder.signals.post.first import shipped as first_stage


def texts(word, count):
    """Distinct texts of one word, of several lengths; no stage knows the rest."""
    return [f"{word} {'it ' * (n % 7)}{n}" for n in range(count)]


@pytest.fixture
def stream(posts):
    """900 posts: 360 that the first stage passes for nothing, 180 hateful, the rest ruled out."""
    mixed = [*texts("tea", 360), *texts("bad", 180), *texts("good", 360)]
    return posts([mixed[(n * 7) % len(mixed)] for n in range(len(mixed))])


@pytest.mark.slow
def test_the_bar_rises_over_what_is_harmless_and_keeps_the_hate(case, stream):
    """A third fewer posts pass, not one hateful post less."""
    told = adapt(case, [stream])
    detector = load(case.folder / "detectors" / "hate")

    assert told["bar"]["after"] > told["bar"]["before"] == 0.5
    assert (900, 0.6) == (told["posts"], told["passed"]["before"])
    assert told["passed"]["after"] == pytest.approx(0.3, abs=0.03)
    assert told["recall"]["value"] == 1.0
    assert told["recall"]["lower"] >= 0.98
    assert told["bar"]["after"] == detector.first.bar
    said = detector.detect(_posts(texts("bad", 50))).filter(kind="hate")["probability"]
    assert (said > 0.5).all()


@pytest.mark.slow
def test_what_was_adapted_is_used_and_logged(case, stream):
    """The settings, the event, the file with shipped weights, the report; the same stream gives the same bar."""
    told = adapt(case, [stream])
    (event,) = case.events("adapted")
    with np.load(case.folder / "detectors" / "hate" / "first.npz") as table:
        weights, bar = table["weights"], float(table["bar"])

    assert ["detectors/hate"] == told["detectors"]
    assert told["bar"] == event.body["bar"]
    assert (first_stage()[0] == weights).all()
    assert told["bar"]["after"] == bar
    assert told["recall"] == json.loads((case.folder / "detectors" / "hate" / "adapted.json").read_text())["recall"]
    again = adapt(flow.open_case(case.folder), [stream])
    assert {name: told[name] for name in ("bar", "recall", "version")} == {
        name: again[name] for name in ("bar", "recall", "version")
    }


@pytest.mark.parametrize(
    "mixed",
    [
        ["good", "bad", "maybe"],  # hate at the bar itself
        ["good", "tea"],  # no hate to judge by
        ["good"],  # nothing passes
    ],
)
def test_the_bar_stays_where_a_higher_one_is_not_sure(case, posts, mixed):
    """Nothing is written then."""
    told = adapt(case, [posts([f"{word} {n}" for n, word in enumerate(islice(cycle(mixed), 240))])])

    assert told["bar"]["before"] == told["bar"]["after"]
    assert told["passed"]["before"] == told["passed"]["after"]
    assert told["recall"] is None
    assert not (case.folder / "detectors").exists()
    assert ["hate"] == told["detectors"]


def test_a_calibration_that_was_there_stays(case, stream):
    """Both fit into one `detector.toml`."""
    folder = case.folder / "detectors" / "hate"
    folder.mkdir(parents=True)
    (folder / "detector.toml").write_text('type = "hate"\nname = "hate"\ncalibration = { slope = 0.5 }\n')
    adapt(case, [stream])

    assert (0.5, 0.0) == (load(folder).calibration.slope, load(folder).calibration.offset)
    assert load(folder).first.bar > 0.5


def test_recall_is_one_less_what_was_found_below():
    """Against arithmetic: 1 % of 1,000 dropped, 10 % of 5,000 kept."""
    counts = np.array([[1, 100], *[[0, 0]] * 9, [100, 1000]])
    sizes = np.array([1000, *[0] * 9, 5000])
    found = recall_of(counts, sizes, 1)

    assert found["value"] == pytest.approx(500 / 510)
    assert found["lower"] < found["value"] < found["upper"]


def test_the_interval_of_recall_covers_the_truth():
    """In at least nine of ten draws of a sample from a known stream the lower limit is below the true recall."""
    rng = np.random.default_rng(3)
    sizes, shares = np.array([500] * 10 + [5000]), np.array([0.002, *[0.01] * 9, 0.2])
    true = 1 - 500 * 0.002 * 1 / (sizes * shares).sum()
    seen = np.array([100] * 10 + [400])
    lowers = [
        recall_of(np.column_stack([rng.binomial(seen, shares), seen]), sizes, 1)["lower"] for _ in range(30)
    ]  # fmt: skip

    assert np.mean(np.array(lowers) <= true) >= 0.9
    assert np.mean(lowers) > 0.95


def test_each_constant_does_something(monkeypatch, shipped):
    """More recall asked for, or fewer texts read: the bar rises less."""
    assert shipped.is_dir()
    passed = pl.DataFrame({"text": [*texts("tea", 200), *texts("bad", 200)]})
    passed = passed.with_columns(first=pl.int_range(pl.len()) / 100)
    stream = adapting.Stream(400, 0, passed["first"].to_numpy(), passed.sort("first", "text"))
    usual = choose(stream, 0.0)[0]
    changed = {}
    for name, value in {"RECALL": 0.9999, "PER_STEP": 3, "STEPS": 1, "ABOVE": 2}.items():
        with monkeypatch.context() as patch:
            patch.setattr(adapting, name, value)
            changed[name] = choose(stream, 0.0)

    assert usual > 0
    assert changed["RECALL"][0] < usual
    assert changed["PER_STEP"][0] < usual
    assert changed["STEPS"][1]["read"] != changed["ABOVE"][1]["read"]


def _posts(some):
    from rejoinder.records import Post
    from rejoinder.records.frames import conform

    return conform(Post, pl.DataFrame({"id": [str(n) for n in range(len(some))], "text": some}))
