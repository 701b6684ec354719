"""What the detector `hate` makes of one post that the transformer read, and why."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from rejoinder.records.signal import PARENT, TARGETS
from rejoinder.signals.post.calibration import logits
from rejoinder.signals.post.encoder import WINDOW, look, vocabulary
from rejoinder.signals.post.pieces import WORD, Pieces
from rejoinder.signals.post.reading import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from rejoinder.signals.post.cues import Hit
    from rejoinder.signals.post.encoder import Said

KINDS = tuple(kind for kind, parent in PARENT.items() if parent == "hate" and kind != "hate")
STANCES = ("attacks", "counters", "reports", "reclaims", "unclear")

LIKELY = 0.5
"""From this probability on a post is said to attack, with a kind, targets and the words that raised it."""

TOLD = 0.75
"""Of hateful posts in which a cue is told as the writer's own, how many are surely of its kind."""

TRIED = 6
"""Words that are left out in turn, to see what the transformer's logit rests on."""

SPANS = 4
"""Words that are shown of these, at most."""


def raw_logit(said: Said, hits: Sequence[Hit]) -> float:
    """The transformer's logit and the cues in one, before calibration.

    A linear opinion pool of logits (Bordley 1982) with the weights of `model/card.toml`: `offset + model * logit + cue
    * logit of the strongest cue's rate + narrative`, the last only where a narrative or code is told as one's own.
    """
    weights = card()["pool"]
    return float(weights["offset"] + weights["model"] * said.logits[0] + weights["cue"] * strongest(hits)) + (
        float(weights["narrative"]) if tells(hits) else 0.0
    )


def strongest(hits: Sequence[Hit]) -> float:
    """The logit of the strongest cue's rate, 0 where there is no cue."""
    return float(logits(np.array([max(hit.probability for hit in hits)]))[0]) if hits else 0.0


def tells(hits: Sequence[Hit]) -> bool:
    """Whether a narrative or a code is told, neither quoted nor denied."""
    return any(hit.stance == "attacks" and (hit.cue.narrative or hit.cue.id.startswith("code:")) for hit in hits)


def kinds(said: Said, hits: Iterable[Hit], probability: float) -> dict[str, float]:
    """The kinds found in a post that is likely hate, each with its probability: its share of the post's.

    A share is the transformer's, or at least `TOLD` where a cue of that kind is the writer's own. Derogation is what
    remains: hate without the marks of another kind.
    """
    if probability < LIKELY:
        return {}
    shares = dict(zip(KINDS, sigmoid(said.logits[1 : 1 + len(KINDS)]).tolist(), strict=True))
    for hit in hits:
        if hit.stance == "attacks":
            shares[hit.cue.kind] = max(shares[hit.cue.kind], TOLD)
    others = max(share for kind, share in shares.items() if kind != "derogation")
    shares["derogation"] = max(shares["derogation"], 1 - others)
    return {kind: share * probability for kind, share in shares.items() if share >= LIKELY}


def targets(said: Said, hits: Iterable[Hit], probability: float) -> list[str]:
    """The groups attacked; of a post that is likely hate at least the group that fits best."""
    shares = sigmoid(said.logits[1 + len(KINDS) :][: len(TARGETS)])
    named = {target for hit in hits for target in hit.targets}
    likely = {target for target, share in zip(TARGETS, shares, strict=True) if share >= LIKELY}
    if probability >= LIKELY and not named | likely and shares.max() > FAINT:
        likely = {TARGETS[int(shares.argmax())]}
    return sorted(named | likely) if probability >= FAINT or named else []


FAINT = 0.2
"""Below this probability neither targets nor a stance are told, unless a cue was found."""


def stance(said: Said, hits: Sequence[Hit], probability: float) -> str | None:
    """What the post does with the idea: it attacks where hate is likely, else what the transformer finds likeliest."""
    if probability >= LIKELY:
        return "attacks"
    if probability < FAINT and not hits:
        return None
    shares = dict(zip(STANCES, said.logits[-len(STANCES) :].tolist(), strict=True))
    likeliest = max(STANCES, key=shares.__getitem__)
    told = likeliest == "attacks" or any(hit.stance == "attacks" for hit in hits)
    return "unclear" if told else likeliest


def evidence(text: str, said: Said, hits: Sequence[Hit], probability: float) -> Iterator[dict[str, Any]]:
    """The cues; and of a post that is likely hate without a cue that says so, the passages that the logit rests on."""
    for hit in hits:
        yield {"what": hit.cue.id, "start": hit.start, "end": hit.end, "value": hit.probability}
    if probability >= LIKELY and all(hit.stance != "attacks" for hit in hits):
        yield from passages(text, said)


def passages(text: str, said: Said) -> Iterator[dict[str, Any]]:
    """Runs of words that the transformer's logit rests on: `value` is by how much it falls without the word or words.

    Occlusion (Zeiler and Fergus 2014; Li, Monroe and Jurafsky 2016): of the `TRIED` words that add most to the mean of
    the pieces each is left out in turn, and the `SPANS` whose absence costs most are shown. Of a text that is longer
    than one window the words are those that add most, and `value` is what they add.
    """
    read = reading(text)
    numbers, spans = pieces()(read.text), pieces().spans(read.text)
    words = [list(word) for _, word in groupby(range(len(spans)), key=_word_of(read.text, spans))]
    added = [float(said.words[word].sum()) for word in words]
    tried = sorted(range(len(words)), key=lambda word: -added[word])[:TRIED]
    falls = {word: added[word] if len(numbers) > WINDOW else _fall(numbers, words[word], said) for word in tried}
    shown = sorted((word for word in tried if falls[word] > 0), key=lambda word: -falls[word])[:SPANS]
    for run in _runs(sorted(shown)):
        start, end = read.original(spans[words[run[0]][0]][0], spans[words[run[-1]][-1]][1])
        yield {"what": "model:hate", "start": start, "end": end, "value": round(sum(falls[word] for word in run), 4)}


def _fall(numbers: list[int], word: list[int], said: Said) -> float:
    """By how much the logit of hate falls without a word."""
    return float(said.logits[0] - look(numbers[: word[0]] + numbers[word[-1] + 1 :])[0][0])


def _runs(places: list[int]) -> Iterator[list[int]]:
    """Places that follow one another, together."""
    for _, run in groupby(enumerate(places), key=lambda each: each[1] - each[0]):
        yield [place for _, place in run]


def _word_of(text: str, spans: list[tuple[int, int]]) -> Callable[[int], int]:
    """The number of the word that a piece belongs to."""
    starts = [found.start() for found in WORD.finditer(text)]
    return lambda place: bisect_right(starts, spans[place][0])


@cache
def pieces() -> Pieces:
    """How a text is cut for the model."""
    return Pieces(vocabulary())


def sigmoid(logit: NDArray[np.float32]) -> NDArray[np.float64]:
    """Probabilities of logits."""
    return np.asarray(1 / (1 + np.exp(-logit.astype(np.float64))))


@cache
def card() -> dict[str, Any]:
    """What was fitted beside the weights: `model/card.toml`, written by `training/`."""
    return tomllib.loads((files(__package__) / "model" / "card.toml").read_text(encoding="utf-8"))
