"""Figures of estimates: data, words and charts."""

from __future__ import annotations

import json

import pytest

from rejoinder.pages import charts
from rejoinder.pages.figures import Wording, by_group, by_week, key_figure

WORDING = Wording(id="kinds", title="By kind", axis="share of posts", value="Share", count="Flagged", n="Posts judged")


def test_nothing_gives_no_figure():
    assert (by_group([], WORDING), by_week([], WORDING)) == (None, None)


def test_the_data_keep_ids_and_plain_numbers_and_the_words_do_not(share):
    figure = by_group([share("f", 4, 200, "target", "black-people", lower=0.008, upper=0.05)], WORDING)

    assert figure.table.rows() == [
        ("black-people", 0.02, 0.008, 0.05, 0.95, "Wilson", 4, 200, "share", "Black people", "2.0 % (0.8 to 5.0)")
    ]
    assert figure.shown.to_dicts() == [
        {"Target": "Black people", "Share (95 % interval)": "2.0 % (0.8 to 5.0)", "Flagged": 4, "Posts judged": 200}
    ]


def test_counts_have_no_interval_and_no_denominator(count):
    figure = by_group([count("read", 1200, "platform", "x")], WORDING)

    assert figure.shown.to_dicts() == [{"Platform": "x", "Share": 1200}]
    assert "Intervals" not in figure.method


def test_the_method_and_the_reading_are_told_once(share):
    figure = by_group([share("f", 4, 200, "kind", group) for group in "ab"], WORDING)

    assert figure.method == "Intervals: Wilson. Read with care."


def test_two_that_cannot_be_ranked_are_said_so(share):
    close = [share("f", 60, 200, "kind", "slur"), share("f", 50, 200, "kind", "threat")]
    apart = [share("f", 160, 200, "kind", "slur"), share("f", 5, 200, "kind", "threat")]

    assert by_group(close, WORDING).caption == "Slur and Threat cannot be ranked: their intervals overlap."
    assert by_group(apart, WORDING).caption == ""


def test_counts_of_all_can_always_be_ranked(count):
    assert by_group([count("read", 3, "kind", "a"), count("read", 3, "kind", "b")], WORDING).caption == ""


def test_few_are_told_by_name_and_many_by_number(share):
    one, some = [share("f", 1, 7, "kind", "a")], [share("f", 1, 7, "kind", f"k{n}") for n in range(4)]

    assert by_group(one, WORDING).caption == "A rests on fewer than 30 posts judged."
    assert by_group(some, WORDING).caption.endswith("4 of these rest on fewer than 30 posts judged.")


def test_more_bars_than_can_be_looked_at_are_cut_in_the_chart_only(share):
    many = [share("f", 50 - n, 1000, "kind", f"k{n}") for n in range(30)]

    figure = by_group(many, WORDING)

    assert "The chart shows 12 of 30; all are in the table." in figure.caption
    assert figure.table.height == figure.shown.height == 30


def test_where_nothing_can_be_said_there_is_a_table_and_no_chart(share):
    figure = by_group([share("f", 0, 0, "kind", "slur")], WORDING)

    assert figure.chart is None
    assert figure.shown["Share"].to_list() == ["cannot be said"]


@pytest.mark.parametrize("hits", [0, 5])
def test_the_scale_is_never_empty(share, hits):
    figure = by_group([share("f", hits, 200, "kind", "slur")], WORDING)

    low, high = figure.chart["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low == 0 < high


def test_a_week_without_an_estimate_is_a_gap_and_a_long_gap_is_one(share):
    weeks = [share("f", 4, 200, period=week) for week in ("2023-11-06", "2023-11-13", "2024-01-01")]

    figure = by_week(weeks, WORDING)

    assert figure.table.select("week", "value").rows() == [
        ("2023-11-06", 0.02), ("2023-11-13", 0.02), ("2023-11-20", None), ("2024-01-01", 0.02)
    ]  # fmt: skip
    assert figure.shown["Share (95 % interval)"][2] == "cannot be said"


def test_series_keep_the_order_asked_for_and_others_are_left_out(share):
    weeks = [share("f", 4, 200, "kind", group, "2023-11-06") for group in ("slur", "none", "threat")]

    figure = by_week(weeks, WORDING, order=["threat", "slur", "absent"])

    assert figure.table["kind"].to_list() == ["threat", "slur"]
    assert figure.chart["facet"]["row"]["sort"] == ["Threat", "Slur"]


def test_the_scale_of_series_is_that_of_the_series_shown(share):
    weeks = [share("f", hits, 200, "kind", group, "2023-11-06") for group, hits in (("limit", 2), ("none", 198))]

    figure = by_week(weeks, WORDING, order=["limit"])

    assert figure.chart["spec"]["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, pytest.approx(0.015)]


def test_more_series_than_can_be_looked_at_are_cut_in_the_chart_only(share):
    groups = [f"k{n}" for n in range(9)]
    figure = by_week([share("f", 4, 200, "kind", group, "2023-11-06") for group in groups], WORDING, order=groups)

    assert len(figure.chart["facet"]["row"]["sort"]) == 6
    assert figure.table.height == 9
    assert figure.caption == "The chart shows 6 of 9; all are in the table."


def test_a_key_figure_stands_with_interval_and_denominator(share):
    key = key_figure(share("f", 4, 200, lower=0.008, upper=0.05), "of posts flagged", "post")

    assert (key.value, key.label, key.note) == ("2.0 %", "of posts flagged", "95 % interval 0.8 to 5.0; 4 of 200 posts")


def test_a_key_figure_of_nothing_is_unknown_and_an_absent_one_absent(share):
    assert key_figure(share("f", 0, 0), "of posts flagged", "post").value == "cannot be said"
    assert key_figure(None, "of posts flagged", "post") is None


def test_every_parameter_of_a_chart_changes_it():
    base = charts.panels("posts", 1.0, ["2023-11-06"], ["A"])
    changed = [
        charts.panels("rows", 1.0, ["2023-11-06"], ["A"]),
        charts.panels("posts", 2.0, ["2023-11-06"], ["A"]),
        charts.panels("posts", 1.0, ["2023-11-13"], ["A"]),
        charts.panels("posts", 1.0, ["2023-11-06"], ["B"]),
        charts.panels("posts", 1.0, ["2023-11-06"], ["A"], per_cent=False),
    ]

    assert len({json.dumps(chart) for chart in [base, *changed]}) == 6
    assert charts.bars("posts", 1.0) != charts.bars("posts", 1.0, per_cent=False)
    assert charts.line("posts", 1.0, ["2023-11-06"]) != charts.line("posts", 1.0, ["2023-11-06"], per_cent=False)


@pytest.mark.parametrize(("weeks", "dates"), [(1, 1), (4, 4), (5, 3), (13, 4), (200, 4)])
def test_an_axis_of_weeks_has_at_most_four_dates(weeks, dates):
    axis = charts.line("posts", 1.0, [str(week) for week in range(weeks)])["encoding"]["x"]["axis"]

    assert dates == len(axis["values"])
