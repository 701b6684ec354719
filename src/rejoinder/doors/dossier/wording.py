"""Text on its way to a reader: nothing in it can break a page, reorder a line or split a figure from its sign."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What neither HTML nor XML may hold."""

_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Bidirectional controls, by which a name could turn the text beside it around."""

_BEFORE_PER_CENT = re.compile(r"(?<=\d) (?=%)")
_QUOTED = re.compile(r"`([^`]+)`")


def clean(text: str) -> str:
    r"""The text with every character that is not for reading replaced by U+FFFD.

    >>> clean("a\x00b\u202ec") == "a\ufffdb\ufffdc"
    True
    """
    return _REORDERING.sub("\ufffd", _UNPRINTABLE.sub("\ufffd", text))


def legible(value: object) -> object:
    r"""What a template prints: text cleaned, a number kept on one line with its sign, markup of our own as it is.

    >>> legible("2.0 % of 5")
    '2.0\xa0% of 5'
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _BEFORE_PER_CENT.sub("\xa0", clean(value))


def inline(text: str) -> Markup:
    """A sentence for the body of a page: what stands in backticks becomes code, all else is escaped.

    >>> inline("`id` is <empty>")
    Markup('<code>id</code> is &lt;empty&gt;')
    """
    return Markup(_QUOTED.sub(r"<code>\1</code>", str(escape(legible(text)))))  # noqa: S704 - escaped just before
