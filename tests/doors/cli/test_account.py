"""Samples, judgements, figures, changes and audits, as a person goes through them at the command line."""

import csv
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import polars as pl
import pytest

from rejoinder.doors.cli import main
from rejoinder.records import Post, Signal
from rejoinder.records.frames import conform
from rejoinder.store import Case

BOOK = """
name = "book"
question = "Does the post attack people because of a group that they belong to?"
definition = "Group-directed hate."
targets = ["roma"]
[[categories]]
id = "slur"
definition = "A slur."
"""
START = datetime(2024, 1, 1, tzinfo=UTC)


def rejoinder(*words):
    """Exit code, standard output, standard error."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "argv", ["rejoinder", *map(str, words)]):
        try:
            main()
        except SystemExit as done:
            return int(done.code or 0), out.buffer.getvalue().decode(), err.buffer.getvalue().decode()
    return 0, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()


def told(*words):
    """The JSON of a command that must succeed."""
    code, out, err = rejoinder(*words, "--json")
    assert code == 0, err
    return json.loads(out)


def refused(*words):
    """What a command that must fail says, without a traceback."""
    code, _, err = rejoinder(*words)
    assert code in {2, 3}, err
    assert "Traceback" not in err
    return err


@pytest.fixture
def case(tmp_path):
    """A thousand posts over two periods; in the second twice as many are hateful (their text says so)."""
    hateful = [n % 100 < (5 if n < 500 else 10) for n in range(1_000)]
    posts = pl.DataFrame(
        {
            "id": [f"f:{n:04}" for n in range(1_000)],
            "created_at": [START + timedelta(hours=n) for n in range(1_000)],
            "text": ["hateful" if one else "fine" for one in hateful],
        }
    ).with_columns(platform=pl.lit("f"), author=pl.lit("f:a"))
    signals = posts.select(subject="id").with_columns(
        probability=pl.Series([0.6 if one else (n % 7) / 20 for n, one in enumerate(hateful)]),
        subject_type=pl.lit("post"), detector=pl.lit("d"), version=pl.lit("1"), kind=pl.lit("hate"),
    )  # fmt: skip
    opened = Case.init(tmp_path / "case", policy="", title="Test")
    opened.commit("collected", {}, {"post": conform(Post, posts)})
    opened.commit("signalled", {"of": 1, "detector": "d", "version": "1"}, {"signal": conform(Signal, signals)})
    opened.close()
    (tmp_path / "book.toml").write_text(BOOK)
    return tmp_path / "case"


def judge(case, sample, round_, coders, verdict):
    """Assigns a round, and hands in every sheet, judged by its texts."""
    told("judge", "assign", "--case", case, "--sample", sample, "--coders", ",".join(coders), "--round", round_)
    for coder in coders:
        of = ("--case", case, "--sample", sample, "--coder", coder, "--round", round_)
        sheet = case.parent / f"{coder}.csv"
        code, _, err = rejoinder("judge", "export", *of, "--out", sheet)
        assert code == 0, err
        rows = list(csv.DictReader(io.StringIO(sheet.read_text())))
        for row in rows:
            row["hateful"] = verdict(coder, row)
        with sheet.open("w", newline="") as out:
            writer = csv.DictWriter(out, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        done = told("judge", "import", sheet, *of, "--codebook", case.parent / "book.toml")
        assert done == {"new": len(rows), "empty": 0}


def by_text(_, row):
    """A coder who is always right."""
    return "yes" if row["text"] == "hateful" else "no"


@pytest.mark.slow
def test_from_plan_to_trend(case):
    """A plan, two samples, blind judgements, figures that hold the truth, and a claim."""
    of = ("--case", case)
    planned = told("sample", "plan", *of, "--size", 300, "--until", "2024-01-21T20:00:00Z")
    assert 300 == sum(planned["plan"]["taken"])
    assert len(planned["prospects"]) == 12
    middle = "2024-01-21T20:00:00+00:00"
    first = told("sample", "draw", *of, "--sample", "before", "--until", middle)
    told("sample", "draw", *of, "--sample", "after", "--from", middle)
    assert (500, 300) == (first["posts"], first["drawn"])
    assert "no judgement yet" in refused("prevalence", *of, "--sample", "before")
    for sample in ("before", "after"):
        judge(case, sample, "first", ["ada", "ben"], by_text)
    alone = told("prevalence", *of, "--sample", "before")
    assert any("by one person only" in sentence for sentence in alone["reading"])
    for sample in ("before", "after"):
        judge(case, sample, "again", ["ada", "ben"], by_text)
    before = told("prevalence", *of, "--sample", "before")
    whole = before["figures"][0]
    assert whole["lower"] <= 0.05 <= whole["upper"]
    assert before["agreement"]["alpha"] == 1
    assert {"missing": 0, "once": 0, "differing": 0, "unclear": 0} == before["open"]
    assert any("not pre-registered" in sentence for sentence in before["reading"])
    assert {"classify and count", "Wald"} == {row["method"] for row in before["comparison"]}
    change = told("trend", *of, "--before", "before", "--after", "after")
    assert change["change"]["claim"].startswith("It rose: ")
    assert pytest.approx(2, rel=0.3) == change["change"]["ratio"]
    assert pytest.approx(0.5) == change["break_even"]["after"]
    assert "95 % interval" in rejoinder("prevalence", *of, "--sample", "after")[1]
    opened = Case(case)
    assert [] == opened.verify()
    opened.close()


@pytest.mark.slow
def test_what_is_frozen_stays(case):
    """Plan, draw, assignment, codebook and verdicts cannot be changed after the fact."""
    of, sample = ("--case", case), ("--case", case, "--sample", "s")
    told("sample", "plan", *of, "--size", 100)
    assert "is frozen" in refused("sample", "plan", *of, "--size", 200)
    assert "did you mean `plan`" in refused("sample", "draw", *sample, "--plan", "plam")
    told("sample", "draw", *sample)
    assert "was drawn" in refused("sample", "draw", *sample)
    path = case / "plans" / "plan.json"
    path.write_text(path.read_text().replace('"seed": 1', '"seed": 2'))
    assert "changed after it was frozen" in refused("sample", "draw", "--case", case, "--sample", "t")
    judge(case, "s", "first", ["ada"], by_text)
    assert "was assigned" in refused("judge", "assign", *sample, "--coders", "ada")
    one = ("--case", case, "--sample", "s", "--coder", "ada", "--codebook", case.parent / "book.toml")
    sheet = case.parent / "ada.csv"
    assert told("judge", "import", sheet, *one) == {"new": 0, "empty": 0}
    sheet.write_text(sheet.read_text().replace(",no,", ",yes,"))
    assert "judged otherwise before" in refused("judge", "import", sheet, *one)
    (case.parent / "book.toml").write_text(BOOK + "# a word more\n")
    assert "codebook was changed" in refused("judge", "import", sheet, *one)
    assert "has no sheet" in refused("judge", "export", *sample, "--coder", "eve", "--out", case.parent / "eve.csv")
    assert "too few" in refused("judge", "assign", *sample, "--coders", "ada", "--round", "again")
    alone = told("prevalence", *sample)
    assert any("One person judged" in sentence for sentence in alone["reading"])


@pytest.mark.slow
def test_an_audit_from_items_to_shares(case):
    """Items, looks, shares; without a control it is said what cannot be told."""
    of, folder = ("--case", case, "--audit", "a"), case.parent
    rows = "".join(f"x:{n},x,x:a{n},ordinary report,2024-01-01T00:00:00Z\n" for n in range(200))
    (folder / "items.csv").write_text("subject,platform,account,arm,started_at\n" + rows)
    looked = "".join(
        f"x:{n},2024-01-08T00:00:00Z,{'removed by platform' if n < 4 else 'up'},by hand\n" for n in range(200)
    )
    (folder / "looks.csv").write_text("subject,checked_at,outcome,method\n" + looked)
    assert rejoinder("audit", "items", folder / "items.csv", *of)[:2] == (0, "200 items (ordinary report: 200)\n")
    assert "is registered" in refused("audit", "items", folder / "items.csv", *of)
    assert rejoinder("audit", "checks", folder / "looks.csv", *of)[:2] == (0, "200 looks taken over\n")
    assert "in the ledger already" in refused("audit", "checks", folder / "looks.csv", *of)
    shown = told("audit", "show", *of)
    week = {row["outcome"]: row for row in shown["shares"] if row["look"] == "7 d"}
    assert (4, 196, 200) == (week["acted on"]["found"], week["up"]["found"], week["up"]["n"])
    assert "no arm without a report" in shown["limits"][0]
    assert (0.02, 0.008, 0.05) == tuple(round(week["acted on"][key], 3) for key in ("value", "lower", "upper"))
    assert "no arm without a report" in rejoinder("audit", "show", *of)[1]
    assert "did you mean `a`" in refused("audit", "show", "--case", case, "--audit", "aa")


def test_the_size_of_arms():
    """588 to tell 2 from 5 %; with two posts of each account half as many again."""
    assert told("audit", "size", "0.02", "0.05") == {"items_per_arm": 588, "independent": 588}
    assert 882 == told("audit", "size", "0.02", "0.05", "--per-account", 2)["items_per_arm"]
    assert "two different ones" in refused("audit", "size", "0.02", "0.02")
