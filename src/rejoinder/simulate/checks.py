"""What later looks at reported posts find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.records import Check
from rejoinder.records.frames import conform
from rejoinder.simulate.chance import some
from rejoinder.simulate.columns import PLATFORM, ids, moments
from rejoinder.simulate.people import NEVER
from rejoinder.simulate.reports import NOTHING, REMOVED, hours
from rejoinder.simulate.setting import DAY

if TYPE_CHECKING:
    from rejoinder.simulate.chance import Ints
    from rejoinder.simulate.people import People
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.reports import Handled
    from rejoinder.simulate.setting import Setting

LOOKS = (DAY, 3 * DAY, 7 * DAY, 30 * DAY)
"""How long after the first report each post is looked at."""
DELETING, UNREACHABLE, DISPUTED = 0.06, 0.025, 0.10
"""Shares of posts that their author deletes, of looks without an answer, and of flagged posts whose report the
platform disputes."""
_DELETED, _GONE, _UNREACHABLE, _DISPUTED = 4, 5, 6, 7
_SEEN = (
    ("up", ""),
    ("labelled", "label: hateful"),
    ("limited", "visibility limited"),
    ("removed by platform", "takendown"),
    ("deleted by author", "deleted"),
    ("account gone", "no such account"),
    ("unreachable", "no answer in 30 s"),
    ("disputed", "no violation found"),
)
"""Outcome and the platform's words; the first four in the order of `reports.MEASURES`."""


def check_frame(setting: Setting, people: People, posts: Posting, done: Handled, gone: Ints) -> pl.DataFrame:
    """A frame of `Check`, in the order of time: each reported post after each of `LOOKS`, in the window and past it."""
    rng, reported = setting.stream("checks"), len(done.post)
    deleted = np.where(some(rng, DELETING, reported), done.first + hours(rng, 72, reported), NEVER)
    disputed = done.flagged & (done.measure == NOTHING) & some(rng, DISPUTED, reported)
    row, look = np.divmod(np.arange(reported * len(LOOKS)), len(LOOKS))
    when = done.first[row] + np.array(LOOKS)[look] + rng.integers(1800, size=len(row))
    author, acted = posts.author[done.post][row], done.since[row] <= when
    removed = done.measure[row] == REMOVED
    seen = np.select(
        [
            some(rng, UNREACHABLE, len(row)), acted & removed & (done.since[row] < deleted[row]), deleted[row] <= when,
            people.out(author, when) | (gone[author] <= when), acted & ~removed & (done.measure[row] > NOTHING),
            disputed[row] & (look > 0),
        ],
        [_UNREACHABLE, REMOVED, _DELETED, _GONE, done.measure[row], _DISPUTED],
    )  # fmt: skip
    raw = pl.DataFrame({
        "subject": ids("p", len(posts)).gather(done.post[row]), "created_at": moments(when),
        "outcome": pl.Series([outcome for outcome, _ in _SEEN]).gather(seen),
        "remark": pl.Series([words for _, words in _SEEN]).gather(seen),
    }).with_columns(platform=pl.lit(PLATFORM), subject_type=pl.lit("post"), method=pl.lit("simulated"))  # fmt: skip
    return conform(Check, raw.sort("created_at", "subject"))
