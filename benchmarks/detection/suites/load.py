"""Rows of the two published suites; `python load.py` writes them as JSON Lines.

What enters are `narratives.toml` and `functions.toml` beside this file; what leaves is one row per post, in the
order of the files. Nothing here draws lots: the same files give the same rows, byte for byte.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent


class Row(NamedTuple):
    """One post with what is expected of a detector."""

    id: str  # stable: suite/group/template or pair/number or side
    text: str
    label: int  # 1 hateful, 0 not
    suite: str  # "narratives" or "functions"
    group: str  # the narrative or the functionality
    template: str  # posts of one template share their frame of words: resample these, not posts
    pair: str | None  # the two sides of a narrative pair share it
    target: str | None  # whom a hateful post attacks; whom an innocent one is about, None where about nobody
    kind: str | None  # of a hateful post
    stance: str | None  # None where the suite does not expect one
    coded: bool  # a hateful post of a narrative that does not name the group plainly


def rows() -> list[Row]:
    """All posts of both suites, about half of them hateful."""
    return [*narratives(), *functions()]


def narratives() -> list[Row]:
    """The posts of `narratives.toml`: each hateful post is followed by its innocent partner."""
    return [
        row
        for name, narrative in _read("narratives.toml").items()
        for number, pair in narrative["pairs"].items()
        for row in _sides(name, number, narrative | pair)
    ]


def functions() -> list[Row]:
    """The posts of `functions.toml`: templates filled with the words for a group and the variant that goes with it."""
    file = _read("functions.toml")
    return [
        _case(name, number, function | template, case)
        for name, function in file["functions"].items()
        for number, template in function["templates"].items()
        for case in _filled(template, file["groups"])
    ]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _sides(name: str, number: str, pair: dict[str, Any]) -> Iterator[Row]:
    here = f"narratives/{name}/{number}"
    template = f"narratives/{name}/frame-{pair['frame']}" if "frame" in pair else here
    for side, stance in (("hateful", "attacks"), ("innocent", pair.get("innocent_stance"))):
        hateful = side == "hateful"
        yield Row(
            id=f"{here}/{side}",
            text=pair[side],
            label=int(hateful),
            suite="narratives",
            group=name,
            template=template,
            pair=here,
            target=pair["target"],
            kind=pair["kind"] if hateful else None,
            stance=stance,
            coded=hateful and pair.get("coded", False),
        )


def _case(name: str, number: str, template: dict[str, Any], case: tuple[int, str, str | None]) -> Row:
    here = f"functions/{name}/{number}"
    position, text, target = case
    return Row(
        id=f"{here}/{position}",
        text=text,
        label=int(template["side"] == "hateful"),
        suite="functions",
        group=name,
        template=here,
        pair=None,
        target=target,
        kind=template.get("kind"),
        stance=template.get("stance"),
        coded=False,
    )


def _filled(template: dict[str, Any], groups: dict[str, dict[str, str]]) -> Iterator[tuple[int, str, str | None]]:
    variants = template["variants"]
    targets = template.get("targets") or repeat(None, len(variants))
    for position, (target, variant) in enumerate(zip(targets, variants, strict=True), start=1):
        words = _words(groups[target]) if target else {}
        text = template["text"].replace("{variant}", variant).format_map(words)
        yield position, _disguised(text, template.get("spelling")), target


def _words(group: dict[str, str]) -> dict[str, str]:
    return group | {name.capitalize(): word[0].upper() + word[1:] for name, word in group.items()}


def _disguised(text: str, spelling: str | None) -> str:
    """The text with the words in [[...]] written in the disguise."""
    return re.sub(r"\[\[(.+?)\]\]", lambda found: _SPELLINGS[spelling](found[1]), text) if spelling else text


def _swapped(word: str) -> str:
    """`Muslims` as `Mulsims`: the first two unlike neighbours near the middle change places."""
    at = next((i for i in range(max(1, len(word) // 2 - 1), len(word) - 1) if word[i] != word[i + 1]), None)
    return word if at is None else word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str) -> str:
    """`Muslims` as `Mslims`: the first vowel inside is left out, or else the second letter."""
    inside = re.search(r"(?<=.)[aeiou](?=.)", word)
    at = inside.start() if inside else 1
    return word[:at] + word[at + 1 :]


def _each_word(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: re.sub(r"[^\W\d_]+", lambda found: change(found[0]), text)


def _hashtag(text: str) -> str:
    return "#" + "".join(word[0].upper() + word[1:] for word in text.replace("'", "").split())


_LEET = str.maketrans("aeioAEIO", "43104310")
_LOOK_ALIKE = str.maketrans("aceiopsxyjABCEHIKMOPST", "асеіорѕхујАВСЕНІКМОРЅТ")
_SPELLINGS: dict[str | None, Callable[[str], str]] = {
    "leet": lambda text: text.translate(_LEET),
    "spaced": _each_word(" ".join),
    "swapped": _each_word(_swapped),
    "dropped": _each_word(_dropped),
    "homoglyph": lambda text: text.translate(_LOOK_ALIKE),
    "zero-width": _each_word("\u200b".join),
    "hashtag": _hashtag,
}


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(json.dumps(row._asdict(), ensure_ascii=False) + "\n")
