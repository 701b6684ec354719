"""Figures in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.pages import words
from rejoinder.pages.names import LANGUAGES, name_of, names_of


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.02, "2.0 %"),
        (0.5, "50.0 %"),
        (1, "100 %"),
        (0, "0 %"),
        (0.0012, "0.12 %"),
        (0.00012, "0.012 %"),
        (0.0000012, "0.0001 %"),
        (0.995, "99.50 %"),
        (0.1, "10.0 %"),
        (0.01, "1.0 %"),
        (0.001, "0.10 %"),
        (None, "cannot be said"),
    ],
)
def test_a_share_shows_two_digits_that_count(value, told):
    assert told == words.share(value)


def test_the_interval_has_as_many_decimals_as_the_value():
    assert words.share(0.0012, 0.00099, 0.0151) == "0.12 % (0.10 to 1.51)"


@pytest.mark.parametrize(("lower", "upper"), [(None, 0.5), (0.1, None), (None, None)])
def test_half_an_interval_is_not_told(lower, upper):
    assert words.share(0.2, lower, upper) == "20.0 %"


def test_nothing_of_many_still_shows_how_far_the_interval_goes():
    assert words.share(0.0, 0.0, 0.000188) == "0 % (0.000 to 0.019)"


def test_all_of_many_still_shows_how_far_the_interval_goes():
    assert words.share(1.0, 0.9995, 1.0) == "100 % (99.950 to 100.000)"


@given(st.floats(0.00001, 0.99999))
def test_a_share_that_is_told_is_the_share_to_within_its_digits(value):
    """Read back, the words differ from the value by at most half of the last digit told."""
    told = re.fullmatch(r"(\d+\.(\d+)) %", words.share(value))

    assert told is not None
    assert abs(float(told[1]) - value * 100) <= 0.5 * 10 ** -len(told[2]) + 1e-12


@given(st.integers(0, 10**12))
def test_a_count_can_be_read_back(value):
    assert value == int(words.number(value).replace(",", ""))


@pytest.mark.parametrize(
    ("value", "told"), [(0, "0 replies"), (1, "1 reply"), (2, "2 replies"), (1000, "1,000 replies"), (1.0, "1 reply")]
)
def test_the_noun_has_the_number_of_its_count(value, told):
    assert told == words.counted(value, "reply", "replies")


def test_unknown_is_never_zero():
    assert (words.number(None), words.counted(None, "post")) == ("cannot be said", "cannot be said posts")


@pytest.mark.parametrize(("n", "warned"), [(0, False), (1, True), (29, True), (30, False), (1000, False)])
def test_a_share_of_few_says_so(n, warned):
    assert warned == bool(words.few(n, "post"))


def test_a_level_is_told_only_where_all_share_it(share, count):
    one, other = share("a", 1, 10), share("a", 1, 10, level=0.9)

    assert words.level([one]) == "95 % interval"
    assert words.level([one, other]) == ""
    assert words.level([count("a", 3)]) == ""
    assert words.level([share("a", 0, 0)]) == ""


@pytest.mark.parametrize(
    ("items", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_items_are_listed_as_in_a_sentence(items, told):
    assert told == words.joined(items)


@pytest.mark.parametrize("dimension", ["platform", "clause", "file", "advertiser", "reason"])
def test_names_given_by_others_are_not_touched(dimension):
    assert name_of(dimension, "x-y <b>") == "x-y <b>"


def test_known_ids_get_their_names():
    told = [
        name_of(*pair) for pair in (("target", "lgbt-people"), ("language", "he"), ("reach", "in reach"), ("kind", ""))
    ]

    assert told == ["LGBT people", "Hebrew", "Judged", "Not stated"]


def test_a_language_without_a_name_keeps_its_code():
    assert name_of("language", "tlh") == "tlh"


@given(st.lists(st.sampled_from(["a-b", "a b", "A-b", "c", "de", *LANGUAGES]), unique=True))
def test_no_two_groups_get_the_same_name(groups):
    for dimension in ("narrative", "language"):
        names = names_of(dimension, groups)
        assert len(set(names)) == len(groups)
