"""The command line: what programs rely on, and what people see when something is wrong."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple
from unittest.mock import patch

import pytest

from rejoinder.doors.cli import main

POST = (
    '{{"record":"post","id":"f:{}","platform":"f","author":"f:a","created_at":"2024-01-0{}T00:00:00Z","text":"{}"}}\n'
)
POSTS = POST.format(1, 1, "Good morning") + POST.format(2, 2, "They fear \\u001b[31m") + "not json\n"


class Done(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: bytes
    stderr: bytes


def rejoinder(*words, stdin=b""):
    """The command as a person or a program starts it, in this process."""
    out, err = io.BytesIO(), io.BytesIO()
    written = [io.TextIOWrapper(stream, encoding="utf-8", write_through=True) for stream in (out, err)]
    argv, typed = ["rejoinder", *map(str, words)], io.TextIOWrapper(io.BytesIO(stdin))
    code: object = 0
    patched = (patch.object(sys, "argv", argv), patch.object(sys, "stdin", typed))
    with redirect_stdout(written[0]), redirect_stderr(written[1]), patched[0], patched[1]:
        try:
            main()
        except SystemExit as done:
            code = done.code
    return Done(int(code or 0), out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A case with two posts and a reject."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "posts.jsonl").write_text(POSTS)
    done = rejoinder("run", folder / "posts.jsonl", "--case", folder / "case", "--json")
    assert done.returncode == 0, done.stderr
    (folder / "told.json").write_bytes(done.stdout)
    return folder


@pytest.mark.slow
def test_run_prints_one_json_object_and_leaves_a_dossier(case):
    """The keys that programs read, and the page."""
    told = json.loads((case / "told.json").read_bytes())

    assert (2, 1) == (told["posts"]["accepted"], told["posts"]["rejected"])
    assert {"by_kind", "by_target", "by_narrative"} == set(told["signals"])
    assert {"by_clause", "by_axis"} == set(told["decisions"])
    assert all({"seconds", "peak_mb"} == set(cost) for cost in told["stages"].values())
    assert (case / "case" / "dossier" / "index.html").is_file()


@pytest.mark.slow
def test_run_tells_people_in_words(case):
    """Without `--json` there are sentences and tables, and the rejects are counted."""
    done = rejoinder("run", case / "posts.jsonl", "--case", case / "again")

    assert "1 row rejected" in done.stdout.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_detect_answers_line_by_line_in_order():
    """Seven keys each, ids as given; a line that is no object has an error, and the exit code says so."""
    done = rejoinder("detect", "-", stdin=b'{"id": 7, "text": "Good morning"}\n{"text": ""}\n{"txt": 1}\n')
    first, second, third = map(json.loads, done.stdout.splitlines())

    assert {"id", "probability", "kind", "targets", "narratives", "stance", "spans"} <= set(first)
    assert (7, None, None) == (first["id"], second["id"], second["probability"])
    assert "text" in third["error"]
    assert done.returncode == 3


@pytest.mark.slow
def test_explain_hides_the_text_until_asked(case):
    """Every record on the way; the text only with `--text`, and then no escape sequence reaches the terminal."""
    hidden = rejoinder("explain", "f:2", "--case", case / "case").stdout
    shown = rejoinder("explain", "f:2", "--case", case / "case", "--text").stdout

    assert b"They fear" not in hidden
    assert b"They fear \\x1b[31m" in shown
    assert b"\x1b[31m" not in shown


def test_explain_gives_programs_the_records(case):
    """One object with every stage."""
    way = json.loads(rejoinder("explain", "2", "--case", case / "case", "--json").stdout)

    assert {"post", "signals", "facts", "clauses", "decisions", "messages"} == set(way)


def test_rejects_are_listed_with_remedies(case):
    """File, line, reason, remedy."""
    (reject,) = json.loads(rejoinder("rejects", "--case", case / "case", "--json").stdout)["rejects"]

    assert reject["line"] == 3
    assert reject["reason"]
    assert reject["remedy"]


def test_the_log_verifies_and_can_be_published(case):
    """Verify, head, show and export agree."""
    told = json.loads(rejoinder("log", "verify", "--case", case / "case", "--json").stdout)
    head = rejoinder("log", "head", "--case", case / "case").stdout.decode().strip()
    exported = [json.loads(line) for line in rejoinder("log", "export", "--case", case / "case").stdout.splitlines()]
    shown = rejoinder("log", "show", "--case", case / "case").stdout.decode().splitlines()

    assert ([], head) == (told["faults"], told["head"])
    assert (told["events"], head) == (len(exported), exported[-1]["hash"])
    assert len(shown) == told["events"]
    assert rejoinder("log", "verify", "--case", case / "case", "--head", "f" * 64).returncode == 4


@pytest.mark.slow
def test_the_policy_that_ships_holds_together(case):
    """Check, test and replay against itself."""
    policy = case / "case" / "policy.toml"
    checked = json.loads(rejoinder("policy", "check", policy, "--json").stdout)
    tested = json.loads(rejoinder("policy", "test", policy, "--json").stdout)
    replayed = json.loads(rejoinder("policy", "replay", policy, policy, "--case", case / "case", "--json").stdout)

    assert checked["clauses"] > 0
    assert (tested["examples"] > 0, []) == (True, tested["failed"])
    assert all(row["count"] == 0 for row in replayed["by_change"])
    assert rejoinder("policy", "explain", "f:1", "--case", case / "case").returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["run", "absent.jsonl", "--case", "CASE"], 2, "there is no file"),
        (["explain", "x", "--case", "absent"], 2, "there is no case here"),
        (["run", "posts.jsonl", "--case", "CASE", "--format", "xapi"], 2, "did you mean `x-api`?"),
        (["policy", "check", "posts.jsonl"], 3, "error"),
        (["nonsense"], 2, "nonsense"),
    ],
)
@pytest.mark.slow
def test_errors_are_words_and_exit_codes(case, words, code, says):
    """No traceback; what, where and the remedy; whose fault in the exit code."""
    places = {"CASE": case / "new", "posts.jsonl": case / "posts.jsonl"}
    done = rejoinder(*(places.get(word, word) for word in words))

    assert code == done.returncode
    assert says in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_a_closed_pipe_is_no_error(case):
    """As in `rejoinder log export | head -1`."""
    command = f"{sys.executable} -m rejoinder log export --case {case / 'case'} | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)

    assert b"Traceback" not in done.stderr


def test_init_makes_a_case_to_edit(tmp_path):
    """Settings and a policy; a second time is refused."""
    done = rejoinder("init", tmp_path / "new", "--title", 'A "quoted" case')

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "policy.toml").is_file()
    assert rejoinder("init", tmp_path / "new").returncode == 2


def test_a_demonstration_does_not_mix_with_another(tmp_path):
    """A folder that holds another case is refused before anything is written into it."""
    assert rejoinder("init", tmp_path / "case").returncode == 0

    refused = rejoinder("demo", "--out", tmp_path / "case")

    assert refused.returncode == 2
    assert b"holds another case" in refused.stderr
    assert not (tmp_path / "case" / "input").exists()


@pytest.mark.slow
def test_the_demonstration_is_the_same_for_the_same_seed(tmp_path):
    """Input files and dossier byte by byte, and the summary but for time, memory and the log's head."""
    told = []
    for name in ("one", "two"):
        done = rejoinder("demo", "--out", tmp_path / name, "--seed", 3, "--json")
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
    for one in told:
        for key in ("stages", "head", "dossier"):
            one.pop(key)

    assert told[0] == told[1]
    assert told[0]["posts"]["accepted"] >= 20_000
    for part in ("input", "dossier"):
        paths = [
            path.relative_to(tmp_path / "one")
            for path in sorted((tmp_path / "one" / part).rglob("*"))
            if path.is_file()
        ]
        assert paths
        for path in paths:
            assert (path, (tmp_path / "one" / path).read_bytes()) == (path, (tmp_path / "two" / path).read_bytes())
