"""Rows that did not become records: why, in words for people, and what is kept of them."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from rejoinder.records import Reject
from rejoinder.records.frames import schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT = 2_000
"""Characters of a row that a reject keeps."""

_ESCAPED = re.compile(r"\\u00([2-7][0-9a-fA-F])")
_E_MAIL = re.compile(r"(?<![^\s\"<>()\[\],;:\\@`])[^\s\"<>()\[\],;:\\@`]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")
_MAYBE_IPV6 = re.compile(r"[0-9a-fA-F:.]{4,}")
_LAST_WORD = re.compile(r"(?<![^\s\"<>()\[\],;\\])[^\s\"<>()\[\],;\\]+\Z")
_TYPES = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "an object", "null": "null",
}  # fmt: skip


class BadRow(ValueError):
    """A row that a format cannot read, with the reason in words for people."""


class Bad(NamedTuple):
    """A row that could not be read."""

    line: int | None
    reason: str
    row: str | bytes = b""


def reject_frame(bad: Sequence[Bad], *, file: str, format: str, remedy: str) -> pl.DataFrame:  # noqa: A002 - the field's name
    """Rejects of one batch as a frame, in the order of their lines, with e-mail and IP addresses blanked.

    >>> bad = [Bad(3, "`id` is missing", b'{"mail": "ada@example.org"}')]
    >>> reject_frame(bad, file="posts.jsonl", format="rejoinder", remedy="mend it").select("line", "row").row(0)
    (3, '{"mail": "[e-mail]"}')
    """
    ordered = sorted(bad, key=lambda one: -1 if one.line is None else one.line)
    columns = {
        "file": [file] * len(ordered),
        "line": [one.line for one in ordered],
        "format": [format] * len(ordered),
        "reason": [redacted(one.reason) for one in ordered],
        "remedy": [remedy] * len(ordered),
        "row": [redacted(one.row) for one in ordered],
    }
    return pl.DataFrame(columns, schema=schema_of(Reject))


def redacted(row: str | bytes) -> str:
    r"""The first 2,000 characters of a row without e-mail and IP addresses, also where JSON escapes hide them.

    What merely looks like one (`@user@server.example`, a version `1.2.3.4`) is blanked too: that loses less.

    >>> redacted(r'{"a": "ada\u0040example.org", "b": "10.0.0.1 at 12:30:05", "c": "2001:db8::1"}')
    '{"a": "[e-mail]", "b": "[IP] at 12:30:05", "c": "[IP]"}'
    """
    text = row[: 4 * KEPT].decode(errors="replace") if isinstance(row, bytes) else row[: 4 * KEPT]
    text = _ESCAPED.sub(_unescaped, text)
    if len(text) > KEPT:  # an address must not survive by being cut in two
        text = text[:-400] + _LAST_WORD.sub("", text[-400:])
    text = _MAYBE_IPV6.sub(_blanked, _E_MAIL.sub("[e-mail]", text))
    return _IPV4.sub("[IP]", text)[:KEPT]


def in_words(error: Exception) -> str:
    """What a decoder says, as a sentence for people.

    >>> try:
    ...     msgspec.json.decode(b'{"text": 5}', type=dict[str, str])
    ... except msgspec.ValidationError as error:
    ...     in_words(error)
    'a value is a whole number, expected a text'
    """
    message = str(error)
    if isinstance(error, BadRow):
        return message
    if isinstance(error, UnicodeError):
        return "the row is not UTF-8"
    if isinstance(error, RecursionError):
        return "the row is nested too deeply"
    if not isinstance(error, msgspec.DecodeError):
        return f"the row could not be read ({type(error).__name__}: {message})"
    if not isinstance(error, msgspec.ValidationError):
        return _malformed(message)
    return _invalid(message)


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return found[0] if character in '"\\\x7f' else character


def _blanked(found: re.Match[str]) -> str:
    """The run with its address blanked: a colon or full stop beside an address belongs to the sentence."""
    run: str = found[0]
    for address in (run, run.rstrip(".:"), run.lstrip(".:"), run.strip(".:")) if run.count(":") > 1 else ():
        try:
            ip_address(address)
        except ValueError:
            continue
        return run.replace(address, "[IP]")
    return run


def _malformed(message: str) -> str:
    if "truncated" in message:
        return "the row is not JSON: it is cut off"
    if "surrogate" in message:
        return "the row holds half of a character (a lone surrogate)"
    return f"the row is not JSON: {message.removeprefix('JSON is malformed: ')}"


def _invalid(message: str) -> str:
    said, _, place = message.partition(" - at ")
    where = _name(place)
    if missing := re.fullmatch(r"Object missing required field `(.+)`", said):
        inside = f" in {where}" if place else ""
        return f"`{missing[1]}` is missing{inside}"
    if wrong := re.fullmatch(r"Expected `(.+)`, got `(.+)`", said):
        expected = " or ".join(_TYPES.get(kind, kind) for kind in wrong[1].split(" | "))
        return f"{where} is {_TYPES.get(wrong[2], wrong[2])}, expected {expected}"
    return f"{where}: {said[:1].lower()}{said[1:]}"


def _name(place: str) -> str:
    """The field of a JSON path such as `$.author.id`; the row or an unnamed value where it has no name."""
    name = place.strip("`").removeprefix("$").removeprefix(".")
    if not name:
        return "the row"
    return "a value" if name.startswith("[") else f"`{name}`"
