"""A run over the files of X Community Notes, in place of the incumbent's scorer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.responses.bridging import x_files
from rejoinder.responses.bridging.engine import Bridged, bridge
from rejoinder.responses.bridging.history import Patience
from rejoinder.responses.bridging.ratings import Ratings, admit
from rejoinder.responses.bridging.status import HELPFUL, MORE, NOT, Rules, decide
from rejoinder.responses.bridging.tags import against

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

CODES = {MORE: "NEEDS_MORE_RATINGS", HELPFUL: "CURRENTLY_RATED_HELPFUL", NOT: "CURRENTLY_RATED_NOT_HELPFUL"}
LEAST_SHARE, MOST_SHARE = 0.02, 0.5
"""Shares of raters that a modelling group must have to be left out in turn."""
_CURRENT, _LOCK, _LOCKED = "currentStatus", "timestampMillisOfStatusLock", "lockedStatus"
_HELD = "timestampMillisOfNmrDueToMinStableCrhTime"


def score(  # noqa: PLR0913 - the incumbent's four files
    notes: Path, ratings: Path, out: Path, *, status: Path | None = None, enrollment: Path | None = None,
    at: datetime | None = None, threads: int = 1,
) -> Bridged:  # fmt: skip
    """Statuses of all notes from X's files, written as X's files to the folder `out`.

    Written are `scored_notes.tsv`, `helpfulness_scores.tsv`, `note_status_history.tsv`, `rejects.tsv` and `fit.json`.
    Columns that the incumbent has go by its names; ours come after them. Intercepts are on our scale: relative to
    the mean rating, with ridges estimated from the data, so that the incumbent's limit of 0.40 does not apply to them.
    A note of `status` that is locked keeps its status; one that was shown stays so within the rules' slack; one newly
    found helpful is held for half an hour, by the time stamps in the file, before it is shown. `at` is the time of the
    run, now if not given: later ratings are rejected. Notes that call a post not misleading are not shown, as there.
    Raises `NotFound`, `UnknownFormat`, `DataError`.
    """
    moment = at or datetime.now(UTC)
    written = x_files.notes_of(notes)
    history = x_files.statuses_of(status) if status else None
    given = x_files.ratings_of(ratings)
    admitted = admit(given, notes=_known(written, history), until=moment)
    tagged = _tagged(given, admitted)
    groups = _groups(x_files.groups_of(enrollment), admitted) if enrollment else None
    done = bridge(admitted, groups=groups, against=against(admitted.table, tagged), threads=threads)
    scored = _settled(_scored(done, written), history, moment)
    out.mkdir(parents=True, exist_ok=True)
    _write(scored.select(_SCORED), out / "scored_notes.tsv")
    _write(_raters(done), out / "helpfulness_scores.tsv")
    _write(_history(scored, history, moment), out / "note_status_history.tsv")
    _write(admitted.rejects, out / "rejects.tsv")
    summary = done.summary | {"finalStatuses": dict(sorted(scored["finalRatingStatus"].value_counts().iter_rows()))}
    (out / "fit.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return done


def _known(written: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    """Notes that may be rated: those there are, and deleted ones of which a status is kept."""
    columns = ["note", "author", "created_at"]
    if history is None:
        return written.select(columns)
    author = next((name for name in x_files.NAMES["author"] if name in history.columns), None)
    deleted = history.select(
        note=pl.col("noteId").cast(pl.Int64, strict=False),
        author=(pl.col(author) if author else pl.lit(None, pl.String)).cast(pl.Categorical),
        created_at=pl.col("createdAtMillis").cast(pl.Int64, strict=False).cast(pl.Datetime("ms", "UTC")),
    )  # fmt: skip
    return pl.concat([written.select(columns), deleted]).unique("note", keep="first", maintain_order=True)


def _tagged(given: pl.DataFrame, admitted: Ratings) -> Mapping[str, NDArray[np.bool_]]:
    """For each family a mask over the admitted ratings, in their order."""
    families = list(x_files.TAGS)
    some = given.filter(pl.any_horizontal(families)).select("note", "rater", *families)
    rows, columns = admitted.table.by_row.rows, admitted.table.by_row.columns
    key = rows.astype(np.uint64) << np.uint64(32) | columns
    at = [
        some[name].to_frame("id").join(
            pl.DataFrame({"id": ids, "number": pl.Series(np.arange(len(ids), dtype=np.uint64))}), on="id", how="left",
            maintain_order="left",
        )["number"]
        for name, ids in (("note", admitted.notes), ("rater", admitted.raters))
    ]  # fmt: skip
    known = (at[0].is_not_null() & at[1].is_not_null()).to_numpy()
    said = at[0].fill_null(0).to_numpy() << np.uint64(32) | at[1].fill_null(0).to_numpy()
    return {family: np.isin(key, said[known & some[family].to_numpy()]) for family in families}


def _groups(enrolled: pl.DataFrame, admitted: Ratings) -> Mapping[str, NDArray[np.bool_]]:
    one = enrolled.unique("rater", keep="first", maintain_order=True)
    mine = pl.DataFrame({"rater": admitted.raters}).join(one, on="rater", how="left", maintain_order="left")["group"]
    shares = {name: (mine == name).fill_null(value=False).to_numpy() for name in sorted(mine.drop_nulls().unique())}
    return {f"group {name}": mask for name, mask in shares.items() if LEAST_SHARE <= mask.mean() <= MOST_SHARE}


def _scored(done: Bridged, written: pl.DataFrame) -> pl.DataFrame:
    """One row per note: figures, the rules' status, and the status by the limits of a note that is shown."""
    rules, seen = done.rules or Rules(), done.evidence
    assert seen is not None
    lenient = decide(seen, replace(rules, helpful=rules.helpful - rules.stay, net=rules.net - 1))
    misleading = pl.col("misleading").fill_null(value=True)
    spared = pl.when(misleading | (pl.col("status") != HELPFUL)).then("status").otherwise(pl.lit(MORE))
    frame = done.notes.join(done.explanations, on="note", how="left", maintain_order="left")
    frame = frame.with_columns(_lenient=pl.Series(lenient, dtype=pl.String))
    whole = written.select("note", "misleading").unique("note", keep="first", maintain_order=True)
    frame = frame.join(whole, on="note", how="full", coalesce=True).sort("note")
    frame = frame.with_columns(pl.col("status", "_lenient").fill_null(MORE), pl.col("ratings").fill_null(0))
    return frame.with_columns(
        coreRatingStatus=spared.replace_strict(CODES), _lenient=pl.col("_lenient").replace_strict(CODES),
        because=pl.when(misleading).then(pl.col("because").list.join("; ")).otherwise(pl.lit("not misleading")),
    ).rename({
        "note": "noteId", "intercept": "coreNoteIntercept", "factor": "coreNoteFactor1", "ratings": "numRatings",
    })  # fmt: skip


_SCORED = (
    "noteId", "coreNoteIntercept", "coreNoteFactor1", "coreRatingStatus", "finalRatingStatus", "numRatings", "lower",
    "upper", "lowest_level", "net", "certified_removals", "settledBecause", "because",
)  # fmt: skip


def _settled(scored: pl.DataFrame, history: pl.DataFrame | None, moment: datetime) -> pl.DataFrame:
    """The final status: `history.settle` for whole columns, the file being the memory."""
    before = pl.DataFrame(schema={"noteId": pl.Int64}) if history is None else history
    wanted = [pl.col(name) if name in before.columns else pl.lit(None, pl.String).alias(name) for name in _MEMORY]
    memory = before.select(pl.col("noteId").cast(pl.Int64, strict=False), *wanted).unique("noteId", keep="first")
    frame = scored.join(memory, on="noteId", how="left", maintain_order="left")
    helpful = pl.lit(CODES[HELPFUL])
    now, hold = _millis(moment), int(Patience().hold.total_seconds() * 1000)
    locked = (_number(_LOCK) <= now) & pl.col(_LOCKED).is_in(list(CODES.values()))
    kept = (pl.col(_CURRENT) == helpful) & (pl.col("_lenient") == helpful) & (pl.col("coreRatingStatus") != helpful)
    # without a history there is nothing to hold against: every note would wait for a second run
    fresh = (pl.col("coreRatingStatus") == helpful) & (pl.col(_CURRENT).fill_null("") != helpful)
    held = fresh & (now - pl.when(_number(_HELD) > 0).then(_number(_HELD)).otherwise(now) < hold)
    if history is None:
        held = pl.lit(value=False)
    because = pl.when(locked).then(pl.lit("locked")).when(kept).then(pl.lit("kept")).when(held).then(pl.lit("held"))
    final = pl.when(locked).then(pl.col(_LOCKED)).when(kept).then(helpful).when(held).then(pl.lit(CODES[MORE]))
    return frame.with_columns(
        finalRatingStatus=final.otherwise("coreRatingStatus"),
        settledBecause=because.otherwise(pl.lit("as the rules say")),
        _since=pl.when(held).then(pl.when(_number(_HELD) > 0).then(_number(_HELD)).otherwise(now)),
    )  # fmt: skip


_MEMORY = (_CURRENT, _LOCK, _LOCKED, _HELD)


def _history(scored: pl.DataFrame, history: pl.DataFrame | None, moment: datetime) -> pl.DataFrame:
    """The status history with what changed, in its own columns; notes that it did not have come last."""
    now = pl.lit(str(_millis(moment)))
    texts = pl.col("noteId", "_since").cast(pl.String)
    final = scored.select(texts, _new="finalRatingStatus")
    before = pl.DataFrame(schema={"noteId": pl.String}) if history is None else history
    absent = [pl.lit(None, pl.String).alias(name) for name in _KEPT if name not in before.columns]
    frame = before.with_columns(absent).join(final, on="noteId", how="full", coalesce=True, maintain_order="left")
    new = pl.coalesce("_new", _CURRENT, pl.lit(CODES[MORE]))
    changed, decided = new != pl.col(_CURRENT).fill_null(""), new != CODES[MORE]
    old_enough = _number("createdAtMillis") + int(Patience().lock.total_seconds() * 1000) <= _millis(moment)
    lock = old_enough & pl.col(_LOCK).is_null()
    first = decided & pl.col("firstNonNMRStatus").is_null()
    return frame.with_columns(
        pl.when(first).then(new).otherwise("firstNonNMRStatus").alias("firstNonNMRStatus"),
        pl.when(first).then(now).otherwise(_FIRST).alias(_FIRST),
        pl.when(decided).then(new).otherwise("mostRecentNonNMRStatus").alias("mostRecentNonNMRStatus"),
        pl.when(decided & changed).then(now).otherwise(_LATEST).alias(_LATEST),
        pl.when(changed).then(now).otherwise(_CHANGE).alias(_CHANGE),
        pl.when(lock).then(new).otherwise(_LOCKED).alias(_LOCKED),
        pl.when(lock).then(now).otherwise(_LOCK).alias(_LOCK),
        pl.col("_since").alias(_HELD), new.alias(_CURRENT), now.alias(_AT),
    ).drop("_new", "_since")  # fmt: skip


_FIRST, _LATEST = "timestampMillisOfFirstNonNMRStatus", "timestampMillisOfLatestNonNMRStatus"
_CHANGE, _AT = "timestampMillisOfMostRecentStatusChange", "timestampMillisOfCurrentStatus"
_KEPT = (
    "createdAtMillis", "firstNonNMRStatus", _FIRST, "mostRecentNonNMRStatus", _LATEST, _CHANGE, _AT, *_MEMORY,
)  # fmt: skip


def _raters(done: Bridged) -> pl.DataFrame:
    names = {"rater": "raterParticipantId", "intercept": "coreRaterIntercept", "factor": "coreRaterFactor1"}
    return done.raters.rename(names).with_columns(ring=pl.Series(done.ring))


def _write(frame: pl.DataFrame, path: Path) -> None:
    frame.write_csv(path, separator="\t")


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64, strict=False)
