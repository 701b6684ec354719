"""Files as they lie on disk or come down a pipe, unpacked, as one stream of UTF-8 bytes in constant memory.

What a file is packed with is told by its first bytes, never by its name. A packed file that breaks off or is
damaged gives every byte before the damage and then ends; `fault` says where and why.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import shutil
import stat
import sys
import zlib
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

import numpy as np

from rejoinder.errors import NotFound, OutsideError
from rejoinder.sources.base import Head

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdError, ZstdFile
else:
    from backports.zstd import ZstdError, ZstdFile

if TYPE_CHECKING:
    from tempfile import _TemporaryFileWrapper

    from _typeshed import WriteableBuffer

STANDARD_INPUT = "-"
HEAD_BYTES = 256 * 1024
_BUFFER = 256 * 1024
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Fault(NamedTuple):
    """Where and why a stream ended before its end."""

    line: int
    """Counted from 1: the line that was being read."""
    reason: str


def open_stream(path: str) -> BinaryIO:
    """The bytes of a file, or of standard input for `-`, unpacked from gzip or Zstandard and in UTF-8 without mark.

    A plain file gives a seekable stream whose `name` is its path. Raises `NotFound` where there is no such file.

    >>> import gzip, tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(gzip.compress(b'{"text": "hello"}')) and file.flush()
    ...     with open_stream(file.name) as stream:
    ...         stream.read()
    b'{"text": "hello"}'
    """
    file = _opened(path)
    start = file.peek(4)[:4]
    if start.startswith(_GZIP):
        file = io.BufferedReader(_Unpacked(cast("BinaryIO", gzip.GzipFile(fileobj=file)), file), _BUFFER)
    elif start.startswith(_ZSTD):
        file = io.BufferedReader(_Unpacked(cast("BinaryIO", ZstdFile(file)), file), _BUFFER)
    return _in_utf8(file)


def head(path: str) -> Head:
    """The beginning of a file, unpacked, to recognise its format by."""
    name = "" if path == STANDARD_INPUT else Path(path).name.removesuffix(".gz").removesuffix(".zst")
    with open_stream(path) as stream:
        return Head(name=name, start=stream.read(HEAD_BYTES))


def fault(stream: BinaryIO) -> Fault | None:
    """What cut the stream short, once it has been read to its end; `None` where it is whole."""
    found = getattr(getattr(stream, "raw", None), "fault", None)
    assert found is None or isinstance(found, Fault)
    return found


def digest(path: str) -> str:
    """SHA-256 of a file's bytes as they lie on disk, packed or not; of what came in for `-`.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     digest(file.name)[:12]
    'e3b0c44298fc'
    """
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def newlines(data: bytes) -> int:
    r"""How many lines end in `data`; several times faster than `bytes.count`.

    >>> newlines(b"a\nb\n")
    2
    """
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\n")))


def _opened(path: str) -> io.BufferedReader:
    try:
        return io.BufferedReader(io.FileIO(_on_disk(path)), _BUFFER)
    except FileNotFoundError:
        raise NotFound(f"there is no file `{path}`", remedy="check the path") from None
    except OSError as error:
        raise OutsideError(f"`{path}` cannot be read: {error.strerror}", remedy="check its permissions") from error


def _on_disk(path: str) -> str:
    """The path itself, or that of a copy where the bytes can be had only once (a pipe, standard input)."""
    if path == STANDARD_INPUT or stat.S_ISFIFO(Path(path).stat().st_mode):
        return _spooled(path).name
    return path


@cache
def _spooled(path: str) -> _TemporaryFileWrapper[bytes]:
    copy = NamedTemporaryFile(prefix="rejoinder-")  # noqa: SIM115 - it lives as long as the process
    if path == STANDARD_INPUT:
        shutil.copyfileobj(sys.stdin.buffer, copy)
    else:
        with Path(path).open("rb") as pipe:
            shutil.copyfileobj(pipe, copy)
    copy.flush()
    return copy


def _in_utf8(file: io.BufferedReader) -> BinaryIO:
    start = file.peek(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return io.BufferedReader(_Transcoded(file, "utf-16"), _BUFFER)
    if start.startswith(codecs.BOM_UTF8):
        file.read(len(codecs.BOM_UTF8))
    return file


class _Unpacked(io.RawIOBase):
    """A packed file that ends at the damage instead of raising, so that no reader loses what came before it."""

    def __init__(self, unpacking: BinaryIO, packed: BinaryIO) -> None:
        self._unpacking, self._packed = unpacking, packed
        self._line, self._bytes = 1, 0
        self.fault: Fault | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        data = self._next(len(target))
        target[: len(data)] = data
        self._line += newlines(data)
        self._bytes += len(data)
        return len(data)

    def _next(self, size: int) -> bytes:
        try:
            return b"" if self.fault else cast("io.BufferedReader", self._unpacking).read1(size)
        except (OSError, EOFError, zlib.error, ZstdError) as error:
            self.fault = Fault(self._line, f"the file is damaged or cut off after {self._bytes:,} bytes: {error}")
            return b""

    def close(self) -> None:
        self._unpacking.close()
        self._packed.close()
        super().close()


class _Transcoded(io.RawIOBase):
    """A text in another encoding as UTF-8; what cannot be decoded becomes the replacement character."""

    def __init__(self, file: io.BufferedReader, encoding: str) -> None:
        self._file, self._rest = file, b""
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    @property
    def fault(self) -> Fault | None:
        return fault(cast("BinaryIO", self._file))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        while not self._rest and (data := self._file.read(_BUFFER)):
            self._rest = self._decoder.decode(data).encode()
        data, self._rest = self._rest[: len(target)], self._rest[len(target) :]
        target[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
