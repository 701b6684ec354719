"""The pages: what they say, and what they leave out."""

from __future__ import annotations

from dataclasses import replace
from itertools import count as count_from
from types import SimpleNamespace

import polars as pl
import pytest

from rejoinder.checks.page import HOSTILE, check_page, material_of
from rejoinder.pages import Figure, Page
from rejoinder.pages.account import Account
from rejoinder.pages.decisions import Decisions
from rejoinder.pages.found import Found
from rejoinder.pages.overview import Overview
from rejoinder.pages.rejects import Rejects
from rejoinder.pages.repeat import Repeat

MAKERS = (Overview, Found, Decisions, Account, Rejects, Repeat)


@pytest.mark.parametrize("maker", MAKERS)
def test_every_built_in_maker_keeps_the_contract(maker):
    check_page(maker())


@pytest.mark.parametrize("maker", MAKERS)
def test_nothing_measured_gives_no_page(maker):
    assert maker().make(material_of([])) is None


@pytest.mark.parametrize("maker", MAKERS)
def test_a_page_keeps_hostile_names_as_they_are_for_the_door_to_escape(maker):
    page = maker().make(material_of([HOSTILE]))

    assert HOSTILE in str(page)


def test_the_order_of_the_pages_is_that_of_the_flow():
    ranked = sorted(MAKERS, key=lambda maker: maker.rank)

    assert [maker.name for maker in ranked] == ["overview", "found", "decisions", "account", "rejects", "repeat"]


def test_the_overview_says_the_main_figures_in_words(share, count, material):
    """The whole paragraph, as a reader gets it."""
    page = Overview().make(
        material(
            count("read", 20000),
            count("read", 900, period="2023-08-28"),
            count("read", 1100, period="2023-11-20"),
            share("flagged", 812, 19800, lower=0.0383, upper=0.0438),
            share("decided", 1, 20000, "access", "remove"),
            share("decided", 400, 20000, "access", "limit"),
            share("decided", 19599, 20000, "access", "none"),
            share("decided", 300, 20000, "review", "true"),
            share("acted on reports", 4, 200, lower=0.0078, upper=0.0502),
        )
    )

    assert page.lead == (
        "20,000 posts were read, from the week of 28 August 2023 to that of 20 November 2023. "
        "Of 19,800 posts that they could judge, the detectors flagged 4.1 % (3.8 to 4.4), "
        "which is not how much hate there is. "
        "Under the written policy, 400 are limited in reach, 1 removed and 300 left to a person. "
        "Of 200 reported posts, the platform acted on 4: 2.0 % (0.8 to 5.0)."
    )


def test_one_post_is_told_in_the_singular(count, share, material):
    page = Overview().make(material(count("read", 1), share("decided", 1, 1, "access", "remove"), count("rejected", 1)))

    assert page.lead == "1 post was read. Under the written policy, 1 is removed."
    assert [(key.value, key.label) for key in page.key_figures] == [("1", "post read"), ("1", "row rejected")]


def test_the_key_figures_of_the_overview_follow_the_flow(share, count, material):
    page = Overview().make(
        material(
            count("read", 200),
            count("read", 150, "platform", "x"),
            count("read", 50, "platform", "bluesky"),
            share("flagged", 20, 190),
            share("decided", 15, 200, "clause", "threats"),
            share("decided", 185, 200, "clause", "no clause"),
            share("acted on reports", 1, 40),
            share("beside ads", 3, 60),
            count("answered", 9, "response", "note-request", unit="messages"),
            count("answered", 2, "response", "notice", unit="messages"),
            count("rejected", 0, unit="rows"),
        )
    )

    told = {key.label: (key.value, key.note) for key in page.key_figures}
    assert list(told) == [
        "posts read", "of posts flagged by the detector", "posts that the policy answers",
        "of reported posts acted on by the platform", "of ads shown beside a post excluded from ads",
        "messages written", "rows rejected",
    ]  # fmt: skip
    assert told["posts read"] == ("200", "from 2 platforms")
    assert told["posts that the policy answers"] == ("15", "of 200 posts decided")
    assert told["messages written"] == ("11", "notes asked for 9; notices to authors 2")
    assert told["rows rejected"] == ("0", "")


def test_what_was_flagged_is_never_called_hate(share, material):
    page = Found().make(material(share("flagged", 20, 190), share("out of reach", 10, 200)))

    assert "which is not how much hate there is" in page.lead
    assert "5.0 % (3.8 to 7.5) of the posts were out of every detector's reach." in page.lead
    assert page.key_figures[0].label == "of posts flagged by the detector"


def test_a_share_of_few_posts_says_so_aloud(share, material):
    assert "It rests on 12 posts, which is few." in Found().make(material(share("flagged", 2, 12))).lead
    assert "It rests on 12 posts, which is few." in Account().make(material(share("acted on reports", 2, 12))).lead


@pytest.mark.parametrize(
    ("maker", "name", "told"),
    [
        (Found, "flagged", "No post could be judged, so what share the detectors would flag cannot be said."),
        (Account, "acted on reports", "No reported post could be looked at again"),
        (Overview, "flagged", "cannot be said"),
    ],
)
def test_of_nothing_nothing_can_be_said(share, material, maker, name, told):
    assert told in maker().make(material(share(name, 0, 0))).lead


def test_found_breaks_down_by_kind_target_narrative_and_week(share, material):
    periods = ("", "2023-11-06", "2023-11-13")
    rows = [share("flagged", 4, 200, by, by and "some-group", period)
            for by in ("", "kind", "target", "narrative", "language") for period in periods]  # fmt: skip

    page = Found().make(material(*rows))

    assert [figure.id for figure in page.figures] == [
        "found-weeks", "found-kind", "found-kind-weeks", "found-target", "found-target-weeks", "found-narrative",
        "found-narrative-weeks", "found-language",
    ]  # fmt: skip


def test_the_highest_stands_first_and_what_cannot_be_said_last(share, material):
    rows = [share("flagged", hits, n, "kind", group) for group, hits, n in (("a", 0, 0), ("b", 1, 50), ("c", 9, 50))]

    page = Found().make(material(share("flagged", 10, 50), *rows))

    assert page.figures[0].table["kind"].to_list() == ["c", "b", "a"]


def test_decisions_show_what_is_done_and_not_what_is_not(share, material):
    rows = [
        share("decided", 15, 200, "clause", "threats"), share("decided", 185, 200, "clause", "no clause"),
        share("decided", 15, 200, "access", "remove"), share("decided", 185, 200, "access", "none"),
        share("decided", 5, 200, "ads", "exclude"), share("decided", 195, 200, "ads", "allow"),
        share("decided", 7, 200, "review", "true"), share("decided", 193, 200, "review", "false"),
        share("decided", 3, 90, "access", "remove", "2023-11-06"),
        share("decided", 87, 90, "access", "none", "2023-11-06"),
    ]  # fmt: skip

    clauses, responses, weeks = Decisions().make(material(*rows)).figures

    assert clauses.table["clause"].to_list() == ["threats"]
    assert responses.shown["Response"].to_list() == ["Access: remove", "Review by a person", "Ads: exclude"]
    assert weeks.table["access"].to_list() == ["remove"]


def test_the_clauses_are_there_in_their_public_text(material):
    clause = {"clause": "1", "title": "Threats", "text": "Nobody threatens a group.", "responses": "remove"}

    page = Decisions().make(material(clauses=[clause]))

    assert page.lead == "Nothing was decided yet; these are the clauses."
    assert page.figures[0].shown.rows() == [("1", "Threats", "Nobody threatens a group.", "remove")]


@pytest.mark.parametrize(
    ("rejected", "told"),
    [
        (0, "Every row could be read as a record; none was rejected."),
        (1, "1 row was rejected; it is kept in the case with its place, the reason and the remedy."),
        (1200, "1,200 rows were rejected; they are kept in the case with their place, the reason and the remedy."),
    ],
)
def test_rejects_are_counted_in_words(count, material, rejected, told):
    assert told == Rejects().make(material(count("rejected", rejected, unit="rows"))).lead


def test_how_to_repeat_it_has_every_figure_in_its_data(share, count, material):
    page = Repeat().make(material(share("flagged", 4, 200), count("read", 7), repeat=(("version", "1"),)))

    (figure,) = page.figures
    assert page.facts == (("version", "1"),)
    assert figure.table.select("name", "value").rows() == [("flagged", 0.02), ("read", 7.0)]
    assert figure.shown.rows() == [
        ("flagged", 1, "Wilson", "95 %", "Read with care."), ("read", 1, "count of all", "none: all were counted", "")
    ]  # fmt: skip


def _broken(**fields):
    """A maker whose page breaks one promise."""

    def make(material):
        page = Found().make(material)
        return page and replace(page, **fields)

    return SimpleNamespace(name="broken", rank=1, make=make)


def _figure(**fields):
    return replace(Figure(id="a", title="A", table=pl.DataFrame({"a": ["x"]})), **fields)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"id": "Not Fit"}, "ids are lower case"),
        ({"title": ""}, "a page has a title"),
        ({"lead": ""}, "a page says its finding"),
        ({"figures": (_figure(), _figure())}, "every figure has an id of its own"),
        ({"figures": (_figure(table=pl.DataFrame({"a": [[1]]})),)}, "plain columns only"),
        ({"figures": (_figure(chart={"data": {"url": "x"}}),)}, "no data of its own"),
        ({"figures": (_figure(chart={"mark": {"color": "red"}}),)}, "no colours"),
    ],
)
def test_the_check_finds_a_broken_promise(fields, told):
    with pytest.raises(AssertionError, match=told):
        check_page(_broken(**fields))


def test_the_check_finds_a_page_that_differs_from_one_time_to_the_next():
    turns = count_from(1)

    with pytest.raises(AssertionError, match="the same material gives the same page"):
        check_page(SimpleNamespace(name="n", rank=1, make=lambda _: Page(id="n", title="N", lead=str(next(turns)))))


def test_a_clause_that_protects_is_not_counted_as_an_answer(share, material):
    """Its posts are told apart, and every clause is called by its title too."""
    clauses = [
        {"clause": "P1", "title": "Counter-speech", "text": "It is protected.", "responses": "no action"},
        {"clause": "H1", "title": "Threats", "text": "They are removed.", "responses": "remove"},
    ]
    rows = [
        share("decided", count, 200, "clause", group) for group, count in (("P1", 30), ("H1", 1), ("no clause", 169))
    ]

    page = Decisions().make(material(*rows, clauses=clauses))

    assert page.lead.startswith(
        "Of 200 posts decided, 1 falls under a clause that something follows from, "
        "and 30 under one that says that nothing does."
    )
    assert page.figures[0].table["name"].to_list() == ["P1: Counter-speech", "H1: Threats"]
    assert page.figures[0].table["clause"].to_list() == ["P1", "H1"]
