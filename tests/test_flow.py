"""The whole flow: the same result whatever the batches, the interruptions and the repetitions."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from rejoinder import flow
from rejoinder.acts import asking, detecting
from rejoinder.errors import NotFound, PolicyError, UnknownFormat
from rejoinder.records import Decision, Post, Signal
from rejoinder.records.frames import to_frame

LINE = (
    '{{"record":"post","id":"f:{i}","platform":"f","author":"f:{a}",'
    '"created_at":"2024-01-{d:02}T00:00:00Z","text":"{text}"}}'
)


def lines(path, texts, *, author="a", start=1):
    """A file of posts with these texts, a day apart."""
    rows = [LINE.format(i=i, a=author, d=i, text=text) for i, text in enumerate(texts, start)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def case(tmp_path):
    """A new case."""
    opened = flow.new_case(tmp_path / "case", title="Test")
    yield opened
    opened.close()


def held(case, noun, by):
    """What is in force of a noun, in an order of its own."""
    return case.scan(noun).collect().sort(by)


@pytest.mark.slow
def test_posts_become_signals_decisions_and_a_summary(case, tmp_path):
    """Every post has a headline signal and one decision, and the summary counts them."""
    told = flow.run(case, [lines(tmp_path / "a.jsonl", ["Good morning", "What a match"])])

    assert {"read": 2, "accepted": 2, "revised": 0, "duplicates": 0, "rejected": 0} == told["posts"]
    assert ["f:1", "f:2"] == held(case, "signal", "subject")["subject"].to_list()
    assert ["f:1", "f:2"] == held(case, "decision", "subject")["subject"].to_list()
    assert {"collect", "detect", "decide", "respond", "measure", "publish"} == set(told["stages"])


@pytest.mark.slow
def test_a_bad_row_stops_nothing_and_is_kept(case, tmp_path):
    """The good rows go on; the bad one is in the rejects with its line and a remedy."""
    path = tmp_path / "a.jsonl"
    lines(path, ["Good morning"])
    with path.open("a") as file:
        file.write('{"record":"post","id":"f:2"\n')
    told = flow.run(case, [str(path)])

    assert (1, 1) == (told["posts"]["accepted"], told["posts"]["rejected"])
    (reject,) = case.scan("reject").collect().to_dicts()
    assert reject["line"] == 2
    assert reject["remedy"]


@pytest.mark.slow
def test_a_foreign_file_is_refused_by_name_and_rejected_in_a_folder(case, tmp_path):
    """Named, it stops the run with the nearest format; one of many in a folder, it is told and the rest is read."""
    folder = tmp_path / "folder"
    folder.mkdir()
    lines(folder / "a.jsonl", ["Good morning"])
    (folder / "letter.txt").write_text("Dear reader,\nthis is a letter.\n")

    with pytest.raises(UnknownFormat):
        flow.run(case, [str(folder / "letter.txt")])
    told = flow.run(case, [str(folder)])

    assert (1, 1) == (told["posts"]["accepted"], told["posts"]["rejected"])


@pytest.mark.slow
def test_reading_again_adds_nothing_twice(case, tmp_path):
    """The second run meets only what it knows."""
    path = lines(tmp_path / "a.jsonl", ["Good morning", "What a match"])
    flow.run(case, [path])
    decisions = held(case, "decision", "subject")
    told = flow.run(case, [path])

    assert (0, 2) == (told["posts"]["accepted"], told["posts"]["duplicates"])
    assert_frame_equal(decisions, held(case, "decision", "subject"))
    assert case.scan("post").collect().height == 2


@pytest.mark.slow
def test_an_edited_post_is_judged_and_decided_again(case, tmp_path):
    """The later text supersedes, in posts, signals and decisions; the earlier stays in the archive."""
    flow.run(case, [lines(tmp_path / "a.jsonl", ["Good morning", "What a match"])])
    told = flow.run(case, [lines(tmp_path / "b.jsonl", ["Good evening"])])

    assert told["posts"]["revised"] == 1
    assert ["Good evening", "What a match"] == held(case, "post", "id")["text"].to_list()
    assert ["f:1", "f:2"] == held(case, "signal", "subject")["subject"].to_list()
    assert ["f:1", "f:2"] == held(case, "decision", "subject")["subject"].to_list()
    assert case.scan("post", superseded=True).collect().height == 3


def test_the_batch_size_changes_nothing(tmp_path, small_files, monkeypatch):
    """Batches of 100 rows and of 50,000 give the same decisions and the same estimates."""
    results = []
    whole = flow.sources.read
    for name, rows in (("large", 50_000), ("small", 100)):
        monkeypatch.setattr(
            flow.sources, "read", lambda file, *, source, rows=rows: whole(file, source=source, rows=rows)
        )
        case = flow.new_case(tmp_path / name)
        flow.run(case, small_files)
        results.append((held(case, "decision", "subject"), case.scan("estimate").collect().drop("computed_from")))
        case.close()

    assert_frame_equal(results[0][0], results[1][0])
    assert_frame_equal(results[0][1], results[1][1])


test_the_batch_size_changes_nothing = pytest.mark.slow(test_the_batch_size_changes_nothing)


@pytest.mark.slow
def test_the_order_of_files_changes_no_decision(tmp_path):
    """Strikes are counted in order of time, not of reading."""
    found = []
    for name, reverse in (("forth", False), ("back", True)):
        files = [lines(tmp_path / f"{i}.jsonl", [f"Day {i}"], start=i) for i in range(1, 5)]
        case = flow.new_case(tmp_path / name)
        flow.run(case, files[::-1] if reverse else files)
        found.append(held(case, "decision", "subject"))
        case.close()

    assert_frame_equal(*found)


@pytest.mark.slow
def test_a_changed_policy_decides_everything_again(case, tmp_path):
    """The old decisions are superseded, not lost."""
    path = lines(tmp_path / "a.jsonl", ["Good morning"])
    flow.run(case, [path])
    before = held(case, "decision", "subject")
    case.policy_path.write_text(case.policy_path.read_text() + "\n# a remark\n")
    flow.run(case, [path])
    after = held(case, "decision", "subject")

    assert before["policy_hash"].item() != after["policy_hash"].item()
    assert case.scan("decision", superseded=True).collect().height == 2


@pytest.mark.slow
def test_a_report_that_comes_later_reopens_its_post(case, tmp_path):
    """The reported post is decided again with the report among its facts; the other is left as it is."""
    flow.run(case, [lines(tmp_path / "a.jsonl", ["Good morning", "What a match"])])
    report = tmp_path / "r.jsonl"
    report.write_text(
        '{"record":"report","id":"f:r1","platform":"f","created_at":"2024-02-01T00:00:00Z","subject":"f:1",'
        '"subject_type":"post","reporter":"f:x","reporter_kind":"trusted flagger"}\n'
    )
    flow.run(case, [str(report)])

    assert case.scan("decision", superseded=True).collect()["subject"].value_counts().sort("subject")[
        "count"
    ].to_list() == [2, 1]
    assert "f:x" in case.scan("message").collect()["to"].to_list()


@pytest.mark.slow
def test_explaining_shows_every_record_on_the_way(case, tmp_path):
    """Post, signals, facts, clauses, decisions; with or without the platform in the id."""
    flow.run(case, [lines(tmp_path / "a.jsonl", ["Good morning"])])
    way = asking.explain(case, "1")

    assert ("f:1", 1) == (way["post"]["id"], len(way["decisions"]))
    assert way["clauses"]
    with pytest.raises(NotFound, match="0 posts are called"):
        asking.explain(case, "9")


def test_a_broken_policy_is_told_before_anything_is_read(case, tmp_path):
    """Nothing is collected under a policy that cannot be applied."""
    case.policy_path.write_text("[[clause]]\n")
    with pytest.raises(PolicyError):
        flow.run(case, [lines(tmp_path / "a.jsonl", ["Good morning"])])

    assert [] == case.events()


@pytest.mark.slow
def test_the_log_and_the_archive_verify_after_a_run(case, tmp_path):
    """Nothing is wrong, until a part is touched."""
    flow.run(case, [lines(tmp_path / "a.jsonl", ["Good morning"])])
    assert [] == case.verify()

    part = next((case.folder / "archive" / "post").rglob("*.parquet"))
    part.write_bytes(part.read_bytes() + b"x")

    assert any(part.stem in fault for fault in case.verify())


def _summary(folder, files, *, kill_after=None):
    """Runs the command in a process of its own, killed after a while; its summary where it came to the end."""
    command = [sys.executable, "-m", "rejoinder", "run", *files, "--case", str(folder), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            out, err = process.communicate(timeout=kill_after)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            return None
    assert process.returncode == 0, err
    return json.loads(out)


@pytest.mark.slow
def test_a_run_killed_anywhere_resumes_to_the_same_result(tmp_path, small_files):
    """Killed again and again at random points, the run ends with the summary and dossier of an uninterrupted one."""
    begin = time.monotonic()
    whole = _summary(tmp_path / "whole", small_files)
    took = time.monotonic() - begin
    chance = random.Random(3)
    for share in (0.5, 0.9, 0.7, 0.95):
        _summary(tmp_path / "torn", small_files, kill_after=chance.uniform(0.8, 1.0) * share * took)
        last = (
            flow.open_case(tmp_path / "torn").events()[-1:] if (tmp_path / "torn" / "rejoinder.toml").exists() else []
        )
        if last and last[0].kind == "run finished":  # too late: there is nothing to resume
            shutil.rmtree(tmp_path / "torn")
    torn = _summary(tmp_path / "torn", small_files)

    for told in (whole, torn):
        for name in ("stages", "head", "dossier"):
            told.pop(name)
    assert whole == torn
    for path in sorted((tmp_path / "whole" / "dossier").rglob("*")):
        if path.is_file():
            other = tmp_path / "torn" / path.relative_to(tmp_path / "whole")
            assert (path.name, path.read_bytes()) == (path.name, other.read_bytes())


@pytest.mark.slow
def test_nouns_of_the_flow_are_records(case, tmp_path):
    """What the archive holds reads back as records, one by one."""
    flow.run(case, [lines(tmp_path / "a.jsonl", ["Good morning"])])

    for record in (Post, Signal, Decision):
        frame = case.scan(record.noun()).collect()
        from rejoinder.records.frames import from_frame

        assert_frame_equal(frame, to_frame(record, from_frame(record, frame)))


@pytest.mark.slow
def test_progress_is_told(case, tmp_path):
    """Each long stage tells how far it is."""
    told = []
    flow.run(case, [lines(tmp_path / "a.jsonl", ["Good morning"])], progress=lambda *step: told.append(step))

    assert {"collect", "detect", "decide"} == {stage for stage, _, _ in told}


def test_texts_are_judged_in_order():
    """One finding per text, whatever is in it."""
    found = detecting.detect_texts(["Good morning", "", "Ünïcödé 👋"])

    assert 3 == len(found)
    assert found[1]["probability"] is None
    assert isinstance(found[0]["probability"], float)


@pytest.mark.slow
def test_empty_input_is_no_error(case, tmp_path):
    """A file without rows is read, and said to hold none."""
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"")
    told = flow.run(case, [str(path)])

    assert told["posts"]["read"] == 0
    assert isinstance(case.scan("post").collect(), pl.DataFrame)
