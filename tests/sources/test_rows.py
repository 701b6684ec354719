"""The plumbing for formats of JSON rows, tried with a small format of our own."""

import io
import json
from typing import ClassVar

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.records import Account, Post
from rejoinder.records.frames import schema_of
from rejoinder.sources import blocks as blocks_module
from rejoinder.sources.base import Head
from rejoinder.sources.blocks import blocks, sample
from rejoinder.sources.columns import prefixed, times
from rejoinder.sources.rows import JsonSource


class Entry(msgspec.Struct):
    """A row of a forum's export."""

    no: int
    by: str
    at: str
    said: str = ""


class Forum(JsonSource):
    """A small forum, in which user 13 cannot be converted."""

    name = "forum"
    title = "a forum"
    row = Entry
    keys: ClassVar = ("no", "by")
    inside: ClassVar = ("entries",)

    def convert(self, rows):
        """Posts and accounts, accounts in the opposite order."""
        if any(row.by == "13" for row in rows):
            raise KeyError("by")
        frame = pl.DataFrame([msgspec.structs.asdict(row) for row in rows]).with_row_index("_row")
        posts = frame.select("_row", id="no", author="by", created_at="at", _created_at="at", text="said")
        return {
            "post": posts.with_columns(
                prefixed("f", "id"), prefixed("f", "author"), times("created_at"), platform=pl.lit("f")
            ),
            "account": frame.reverse().select("_row", id=pl.lit("f:") + pl.col("by"), platform=pl.lit("f")),
        }


def entry(number, **said):
    return {"no": number, "by": f"u{number}", "at": "2024-01-31T12:00:00Z", "said": f"Hello {number}"} | said


def lines(*entries):
    return b"\n".join(json.dumps(one).encode() for one in entries)


def read(text, rows=1_000):
    batches = list(Forum().read(io.BytesIO(text), "forum.jsonl", rows))
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    frames = {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}
    return sum(batch.rows for batch in batches), frames


def ids(frames):
    return frames["post"]["id"].to_list()


def told(frames):
    return [(line, reason) for line, reason in frames["reject"].select("line", "reason").iter_rows()]


def test_rows_become_checked_frames_in_the_order_of_the_file():
    rows, frames = read(lines(entry(1), entry(2), entry(3)))

    assert rows == 3
    assert {noun: frame.schema for noun, frame in frames.items()} == {
        "account": schema_of(Account),
        "post": schema_of(Post),
    }
    assert ids(frames) == ["f:1", "f:2", "f:3"]
    assert frames["account"]["id"].to_list() == ["f:u1", "f:u2", "f:u3"]


TIME = "a time as in 2024-01-31T12:00:00Z, between 1900 and 2199"
BAD = [
    (b"{oops", "the row is not JSON: object keys must be strings (byte 1)"),
    (b'{"no": 1, "by": "a"', "the row is not JSON: it is cut off"),
    (b'{"no": "1", "by": "a", "at": "b"}', "`no` is a text, expected a whole number"),
    (b'{"by": "a", "at": "b"}', "`no` is missing"),
    (b'{"no": 1, "by": "\xff", "at": "b"}', "the row is not UTF-8"),
    (b'{"no": 1, "by": "\x00", "at": "b"}', "the row is not JSON: invalid character (byte 17)"),
    (lines(entry(1, by="13")), "the row could not be read (KeyError: 'by')"),
    (lines(entry(1, at="soon")), f"`created_at` is `soon`, expected {TIME}"),
    (lines(entry(1, at="")), "`created_at` is missing or of the wrong type"),
    (lines(entry(1, by="")), "`author` is missing or of the wrong type"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_bad_row_is_rejected_with_its_line_and_costs_no_other(bad, reason):
    rows, frames = read(lines(entry(1)) + b"\r\n\n  \n" + bad + b"\n" + lines(entry(2)))

    assert rows == 3
    assert ids(frames) == ["f:1", "f:2"]
    assert told(frames) == [(4, reason)]
    assert frames["reject"]["row"].to_list() == [bad.decode(errors="replace")]
    assert frames["reject"]["file"].to_list() == ["forum.jsonl"]
    assert frames["reject"]["format"].to_list() == ["forum"]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from([lines(entry(7)), b"", *(bad for bad, _ in BAD)]), max_size=12), st.integers(1, 13))
@pytest.mark.slow
def test_batches_of_any_size_give_the_same(some, rows):
    text = b"\n".join(some)

    whole, parts = read(text), read(text, rows)

    assert whole[0] == parts[0]
    assert whole[1].keys() == parts[1].keys()
    assert all(frame.equals(parts[1][noun]) for noun, frame in whole[1].items())


def test_a_batch_has_as_many_rows_as_were_asked_for():
    batches = list(Forum().read(io.BytesIO(lines(*map(entry, range(5)))), "f", 2))

    assert [batch.rows for batch in batches] == [2, 2, 1]


def test_a_batch_is_cut_where_its_rows_are_large(monkeypatch):
    monkeypatch.setattr(blocks_module, "_BLOCK_BYTES", 100)
    monkeypatch.setattr(blocks_module, "_CHUNK", 100)
    batches = list(Forum().read(io.BytesIO(lines(*map(entry, range(20)))), "f", 1_000))

    assert len(batches) > 5
    assert sum(batch.rows for batch in batches) == 20


DOCUMENTS = {
    "a list": json.dumps([entry(1), entry(2)]),
    "a list over many lines": json.dumps([entry(1), entry(2)], indent=2),
    "a list with an item to a line": "[" + ",\n".join(map(json.dumps, (entry(1), entry(2)))) + "]",
    "objects over many lines": json.dumps(entry(1), indent=2) + "\n" + json.dumps(entry(2), indent=2),
    "a list inside an object": json.dumps({"cursor": "x", "entries": [entry(1), entry(2)]}),
    "a list inside an object over many lines": json.dumps({"entries": [entry(1), entry(2)], "more": []}, indent=1),
    "lists inside objects to a line": json.dumps({"entries": [entry(1)]}) + "\n" + json.dumps({"entries": [entry(2)]}),
    "with windows' line ends": json.dumps(entry(1)) + "\r\n" + json.dumps(entry(2)) + "\r\n",
    "without a last line end": json.dumps(entry(1)) + "\n" + json.dumps(entry(2)),
}


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS.keys())
@pytest.mark.parametrize("rows", [1, 1_000])
def test_rows_are_found_in_whatever_way_json_is_written(text, rows):
    assert Forum().recognises(Head(name="", start=text.encode()))
    assert ids(read(text.encode(), rows)[1]) == ["f:1", "f:2"]


def test_an_item_of_a_document_is_told_by_its_number():
    rows, frames = read(json.dumps([entry(1), entry(2, at="soon"), {"no": 3}, entry(4)], indent=1).encode())

    assert rows == 4
    assert ids(frames) == ["f:1", "f:4"]
    assert [line for line, _ in told(frames)] == [2, 3]


def test_a_document_is_read_up_to_where_it_breaks_off():
    whole = json.dumps([entry(1), entry(2), entry(3)]).encode()
    rows, frames = read(whole[: whole.index(b"Hello 3")])

    assert rows == 3
    assert ids(frames) == ["f:1", "f:2"]
    assert told(frames)[0][0] == 3
    assert "breaks off near byte" in told(frames)[0][1]


def test_a_wrapped_list_larger_than_the_beginning_is_read_item_by_item():
    many = [entry(number) for number in range(4_000)]
    text = json.dumps({"entries": many}).encode()

    assert len(text) > 256 * 1024
    assert ids(read(text)[1]) == [f"f:{number}" for number in range(4_000)]


def test_a_first_line_that_is_bad_does_not_make_the_file_a_document():
    rows, frames = read(b'{"no": 1, \n' + lines(entry(2), entry(3)))

    assert rows == 3
    assert ids(frames) == ["f:2", "f:3"]


@pytest.mark.parametrize("bad", [b"{oops", b'{"no": 1,', b'{"no": 1, "by": "cut o', b"\xff", b"1", b"[1]"])
def test_many_bad_first_lines_do_not_make_the_file_a_document(bad):
    _, frames = read(b"\n".join([bad] * 30) + b"\n" + lines(entry(2)))

    assert ids(frames) == ["f:2"]
    assert [line for line, _ in told(frames)] == list(range(1, 31))


def test_a_document_that_is_broken_early_gives_the_items_before():
    text = json.dumps({"entries": [entry(1), entry(2), entry(3)]}, indent=1).replace('"Hello 3"', "Hello 3")

    assert ids(read(text.encode())[1]) == ["f:1", "f:2"]


def test_an_empty_file_gives_nothing():
    assert read(b"") == read(b"\n \n") == (0, {})


def test_an_empty_page_is_no_bad_row():
    assert "reject" not in read(b'{"entries": []}\n{"entries": []}')[1]


def test_a_line_that_is_too_long_is_passed_over_and_the_rest_is_read(monkeypatch):
    monkeypatch.setattr(blocks_module, "LONGEST", 3_000_000)
    long = lines(entry(2, said="x" * 5_000_000))
    rows, frames = read(lines(entry(1)) + b"\n" + long + b"\n" + lines(entry(3)))

    assert rows == 3
    assert ids(frames) == ["f:1", "f:3"]
    assert told(frames) == [(2, "the line is longer than 3,000,000 bytes")]


class Plain(Forum):
    """The same forum, whose rows are never wrapped."""

    inside: ClassVar = ()


@pytest.mark.parametrize("source", [Forum(), Plain()])
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_lines_too_long_stand_in_their_place_among_the_rejects(monkeypatch, source, rows):
    monkeypatch.setattr(blocks_module, "LONGEST", 1_000)
    monkeypatch.setattr(blocks_module, "_CHUNK", 500)
    long, bad = b"x" * 5_000, b"{bad"
    text = b"\n".join([bad, long, bad, lines(entry(1)), long, long, bad, b""])
    found = [batch.frames.get("reject") for batch in source.read(io.BytesIO(text), "f", rows)]

    assert pl.concat([frame for frame in found if frame is not None])["line"].to_list() == [1, 2, 3, 5, 6, 7]


@pytest.mark.slow
def test_a_line_of_thirty_megabytes_is_read():
    rows, frames = read(lines(entry(1, said="x" * 30_000_000), entry(2)))

    assert rows == 2
    assert frames["post"]["text"].str.len_bytes().to_list() == [30_000_000, 7]


def test_one_guilty_row_among_many_is_found():
    rows, frames = read(lines(*(entry(number, by="13" if number == 700 else "a") for number in range(1_000))))

    assert rows == 1_000
    assert len(frames["post"]) == 999
    assert [line for line, _ in told(frames)] == [701]


def test_a_bad_row_that_is_long_is_told_by_what_was_read_of_it():
    _, frames = read(lines(entry(1, at="soon", said="x" * 3_000)))

    assert frames["reject"]["row"].item().startswith('{"id":"f:1","platform":"f","author":"f:u1","text":"xxx')


def test_a_sample_has_the_first_objects_and_what_there_is_of_the_last():
    assert sample(Head(name="", start=b'{"a": {"b": 1}}\nnoise\n[1]\n{"c": 2, "d": {"e": "cut')) == [
        {"a": {"b": 1}},
        {"c": 2, "d": {}},
    ]
    assert sample(Head(name="", start=b"no JSON")) == []


@settings(deadline=None)
@given(st.lists(st.binary(max_size=20), max_size=30), st.integers(1, 10), st.integers(1, 50))
def test_blocks_lose_no_line_and_count_them_right(some, rows, chunk):
    text = b"\n".join(some)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks_module, "_CHUNK", chunk)
        patch.setattr(blocks_module, "_document", lambda _start, _inside: None)
        found = list(blocks(text[:5], io.BytesIO(text[5:]), rows))

    expected = [(number, line) for number, line in enumerate(text.split(b"\n"), 1) if line.strip()]
    assert [pair for block in found for pair in zip(block.numbers, block.texts, strict=True)] == expected
