"""A tiny text classifier: each known word has a row of logits, a text the highest of each label."""

import numpy as np
import pytest

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "vermin", "jews", "burn", "good", "##ous")
LABELS = ("toxic", "menace", "jewish", "fine")
ROWS = {"vermin": (3, -9, -9, -1), "jews": (-9, -9, 3, -1), "burn": (1, 3, -9, -1), "good": (-9, -9, -9, 3)}
TOML = """
type = "onnx"
name = "tiny"
activation = "sigmoid"
labels = ["toxic", "menace", "jewish", "fine"]
longest = 16
means = { toxic = "hate", menace = ["hate", "threat"], jewish = "jews" }
"""


@pytest.fixture(scope="session")
def model_bytes():
    """The classifier as an ONNX file: `input_ids` and `attention_mask` in, `logits` out."""
    from onnx import TensorProto, helper, numpy_helper

    table = np.full((len(WORDS), len(LABELS)), -4, np.float32)
    for word, row in ROWS.items():
        table[WORDS.index(word)] = row
    nodes = [
        helper.make_node("Mul", ["input_ids", "attention_mask"], ["seen"]),
        helper.make_node("Gather", ["table", "seen"], ["rows"]),
        helper.make_node("ReduceMax", ["rows"], ["logits"], axes=[1], keepdims=0),
    ]
    shape = ["posts", "length"]
    graph = helper.make_graph(
        nodes, "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["posts", len(LABELS)])],
        [numpy_helper.from_array(table, "table")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


@pytest.fixture
def folder(tmp_path, model_bytes):
    """A function that makes a detector's folder from its `detector.toml`, with the model, vocabulary and tokenizer."""

    def make(toml=TOML + 'vocabulary = "vocabulary.txt"\n', name="tiny"):
        made = tmp_path / name
        made.mkdir(exist_ok=True)
        (made / "detector.toml").write_text(toml)
        (made / "model.onnx").write_bytes(model_bytes)
        (made / "vocabulary.txt").write_text("\n".join(WORDS) + "\n")
        return made

    return make


@pytest.fixture
def toml():
    """The head of a `detector.toml` without its tokenizer."""
    return TOML


@pytest.fixture
def words():
    """The words that the classifier knows."""
    return WORDS
