"""The dossier in a browser, as readers open it: from disk, wide and narrow, light and dark."""

from __future__ import annotations

import shutil

import pytest

pytestmark = pytest.mark.slow

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
VIEWS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
LOOK = """() => {
  const all = (what) => [...document.querySelectorAll(what)]
  const style = (what) => getComputedStyle(what)
  const seen = (what) => what.getClientRects().length > 0
  all('details').forEach((one) => { one.open = true })
  return {
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    measure: style(document.body).maxWidth,
    ground: style(document.body).backgroundColor,
    shown: [...new Set(all('svg').filter(seen).map((one) => one.getAttribute('class')))],
    charts: all('section:has(svg)').length,
    charts_with_tables: all('section:has(svg):has(table)').length,
    unnamed: all('svg, img').filter((one) => !one.getAttribute('aria-label')).length,
    smallest: Math.min(99, ...all('svg text').filter(seen)
      .map((one) => parseFloat(style(one).fontSize) * one.getScreenCTM().a)),
    outside: all('svg').filter(seen).map((one) => {
      const edge = (what) => what.getBoundingClientRect().right
      return Math.max(...[...one.querySelectorAll('text')].map(edge)) - edge(one)
    }).filter((over) => over > 1).length,
    links: all('a[href]').map((one) => one.href),
  }
}"""


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium of the system."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=VIEWS, ids=str)
def visit(browser, request, whole_dossier):
    """What a reader meets at one width and in one scheme: how pages look, what they ask for and complain of."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab, complaints, asked = context.new_page(), [], []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    looks = {}
    for path in sorted(whole_dossier.parent.glob("*.html")):
        tab.goto(path.as_uri())
        looks[path.name] = tab.evaluate(LOOK)
    yield {"view": request.param, "tab": tab, "looks": looks, "complaints": complaints, "asked": asked}
    context.close()


def test_every_page_opens_without_a_complaint(visit):
    assert len(visit["looks"]) == 6
    assert visit["complaints"] == []


def test_nothing_is_asked_for_but_the_dossier_itself(visit, whole_dossier):
    home = whole_dossier.parent.as_uri()

    assert [url for url in visit["asked"] if not url.startswith((home, "data:"))] == []


def test_no_page_is_wider_than_the_window(visit):
    assert {name: look["overflow"] for name, look in visit["looks"].items() if look["overflow"] > 0} == {}


def test_the_style_applies_in_the_scheme_asked_for(visit):
    ground = {"light": "rgb(252, 251, 248)", "dark": "rgb(21, 23, 27)"}[visit["view"][1]]

    assert {(look["measure"], look["ground"]) for look in visit["looks"].values()} == {("800px", ground)}


def test_of_the_two_drawings_of_a_chart_the_fitting_one_is_shown(visit):
    fitting = {1280: ["wide"], 360: ["narrow"]}[visit["view"][0]]

    assert all(look["shown"] == (fitting if look["charts"] else []) for look in visit["looks"].values())


def test_every_chart_has_a_name_and_a_table_beside_it(visit):
    for name, look in visit["looks"].items():
        assert (look["unnamed"], look["charts"]) == (0, look["charts_with_tables"]), name
    assert sum(look["charts"] for look in visit["looks"].values()) > 10


def test_text_in_charts_can_be_read_and_is_not_cut_off(visit):
    """At least 11 pixels on the screen, whatever the chart was drawn to, and none beyond its edge."""
    for name, look in visit["looks"].items():
        assert look["smallest"] >= 11, name
        assert look["outside"] == 0, name


def test_links_lead_to_pages_and_data_that_are_there(visit, whole_dossier):
    home = whole_dossier.parent
    for name, look in visit["looks"].items():
        for target in look["links"]:
            assert (home / target.removeprefix(f"{home.as_uri()}/").partition("#")[0]).is_file(), (name, target)


def test_the_keyboard_reaches_the_content_first(visit, whole_dossier):
    tab = visit["tab"]
    tab.goto(whole_dossier.as_uri())
    tab.keyboard.press("Tab")

    focused = tab.evaluate("[document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle]")
    assert focused == ["skip", "solid"]
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
