"""Appeals against bans, and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.records import Appeal
from rejoinder.records.frames import conform
from rejoinder.simulate.columns import ids, moments
from rejoinder.simulate.grammar import people_words
from rejoinder.simulate.people import NEVER
from rejoinder.simulate.setting import DAY

if TYPE_CHECKING:
    from rejoinder.simulate.people import People
    from rejoinder.simulate.setting import Setting

MODERATORS = 4


def appeal_frame(setting: Setting, people: People) -> pl.DataFrame:
    """A frame of `Appeal` by banned accounts, in the order of time; an upheld one ends the ban."""
    rng, who = setting.stream("appeals"), np.flatnonzero(people.fate)
    banned, back = people.banned[who], people.back[who]
    decided = np.where(back < NEVER, back, banned + rng.integers(2 * DAY, 9 * DAY, len(who)))
    lodged = banned + ((decided - banned) * rng.uniform(0.1, 0.6, len(who))).astype(np.int64)
    words = pl.Series(people_words()["appeals"])
    raw = pl.DataFrame({
        "subject": ids("a", len(people)).gather(who), "created_at": moments(lodged), "decided_at": moments(decided),
        "text": words.gather(rng.integers(len(words), size=len(who))), "outcome": people.fate[who],
        "moderator": rng.integers(1, MODERATORS + 1, len(who)),
    }).sort("created_at", "subject")  # fmt: skip
    settled = pl.when(pl.col("outcome") != "pending")
    raw = raw.with_columns(
        id=ids("q", len(raw)), appellant="subject", decided_at=settled.then("decided_at"),
        decided_by=settled.then(pl.format("sim:moderator-{}", "moderator")),
    )  # fmt: skip
    return conform(Appeal, raw)
