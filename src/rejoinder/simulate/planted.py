"""What was planted, as one small frame: the answers that an analysis is looking for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rejoinder.simulate.columns import ids, moments
from rejoinder.simulate.people import CAMPS, FAN, IDOL, NEVER, RING
from rejoinder.simulate.posting import HATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rejoinder.simulate.chance import Floats, Ints
    from rejoinder.simulate.notes import Notes
    from rejoinder.simulate.people import People
    from rejoinder.simulate.posting import Posting
    from rejoinder.simulate.reports import Complaints
    from rejoinder.simulate.setting import Setting

SCHEMA = {
    "what": pl.String(),
    "group": pl.String(),
    "subject": pl.String(),
    "time": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
}


def planted_frame(
    setting: Setting, people: People, posts: Posting, found: Complaints, noted: Notes
) -> pl.DataFrame:  # fmt: skip
    """One row per fact.

    | what | group | subject | time | value |
    |---|---|---|---|---|
    | event | | | when | |
    | viewpoint | camp: `a`, `b`, `middle` | account | | -1 to 1 |
    | ring, fan club, idol | `ring-1`, `fans-1` | account | | |
    | ring act, fan act | `ring-1`, `fans-1` | the repost | when | |
    | brigade | `ring-1` | report | when | |
    | banned | `hate` or `by mistake` | account | when | |
    | reinstated | `hateful again` or `not hateful again` | account | when | posts since |
    | note | `helpful`, `slanted a` or `slanted b` | note | | slant |
    | rater | camp | rater | | -1 to 1 |
    | rating ring | `raters-1` | rater | | |
    """
    happened = _rows("event", np.array([""]), pl.Series([None], dtype=pl.String), time=np.array([setting.event]))
    return pl.concat([
        happened, *_about_people(people), *_about_posts(posts), _brigades(found), _banned(people),
        _reinstated(setting, people, posts), *_about_notes(noted),
    ])  # fmt: skip


def _about_people(people: People) -> Iterator[pl.DataFrame]:
    accounts = ids("a", len(people))
    yield _rows("viewpoint", np.array(CAMPS)[people.camp], accounts, value=people.viewpoint)
    for what, name, role in (("ring", "ring", RING), ("fan club", "fans", FAN), ("idol", "fans", IDOL)):
        who = np.flatnonzero(people.role == role)
        yield _rows(what, _numbered(name, people.group[who] + 1), accounts.gather(who))


def _about_posts(posts: Posting) -> Iterator[pl.DataFrame]:
    names = ids("p", len(posts))
    for what, name, sign in (("ring act", "ring", 1), ("fan act", "fans", -1)):
        rows = np.flatnonzero(posts.act * sign > 0)
        yield _rows(what, _numbered(name, posts.act[rows] * sign), names.gather(rows), time=posts.time[rows])


def _about_notes(noted: Notes) -> Iterator[pl.DataFrame]:
    raters = noted.raters
    names, colluding = ids("rater", len(raters)), np.flatnonzero(raters.ring)
    leaning = np.where(noted.slanted, np.where(noted.slant < 0, "slanted a", "slanted b"), "helpful")
    yield _rows("note", leaning, ids("n", len(noted)), value=noted.slant)
    yield _rows("rater", np.array(CAMPS)[raters.camp], names, value=raters.viewpoint)
    yield _rows("rating ring", _numbered("raters", raters.ring[colluding]), names.gather(colluding))


def _brigades(found: Complaints) -> pl.DataFrame:
    rows = np.flatnonzero(found.ring)
    names = ids("c", len(found.ring)).gather(rows)
    return _rows("brigade", _numbered("ring", found.ring[rows]), names, time=found.time[rows])


def _banned(people: People) -> pl.DataFrame:
    who = np.flatnonzero(people.banned < NEVER)
    why = np.where(people.by_mistake[who], "by mistake", "hate")
    return _rows("banned", why, ids("a", len(people)).gather(who), time=people.banned[who])


def _reinstated(setting: Setting, people: People, posts: Posting) -> pl.DataFrame:
    who = np.flatnonzero(people.back < setting.end)
    since = posts.time >= people.back[posts.author]
    active, hateful = (
        np.bincount(posts.author[rows], minlength=len(people))[who] for rows in (since, since & (posts.genre == HATE))
    )
    again = np.where(hateful > 0, "hateful again", "not hateful again")
    names = ids("a", len(people)).gather(who)
    return _rows("reinstated", again, names, time=people.back[who], value=active.astype(np.float64))


def _rows(
    what: str, group: npt.NDArray[np.str_], subject: pl.Series, *, time: Ints | None = None, value: Floats | None = None
) -> pl.DataFrame:
    return pl.DataFrame({"group": group, "subject": subject}, schema_overrides={"group": pl.String}).select(
        what=pl.lit(what),
        group="group",
        subject="subject",
        time=pl.lit(None, dtype=SCHEMA["time"]) if time is None else moments(time),
        value=pl.lit(None, dtype=pl.Float64) if value is None else pl.Series(value),
    )


def _numbered(name: str, numbers: Ints) -> npt.NDArray[np.str_]:
    return np.char.add(f"{name}-", numbers.astype(np.str_))
