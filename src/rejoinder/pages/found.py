"""What was found: the share of posts that the detectors flagged, by kind, target, narrative and week."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rejoinder.pages import words
from rejoinder.pages.base import Page
from rejoinder.pages.estimates import groups, weeks, whole
from rejoinder.pages.figures import Wording, by_group, by_week, key_figure

if TYPE_CHECKING:
    from rejoinder.pages.base import Figure, Material

_AXIS = "share of posts flagged by the detector"
_RISE = "A rise in what is flagged is not yet a rise in hate: the detectors' errors may have changed too."
_SEVERAL = "One post may count in several."


class Found:
    """What the detectors flagged, which is not how much hate there is."""

    name = "found"
    rank = 10

    def make(self, material: Material) -> Page | None:
        """The page, or `None` where nothing was flagged or judged."""
        flagged, beyond = whole(material, "flagged"), whole(material, "out of reach")
        if flagged is None and beyond is None:
            return None
        keys = (
            key_figure(flagged, "of posts flagged by the detector", "judged post"),
            key_figure(beyond, "of posts that no detector could judge", "post"),
        )
        return Page(
            id="found",
            title="What was found",
            lead=_lead(material),
            key_figures=tuple(key for key in keys if key),
            figures=tuple(figure for figure in _figures(material) if figure),
        )


def sentence(material: Material) -> str:
    """What share the detectors flagged, and what that is not; empty where nothing was estimated."""
    flagged = whole(material, "flagged")
    if flagged is None:
        return ""
    if flagged.value is None:
        return "No post could be judged, so what share the detectors would flag cannot be said."
    judged = words.counted(flagged.n, "post")
    return (
        f"Of {judged} that they could judge, the detectors flagged {words.told(flagged)}, "
        "which is not how much hate there is."
    )


def _lead(material: Material) -> str:
    flagged, beyond = whole(material, "flagged"), whole(material, "out of reach")
    return words.sentences(
        sentence(material),
        "That takes people's judgements of a sample; here is what the detectors alone say."
        if flagged and flagged.n
        else "",
        words.few(flagged.n, "post") if flagged else "",
        f"{words.told(beyond)} of the posts were out of every detector's reach." if beyond and beyond.n else "",
    )


def _figures(material: Material) -> list[Figure | None]:
    overall = _wording("weeks", "Flagged, week by week", _RISE)
    return [
        by_week(weeks(material, "flagged"), overall),
        *_broken_down(material, "kind", _SEVERAL),
        *_broken_down(material, "target", _SEVERAL),
        *_broken_down(material, "narrative", _SEVERAL),
        by_group(
            groups(material, "flagged", "language"),
            _wording(
                "language",
                "Flagged, by language",
                "The denominator is all judged posts, not the posts in that language.",
            ),
        ),
        by_group(
            groups(material, "out of reach", "reach"),
            replace(
                _wording("reach", "Posts that no detector could judge, and why"),
                axis="share of posts out of reach",
                value="Share of posts",
                count="Posts",
                n="Of posts",
            ),
        ),
    ]


def _broken_down(material: Material, dimension: str, caption: str) -> tuple[Figure | None, Figure | None]:
    """The dimension for all time, and its groups week by week, the most flagged first."""
    found = groups(material, "flagged", dimension)
    wording = _wording(dimension, f"Flagged, by {dimension}", caption)
    over_weeks = _wording(f"{dimension}-weeks", f"Flagged, by {dimension} and week")
    return by_group(found, wording), by_week(
        weeks(material, "flagged", dimension), over_weeks, order=[one.group for one in found]
    )


def _wording(id: str, title: str, caption: str = "") -> Wording:  # noqa: A002 - the field's name
    return Wording(
        id=f"found-{id}",
        title=title,
        axis=_AXIS,
        value="Share flagged",
        count="Flagged",
        n="Posts judged",
        caption=caption,
    )
