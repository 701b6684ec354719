"""Charts as Vega-Lite specifications: no data, no width, no colours; a door adds those.

Nothing rests on colour: bars carry their name and their value in words, an interval is a line with two
ends, and several series stand in panels of their own under one scale. Both read a table of `figures`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Chart = dict[str, Any]

SHOWN = 12
"""So many bars are looked at; the rest stand in the table."""

_PER_CENT = "format(datum.value * 100, '~g') + ' %'"
_PLAIN = "format(datum.value, ',')"
_CHARACTER = 7.4
"""Pixels for one character, generously, to cut names that would run into their figures."""


def bars(axis: str, top: float, *, per_cent: bool = True) -> Chart:
    """One bar per row of the table, in its order: `name` and `words` above, `value` and its interval below.

    Rows without a value keep their name and words, and get no bar. `axis` says what is measured; `top`
    is the highest value or upper limit, in the unit of the table.

    >>> bars("share of posts", 0.05)["layer"][0]["encoding"]["x"]["scale"]
    {'domain': [0, 0.05], 'nice': True}
    """
    labels = {"title": axis, "grid": False, "tickCount": 4, **_numbered(per_cent=per_cent)}
    x = {"field": "value", "type": "quantitative", "scale": {"domain": [0, top], "nice": True}, "axis": labels}
    ends = {"yOffset": 10, "size": 10, "thickness": 1.5}
    return {
        "height": {"step": 46},
        "transform": [
            {"window": [{"op": "row_number", "as": "place"}]},
            {"filter": f"datum.place <= {SHOWN}"},
        ],
        "encoding": {"y": {"field": "place", "type": "ordinal", "axis": None}},
        "layer": [
            {"mark": {"type": "bar", "height": 10, "yOffset": 10}, "encoding": {"x": x}},
            _ranged({"type": "rule", "yOffset": 10}, {"x": _field("lower"), "x2": {"field": "upper"}}),
            _ranged({"type": "tick", **ends}, {"x": _field("lower")}),
            _ranged({"type": "tick", **ends}, {"x": _field("upper")}),
            _written("left", 0, f"truncate(datum.name, floor(width / {_CHARACTER}) - length(datum.words) - 1)"),
            _written("right", "width", "datum.words"),
        ],
    }


def line(axis: str, top: float, weeks: Sequence[str], *, per_cent: bool = True) -> Chart:
    """`value` over `week` with the band of its interval; a week without a value is a gap.

    `weeks` are all Mondays from the first to the last, as in `2023-11-13`.

    >>> line("share of posts", 0.05, ["2023-11-13"])["layer"][1]["mark"]
    {'type': 'line'}
    """
    return {"title": axis, "height": 190, **_over_weeks(top, weeks, per_cent=per_cent)}


def panels(axis: str, top: float, weeks: Sequence[str], names: Sequence[str], *, per_cent: bool = True) -> Chart:
    """A `line` for each of `names`, one under the other, under one scale.

    >>> panels("share of posts", 0.05, ["2023-11-13"], ["Threat", "Slur"])["facet"]["row"]["sort"]
    ['Threat', 'Slur']
    """
    return {
        "title": axis,
        "transform": [{"filter": {"field": "name", "oneOf": list(names)}}],
        "facet": {"row": {"field": "name", "type": "nominal", "sort": list(names)}},
        "spec": {"height": 70, **_over_weeks(top, weeks, per_cent=per_cent)},
    }


def _over_weeks(top: float, weeks: Sequence[str], *, per_cent: bool) -> Chart:
    labels = {"title": None, "tickCount": 3, **_numbered(per_cent=per_cent)}
    y = {"scale": {"domain": [0, top], "nice": True}, "axis": {**labels, "minExtent": 52, "maxExtent": 52}}
    return {
        "encoding": {"x": _week(weeks)},
        "layer": [
            {"mark": {"type": "area"}, "encoding": {"y": _field("lower") | y, "y2": {"field": "upper"}}},
            {"mark": {"type": "line"}, "encoding": {"y": _field("value")}},
            {"mark": {"type": "point"}, "encoding": {"y": _field("value")}},
        ],
    }


def _week(weeks: Sequence[str]) -> Chart:
    """The axis of weeks, in UTC so that a Monday is a Monday wherever the chart is drawn, with at most four dates."""
    every = -(-len(weeks) // 4)
    dates = "[utcFormat(datum.value, '%-d %b'), utcFormat(datum.value, '%Y')]"
    axis = {"title": None, "grid": False, "values": list(weeks[::every]), "labelExpr": dates}
    return {"field": "week", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def _numbered(*, per_cent: bool) -> Chart:
    return {"labelExpr": _PER_CENT} if per_cent else {"labelExpr": _PLAIN, "tickMinStep": 1}


def _field(name: str) -> Chart:
    return {"field": name, "type": "quantitative"}


def _ranged(mark: Chart, encoding: Chart) -> Chart:
    """A mark of the interval, where there is one that is more than the value itself."""
    return {"transform": [{"filter": "datum.upper > datum.lower"}], "mark": mark, "encoding": encoding}


def _written(align: str, x: float | str, text: str) -> Chart:
    mark = {"type": "text", "align": align, "yOffset": -7, "text": {"expr": text}}
    return {"mark": mark, "encoding": {"x": {"value": x}}}
