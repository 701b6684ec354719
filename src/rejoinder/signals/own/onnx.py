"""A text classifier of one's own as an ONNX file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rejoinder.errors import DataError
from rejoinder.signals.own.own import Own, kinds_named
from rejoinder.signals.own.spec import OnnxSpec, meanings, read
from rejoinder.signals.own.verdict import verdict, worst
from rejoinder.signals.own.windows import Uncased, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import onnxruntime
    from numpy.typing import NDArray

    from rejoinder.signals.own.verdict import Verdict
    from rejoinder.signals.own.windows import Tokenizer

PIECES = ("input_ids", "pieces", "ids", "tokens")
"""What the input of piece numbers is called; one input alone may be called anything."""


class OnnxText(Own):
    """A text classifier as an ONNX file, on one core; what its labels mean stands in `detector.toml`.

    Each window of a text is read by itself and in one thread, so that the answer depends on nothing but the text. What
    its probability is worth depends on the model: calibrate it on judgements of one's own.
    """

    def __init__(self, folder: Path, spec: OnnxSpec, version: str) -> None:
        super().__init__(spec, version, kinds_named(spec))
        self._folder, self._spec = str(folder), spec

    def verdicts(self, texts: Sequence[str]) -> list[Verdict | None]:
        """What the model says of each text: of its worst window."""
        if not texts:
            return []
        model = opened(self._folder, self.version)
        means, exclusive = meanings(self._spec.means), self._spec.activation == "softmax"
        return [
            worst([verdict(dict(zip(self._spec.labels, model.shares(window), strict=True)), means, exclusive=exclusive)
                   for window in windows])
            for windows in model.tokenizer(texts)
        ]  # fmt: skip


class Model(NamedTuple):
    """A model that is open."""

    session: onnxruntime.InferenceSession
    tokenizer: Tokenizer
    activation: Callable[[NDArray[np.float64]], NDArray[np.float64]]

    def shares(self, window: list[int]) -> list[float]:
        """The share of each label."""
        pieces = np.array([window], np.int64)
        fed = {}
        for one in self.session.get_inputs():
            filled = np.ones_like(pieces) if "mask" in one.name else np.zeros_like(pieces)
            given = pieces if one.name in PIECES or len(self.session.get_inputs()) == 1 else filled
            fed[one.name] = given.astype(np.int32) if one.type == "tensor(int32)" else given
        logits = np.asarray(self.session.run([_output(self.session)], fed)[0], np.float64)
        return [float(share) for share in self.activation(logits.reshape(-1))]


@cache  # a file is opened once in a process; `_version` opens it again where the folder has changed
def opened(folder: str, _version: str) -> Model:
    """The model of a folder, tried once.

    Raises `DataError` where it cannot be read or has other outputs than labels, `MissingExtra` without its tokenizer.
    """
    import onnxruntime

    spec = read(Path(folder))
    assert isinstance(spec, OnnxSpec), "`load` has read it as one"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    file = Path(folder, spec.model)
    tokenizer = _tokenizer(Path(folder), spec)
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        model = Model(session, tokenizer, softmax if spec.activation == "softmax" else sigmoid)
        outputs = len(model.shares(next(tokenizer(["a"]))[0]))
    except Exception as error:  # the runtime's errors have no common class but this
        raise DataError(
            f"the model cannot be run: {' '.join(str(error).split())[:300]}", where=str(file),
            expected=f"piece numbers in, by the name of {' or '.join(PIECES)}; a row of logits out",
        ) from error  # fmt: skip
    if outputs != len(spec.labels):
        raise DataError(f"the model has {outputs} outputs", where=str(file), expected=f"{len(spec.labels)}: `labels`",
                        remedy="name every output in `labels`, in order")  # fmt: skip
    return model


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of labels of which one holds.

    >>> softmax(np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of labels that hold each by itself.

    >>> sigmoid(np.array([0.0, 800.0, -800.0])).tolist()
    [0.5, 1.0, 0.0]
    """
    return np.asarray(np.exp(-np.logaddexp(0.0, -logits)))


def _tokenizer(folder: Path, spec: OnnxSpec) -> Tokenizer:
    if spec.tokenizer is not None:
        return Whole(folder / spec.tokenizer, spec.longest)
    assert spec.vocabulary is not None, "`spec.read` refuses a model with neither"
    return Uncased(folder / spec.vocabulary, spec.longest)


def _output(session: onnxruntime.InferenceSession) -> str:
    names: list[str] = [one.name for one in session.get_outputs()]
    return "logits" if "logits" in names else names[0]
