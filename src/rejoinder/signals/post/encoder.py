"""The transformer that ships: pieces of a text in, logits out, and what each piece adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.resources import files
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import onnxruntime
    from numpy.typing import NDArray

CLS, SEP = 101, 102
WINDOW, STEP = 126, 94
"""Pieces that are read at once, and how far the next window of a longer text begins after the one before."""

MOST = 16
"""Windows of one text that are read; of a longer text those that rank highest."""

SHARE = 16
"""Windows that a worker process is given at a time."""

Window = list[int]
Rank = Callable[[Sequence[Window]], "NDArray[np.float64]"]


class Said(NamedTuple):
    """What the transformer says of one text."""

    logits: NDArray[np.float32]
    """Of the window with the highest logit of hate, in the order of the heads."""
    words: NDArray[np.float32]
    """What each piece of the text adds to the logit of hate of its window; 0 where no window was read."""


class Encoder:
    """all-MiniLM-L6-v2, fine-tuned (see `training/` and the model card), in 8 bits, on one core.

    Each window is read by itself and in one thread, since what quantisation rounds depends on what is beside it: so the
    answer depends on nothing but the text. `processes` above 1 share long work among that many worker processes, which
    live as long as this one; a program that asks for them needs `if __name__ == "__main__":`.

    >>> said = Encoder().read([[2748, 999], []])
    >>> said[0].logits.shape, said[0].words.shape, said[1].words.shape
    ((29,), (2,), (0,))
    """

    def __init__(self, processes: int = 1, rank: Rank = lambda windows: np.zeros(len(windows))) -> None:
        """`rank` says which windows of a very long text come first: those with the highest."""
        self.processes = processes
        self._rank = rank

    def read(self, texts: Sequence[list[int]]) -> list[Said]:
        """What it says of each text, given as the numbers of its pieces, in their order."""
        starts = [self._starts(text) for text in texts]
        windows = [text[at : at + WINDOW] for text, places in zip(texts, starts, strict=True) for at in places]
        looks = iter(self._looks(windows))
        return [
            _merged(len(text), [(at, *next(looks)) for at in places])
            for text, places in zip(texts, starts, strict=True)
        ]

    def _starts(self, text: list[int]) -> list[int]:
        """Where the windows of a text begin: every piece stands in one, but in a very long text."""
        starts = list(range(0, max(len(text) - WINDOW + STEP, 1), STEP))
        if len(starts) <= MOST:
            return starts
        ranks = self._rank([text[at : at + WINDOW] for at in starts])
        return sorted(starts[place] for place in np.argsort(-ranks, kind="stable")[:MOST])

    def _looks(self, windows: list[Window]) -> list[Look]:
        if self.processes == 1 or len(windows) <= self.processes * SHARE:
            return [look(window) for window in windows]
        order = sorted(range(len(windows)), key=lambda row: -len(windows[row]))  # the longest first: no worker lags
        found = _workers(self.processes).map(look, [windows[row] for row in order], chunksize=SHARE)
        back = dict(zip(order, found, strict=True))
        return [back[row] for row in range(len(windows))]


@cache
def _workers(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"))


Look = tuple["NDArray[np.float32]", "NDArray[np.float32]"]


def look(window: Window) -> Look:
    """The logits of one window, and what each piece adds to that of hate."""
    logits, words = session().run(None, {"pieces": np.array([[CLS, *window, SEP]], np.int64)})
    return logits[0], words[0, 1:-1] / np.float32(len(window) + 2)


def _merged(length: int, looks: list[tuple[int, NDArray[np.float32], NDArray[np.float32]]]) -> Said:
    """The worst window speaks for the text; where windows overlap, the higher figure of a piece counts."""
    words = np.full(length, -np.inf, np.float32)
    for at, _, added in looks:
        here = words[at : at + WINDOW]
        np.maximum(here, added, out=here)
    words[np.isinf(words)] = 0
    return Said(max((logits for _, logits, _ in looks), key=lambda logits: float(logits[0])), words)


@cache
def session() -> onnxruntime.InferenceSession:
    """The model, read once in a process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = (files(__package__) / "model" / "model.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@cache
def vocabulary() -> tuple[str, ...]:
    """The pieces that it knows, in the order of their numbers."""
    return tuple((files(__package__) / "model" / "vocabulary.txt").read_text(encoding="utf-8").splitlines())
