"""`rejoinder notes`: the files that programs rely on."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from rejoinder.doors.cli import app
from rejoinder.errors import DataError, NotFound, UnknownFormat, UsageError
from rejoinder.simulate.crowd import crowd

NOTES = ["note", "intercept", "factor", "lower", "upper", "status", "certified_removals", "ratings"]


@pytest.fixture(scope="module")
def ratings(tmp_path_factory):
    """A file of ratings."""
    world, path = crowd(5, 30_000), tmp_path_factory.mktemp("notes") / "r.parquet"
    pl.DataFrame({"rater": world.rater, "note": world.note, "helpful": world.halves / 2}).write_parquet(path)
    return path


def run(*words):
    """A command, its error raised."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.mark.parametrize("compat", [[], ["--compat"]])
def test_fit_writes_the_files_that_programs_read(ratings, tmp_path, compat):
    """Columns in order; the loss in `fit.json`, which is also what `--json` prints."""
    done = run("notes", "fit", "--ratings", ratings, "--out", tmp_path, "--json", *compat)
    told = json.loads((tmp_path / "fit.json").read_text())

    assert pl.read_parquet(tmp_path / "notes.parquet").columns == NOTES
    assert pl.read_parquet(tmp_path / "raters.parquet").columns == ["rater", "intercept", "factor", "weight"]
    assert told["loss"] > 0
    assert told == json.loads(done.stdout)
    assert (tmp_path / "explanations.parquet").is_file() == (not compat)


def test_fit_tells_people_in_words(ratings, tmp_path):
    """How many, and where."""
    told = run("notes", "fit", "--ratings", ratings, "--out", tmp_path, "--axes", 2).stdout

    assert "2 axis" in told
    assert "written to" in told


def test_what_cannot_be_fitted_is_said(ratings, tmp_path):
    """Three axes, no file, no Parquet."""
    (tmp_path / "x.parquet").write_text("no")
    for error, words in (
        (UsageError, ["--ratings", ratings, "--axes", 3]),
        (NotFound, ["--ratings", tmp_path / "absent"]),
        (DataError, ["--ratings", tmp_path / "x.parquet"]),
    ):
        with pytest.raises(error):
            run("notes", "fit", "--out", tmp_path, *words)


@pytest.fixture(scope="module")
def x_files(tmp_path_factory):
    """Files in X's format, with columns missing and one too many, and bad rows."""
    world, folder = crowd(5, 20_000), tmp_path_factory.mktemp("x")
    note, rater = world.note.astype("int64"), pl.Series(world.rater).cast(pl.String)
    level = pl.Series(world.halves).replace_strict({0: "NOT_HELPFUL", 1: "SOMEWHAT_HELPFUL", 2: "HELPFUL"})
    frame = pl.DataFrame({
        "noteId": pl.Series(note + 100).cast(pl.String), "raterParticipantId": "R" + rater, "helpfulnessLevel": level,
        "createdAtMillis": "1700000100000", "notHelpfulIncorrect": "0", "somethingNew": "1",
    })  # fmt: skip
    bad = pl.DataFrame({
        "noteId": ["12x", "100", "100", "100"], "raterParticipantId": ["R1", "author100", "", "Rx"],
        "helpfulnessLevel": ["HELPFUL", "HELPFUL", "HELPFUL", "GREAT"], "createdAtMillis": "1700000100000",
        "notHelpfulIncorrect": "0", "somethingNew": "1",
    })  # fmt: skip
    ids = frame["noteId"].unique().sort()
    notes = pl.DataFrame({"noteId": ids, "participantId": "author" + ids, "createdAtMillis": "1700000000000"})
    pl.concat([frame, bad]).write_csv(folder / "ratings.tsv", separator="\t")
    notes.with_columns(classification=pl.lit("MISINFORMED_OR_POTENTIALLY_MISLEADING")).write_csv(
        folder / "notes.tsv", separator="\t"
    )
    people = pl.DataFrame({"participantId": rater.unique().sort()}).with_columns("R" + pl.col("participantId"))
    people.with_columns(modelingGroup=pl.lit("13")).write_csv(folder / "enrollment.tsv", separator="\t")
    return folder


def scored(folder, out, *more):
    """A run at a fixed time, and its notes."""
    files = ["--notes", folder / "notes.tsv", "--ratings", folder / "ratings.tsv", "--out", out]
    run("notes", "score", *files, "--enrollment", folder / "enrollment.tsv", *more)
    return pl.read_csv(out / "scored_notes.tsv", separator="\t")


def test_score_reads_and_writes_the_files_of_x(x_files, tmp_path):
    """Every row is scored or rejected with its reason."""
    notes = scored(x_files, tmp_path, "--at", "2023-11-16T00:00:00")
    rejects = pl.read_csv(tmp_path / "rejects.tsv", separator="\t")
    shown = notes.filter(finalRatingStatus="CURRENTLY_RATED_HELPFUL")
    raters = pl.read_csv(tmp_path / "helpfulness_scores.tsv", separator="\t")

    assert (
        notes["numRatings"].sum() + len(rejects)
        == pl.read_csv(x_files / "ratings.tsv", separator="\t", infer_schema=False).height
    )
    assert {
        "the note is missing", "the rater wrote the note", "the rater is missing", "`helpful` is not 0, 0.5 or 1",
    } == set(rejects["reason"])  # fmt: skip
    assert 0 < len(shown) < len(notes)
    assert raters.columns[:3] == ["raterParticipantId", "coreRaterIntercept", "coreRaterFactor1"]


def test_a_note_is_held_then_shown_then_locked(x_files, tmp_path):
    """Three runs, each with the history that the one before wrote."""
    history = tmp_path / "none" / "note_status_history.tsv"
    scored(x_files, tmp_path / "none", "--at", "2023-11-16T00:00:00")
    emptied = pl.read_csv(history, separator="\t", infer_schema=False)
    emptied.with_columns(currentStatus=pl.lit("NEEDS_MORE_RATINGS"), createdAtMillis=pl.lit("1700000000000")).write_csv(
        history, separator="\t"
    )
    runs = []
    for name, moment in (("a", "2023-11-16T00:00:00"), ("b", "2023-11-16T00:40:00"), ("c", "2023-12-16T00:00:00")):
        runs.append(scored(x_files, tmp_path / name, "--at", moment, "--status", history))
        history = tmp_path / name / "note_status_history.tsv"
    helpful = [frame.filter(finalRatingStatus="CURRENTLY_RATED_HELPFUL")["noteId"].to_list() for frame in runs]
    last = pl.read_csv(history, separator="\t")

    assert helpful[0] == []
    assert "held" in runs[0]["settledBecause"].to_list()
    assert helpful[1] == helpful[2] != []
    assert last["lockedStatus"].null_count() == 0
    assert scored(x_files, tmp_path / "d", "--at", "2023-12-17T00:00:00", "--status", history)[
        "settledBecause"
    ].unique().to_list() == ["locked"]


def test_a_file_of_another_kind_is_said(x_files, tmp_path):
    """Ratings given as notes' file lack the author; and a folder without files."""
    with pytest.raises(UnknownFormat, match="noteAuthorParticipantId"):
        run(
            "notes",
            "score",
            "--notes",
            x_files / "ratings.tsv",
            "--ratings",
            x_files / "ratings.tsv",
            "--out",
            tmp_path,
        )
    with pytest.raises(NotFound):
        run("notes", "score", "--notes", tmp_path, "--ratings", tmp_path, "--out", tmp_path)
