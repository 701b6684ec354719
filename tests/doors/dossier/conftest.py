"""Pages for the tests of the dossier, and one dossier with everything in it."""

from __future__ import annotations

import polars as pl
import pytest

from rejoinder.checks.page import HOSTILE, material_of
from rejoinder.doors.dossier import render
from rejoinder.pages import Figure, KeyFigure, Page
from rejoinder.pages.account import Account
from rejoinder.pages.charts import bars
from rejoinder.pages.decisions import Decisions
from rejoinder.pages.found import Found
from rejoinder.pages.overview import Overview
from rejoinder.pages.rejects import Rejects
from rejoinder.pages.repeat import Repeat


@pytest.fixture
def figure():
    """Makes a figure of bars, each with the same value, of these names."""

    def make(*names, **fields):
        one = {"value": 0.02, "lower": 0.008, "upper": 0.05, "words": "2.0 % (0.8 to 5.0)"}
        table = pl.DataFrame([{"kind": name, "name": name, **one} for name in names or ("slur",)])
        return Figure(**{"id": "kinds", "title": "By kind", "table": table, "chart": bars("share", 0.05)} | fields)

    return make


@pytest.fixture
def hostile_page(figure):
    """A page with a hostile string wherever a string can be."""
    shown = pl.DataFrame({HOSTILE: [HOSTILE], "n": [1]})
    return Page(
        id="hostile",
        title=HOSTILE,
        lead=HOSTILE,
        key_figures=(KeyFigure(value=HOSTILE, label=HOSTILE, note=HOSTILE),),
        figures=(figure(HOSTILE, title=HOSTILE, caption=HOSTILE, method=HOSTILE, shown=shown),),
        facts=((HOSTILE, HOSTILE),),
    )


@pytest.fixture(scope="session")
def whole_dossier(tmp_path_factory):
    """Every built-in page on a plausible case with some hostile and some long names; the path of its index."""
    material = material_of(["slur", HOSTILE, "a-long-name-" * 20, "\u202etxt.exe"], weeks=5)
    made = [maker().make(material) for maker in (Overview, Found, Decisions, Account, Rejects, Repeat)]
    return render.write(made, tmp_path_factory.mktemp("case") / "dossier", title=f"A case {HOSTILE}")
