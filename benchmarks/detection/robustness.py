"""What evasion costs: recall on hateful posts whose words are disguised, by kind and strength; and faithful passages.

    python benchmarks/detection/robustness.py TEST [POSTS]

Of TEST (JSON lines with `text`, `label`) the hateful posts that are found as they stand; then each with one, two, four
or all of its longer words disguised. Beside it, the same for `alt-profanity-check` where installed. Last, whether the
passages that are shown are those that matter: the fall of the logit when they are taken out, against as many random
words.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from correctness import read
from systems import ours, posts, systems

from rejoinder.signals.post import opinion
from rejoinder.signals.post.first import FirstStage
from rejoinder.signals.post.hate import Hate

if TYPE_CHECKING:
    from collections.abc import Callable

    from rejoinder.signals.post.encoder import Said

SEED = 20261122
LEET = str.maketrans("aeiost", "4310$7")
ALIKE = str.maketrans("aceopxyi", "асеорхуі")
DISGUISES: dict[str, Callable[[str, int], str]] = {
    "letters swapped": lambda word, at: word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
    "letter left out": lambda word, at: word[:at] + word[at + 1 :],
    "letter doubled": lambda word, at: word[:at] + word[at] + word[at:],
    "leet": lambda word, _: word.translate(LEET),
    "lookalike letters": lambda word, _: word.translate(ALIKE),
    "spaced": lambda word, _: " ".join(word),
    "dotted": lambda word, _: ".".join(word),
    "zero width": lambda word, at: word[:at] + "\u200b" + word[at:],
    "starred": lambda word, at: word[:at] + "*" + word[at + 1 :],
    "capitals": lambda word, _: word.upper(),
}
STRENGTHS = (1, 2, 4, 1000)


def main(test: Path, most: int) -> None:
    """A line for each disguise, then the passages."""
    rows = [row["text"] for row in read(test) if row["label"]]
    chosen = random.Random(SEED).sample(rows, min(most, len(rows)))
    for name, system in systems(None).items():
        if name in ("rejoinder hate", "alt-profanity-check"):
            found = [text for text, said in zip(chosen, system(chosen), strict=True) if said >= opinion.LIKELY]
            print(f"\n{name}: recall on {len(found)} posts that it finds as they stand, words disguised: {STRENGTHS}")
            for kind in DISGUISES:
                kept = [
                    (system([disguised(text, kind, words) for text in found]) >= opinion.LIKELY).mean()
                    for words in STRENGTHS
                ]
                print(f"  {kind:20}" + "".join(f"{share:8.1%}" for share in kept), flush=True)
    faithful([text for text, said in zip(chosen, ours(chosen), strict=True) if said >= opinion.LIKELY])


def disguised(text: str, kind: str, words: int) -> str:
    """`text` with so many of its longest words disguised."""
    parts = text.split(" ")
    chance = random.Random(f"{SEED}{text}")
    long = sorted(
        (place for place, part in enumerate(parts) if len(part) > 3 and part.isascii()),
        key=lambda place: -len(parts[place]),
    )
    for place in long[:words]:
        parts[place] = DISGUISES[kind](parts[place], chance.randrange(1, len(parts[place]) - 1))
    return " ".join(parts)


def faithful(texts: list[str]) -> None:
    """How far the logit falls without the passages, and without as many words at random."""
    chance = random.Random(SEED)
    fell, random_fell = [], []
    before = logit(texts)
    for text, whole in zip(texts, before, strict=True):
        (said,) = filter(None, judged([text]))
        spans = [(one["start"], one["end"]) for one in opinion.passages(text, said)]
        shown = {
            place
            for place, (start, end) in enumerate(words(text))
            if any(start < last and first < end for first, last in spans)
        }
        others = set(chance.sample(range(len(words(text))), len(shown)))
        fell.append(whole - logit([without(text, shown)])[0])
        random_fell.append(whole - logit([without(text, others)])[0])
    further = np.mean(np.array(fell) > np.array(random_fell))
    print(f"\npassages taken out: the logit falls by {np.mean(fell):.2f}; random words: by {np.mean(random_fell):.2f}")
    print(f"passages fell further in {further:.1%} of {len(texts)} posts")


def words(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand."""
    ends = np.cumsum([len(part) + 1 for part in text.split(" ")])
    return [(int(end) - len(part) - 1, int(end) - 1) for part, end in zip(text.split(" "), ends, strict=True)]


def without(text: str, places: set[int]) -> str:
    """A text without some of its words."""
    return " ".join(part for place, part in enumerate(text.split(" ")) if place not in places)


def judged(texts: list[str]) -> list[Said | None]:
    """What the transformer says, of each text."""
    said = Hate(first=FirstStage(bar=-np.inf)).judge(posts(texts)).said
    return [said.get(row) for row in range(len(texts))]


def logit(texts: list[str]) -> list[float]:
    """The transformer's logit of each text, and very low where nothing is left."""
    return [float(said.logits[0]) if said else -8.0 for said in judged(texts)]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300)
