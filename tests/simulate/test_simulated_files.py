"""The files: what is in them, in which bytes, and the rows that are bad on purpose."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Union

import msgspec
import pytest
from polars.testing import assert_frame_equal

from rejoinder.records import INGESTED, Post
from rejoinder.records.frames import to_frame
from rejoinder.simulate import platform, write
from rejoinder.simulate.writing import BAD_ROWS, DUPLICATES, FILES

if TYPE_CHECKING:
    from pathlib import Path

ANY = msgspec.json.Decoder(Union[INGESTED])  # noqa: UP007 - the types are a tuple


@pytest.fixture(scope="module")
def small():
    return platform(seed=5, posts=1_000, accounts=200, days=30)


@pytest.fixture(scope="module")
def folder(small, tmp_path_factory):
    made = tmp_path_factory.mktemp("sim") / "not" / "there yet"
    assert [path.name for path in write(small, made)] == list(FILES)
    return made


def rows(path: Path) -> list[bytes]:
    packed = path.read_bytes()
    return (gzip.decompress(packed) if path.suffix == ".gz" else packed).splitlines()


def good(path: Path) -> list[bytes]:
    bad = {row.encode() for row in BAD_ROWS}
    return [row for row in rows(path) if row not in bad]


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_what_msgspec_encodes_without_null_and_empty_fields(folder, name):
    for row in good(folder / name):
        told = {field: value for field, value in ANY.decode(row).asdict().items() if value not in (None, "", (), [])}
        noun = told.pop("record")
        assert msgspec.json.encode({"record": noun} | told) == row


@pytest.mark.parametrize("record", INGESTED)
def test_reading_the_lines_again_gives_the_frame(folder, small, record):
    name = next(name for name, nouns in FILES.items() if record.noun() in nouns)
    read = [one for row in good(folder / name) if isinstance(one := ANY.decode(row), record)]
    if record is Post:
        del read[100 : 100 + DUPLICATES]
    assert_frame_equal(to_frame(record, read), small.frames()[record.noun()])


def test_bad_rows_and_a_duplicate_stand_among_the_posts(folder, small):
    posts = rows(folder / "posts.jsonl.gz")
    assert len(posts) == small.post.height + len(BAD_ROWS) + DUPLICATES
    assert [row.decode() for row in posts[100:104]] == list(BAD_ROWS)
    assert posts[104] == posts[0]


@pytest.mark.parametrize("row", BAD_ROWS)
def test_each_bad_row_is_refused(row):
    with pytest.raises(msgspec.DecodeError):
        ANY.decode(row)


def test_each_bad_row_is_bad_for_one_reason():
    said = []
    for row in BAD_ROWS:
        with pytest.raises(msgspec.DecodeError) as refused:
            ANY.decode(row)
        said.append(str(refused.value))
    assert said == [
        "Input data was truncated",
        "Object missing required field `id`",
        "Invalid RFC3339 encoded datetime - at `$.created_at`",
        "Expected `int` >= 0 - at `$.likes`",
    ]


@pytest.mark.slow
def test_the_same_platform_gives_the_same_bytes_whatever_is_written_at_once(folder, small, tmp_path, monkeypatch):
    monkeypatch.setattr("rejoinder.simulate.writing._ROWS_AT_ONCE", 37)
    for path in write(small, tmp_path):
        assert rows(path) == rows(folder / path.name)
    monkeypatch.undo()
    for path in write(small, tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_the_truth_is_in_its_own_file_alone(folder):
    for name in FILES:
        judged = [row for row in rows(folder / name) if b'"record":"judgement"' in row]
        assert bool(judged) == (name == "truth.jsonl")
