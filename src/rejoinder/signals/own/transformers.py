"""A text classifier of one's own in the format of the library `transformers`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rejoinder.errors import DataError, MissingExtra
from rejoinder.signals.own.onnx import sigmoid, softmax
from rejoinder.signals.own.own import Own, kinds_named
from rejoinder.signals.own.spec import TransformersSpec, check_labels, meanings, read
from rejoinder.signals.own.verdict import verdict, worst
from rejoinder.signals.own.windows import OVERLAP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.signals.own.verdict import Verdict


class TransformersText(Own):
    """A text classifier as `save_pretrained` writes it, by the library `transformers`, from its folder only.

    Nothing is downloaded, and code that lies in the folder is not run. Each window of a text is read by itself and in
    one thread. What its probability is worth depends on the model: calibrate it on judgements of one's own.
    """

    def __init__(self, folder: Path, spec: TransformersSpec, version: str) -> None:
        super().__init__(spec, version, kinds_named(spec))
        self._folder, self._spec = str(folder), spec

    def verdicts(self, texts: Sequence[str]) -> list[Verdict | None]:
        """What the model says of each text: of its worst window."""
        if not texts:
            return []
        model = opened(self._folder, self.version)
        means, exclusive = meanings(self._spec.means), self._spec.activation == "softmax"
        turned = softmax if exclusive else sigmoid
        return [
            worst([verdict(dict(zip(model.labels, turned(logits).tolist(), strict=True)), means, exclusive=exclusive)
                   for logits in model.logits(text, self._spec.longest)])
            for text in texts
        ]  # fmt: skip


class Model(NamedTuple):
    """A model that is open."""

    model: Any
    tokenizer: Any
    labels: tuple[str, ...]

    def logits(self, text: str, longest: int) -> Iterator[Any]:
        """The logits of each window of a text."""
        import torch

        told = {"max_length": longest, "stride": longest // OVERLAP, "return_overflowing_tokens": True}
        read = self.tokenizer(text, truncation=True, **told)
        with torch.inference_mode():
            for pieces in read["input_ids"]:
                tensor = torch.tensor([pieces])
                found = self.model(input_ids=tensor, attention_mask=torch.ones_like(tensor)).logits
                yield np.asarray(found[0].tolist(), np.float64)


@cache  # a folder is opened once in a process; `_version` opens it again where it has changed
def opened(folder: str, _version: str) -> Model:
    """The model of a folder.

    Raises `MissingExtra` without the library, `DataError` where the folder holds no classifier of texts.
    """
    try:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        raise MissingExtra.named("transformers", "a detector of type `transformers`") from error
    spec = read(Path(folder))
    assert isinstance(spec, TransformersSpec), "`load` has read it as one"
    where = str(Path(folder, spec.model))
    offline = {"local_files_only": True, "trust_remote_code": False}
    torch.set_num_threads(1)  # how a sum is split among threads shows in its last digits
    try:
        tokenizer = AutoTokenizer.from_pretrained(where, **offline)
        model = AutoModelForSequenceClassification.from_pretrained(where, **offline).eval()
    except Exception as error:  # the library raises whatever its parts raise
        raise DataError(f"the folder holds no text classifier: {' '.join(str(error).split())[:300]}", where=where,
                        expected="what `save_pretrained` of model and tokenizer writes") from error  # fmt: skip
    if not tokenizer.is_fast:
        raise DataError("the tokenizer is not a fast one", where=where, remedy="save it with `AutoTokenizer`")
    labels = tuple(str(label) for _, label in sorted(model.config.id2label.items()))
    check_labels(spec.means, labels, where)
    return Model(model, tokenizer, labels)
