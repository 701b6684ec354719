"""Pages to a folder of static HTML."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import time

import polars as pl
import pytest
from selectolax.lexbor import LexborHTMLParser

from rejoinder.checks.page import HOSTILE
from rejoinder.doors.dossier import render
from rejoinder.doors.dossier.wording import inline, legible
from rejoinder.errors import DataError, UsageError
from rejoinder.pages import Page


def _page(**fields):
    return Page(**{"id": "found", "title": "Found", "lead": "2 of 10."} | fields)


def _bytes(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _html(index):
    return LexborHTMLParser(index.read_text("utf-8"))


def test_the_first_page_is_the_index_and_every_figure_has_its_data(figure, tmp_path):
    pages = [_page(figures=(figure(),)), _page(id="decided", figures=(figure(id="clauses", chart=None),))]

    index = render.write(pages, tmp_path / "dossier", title="A case")

    assert index == tmp_path / "dossier" / "index.html"
    assert sorted(_bytes(tmp_path / "dossier")) == [
        "data/clauses.csv", "data/clauses.json", "data/kinds.csv", "data/kinds.json",
        "decided.html", "index.html", "style.css",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_same_pages_give_the_same_bytes(figure, tmp_path):
    first = render.write([_page(figures=(figure("a", "b"),))], tmp_path / "one", title="A case")
    second = render.write([_page(figures=(figure("a", "b"),))], tmp_path / "two", title="A case")

    assert _bytes(first.parent) == _bytes(second.parent)


def test_no_page_at_all_still_opens(tmp_path):
    html = _html(render.write([], tmp_path / "dossier", title="A case"))

    assert html.css_first("h1").text() == "Nothing to show"


def test_nothing_hostile_becomes_markup(hostile_page, tmp_path):
    """Every string of a page and of a chart is hostile; none of it is an element or an attribute afterwards."""
    index = render.write([hostile_page], tmp_path / "dossier", title=HOSTILE)

    html, text = _html(index), index.read_text("utf-8")
    assert html.css("script, img, iframe, object, style, [onerror], [onload], [style]") == []
    assert "<script" not in text.lower()
    for place in (
        ".case a", "h1", ".lead", ".keys strong", ".keys .label", ".keys .note", "dt", "dd", "h2", ".caption",
        "th[scope=col]", "th[scope=row]", ".scroll + .note", "svg title", "svg desc", "svg text",
    ):  # fmt: skip
        assert any(HOSTILE[:20] in node.text() for node in html.css(place)), place
    assert HOSTILE in html.css_first("svg").attributes["aria-label"]


def test_characters_that_are_not_for_reading_are_shown_as_such(figure, tmp_path):
    hidden = "a\x00b\x1b\u202ec\ufffe"

    index = render.write([_page(lead=hidden, figures=(figure(hidden),))], tmp_path / "dossier", title=hidden)

    assert not re.search("[\x00-\x08\x0b\x0e-\x1f\u202e\ufffe]", index.read_text("utf-8"))
    assert _html(index).css_first(".lead").text() == "a\ufffdb\ufffd\ufffdc\ufffd"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1"])
@pytest.mark.slow
def test_no_cell_of_the_csv_runs_as_a_formula(figure, tmp_path, cell):
    render.write([_page(figures=(figure(cell),))], tmp_path / "dossier", title="A case")

    with (tmp_path / "dossier" / "data" / "kinds.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["kind"] == f"'{cell}"


def test_numbers_and_plain_text_of_the_csv_are_not_touched(figure, tmp_path):
    table = pl.DataFrame({"a": [-0.5], "b": [-3], "c": ['plain, "quoted"'], "d": [None]})

    render.write([_page(figures=(figure(table=table, chart=None),))], tmp_path / "dossier", title="A case")

    written = (tmp_path / "dossier" / "data" / "kinds.csv").read_text("utf-8")
    assert written == '"a","b","c","d"\n-0.5,-3,"plain, ""quoted""",\n'


def test_the_json_holds_the_data_as_they_are(figure, tmp_path):
    one = figure("=1", caption="Read this.", method="Wilson.")

    render.write([_page(figures=(one,))], tmp_path / "dossier", title="A case")

    told = json.loads((tmp_path / "dossier" / "data" / "kinds.json").read_text("utf-8"))
    assert told == {"title": "By kind", "caption": "Read this.", "method": "Wilson.", "rows": one.table.to_dicts()}


def test_a_page_forbids_everything_that_it_does_not_need(figure, tmp_path):
    html = _html(render.write([_page(figures=(figure(),))], tmp_path / "dossier", title="A case"))

    policy = html.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self' data:;")
    assert "unsafe" not in policy


def test_a_page_can_be_found_through_without_eyes(figure, tmp_path):
    """Language, landmarks, one first heading, a way past the navigation, named charts, headed tables."""
    pages = [_page(figures=(figure(caption="Read this."),)), _page(id="decided")]

    html = _html(render.write(pages, tmp_path / "dossier", title="A case"))

    assert html.css_first("html").attributes["lang"] == "en"
    assert len(html.css("h1")) == len(html.css("main")) == len(html.css("header")) == len(html.css("footer")) == 1
    assert html.css_first("body > a").attributes["href"] == "#main"
    assert html.css_first("nav a[aria-current=page]").text() == "Found"
    for svg in html.css("svg"):
        assert (svg.attributes["role"], svg.attributes["aria-label"]) == ("img", "By kind. Read this.")
    assert all(cell.attributes["scope"] in {"col", "row"} for cell in html.css("th"))
    assert html.css_first(".scroll").attributes["tabindex"] == "0"


def test_a_chart_stands_beside_a_table_of_the_same(figure, tmp_path):
    html = _html(render.write([_page(figures=(figure(),))], tmp_path / "dossier", title="A case"))

    assert html.css_first("details table tbody th").text() == "slur"
    assert [svg.attributes["class"] for svg in html.css("svg")] == ["wide", "narrow"]


@pytest.mark.slow
def test_a_long_table_is_cut_on_the_page_and_whole_in_the_data(figure, tmp_path):
    names = [f"k{n}" for n in range(1234)]

    html = _html(render.write([_page(figures=(figure(*names),))], tmp_path / "dossier", title="A case"))

    assert len(html.css("tbody tr")) == 200
    assert "The first 200 of 1,234 rows; all are in the data files." in html.css_first("details").text()
    assert len((tmp_path / "dossier" / "data" / "kinds.csv").read_text("utf-8").splitlines()) == 1235


def test_a_table_without_rows_says_so(figure, tmp_path):
    one = figure(table=pl.DataFrame({"a": []}), chart=None)

    html = _html(render.write([_page(figures=(one,))], tmp_path / "dossier", title="A case"))

    assert html.css_first("section .note").text() == "There is nothing to show."


def test_unknown_is_said_and_numbers_stand_to_the_right(figure, tmp_path):
    one = figure(shown=pl.DataFrame({"Kind": ["slur"], "Posts": [12345], "Of": pl.Series([None], dtype=pl.Int64)}))

    html = _html(render.write([_page(figures=(one,))], tmp_path / "dossier", title="A case"))

    assert [cell.text() for cell in html.css("td.number")] == ["12,345", "cannot be said"]


@pytest.mark.parametrize("unfit", ["../up", "Found", "a b", "", "index", "a/b", "-a", "found\n"])
def test_an_id_that_is_no_file_name_is_refused_before_anything_is_written(figure, tmp_path, unfit):
    for pages in ([_page(id=unfit)], [_page(figures=(figure(id=unfit),))]):
        with pytest.raises(DataError, match="cannot be filed"):
            render.write(pages, tmp_path / "dossier", title="A case")

    assert list(tmp_path.iterdir()) == []


def test_an_id_used_twice_is_refused(figure, tmp_path):
    with pytest.raises(DataError, match="cannot be filed"):
        render.write([_page(), _page()], tmp_path / "dossier", title="A case")
    with pytest.raises(DataError, match="cannot be filed"):
        render.write([_page(figures=(figure(), figure()))], tmp_path / "dossier", title="A case")


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(UsageError, match="something else than a dossier"):
        render.write([_page()], tmp_path, title="A case")

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_and_an_earlier_dossier_are_replaced_as_a_whole(figure, tmp_path):
    folder = tmp_path / "dossier"
    folder.mkdir()

    render.write([_page(figures=(figure(),)), _page(id="gone")], folder, title="A case")
    render.write([_page()], folder, title="A case")

    assert sorted(_bytes(folder)) == ["index.html", "style.css"]
    assert [path.name for path in tmp_path.iterdir()] == ["dossier"]


def test_a_render_that_fails_leaves_the_old_dossier(figure, tmp_path):
    folder = tmp_path / "dossier"
    render.write([_page()], folder, title="A case")
    before = _bytes(folder)

    with pytest.raises(DataError, match="cannot be drawn"):
        render.write([_page(figures=(figure(chart={"mark": 7}),))], folder, title="A case")

    assert before == _bytes(folder)


def test_what_a_killed_render_left_is_put_right(tmp_path):
    """Killed while writing, and killed between the two renames, when only the old dossier is there, set aside."""
    folder = tmp_path / "dossier"
    render.write([_page()], folder, title="A case")
    folder.rename(tmp_path / ".dossier.old")
    (tmp_path / ".dossier.new").mkdir()
    (tmp_path / ".dossier.new" / "half.html").write_text("<p")

    with pytest.raises(DataError):
        render.write([_page(id="index")], folder, title="A case")
    render.write([_page()], folder, title="A case")

    assert [path.name for path in tmp_path.iterdir()] == ["dossier"]
    assert sorted(_bytes(folder)) == ["index.html", "style.css"]


@pytest.mark.slow
def test_a_render_killed_at_any_moment_leaves_a_whole_dossier(tmp_path):
    """The old one or the new one: each has both of its pages, and they are of one mind."""
    program = (
        "import itertools, pathlib, sys; from rejoinder.doors.dossier import render; from rejoinder.pages import Page\n"
        "for turn in itertools.count():\n"
        "    pages = [Page(id=name, title=name, lead=f'turn {turn}.') for name in ('found', 'decided')]\n"
        "    render.write(pages, pathlib.Path(sys.argv[1]), title='A case')\n"
        "    print(turn, flush=True)\n"
    )
    folder = tmp_path / "dossier"
    for turns in range(1, 6):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True
        ) as running:
            for _ in range(turns):
                assert running.stdout.readline()
            time.sleep(turns / 1000)
            running.kill()
        found = folder if folder.exists() else tmp_path / ".dossier.old"
        leads = {_html(found / name).css_first(".lead").text() for name in ("index.html", "decided.html")}
        assert (len(leads), (found / "style.css").is_file()) == (1, True)


@pytest.mark.slow
def test_every_link_leads_somewhere(whole_dossier):
    for path in whole_dossier.parent.glob("*.html"):
        html = _html(path)
        ids = {node.attributes["id"] for node in html.css("[id]")}
        assert len(ids) == len(html.css("[id]"))
        for link in (node.attributes["href"] for node in html.css("[href]")):
            file, _, place = link.partition("#")
            assert link == "data:," or not file or (path.parent / file).is_file(), link
            assert not place or place in ids, link


def test_backticks_become_code_and_markup_in_them_stays_text():
    assert inline("`<b>` is `empty`, 2 %") == "<code>&lt;b&gt;</code> is <code>empty</code>, 2\xa0%"


def test_a_value_that_is_no_text_is_left_as_it_is():
    assert legible(7) == 7
