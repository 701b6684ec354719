"""The reliability diagram: what was said against what was found, before and after, as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import vl_convert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHARE = {"domain": [0, 1]}


def draw(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Panels side by side, one for each table of `quality.table`; the diagonal is what would be perfect.

    >>> svg = draw({"before": [{"said": 0.9, "found": 0.5, "lower": 0.2, "upper": 0.8, "n": 10}]})
    >>> svg.startswith("<svg"), "0.9" in svg
    (True, True)
    """
    rows = [{"panel": panel} | dict(row) for panel, table in tables.items() for row in table]
    specification = {
        "data": {"values": rows},
        "facet": {"column": {"field": "panel", "type": "nominal", "sort": list(tables), "title": None}},
        "spec": {"width": 280, "height": 280, "layer": [_diagonal(), *_points()]},
        "config": {"font": "Liberation Sans", "view": {"stroke": None}},
    }
    return str(vl_convert.vegalite_to_svg(msgspec.json.encode(specification).decode(), allowed_base_urls=[]))


def _diagonal() -> dict[str, Any]:
    ends = [{"at": 0}, {"at": 1}]
    x, y = ({"field": "at", "type": "quantitative"} for _ in range(2))
    return {"data": {"values": ends}, "mark": {"type": "line", "strokeDash": [4, 4], "color": "gray"},
            "encoding": {"x": x, "y": y}}  # fmt: skip


def _points() -> list[dict[str, Any]]:
    x = {"field": "said", "type": "quantitative", "title": "probability that was told", "scale": _SHARE}
    y = {"field": "found", "type": "quantitative", "title": "share judged hateful", "scale": _SHARE}
    limits = {"x": x, "y": y | {"field": "lower"}, "y2": {"field": "upper"}}
    number = {"type": "text", "dx": 12, "dy": -8, "fontSize": 10}
    return [
        {"mark": {"type": "rule"}, "encoding": limits},
        {"mark": {"type": "point", "filled": True, "size": 50}, "encoding": {"x": x, "y": y}},
        {"mark": number, "encoding": {"x": x, "y": y, "text": {"field": "n"}}},
    ]
