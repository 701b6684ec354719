"""The overview: what was read, found, decided and answered, at one glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rejoinder.pages import account, decisions, found, words
from rejoinder.pages.base import KeyFigure, Page
from rejoinder.pages.estimates import groups, weeks, whole
from rejoinder.pages.figures import Wording, by_group, by_week, key_figure
from rejoinder.pages.names import name_of

if TYPE_CHECKING:
    from rejoinder.pages.base import Figure, Material


class Overview:
    """The first page: the main figures in words, and what was read."""

    name = "overview"
    rank = 0

    def make(self, material: Material) -> Page | None:
        """The page, or `None` where nothing at all was estimated."""
        if material.estimates.is_empty():
            return None
        return Page(
            id="overview",
            title="At a glance",
            lead=_lead(material),
            key_figures=tuple(key for glance in _GLANCES if (key := glance(material))),
            figures=tuple(figure for figure in _figures(material) if figure),
        )


def _lead(material: Material) -> str:
    read = whole(material, "read")
    return words.sentences(
        f"{words.counted(read.value, 'post was', 'posts were')} read{_span(material)}." if read else "",
        found.sentence(material),
        decisions.sentence(material),
        account.sentence(material),
    )


def _span(material: Material) -> str:
    periods = [one.period for one in weeks(material, "read")]
    return f", from the week of {words.day(periods[0])} to that of {words.day(periods[-1])}" if len(periods) > 1 else ""


def _read(material: Material) -> KeyFigure | None:
    read = whole(material, "read")
    if read is None:
        return None
    platforms = groups(material, "read", "platform")
    note = f"from {words.counted(len(platforms), 'platform')}" if platforms else ""
    return KeyFigure(value=words.number(read.value), label=words.noun(read.value, "post read", "posts read"), note=note)


def _flagged(material: Material) -> KeyFigure | None:
    return key_figure(whole(material, "flagged"), "of posts flagged by the detector", "judged post")


def _decided(material: Material) -> KeyFigure | None:
    decided, answered, _ = decisions.applied(material)
    if not decided:
        return None
    label = words.noun(answered, "post that the policy answers", "posts that the policy answers")
    return KeyFigure(value=words.number(answered), label=label, note=f"of {words.counted(decided, 'post')} decided")


def _acted(material: Material) -> KeyFigure | None:
    return key_figure(
        whole(material, "acted on reports"), "of reported posts acted on by the platform", "reported post"
    )


def _beside_ads(material: Material) -> KeyFigure | None:
    return key_figure(whole(material, "beside ads"), "of ads shown beside a post excluded from ads", "impression")


def _answered(material: Material) -> KeyFigure | None:
    answered = groups(material, "answered", "response")
    if not answered:
        return None
    written = sum(one.value or 0 for one in answered)
    parts = [f"{name_of('response', one.group).lower()} {words.number(one.value)}" for one in answered]
    label = words.noun(written, "message written", "messages written")
    return KeyFigure(value=words.number(written), label=label, note="; ".join(parts))


def _rejected(material: Material) -> KeyFigure | None:
    rejected = whole(material, "rejected")
    if rejected is None:
        return None
    label = words.noun(rejected.value, "row rejected", "rows rejected")
    return KeyFigure(value=words.number(rejected.value), label=label)


_GLANCES = (_read, _flagged, _decided, _acted, _beside_ads, _answered, _rejected)


def _figures(material: Material) -> tuple[Figure | None, ...]:
    return (
        by_week(
            weeks(material, "read"),
            Wording(id="read-weeks", title="Posts read, week by week", axis="posts", value="Posts"),
        ),
        by_group(
            groups(material, "read", "platform"),
            Wording(id="read-platforms", title="Posts read, by platform", axis="posts", value="Posts"),
        ),
        by_group(
            groups(material, "read", "language"),
            Wording(id="read-languages", title="Posts read, by language", axis="posts", value="Posts"),
        ),
    )
