"""Columns that formats share."""

from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.sources.columns import TIME, language, prefixed, texts, times, transposed, unescaped

NOON = datetime(2024, 1, 31, 12, tzinfo=UTC)


def read(said, **schema):
    return pl.DataFrame({"at": said}, **schema).select(times("at"))["at"].to_list()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2024-01-31T12:00:00Z", NOON),
        ("2024-01-31T12:00:00.000Z", NOON),
        ("2024-01-31T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2024-01-31T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2024-01-31T12:00:00.999999999Z", NOON + timedelta(microseconds=999999)),
        ("2024-01-31T14:00:00+02:00", NOON),
        ("2024-01-31T14:00:00.25+0200", NOON + timedelta(milliseconds=250)),
        ("2024-01-31 12:00:00+00:00", NOON),
        ("2024-01-31T12:00:00", NOON),
        ("2024-01-31 12:00:00", NOON),
        ("2024-01-31 12:00:00.250", NOON + timedelta(milliseconds=250)),
        ("2024-01-31T12:00Z", NOON),
        ("2024-01-31 12:00", NOON),
        ("Wed Jan 31 12:00:00 +0000 2024", NOON),
        ("1706702400", NOON),
        ("1706702400000", NOON),
        ("1706702400000000", NOON),
        ("1706702400000000000", NOON),
        ("", None),
        ("soon", None),
        ("2024-01-31", None),
        ("2024-02-30T12:00:00Z", None),
        ("2024-01-31T12:00:00.Z", None),
        ("2024-01-31T12:00:00Zulu", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("99999999999999999999", None),
        (None, None),
    ],
)
def test_a_time_is_read_however_it_is_written_and_null_where_it_is_none(said, expected):
    assert read([said, "2024-01-31T12:00:00Z"], schema={"at": pl.String}) == [expected, NOON]


@pytest.mark.parametrize("number", [1706702400, 1706702400.0, 1706702400000, 1706702400000000, 1706702400 * 10**9])
def test_a_number_counts_since_1970_in_the_unit_that_its_size_tells(number):
    assert read([number, None]) == [NOON, None]


def test_a_fraction_of_a_second_counts():
    assert read([1706702400.5]) == [NOON + timedelta(milliseconds=500)]


def test_times_that_are_times_already_stay_what_they_are():
    berlin = pl.Series([NOON], dtype=pl.Datetime("ms", "Europe/Berlin"))

    assert read(berlin) == [NOON]
    assert read([datetime(2024, 1, 31, 12)]) == [NOON]  # noqa: DTZ001 - without a zone, on purpose
    assert read([date(2024, 1, 31)]) == [NOON.replace(hour=0)]


@settings(deadline=None)
@given(st.lists(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)), min_size=1))  # noqa: DTZ001
def test_every_moment_survives_its_usual_writing(moments):
    said = [f"{moment.isoformat(timespec='microseconds').removesuffix('+00:00')}Z" for moment in moments]

    assert read(said) == moments


@settings(deadline=None)
@given(st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)), st.integers(-12 * 60, 12 * 60))  # noqa: DTZ001
@pytest.mark.slow
def test_every_zone_is_understood(moment, minutes):
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert read([there.isoformat()]) == [there]


def test_no_rows_give_no_times():
    frame = pl.DataFrame(schema={"at": pl.String}).select(times("at"))

    assert frame.schema == {"at": TIME}


def test_a_language_that_says_nothing_is_unknown():
    said = ["en", "pt-BR", "qu", "und", "zxx", "", "qme", "qaa", "qtz", None]
    expected = ["en", "pt-BR", "qu", None, None, None, None, None, None, None]

    assert pl.DataFrame({"lang": said}).select(language("lang"))["lang"].to_list() == expected


def test_ids_get_their_platform_and_nothing_stays_nothing():
    said = pl.DataFrame({"id": ["1", "", None]})

    assert said.select(prefixed("x", "id"))["id"].to_list() == ["x:1", None, None]
    assert pl.DataFrame({"id": [7]}).select(prefixed("m", "id"))["id"].to_list() == ["m:7"]


def test_entities_are_read_once():
    assert pl.DataFrame({"t": ["&amp;lt; &gt; &quot;"]}).select(unescaped("t")).item() == "&lt; > &quot;"


@settings(deadline=None)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"))) | st.none()))
def test_lists_of_texts_come_out_as_they_went_in(lists):
    assert texts(lists).to_list() == [items or [] for items in lists]
    assert texts(lists).dtype == pl.List(pl.String)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(), st.text()), max_size=1_200))
def test_rows_become_columns(pairs):
    row = msgspec.defstruct("Row", [("a", int), ("b", str)])
    expected = {"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}

    assert transposed([row(*pair) for pair in pairs], row) == expected
