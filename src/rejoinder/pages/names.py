"""Names for people: what a page calls a kind, a target, a language or a response."""

from __future__ import annotations

PROPER = {
    ("target", "lgbt-people"): "LGBT people",
    ("reach", "in reach"): "Judged",
    ("reach", "language"): "In another language",
    ("reach", "too short"): "Too short to judge",
    ("reach", "no answer"): "Detector gave no answer",
    ("outcome", "up"): "Still up",
    ("response", "note-request"): "Notes asked for",
    ("response", "notice"): "Notices to authors",
    ("response", "report-answer"): "Answers to reporters",
    ("response", "review: true"): "Review by a person",
    ("clause", "no clause"): "No clause applies",
}
"""Names that the rule (hyphens away, first letter up) would get wrong or leave unclear, by dimension and group."""

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
    "und": "Language unknown", "unknown": "Language unknown",
}  # fmt: skip
"""The languages met most often, by their ISO 639-1 code; others keep their code."""

PLAIN = frozenset({"platform", "clause", "file", "advertiser", "reason"})
"""Dimensions whose values are other people's names, and so are never touched."""


def name_of(dimension: str, group: str) -> str:
    """What people call `group` on `dimension`.

    >>> name_of("target", "black-people"), name_of("language", "de"), name_of("platform", "x-y"), name_of("kind", "")
    ('Black people', 'German', 'x-y', 'Not stated')
    """
    if dimension in PLAIN:
        return PROPER.get((dimension, group), group or "not stated")
    if dimension == "language":
        return LANGUAGES.get(group, group or "not stated")
    plain = group.replace("-", " ") or "not stated"
    return PROPER.get((dimension, group), plain[:1].upper() + plain[1:])


def names_of(dimension: str, groups: list[str]) -> list[str]:
    """One name each; where two would get the same name, both keep their id.

    >>> names_of("narrative", ["a-b", "a b", "c-d"])
    ['a-b', 'a b', 'C d']
    """
    names = [name_of(dimension, group) for group in groups]
    return [group if names.count(name) > 1 else name for group, name in zip(groups, names, strict=True)]
