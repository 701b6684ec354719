"""Charts drawn as SVG."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from rejoinder.doors.dossier.drawing import NARROW, WIDE, draw
from rejoinder.errors import DataError
from rejoinder.pages.charts import line, panels

SVG = "{http://www.w3.org/2000/svg}"
COLOURS = re.compile(r'(?:fill|stroke)="(?!var\(--|none|transparent)([^"]+)"')


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_chart_takes_its_colours_font_and_size_from_the_page(figure, width):
    svg = draw(figure("slur", "threat"), width)

    assert COLOURS.findall(svg) == []
    assert "font-family" not in svg
    assert " style=" not in svg
    assert "width=" not in svg[: svg.index(">")]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("form", ["bars", "line", "panels"])
def test_every_form_is_drawn_to_the_width_of_the_page(figure, form, width):
    """So that text is as large in one chart as in the other."""
    weeks = ["2023-11-06", "2023-11-13"]
    forms = {"line": line("posts", 0.05, weeks), "panels": panels("posts", 0.05, weeks, ["slur"])}
    rows = figure("slur").table
    table = rows.with_columns(week=rows["name"].replace("slur", weeks[0])) if form != "bars" else rows

    svg = draw(figure(table=table, **({"chart": forms[form]} if form != "bars" else {})), width)

    assert re.search(r'viewBox="0 0 (\d+) ', svg)[1] == str(width)


@pytest.mark.slow
def test_a_bar_says_its_name_and_its_figure(figure):
    texts = [node.text for node in ET.fromstring(draw(figure("slur"), WIDE)).iter() if node.tag == "text"]

    assert "slur" in texts
    assert "2.0 % (0.8 to 5.0)" in texts
    assert "2 %" in texts


def test_a_name_too_long_is_cut_before_its_figure(figure):
    texts = [node.text for node in ET.fromstring(draw(figure("x" * 200), NARROW)).iter() if node.tag == "text"]

    (name,) = (text for text in texts if text and text.startswith("xxx"))
    assert name.endswith("…")
    assert len(name) + len("2.0 % (0.8 to 5.0)") < 43


def test_only_what_draws_is_kept(figure):
    """A chart that asks for links, images or data from elsewhere gets none of them."""
    chart = {
        "data": {"url": "https://example.org/rows.json"},
        "layer": [
            {"mark": {"type": "image", "url": "https://example.org/a.png"}},
            {"mark": {"type": "bar", "href": "https://example.org"}, "encoding": {"x": {"field": "value"}}},
        ],
    }

    svg = draw(figure(chart=chart), WIDE)

    assert set(re.findall(r"<(\w+)", svg)) <= {"svg", "title", "desc", "g", "path", "line", "text", "rect"}
    assert "example.org" not in svg
    assert 'fill="var(--mark)"' in svg


def test_a_week_without_a_value_breaks_the_line(figure):
    rows = figure("a", "b", "c").table.with_columns(
        value=figure().table["value"].extend_constant(None, 1).extend_constant(0.1, 1)
    )
    weeks = ["2023-11-06", "2023-11-13", "2023-11-20"]
    gap = rows.with_columns(week=rows["name"].replace(["a", "b", "c"], weeks))
    whole = gap.with_columns(value=gap["value"].fill_null(0.05))

    drawn = [draw(figure(table=table, chart=line("posts", 0.1, weeks)), WIDE) for table in (gap, whole)]

    lines = [re.search(r'<path d="([^"]+)" stroke="var\(--line\)"', svg)[1] for svg in drawn]
    assert [path.count("L") for path in lines] == [0, 2]


@pytest.mark.parametrize(
    "chart",
    [
        {"mark": 7},
        {"mark": "bar", "transform": [{"lookup": "a", "from": {"data": {"url": "http://example.org"}, "key": "a"}}]},
    ],
)
def test_a_chart_that_cannot_be_drawn_is_named(figure, chart):
    with pytest.raises(DataError, match="a chart cannot be drawn") as raised:
        draw(figure(chart=chart), WIDE)

    assert raised.value.where.startswith("figure `kinds`: ")


@pytest.mark.slow
def test_a_chart_is_the_same_whatever_the_time_zone_and_the_language():
    """A Monday stays that Monday west of Greenwich."""
    program = (
        "import polars as pl;from rejoinder.pages import Figure;from rejoinder.pages.charts import line;"
        "from rejoinder.doors.dossier.drawing import draw;"
        "t=pl.DataFrame({'week':['2023-11-06','2023-11-13'],'value':[.1,.2],'lower':[.1,.1],'upper':[.2,.3]});"
        "print(draw(Figure(id='a',title='A',table=t,chart=line('x',.3,['2023-11-06','2023-11-13'])),768))"
    )
    told = {
        subprocess.run([sys.executable, "-c", program], env=os.environ | env, capture_output=True, check=True).stdout
        for env in ({"TZ": "UTC"}, {"TZ": "America/Los_Angeles", "LANG": "de_DE.UTF-8"}, {"TZ": "Pacific/Auckland"})
    }

    assert len(told) == 1
    assert b"6 Nov" in told.pop()
