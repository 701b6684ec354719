"""Figures of estimates: the data as they are, the same in words, and a chart.

All functions take estimates of one measure, one `by` and one unit, and give `None` where there are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder.pages import charts, words
from rejoinder.pages.base import Figure, KeyFigure
from rejoinder.pages.names import names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rejoinder.pages.charts import Chart
    from rejoinder.records import Estimate

PANELS = 6
"""So many series are drawn; the rest stand in the table."""

NAMED = 3
"""So many are told by name in a caption."""

_COLUMNS = {
    "value": pl.Float64(), "lower": pl.Float64(), "upper": pl.Float64(), "level": pl.Float64(),
    "method": pl.String(), "count": pl.Int64(), "n": pl.Int64(), "unit": pl.String(),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a figure is called, and what it calls its columns."""

    id: str
    title: str
    axis: str
    """What is measured, as in `share of posts flagged by the detector`."""
    value: str
    """Heading of the value, as in `Share flagged`; the level of its interval is added."""
    count: str = ""
    """Heading of the count behind a share; empty leaves the column out."""
    n: str = ""
    """Heading of the denominator; empty leaves the column out."""
    caption: str = ""
    """Said before what the figures themselves call for, as that two cannot be ranked."""


def by_group(
    estimates: Sequence[Estimate], wording: Wording, titles: Mapping[str, str] = MappingProxyType({})
) -> Figure | None:
    """Groups side by side, in the order given, as bars; a group that has a title is called by both.

    >>> from rejoinder.records import Estimate
    >>> half = Estimate(name="f", by="kind", group="slur", value=0.5, lower=0.2, upper=0.8, level=0.95, method="W", n=9)
    >>> words = Wording(id="kinds", title="By kind", axis="share of posts", value="Share")
    >>> by_group([half], words).shown.rows()
    [('Slur', '50.0 % (20.0 to 80.0)')]
    """
    if not estimates:
        return None
    dimension = estimates[0].by or "figure"
    groups = [one.group for one in estimates]
    names = [f"{name}: {titles[group]}" if group in titles else name
             for group, name in zip(groups, names_of(dimension, groups), strict=True)]  # fmt: skip
    table = _table({dimension: groups}, names, estimates)
    return Figure(
        id=wording.id,
        title=wording.title,
        table=table,
        shown=_shown(table, {_heading(dimension): "name"}, estimates, wording),
        caption=words.sentences(
            wording.caption, _cut(len(groups)), _order(estimates, names), _few(estimates, names, wording.n)
        ),
        method=_method(estimates),
        chart=_chart(charts.bars, estimates, wording),
    )


def by_week(estimates: Sequence[Estimate], wording: Wording, order: Iterable[str] = ("",)) -> Figure | None:
    """A series week by week as a line, or one for each group of `order` in panels; a missing week is a gap.

    Groups that are not in `order` are left out.
    """
    present = {one.group for one in estimates}
    groups = [group for group in order if group in present]
    if not groups:
        return None
    estimates = [one for one in estimates if one.group in groups]
    dimension, names = estimates[0].by, names_of(estimates[0].by, groups)
    found = {(one.period, one.group): one for one in estimates}
    weeks = list(_weeks(estimates))
    keys = [(week, group) for week in weeks for group in groups]
    columns = {"week": [week for week, _ in keys]} | ({dimension: [group for _, group in keys]} if dimension else {})
    table = _table(columns, names * len(weeks), [found.get(key) for key in keys])
    headings = {"Week of": "week"} | ({_heading(dimension): "name"} if dimension else {})
    series = {"weeks": weeks} | ({"names": names[:PANELS]} if dimension else {})
    return Figure(
        id=wording.id,
        title=wording.title,
        table=table,
        shown=_shown(table, headings, estimates, wording),
        caption=words.sentences(wording.caption, _cut(len(groups), PANELS)),
        method=_method(estimates),
        chart=_chart(charts.panels if dimension else charts.line, estimates, wording, **series),
    )


def key_figure(share: Estimate | None, label: str, of: str) -> KeyFigure | None:
    """A share that must be seen at one glance, with its interval and its denominator (`of`, a noun in the singular).

    >>> from rejoinder.records import Estimate
    >>> acted = Estimate(name="a", value=0.02, lower=0.0078, upper=0.0502, level=0.95, method="Wilson", n=200, count=4)
    >>> key_figure(acted, "of reported posts acted on", "post")
    KeyFigure(value='2.0 %', label='of reported posts acted on', note='95 % interval 0.8 to 5.0; 4 of 200 posts')
    """
    if share is None:
        return None
    value, _, interval = words.told(share).partition(" (")
    spread = f"{words.level([share])} {interval.removesuffix(')')}" if interval else ""
    count = f"{words.number(share.count)} of {words.counted(share.n, of)}" if share.count is not None else ""
    return KeyFigure(value=value, label=label, note="; ".join(part for part in (spread, count) if part))


def _table(columns: dict[str, list[str]], names: list[str], estimates: Sequence[Estimate | None]) -> pl.DataFrame:
    """The data: whose figures they are, the figures, and their names and words for people."""
    figures = {
        column: pl.Series([getattr(one, column, None) for one in estimates], dtype=dtype)
        for column, dtype in _COLUMNS.items()
    }
    told = [words.told(one) if one else words.UNKNOWN for one in estimates]
    return pl.DataFrame({**columns, **figures, "name": names, "words": told})


def _shown(table: pl.DataFrame, whose: dict[str, str], estimates: Sequence[Estimate], wording: Wording) -> pl.DataFrame:
    """The data in words: whole numbers stay numbers, a share stands with its interval."""
    share, level = estimates[0].unit == "share", words.level(estimates)
    value = pl.col("words") if share else pl.col("value").cast(pl.Int64)
    more = {wording.count: "count", wording.n: "n"} if share else {}
    return table.select(
        **{heading: pl.col(column) for heading, column in whose.items()},
        **{f"{wording.value} ({level})" if level else wording.value: value},
        **{heading: pl.col(column) for heading, column in more.items() if heading},
    )


def _chart(form: Callable[..., Chart], estimates: Sequence[Estimate], wording: Wording, **series: Any) -> Chart | None:  # noqa: ANN401
    """A chart of that form, or none where no estimate has a value."""
    tops = [max(one.value, one.upper or 0) for one in estimates if one.value is not None]
    if not tops:
        return None
    share = estimates[0].unit == "share"
    top = max(tops) or (0.01 if share else 1)
    return form(wording.axis, top, per_cent=share, **series)


def _weeks(estimates: Sequence[Estimate]) -> Iterator[str]:
    """The weeks in order; where some are missing, the first of these stands for the gap."""
    present = sorted({one.period for one in estimates})
    yield present[0]
    for week, later in pairwise(present):
        following = (date.fromisoformat(week) + timedelta(days=7)).isoformat()
        yield from (later,) if following == later else (following, later)


def _heading(dimension: str) -> str:
    return dimension[:1].upper() + dimension[1:]


def _cut(size: int, most: int = charts.SHOWN) -> str:
    return f"The chart shows {most} of {size}; all are in the table." if size > most else ""


def _order(estimates: Sequence[Estimate], names: Sequence[str]) -> str:
    """Said where the first two cannot be ranked, because their intervals overlap."""
    if len(estimates) == 1 or not estimates[0].by:
        return ""
    first, second = estimates[0], estimates[1]
    if first.lower is None or second.upper is None or first.lower > second.upper or first.lower == first.upper:
        return ""
    return f"{names[0]} and {names[1]} cannot be ranked: their intervals overlap."


def _few(estimates: Sequence[Estimate], names: Sequence[str], of: str) -> str:
    """Said where shares rest on few, by name as long as these are not many."""
    few = [name for one, name in zip(estimates, names, strict=True) if 0 < one.n < words.FEW and one.unit == "share"]
    if not few:
        return ""
    who = words.joined(few) if len(few) <= NAMED else f"{len(few)} of these"
    return f"{who} {words.noun(len(few), 'rests', 'rest')} on fewer than {words.FEW} {of.lower() or 'items'}."


def _method(estimates: Sequence[Estimate]) -> str:
    """What the estimates say of themselves: how the intervals came about, and how to read them."""
    methods = sorted({one.method for one in estimates if one.lower is not None and one.level < 1})
    readings = dict.fromkeys(one.reading for one in estimates)
    return words.sentences(f"Intervals: {words.joined(methods)}." if methods else "", *readings)
