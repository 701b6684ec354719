"""What was decided: by clause and by what follows on each axis of the policy, and the clauses themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from rejoinder.pages import words
from rejoinder.pages.base import Figure, Page
from rejoinder.pages.estimates import groups, weeks
from rejoinder.pages.figures import Wording, by_group, by_week

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rejoinder.pages.base import Material
    from rejoinder.records import Estimate

NO_CLAUSE = "no clause"
"""The group of the posts to which nothing applied."""

NO_ACTION = "no action"
"""What a clause says from which nothing follows."""

AXES = ("stance", "access", "ads", "account", "review")
"""What the platform says, what it does to reach, to ads and to the account, and whether a person must look."""

_NOTHING = frozenset({"none", "allow", "false"})
_PARTICIPLES = {
    ("stance", "label"): "labelled",
    ("stance", "note"): "to be answered with a note",
    ("access", "interstitial"): "put behind a warning",
    ("access", "limit"): "limited in reach",
    ("access", "remove"): "removed",
    ("review", "true"): "left to a person",
}


class Decisions:
    """What the written policy says about the posts, and which clause says so."""

    name = "decisions"
    rank = 20

    def make(self, material: Material) -> Page | None:
        """The page, or `None` where nothing was decided and there is no policy."""
        figures = tuple(figure for figure in _figures(material) if figure)
        return (
            Page(id="decisions", title="What was decided", lead=_lead(material), figures=figures) if figures else None
        )


class Applied(NamedTuple):
    """How many posts were decided, and how."""

    decided: int
    answered: int
    """Under a clause that something follows from."""
    spared: int
    """Under a clause that says that nothing follows, as one that protects counter-speech does."""


def applied(material: Material) -> Applied:
    """How many posts fall under clauses that do something, and under those that keep from doing it."""
    clauses = groups(material, "decided", "clause")
    idle = set(material.policy.filter(pl.col("responses") == NO_ACTION)["clause"])
    counts = {one.group: one.count or 0 for one in clauses if one.group != NO_CLAUSE}
    spared = sum(count for clause, count in counts.items() if clause in idle)
    return Applied(max((one.n for one in clauses), default=0), sum(counts.values()) - spared, spared)


def sentence(material: Material) -> str:
    """The responses in one sentence, axis by axis; empty where there are none."""
    counts = {(one.by, one.group): one.count for axis in AXES for one in groups(material, "decided", axis)}
    said = [(counts[key], participle) for key, participle in _PARTICIPLES.items() if counts.get(key)]
    if not said:
        return ""
    parts = [f"{words.number(count)} {participle}" for count, participle in said]
    are = words.noun(said[0][0], "is", "are")
    return f"Under the written policy, {words.joined(parts).replace(' ', f' {are} ', 1)}."


def _lead(material: Material) -> str:
    decided, answered, spared = applied(material)
    if not decided:
        return "Nothing was decided yet; these are the clauses."
    fall = words.noun(answered, "falls", "fall")
    return words.sentences(
        f"Of {words.counted(decided, 'post')} decided, {words.number(answered)} {fall} under a clause that something "
        "follows from" + (f", and {words.number(spared)} under one that says that nothing does." if spared else "."),
        sentence(material),
        "Every decision cites its clause; what a platform then did is its own doing.",
    )


def _figures(material: Material) -> list[Figure | None]:
    clauses = [one for one in groups(material, "decided", "clause") if one.group != NO_CLAUSE]
    titles = dict(material.policy.select("clause", "title").iter_rows())
    return [
        by_group(
            clauses,
            _wording("clauses", "Decisions, by clause", "Posts to which no clause applies are not shown."),
            titles,
        ),
        by_group(
            [
                msgspec.structs.replace(one, by="response", group=f"{one.by}: {one.group}")
                for one in _responses(material)
            ],
            _wording(
                "responses",
                "What follows, on each axis",
                "One post may have several. Where a signal is missing that a clause needs, a person looks.",
            ),
        ),
        _over_weeks(material, "access", "What is done to reach, week by week"),
        _over_weeks(material, "stance", "What is said about posts, week by week"),
        _clauses(material),
    ]


def _responses(material: Material) -> Sequence[Estimate]:
    """The groups of every axis that are more than nothing, the most frequent first."""
    found = [one for axis in AXES for one in groups(material, "decided", axis) if one.group not in _NOTHING]
    return sorted(found, key=lambda one: -(one.count or 0))


def _over_weeks(material: Material, axis: str, title: str) -> Figure | None:
    order = [one.group for one in groups(material, "decided", axis) if one.group not in _NOTHING]
    return by_week(weeks(material, "decided", axis), _wording(f"{axis}-weeks", title), order=order)


def _clauses(material: Material) -> Figure | None:
    if material.policy.is_empty():
        return None
    headings = {"Clause": "clause", "Title": "title", "What it says": "text", "What follows": "responses"}
    return Figure(
        id="decisions-policy",
        title="The clauses of the policy",
        table=material.policy,
        shown=material.policy.select(**headings),
        caption="The public text, as it was when these decisions were made.",
    )


def _wording(id: str, title: str, caption: str = "") -> Wording:  # noqa: A002 - the field's name
    return Wording(
        id=f"decisions-{id}",
        title=title,
        axis="share of posts decided",
        value="Share of posts",
        count="Posts",
        n="Posts decided",
        caption=caption,
    )
