"""One declaration: the class and the frame must say the same of every row."""

import typing
from datetime import UTC, datetime

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.records import NOUNS, Account, Decision, Post, Rating, Signal
from rejoinder.records.frames import conform, from_frame, split, to_frame
from rejoinder.records.signal import PARENT

TIME = datetime(2024, 2, 29, 12, 30, 0, 123456, tzinfo=UTC)
POST = Post(id="f:1", platform="f", author="f:a", created_at=TIME, text="Guten Morgen", links=("https://example.org",))


@pytest.mark.parametrize("record", NOUNS, ids=lambda record: record.noun())
def test_schema_has_every_field_in_order(record):
    """A frame has the columns that the class has, in its order."""
    assert list(record.__struct_fields__) == record.schema().names()


@pytest.mark.parametrize("record", NOUNS, ids=lambda record: record.noun())
def test_records_are_frozen(record):
    """A record cannot be changed after it was made."""
    assert record.__struct_config__.frozen


@pytest.mark.parametrize("record", NOUNS, ids=lambda record: record.noun())
def test_records_are_documented(record):
    """Every noun says what it is."""
    assert record.__doc__


def test_rows_survive_the_frame():
    """What goes into a frame comes out of it, nested evidence included."""
    signal = Signal(
        subject="f:1", subject_type="post", detector="d", version="1", kind="hate", probability=0.5,
        evidence=({"what": "cue", "start": 0, "end": 3},),
    )  # fmt: skip
    signal = msgspec.convert(signal.asdict(), Signal)

    assert [POST] == list(from_frame(Post, to_frame(Post, [POST])))
    assert [signal] == list(from_frame(Signal, to_frame(Signal, [signal])))


def test_rows_survive_json():
    """A record written as JSON names its noun and reads back equal."""
    written = msgspec.json.encode(POST)

    assert b'"record":"post"' in written
    assert msgspec.json.decode(written, type=Post) == POST


@given(
    st.builds(
        dict,
        note=st.sampled_from(["n", "", None]),
        rater=st.sampled_from(["r", "", None]),
        created_at=st.sampled_from([TIME, None]),
        helpful=st.sampled_from([0.0, 0.5, 1.0, -0.1, 1.1, None]),
    )
)
def test_frames_and_classes_judge_alike(row):
    """A row passes the frame's checks exactly where the class accepts it."""
    try:
        msgspec.convert(row | {"record": "rating"}, Rating)
        valid = True
    except msgspec.ValidationError:
        valid = False
    good, bad = split(Rating, conform(Rating, pl.DataFrame([row], schema_overrides=dict(Rating.schema()))))

    assert (valid, not valid) == (good.height == 1, bad.height == 1)


def test_choices_are_checked_and_told():
    """A value that is no choice is refused with the choices."""
    frame = conform(Account, pl.DataFrame({"id": ["f:a"], "platform": ["f"], "status": ["gone"]}))

    expected = "`status` is `gone`, expected one of `active`, `deactivated`, `deleted`, `limited`, `suspended`"
    assert expected == split(Account, frame)[1]["reason"].item()


def test_bad_rows_keep_what_says_where_they_were():
    """Columns that the record does not have stay on the bad rows only."""
    frame = conform(Rating, pl.DataFrame({"note": ["n"]})).with_columns(line=pl.lit(7))
    good, bad = split(Rating, frame)

    assert (0, Rating.schema().names()) == (good.height, good.columns)
    assert bad["line"].to_list() == [7]


def test_conform_of_nothing_is_nothing():
    """An empty frame without columns gives no row, not a row of defaults."""
    assert conform(Decision, pl.DataFrame()).shape == (0, len(Decision.schema()))


def test_conform_fills_defaults_and_leaves_unknown_unknown():
    """An absent list is empty; an absent figure stays unknown."""
    row = conform(Post, pl.DataFrame({"id": ["f:1"]})).row(0, named=True)

    assert ([], None, "") == (row["links"], row["likes"], row["text"])


def test_no_field_can_hold_mail_or_network_address():
    """E-mail and IP addresses have no place to stand in any record."""
    fields = {name for record in NOUNS for name in record.__struct_fields__}

    assert not fields & {"email", "mail", "ip", "ips", "ip_address", "phone"}


def test_every_kind_has_a_known_headline():
    """Headlines are kinds, and their own headline."""
    assert all(PARENT[parent] == parent for parent in PARENT.values())


def test_types_are_spelled_for_people():
    """Every choice of every record is lower case words: the glossary's, not a programmer's."""
    hints = [hint for record in NOUNS for hint in typing.get_type_hints(record).values()]
    choices = [value for hint in hints for value in typing.get_args(hint) if isinstance(value, str)]

    assert all(value == value.lower() and "_" not in value for value in choices)
