"""Files to batches: which files, which format, what is refused."""

import gzip
import io
import json
import sys

import polars as pl
import pytest

from rejoinder import registry, sources
from rejoinder.errors import NotFound, UnknownFormat
from rejoinder.sources import streams
from rejoinder.sources.base import Batch
from rejoinder.sources.own import OwnJsonl
from rejoinder.sources.x_api import XApi

POST = {"id": "1", "author": "2", "created_at": "2024-01-31T12:00:00Z", "text": "Hello"}
SAMPLES = {
    "rejoinder": json.dumps(POST),
    "csv": "id,author,created_at,text\n1,2,2024-01-31T12:00Z,Hello\n",
    "x-api": json.dumps({"data": [{"id": "1", "text": "Hello", "author_id": "2", "edit_history_tweet_ids": ["1"]}]}),
    "x-archive": 'window.YTD.tweets.part0 = [ {"tweet": {"id_str": "1", "full_text": "Hello"}} ]',
}


def written(folder, text, name="file"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def ids(batches):
    return [id_ for batch in batches for id_ in batch.frames["post"]["id"]]


def posts(count, **said):
    return "\n".join(json.dumps(POST | {"id": str(number)} | said) for number in range(count))


@pytest.mark.parametrize(("name", "text"), SAMPLES.items(), ids=SAMPLES.keys())
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_a_format_is_recognised_by_content_alone(tmp_path, name, text, pack):
    assert sources.recognise(written(tmp_path, pack(text.encode()))).name == name


def test_parquet_is_recognised(tmp_path):
    path = str(tmp_path / "posts")
    pl.DataFrame({"id": ["1"], "author": "2", "created_at": "2024-01-31T12:00Z"}).write_parquet(path)

    assert sources.recognise(path).name == "parquet"
    assert ids(sources.read(path)) == ["local:1"]


@pytest.mark.parametrize(("name", "text"), SAMPLES.items(), ids=SAMPLES.keys())
def test_every_sample_is_recognised_by_one_format_only(tmp_path, name, text):
    start = streams.head(written(tmp_path, text))

    assert [source.name for source in registry.make_all("sources") if source.recognises(start)] == [name]


def test_every_format_has_its_place_in_the_order_of_asking():
    ours = {
        name for name in registry.names("sources") if registry.make("sources", name).__module__.startswith("rejoinder.")
    }

    assert set(sources._PRECEDENCE) == ours


def test_an_unknown_file_is_refused_with_the_nearest_format_and_what_it_lacks(tmp_path):
    path = written(tmp_path, json.dumps({"id": "1", "author": "2", "words": "Hello"}))
    with pytest.raises(UnknownFormat) as caught:
        sources.recognise(path)

    assert caught.value.expected == "the nearest is `rejoinder` (Rejoinder's JSON lines), which also has `created_at`"


def test_an_unknown_table_is_refused_with_the_nearest_format_too(tmp_path):
    with pytest.raises(UnknownFormat, match=r"which also has `created_at`"):
        sources.recognise(written(tmp_path, "id,author,words\n1,2,3\n"))


def test_a_file_like_no_format_is_refused_with_all_of_them(tmp_path):
    with pytest.raises(UnknownFormat) as caught:
        sources.recognise(written(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(100)))

    assert caught.value.expected.startswith("one of `4cat-csv`, ")


def test_an_empty_file_has_no_rows(tmp_path):
    assert list(sources.read(written(tmp_path, " \n"))) == []


def test_a_folder_means_its_files_in_order_without_the_hidden_ones(tmp_path):
    for name in ("b.jsonl", "a/z.jsonl", "a/y.jsonl", ".hidden", "c/.git/config"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")

    found = sources.expand(["-", str(tmp_path), str(tmp_path / "b.jsonl")])

    assert [path.replace(f"{tmp_path}/", "") for path in found] == ["-", "a/y.jsonl", "a/z.jsonl", "b.jsonl", "b.jsonl"]


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(NotFound, match="no file or folder"):
        sources.expand([str(tmp_path / "none")])
    with pytest.raises(NotFound, match="holds no files"):
        sources.expand([str(tmp_path)])


def test_standard_input_is_recognised_and_then_read_from_its_beginning(monkeypatch):
    streams._spooled.cache_clear()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(posts(3).encode())))

    assert sources.recognise("-").name == "rejoinder"
    assert ids(sources.read("-")) == ["local:0", "local:1", "local:2"]
    streams._spooled.cache_clear()


def test_a_forced_format_is_used_even_where_another_is_recognised(tmp_path):
    path = written(tmp_path, json.dumps(POST | {"author_id": "2", "data": None}))

    assert [batch.frames.keys() for batch in sources.read(path, source=OwnJsonl())] == [{"post"}]


def test_a_forced_format_of_another_shape_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(UnknownFormat) as caught:
        list(sources.read(written(tmp_path, posts(3)), source=XApi()))

    assert "is not X API v2 pages: not one row of it is good" in caught.value.what
    assert caught.value.where.startswith("line 1: ")
    assert caught.value.expected == "the nearest is `rejoinder` (Rejoinder's JSON lines)"


@pytest.mark.parametrize("rows", [23, 1_000])
def test_a_recognised_file_of_many_bad_rows_alone_is_refused(tmp_path, rows):
    with pytest.raises(UnknownFormat, match="line 1: `created_at` is `soon`"):
        list(sources.read(written(tmp_path, posts(100, created_at="soon")), rows=rows))


def test_a_recognised_file_of_a_few_bad_rows_stops_nothing(tmp_path):
    (batch,) = sources.read(written(tmp_path, posts(5, created_at="soon")))

    assert (batch.rows, len(batch.frames["reject"])) == (5, 5)


@pytest.mark.parametrize("rows", [23, 1_000])
@pytest.mark.slow
def test_one_good_row_after_many_bad_ones_keeps_the_file_and_all_its_rejects(tmp_path, rows):
    path = written(tmp_path, posts(200, created_at="soon") + "\n" + posts(2))
    batches = list(sources.read(path, rows=rows))

    assert sum(batch.rows for batch in batches) == 202
    assert sum(len(batch.frames.get("reject", [])) for batch in batches) == 200
    assert ids(batch for batch in batches if "post" in batch.frames) == ["local:0", "local:1"]


def test_a_damaged_file_gives_its_rows_and_one_reject_that_says_where(tmp_path):
    packed = gzip.compress(posts(5_000).encode())
    batches = list(sources.read(written(tmp_path, packed[:-4])))
    last = batches[-1]

    assert len(ids(batches[:-1])) == 5_000
    assert last.rows == 0
    assert last.frames["reject"]["line"].to_list() == [5_000]
    assert last.frames["reject"]["reason"].item().startswith("the file is damaged or cut off after ")
    assert "copy the file again" in last.frames["reject"]["remedy"].item()


@pytest.mark.slow
def test_a_file_cut_off_in_mid_row_loses_that_row_alone(tmp_path):
    packed = gzip.compress(posts(50_000).encode())
    batches = list(sources.read(written(tmp_path, packed[: len(packed) // 2])))
    rejects = pl.concat([batch.frames["reject"] for batch in batches if "reject" in batch.frames])
    good = ids(batch for batch in batches if "post" in batch.frames)

    assert good == [f"local:{number}" for number in range(len(good))]
    assert len(good) > 10_000
    assert rejects["line"].to_list() in ([len(good) + 1] * 2, [len(good) + 1])


def test_a_packed_file_with_nothing_but_damage_is_told(tmp_path):
    (batch,) = sources.read(written(tmp_path, gzip.compress(posts(100).encode())[:15]))

    assert batch.frames["reject"]["line"].to_list() == [1]


class Stranger:
    """A format that somebody else installed, which takes everything for its own."""

    name = "stranger"
    title = "A stranger's format"

    def recognises(self, head):
        """Always."""
        return bool(head.start)

    def read(self, stream, name, rows):
        """One row, whatever there is."""
        del stream, name, rows
        yield Batch(rows=1)


def test_a_strangers_format_is_asked_before_ours(tmp_path, monkeypatch):
    sources._sources.cache_clear()
    make = registry.make
    monkeypatch.setattr(registry, "names", lambda _group: ["rejoinder", "stranger"])
    monkeypatch.setattr(registry, "make", lambda group, name: Stranger() if name == "stranger" else make(group, name))

    assert sources.recognise(written(tmp_path, posts(1))).name == "stranger"
    assert [batch.rows for batch in sources.read(written(tmp_path, posts(1)))] == [1]
    sources._sources.cache_clear()
