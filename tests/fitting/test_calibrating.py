"""Calibration on judgements: what is fitted, told, written, logged and refused."""

import json
import pickle
import tomllib

import numpy as np
import polars as pl
import pytest

from rejoinder import flow
from rejoinder.errors import DataError, NotFound, UsageError
from rejoinder.fitting import calibrating, judgements, placing
from rejoinder.fitting.calibrating import calibrate, cross_fitted
from rejoinder.numerics.reliability import brier, calibration_error
from rejoinder.signals.own import load
from rejoinder.signals.post.calibration import Calibration


def file_of(tmp_path, rows, header="text,hateful"):
    """A CSV of judgements."""
    path = tmp_path / "judgements.csv"
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


@pytest.fixture
def rows():
    """120 judged texts: the detector is far too sure, as only every third `bad` one is hateful."""
    return [(f"bad {n}", int(n % 3 == 0)) for n in range(60)] + [(f"good {n}", 0) for n in range(60)]


def test_calibration_mends_a_detector_that_is_too_sure(case, tmp_path, rows):
    """Both figures fall by more than chance, and the tables say where it was wrong."""
    told = calibrate(case, file_of(tmp_path, rows))

    assert (120, 20, 0) == (told["n"], told["hateful"], told["out_of_reach"])
    for figure in told["figures"].values():
        assert figure["after"] < figure["before"]
        assert 0 < figure["lower"] <= figure["fell"] <= figure["upper"]
    assert [60, 60] == sorted(row["n"] for row in told["before"])[-2:]
    assert told["slope"] < 1


def test_the_case_uses_the_fitted_detector_and_its_log_says_so(case, tmp_path, rows):
    """The folder, the settings with their remarks, the version, the event, the report, the diagram."""
    told = calibrate(case, file_of(tmp_path, rows))
    folder = case.folder / "detectors" / "hate"
    detector = load(folder)
    settings = (case.folder / "rejoinder.toml").read_text()
    (event,) = case.events("calibrated")

    assert ["detectors/hate"] == tomllib.loads(settings)["detectors"] == told["detectors"]
    assert "# a remark" in settings
    assert Calibration(told["slope"], told["offset"]) == detector.calibration
    assert ("hate", told["version"]) == (detector.name, detector.version)
    assert told["version"] == event.body["version"]
    assert str(tmp_path) not in json.dumps(event.body)
    assert (folder / "calibration.svg").read_text().startswith("<svg")
    assert told["n"] == json.loads((folder / "calibration.json").read_text())["n"]
    assert ["hate"] == [one.name for one in flow._detectors(flow.open_case(case.folder))]


@pytest.mark.slow
def test_calibrating_again_starts_from_the_uncalibrated_detector(case, tmp_path, rows):
    """The same judgements give the same line, by either name, and one list of detectors."""
    first = calibrate(case, file_of(tmp_path, rows))
    again = calibrate(flow.open_case(case.folder), file_of(tmp_path, rows[::-1]), "detectors/hate")

    assert (first["slope"], first["offset"]) == (again["slope"], again["offset"])
    assert first["figures"] == again["figures"]
    assert ["detectors/hate"] == again["detectors"]


def test_a_calibrated_detector_goes_to_another_process(case, tmp_path, rows):
    """And says there what it says here."""
    calibrate(case, file_of(tmp_path, rows))
    detector = load(case.folder / "detectors" / "hate")
    some = judgements.read(file_of(tmp_path, rows)).drop("hateful")

    assert pickle.loads(pickle.dumps(detector)).detect(some).equals(detector.detect(some))


@pytest.mark.slow
def test_posts_of_the_case_are_judged_by_their_ids(case, tmp_path, posts, rows):
    """With the platform or without; a post that the case does not have does not count."""
    placing.use(case, "cues", "hate")
    flow.run(flow.open_case(case.folder), [posts([text for text, _ in rows])])
    judged = [(n if n % 2 else f"f:{n}", verdict) for n, (_, verdict) in enumerate(rows)] + [("f:999", 1)]
    told = calibrate(flow.open_case(case.folder), file_of(tmp_path, judged, "id,hateful"))

    assert (120, 20) == (told["n"], told["hateful"])


def test_cross_fitting_tells_no_judgement_its_own_line():
    """Of pure noise nothing is gained; of a crooked detector nearly all is mended."""
    rng = np.random.default_rng(5)
    said = rng.random(3000)
    truth = rng.random(3000) < said**3
    after = cross_fitted(said, truth)

    assert calibration_error(after, truth) < calibration_error(said, truth) / 2
    noise = rng.random(60) < 0.5
    assert brier(cross_fitted(said[:60], noise), noise) > 0.24


@pytest.mark.parametrize(
    ("rows", "header", "says"),
    [
        ([("bad", 1)] * 3, "text,hateful", "1 judgements in reach are too few"),
        ([(f"bad {n}", 1) for n in range(30)], "text,hateful", "30 of 30 judged posts are hateful"),
        ([("bad", "maybe")], "text,hateful", "`hateful` is `maybe`"),
        ([("bad", 1)], "text,verdict", "has the columns text, verdict"),
        ([("f:1", 1)], "id,hateful", "not one of the judged posts is in the case"),
    ],
)
def test_judgements_that_do_not_suffice_are_refused(case, tmp_path, rows, header, says):
    """And nothing is written over."""
    before = (case.folder / "rejoinder.toml").read_text()
    with pytest.raises(DataError) as error:
        calibrate(case, file_of(tmp_path, rows, header))

    assert says in error.value.what
    assert before == (case.folder / "rejoinder.toml").read_text()


@pytest.mark.slow
def test_fewest_is_what_it_says(case, tmp_path, monkeypatch):
    """Twenty suffice, nineteen do not."""
    rows = [(f"bad {n}", n % 2) for n in range(20)]
    assert 20 == calibrate(case, file_of(tmp_path, rows))["n"]
    with pytest.raises(DataError, match="19 judgements"):
        calibrate(case, file_of(tmp_path, rows[1:]))
    monkeypatch.setattr(calibrating, "FEWEST", 19)
    assert 19 == calibrate(case, file_of(tmp_path, rows[1:]))["n"]


def test_a_file_that_is_not_there_and_a_detector_that_cannot_be_fitted(case, tmp_path, rows):
    """Each with its remedy."""
    with pytest.raises(NotFound):
        calibrate(case, tmp_path / "absent.csv")
    with pytest.raises(UsageError, match="`cues` cannot be fitted"):
        calibrate(case, file_of(tmp_path, rows), "cues")
    with pytest.raises(UsageError, match="no case is named"):
        judgements.read(file_of(tmp_path, [("f:1", 1)], "subject,hateful"))


def test_judgements_that_contradict_each_other_do_not_count(tmp_path):
    """One text judged both ways says nothing; judged twice alike it counts once; no verdict is none."""
    path = file_of(tmp_path, [("a", 1), ("a", 0), ("b", "yes"), ("b", 1), ("c", "")])

    assert [("b", True)] == judgements.read(path).select("text", "hateful").rows()


@pytest.mark.parametrize(
    ("settings", "after"),
    [
        ('detectors = ["cues", "hate"]\n', ["cues", "detectors/hate"]),
        ('title = "x"\ndetectors = [\n  "hate", # ours\n]\n', ["detectors/hate"]),
        ('title = "x"\n', ["detectors/hate"]),
        ('detectors = ["cues"]\n', ["cues", "detectors/hate"]),
    ],
)
def test_settings_keep_what_else_they_say(case, settings, after):
    """In place of the shipped detector, or after the others."""
    path = case.folder / "rejoinder.toml"
    path.write_text(settings)
    opened = flow.open_case(case.folder)

    assert after == placing.use(opened, "detectors/hate", "hate")
    assert tomllib.loads(settings) | {"detectors": after} == tomllib.loads(path.read_text())


def test_settings_that_cannot_be_changed_safely_are_left_alone(case):
    """A list in a form that a person has to change."""
    path = case.folder / "rejoinder.toml"
    path.write_text('detectors = ["a]b", "hate"]\n')
    opened = flow.open_case(case.folder)
    with pytest.raises(UsageError, match="changed safely"):
        placing.use(opened, "detectors/hate", "hate")

    assert 'detectors = ["a]b", "hate"]\n' == path.read_text()


@pytest.mark.parametrize(
    "earlier", ["", "calibration = { slope = 2.0 }\n", "\n[calibration]\nslope = 2.0\noffset = 1.0\n"]
)
def test_a_line_is_written_over_an_earlier_one(tmp_path, earlier):
    """However it was written; all else stays."""
    file = tmp_path / "detector.toml"
    file.write_text(f'type = "hate"\nname = "hate" # mine\n{earlier}')
    placing.calibrate(file, Calibration(0.5, -1.25))

    expected = {"type": "hate", "name": "hate", "calibration": {"slope": 0.5, "offset": -1.25}}
    assert expected == tomllib.loads(file.read_text())
    assert "# mine" in file.read_text()


@pytest.mark.slow
def test_the_calibrated_detector_joins_the_flow(case, tmp_path, posts, rows):
    """A run before and a run after: every post is judged again, at the new version."""
    file = posts([text for text, _ in rows[:40]])
    placing.use(case, placing.place(case, "hate"), "hate")
    case = flow.open_case(case.folder)
    flow.run(case, [file])
    before = case.scan("signal").filter(pl.col("kind") == "hate").collect()
    told = calibrate(case, file_of(tmp_path, rows))
    fitted = flow.open_case(case.folder)
    flow.run(fitted, [file])
    after = fitted.scan("signal").filter(pl.col("kind") == "hate").collect()

    assert [told["version"]] == after["version"].unique().to_list()
    assert len(before) == len(after)
    assert after["probability"].max() < before["probability"].max()
