"""Files as streams: packed or not, whole or damaged, in whatever encoding."""

import gzip
import hashlib
import io
import os
import sys
import threading

import pytest

from rejoinder.errors import NotFound, OutsideError
from rejoinder.sources import streams
from rejoinder.sources.streams import HEAD_BYTES, ZstdFile, digest, fault, head, open_stream

TEXT = "".join(f'{{"id": "{number}", "text": "Schöne Grüße"}}\n' for number in range(20_000)).encode()


def packed_zstd(data):
    buffer = io.BytesIO()
    with ZstdFile(buffer, "wb") as file:
        file.write(data)
    return buffer.getvalue()


PACKED = {"plain": bytes, "gzip": gzip.compress, "zstandard": packed_zstd}


def written(folder, data, name="posts.jsonl"):
    path = folder / name
    path.write_bytes(data)
    return str(path)


def read(path):
    with open_stream(path) as stream:
        return stream.read()


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
def test_a_file_is_unpacked_by_its_bytes_whatever_its_name(tmp_path, pack):
    assert read(written(tmp_path, pack(TEXT), "misnamed.txt")) == TEXT


@pytest.mark.parametrize("pack", [gzip.compress, packed_zstd], ids=["gzip", "zstandard"])
def test_several_packed_parts_after_one_another_are_one_file(tmp_path, pack):
    assert read(written(tmp_path, pack(TEXT) + pack(b"more"))) == TEXT + b"more"


@pytest.mark.parametrize("pack", [gzip.compress, packed_zstd], ids=["gzip", "zstandard"])
@pytest.mark.slow
def test_a_truncated_file_gives_what_was_before_and_says_where_it_broke_off(tmp_path, pack):
    packed = pack(os.urandom(3_000_000).hex().encode() + b"\nend")
    with open_stream(written(tmp_path, packed[: len(packed) // 2])) as stream:
        found = stream.read()
        told = fault(stream)

    assert len(found) > 2_000_000
    assert told is not None
    assert told.line == 1
    assert f"{len(found):,} bytes" in told.reason


def test_a_damaged_file_gives_what_was_before_and_the_line_of_the_damage(tmp_path):
    rows = [os.urandom(500).hex().encode() for _ in range(2_000)]
    packed = bytearray(gzip.compress(b"\n".join(rows)))
    packed[len(packed) // 2] ^= 0xFF
    with open_stream(written(tmp_path, bytes(packed))) as stream:
        found = stream.read()
        told = fault(stream)

    assert told is not None
    assert told.line == found.count(b"\n") + 1
    assert len(found) > 100_000


def test_a_whole_file_has_no_fault(tmp_path):
    with open_stream(written(tmp_path, gzip.compress(TEXT))) as stream:
        stream.read()

        assert fault(stream) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_tells_the_encoding_and_is_taken_off(tmp_path, encoding):
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""

    assert read(written(tmp_path, (mark + TEXT.decode()).encode(encoding))) == TEXT


def test_a_packed_file_may_be_in_utf_16_and_still_tells_its_fault(tmp_path):
    packed = gzip.compress(TEXT.decode().encode("utf-16"))
    with open_stream(written(tmp_path, packed[:-12])) as stream:
        assert TEXT.startswith(stream.read()[:1_000])
        assert fault(stream) is not None


def test_the_head_has_the_unpacked_beginning_and_the_name_without_the_packing(tmp_path):
    found = head(written(tmp_path, gzip.compress(TEXT), "posts.jsonl.gz"))

    assert (found.name, found.start) == ("posts.jsonl", TEXT[:HEAD_BYTES])


def test_a_plain_file_can_be_sought_in(tmp_path):
    path = written(tmp_path, TEXT)
    with open_stream(path) as stream:
        assert stream.seekable()
        assert stream.name == path


@pytest.mark.slow
def test_memory_stays_small_for_a_file_that_unpacks_to_much(tmp_path):
    import tracemalloc

    path = written(tmp_path, gzip.compress(bytes(200_000_000), compresslevel=1))
    tracemalloc.start()
    with open_stream(path) as stream:
        size = sum(map(len, iter(lambda: stream.read(1 << 20), b"")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size == 200_000_000
    assert peak < 8_000_000


def test_the_digest_is_that_of_the_bytes_on_disk(tmp_path):
    packed = gzip.compress(TEXT)

    assert digest(written(tmp_path, packed)) == hashlib.sha256(packed).hexdigest()


def test_standard_input_can_be_looked_at_read_and_named_by_its_digest(monkeypatch):
    streams._spooled.cache_clear()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(TEXT, mtime=0))))

    assert head("-").start == TEXT[:HEAD_BYTES]
    assert read("-") == TEXT
    assert digest("-") == hashlib.sha256(gzip.compress(TEXT, mtime=0)).hexdigest()
    streams._spooled.cache_clear()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_can_be_looked_at_and_read(tmp_path):
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(TEXT))
    writer.start()

    assert head(pipe).start == TEXT[:HEAD_BYTES]
    assert read(pipe) == TEXT
    writer.join()
    streams._spooled.cache_clear()


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(NotFound, match="there is no file"):
        open_stream(str(tmp_path / "none"))


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(OutsideError, match="cannot be read"):
        open_stream(str(tmp_path))
