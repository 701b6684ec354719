"""The style: contrast, and nothing from elsewhere."""

from __future__ import annotations

import re
from importlib import resources

import pytest

STYLE = (resources.files("rejoinder.doors.dossier") / "style.css").read_text("utf-8")


def _colours(scheme):
    """The variables of a scheme: the first block, and for the dark one what the second says instead."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    chosen = {"light": blocks[:1], "dark": blocks[:2]}[scheme]
    return {name: value for block in chosen for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)}


def _luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_of_black_on_white_is_the_highest():
    assert round(_contrast("#000000", "#ffffff"), 1) == 21.0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "raised"])
@pytest.mark.parametrize("text", ["ink", "quiet", "accent"])
def test_text_can_be_read_on_every_ground(scheme, ground, text):
    colours = _colours(scheme)

    assert _contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("drawn", "on"), [("mark", "ground"), ("line", "ground"), ("line", "band"), ("ink", "mark")])
def test_what_is_drawn_can_be_told_from_what_is_under_it(scheme, drawn, on):
    """Marks on the page, a line on its band, an interval on its bar: 3 to 1, by lightness alone."""
    colours = _colours(scheme)

    assert _contrast(colours[drawn], colours[on]) >= 3


def test_nothing_comes_from_elsewhere():
    assert not re.search(r"url\(|@import|@font-face", STYLE)
