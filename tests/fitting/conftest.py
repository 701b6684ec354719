"""A small stand-in for the shipped model, so that no test here rests on its weights, and cases to fit it in."""

import json

import numpy as np
import pytest

from rejoinder import flow
from rejoinder.numerics.ngrams import codes
from rejoinder.records.signal import TARGETS
from rejoinder.signals.post import encoder, first, opinion

BITS = 12
HEADS = 1 + len(opinion.KINDS) + len(TARGETS) + len(opinion.STANCES)
SAID = {"bad": 8.0, "maybe": 6.0, "good": -8.0, "tea": -8.0}
"""What a word adds to the transformer's logit of hate, for texts of one kind of word."""
FIRST = {"bad": 20.0, "maybe": 2.0, "tea": 3.0, "good": -6.0}
"""What it adds to the first stage's: `tea` passes and is harmless."""
CARD = """
version = "test"
[pool]
offset = 0.0
model = 1.0
cue = 0.0
neutral = 0.0
first_offset = -3.0
first = 0.1
"""


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    """`model/` as the detector `hate` reads it, with a table of words for a transformer."""
    folder = tmp_path_factory.mktemp("package")
    words = ["[UNK]", *(f"[unused{n}]" for n in range(102)), *SAID]
    (folder / "model").mkdir()
    (folder / "model" / "vocabulary.txt").write_text("\n".join(words) + "\n")
    (folder / "model" / "card.toml").write_text(CARD)
    (folder / "model" / "model.onnx").write_bytes(_transformer(words))
    weights = np.zeros(1 << BITS, np.float32)
    for word, weight in FIRST.items():
        weights[codes(np.array([words.index(word)], np.int32), np.array([1]), BITS)[0, 0]] = weight
    np.savez(folder / "model" / "first.npz", weights=weights, constant=np.float64(0.0), bar=np.float64(0.5))
    return folder


@pytest.fixture
def shipped(model_folder, monkeypatch):
    """The stand-in in place of the shipped model."""
    read = (encoder.session, encoder.vocabulary, first.shipped, opinion.card, opinion.pieces)
    for module in (encoder, first, opinion):
        monkeypatch.setattr(module, "files", lambda _: model_folder)
    for cached in read:
        cached.cache_clear()
    yield model_folder
    for cached in read:
        cached.cache_clear()


@pytest.fixture
def case(tmp_path, shipped):
    """A case that names `hate`, without posts."""
    assert shipped.is_dir()
    made = flow.new_case(tmp_path / "case")
    settings = tmp_path / "case" / "rejoinder.toml"
    settings.write_text(settings.read_text().replace('["cues"]', '["hate"]') + "# a remark\n")
    made.close()
    opened = flow.open_case(tmp_path / "case")
    yield opened
    opened.close()


@pytest.fixture
def posts(tmp_path):
    """A function that writes texts as a file of posts."""

    def write(texts, name="posts.jsonl"):
        rows = [
            {"record": "post", "id": f"f:{n}", "platform": "f", "author": "f:a", "created_at": "2024-01-01T00:00:00Z",
             "text": text}
            for n, text in enumerate(texts)
        ]  # fmt: skip
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(tmp_path / name)

    return write


def _transformer(words):
    from onnx import TensorProto, helper, numpy_helper

    table = np.zeros((len(words), HEADS), np.float32)
    for word, logit in SAID.items():
        table[words.index(word), 0] = logit
    nodes = [
        helper.make_node("Gather", ["table", "pieces"], ["rows"]),
        helper.make_node("ReduceMean", ["rows"], ["logits"], axes=[1], keepdims=0),
        helper.make_node("Gather", ["rows", "zero"], ["words"], axis=2),
    ]
    graph = helper.make_graph(
        nodes, "stand-in", [helper.make_tensor_value_info("pieces", TensorProto.INT64, ["posts", "length"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["posts", HEADS]),
         helper.make_tensor_value_info("words", TensorProto.FLOAT, ["posts", "length"])],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array(0, np.int64), "zero")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()
