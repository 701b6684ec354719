"""A chart drawn: Vega-Lite to SVG that takes its colours and font from the page, at two widths.

The bundled font measures, so that the same chart is the same bytes on every machine; the page's own font is
then written. Nothing is fetched, whatever a specification asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import msgspec
import vl_convert
from markupsafe import Markup

from rejoinder.doors.dossier.wording import clean
from rejoinder.errors import DataError

if TYPE_CHECKING:
    from rejoinder.pages import Figure

WIDE, NARROW = 768, 328
"""Pixels: a column of text, and a phone of 360 pixels less its margins."""

_SVG = "{http://www.w3.org/2000/svg}"
_AS = {f"{_SVG}a": "g"}
"""A link is drawn as what it holds."""

_DRAWN = frozenset({"g", "path", "line", "text", "tspan", "rect"})
"""Elements that a chart consists of; images and anything that runs are left out."""

_KEPT = frozenset({
    "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "width", "height", "transform", "fill", "stroke", "opacity",
    "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "text-anchor", "font-size", "font-weight",
})  # fmt: skip
"""Their attributes; the font is the page's, and roles would be read out beside the name of the whole."""

_AROUND = 70
"""Pixels that a chart in panels needs beside them: their axis and the padding."""


_QUIET = {
    "labelColor": "var(--quiet)", "titleColor": "var(--quiet)", "labelFontSize": 12, "titleFontSize": 12,
    "titleFontWeight": "normal", "labelPadding": 6, "labelOverlap": False, "gridColor": "var(--rule)",
    "domain": False, "ticks": False,
}  # fmt: skip
_CONFIG: dict[str, Any] = {
    "background": None,
    "font": "Liberation Sans",
    "view": {"stroke": None},
    "axis": _QUIET,
    "title": {"color": "var(--quiet)", "fontSize": 12, "fontWeight": "normal", "anchor": "start", "offset": 14},
    "header": {
        "labelColor": "var(--ink)", "labelFontSize": 13, "labelFontWeight": "bold", "labelAnchor": "start",
        "labelOrient": "top", "labelPadding": 4, "title": None,
    },
    "bar": {"color": "var(--mark)"},
    "area": {"color": "var(--band)"},
    "line": {"color": "var(--line)", "strokeWidth": 2},
    "point": {"color": "var(--line)", "filled": True, "size": 24, "opacity": 1},
    "rule": {"color": "var(--ink)", "strokeWidth": 1.5},
    "tick": {"color": "var(--ink)", "opacity": 1},
    "text": {"color": "var(--ink)", "fontSize": 13},
}  # fmt: skip


def draw(figure: Figure, width: int) -> Markup:
    """The figure's chart as inline SVG of that width in pixels, named by its title and its caption.

    Raises `DataError` for a specification that cannot be drawn.
    """
    root = _drawn(figure, width)
    svg = ET.Element("svg", {"viewBox": f"0 0 {width} {root.attrib['height']}", "role": "img"})
    svg.attrib |= {"class": "wide" if width == WIDE else "narrow", "aria-label": clean(_label(figure))}
    ET.SubElement(svg, "title").text = clean(figure.title)
    ET.SubElement(svg, "desc").text = clean(figure.caption)
    svg.extend(_only_drawing(root))
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 - ElementTree has escaped all text in it


def _drawn(figure: Figure, width: int) -> ET.Element:
    try:
        svg = vl_convert.vegalite_to_svg(_specified(figure, width), allowed_base_urls=[])
    except ValueError as error:
        raise DataError(
            "a chart cannot be drawn",
            where=f"figure `{figure.id}`: {' '.join(str(error).split())[:200]}",
            expected="a Vega-Lite specification that reads nothing but the rows of its table",
            remedy="mend it in the page that makes it",
        ) from error
    return ET.fromstring(svg)  # noqa: S314 - XML of our own making


def _label(figure: Figure) -> str:
    return f"{figure.title}. {figure.caption}".strip()


def _specified(figure: Figure, width: int) -> str:
    """The specification with what a page leaves to a door: data, width, colours."""
    chart = dict(figure.chart or {})
    rows = [{name: clean(value).replace("`", "") if isinstance(value, str) else value for name, value in row.items()}
            for row in figure.table.iter_rows(named=True)]  # fmt: skip
    if "spec" in chart:
        chart["spec"] = {**chart["spec"], "width": width - _AROUND}
    else:
        chart |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    header = _CONFIG["header"] | {"labelLimit": 0.85 * (width - _AROUND)}  # the page's font may be wider than ours
    chart |= {
        "data": {"values": rows},
        "config": _CONFIG | {"header": header},
        "padding": {"left": 2, "right": 10, "top": 2, "bottom": 2},
    }
    return msgspec.json.encode(chart).decode()


def _only_drawing(element: ET.Element) -> list[ET.Element]:
    """The visible children, each with nothing but what draws."""
    kept = []
    for child in element:
        tag = _AS.get(child.tag, child.tag).removeprefix(_SVG)
        if tag not in _DRAWN or child.get("opacity") == "0" or child.get("display") == "none":
            continue
        copy = ET.Element(tag, {name: value for name, value in child.attrib.items() if _draws(name, value)})
        copy.text, copy.tail = child.text, None
        copy.extend(_only_drawing(child))
        if len(copy) or tag != "g":
            kept.append(copy)
    return kept


def _draws(name: str, value: str) -> bool:
    return name in _KEPT and "url(" not in value
