"""Step 3: what ships. The last round as an ONNX file of whole numbers, and the words it knows.

    python training/export.py WORK FOLDER

Writes FOLDER/model.onnx and FOLDER/vocabulary.txt. Graph: `pieces` (posts, length) to `logits` (posts, 29), and
`words` (posts, length): what each piece adds to the logit of hate. Their mean and the bias are that logit, since the
reading is linear in the mean of the pieces. Weights are 8-bit per channel, in a range of 7 bits, so that processors
without VNNI do not overflow and all give the same answer; activations are quantised as they come, so each post has to
be read alone.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import onnx
import torch
from model import Model, base
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from torch import nn

OPSET = 17
READING = "/MatMul"
"""The node that reads each piece: a vector, which stays as it is."""


class Shipped(nn.Module):
    """The model for one post at a time: no padding, so no mask."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, pieces: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits, and the hate that each piece adds."""
        hidden = self.model.encoder(input_ids=pieces, attention_mask=torch.ones_like(pieces)).last_hidden_state
        return self.model.heads(hidden.mean(1)), hidden @ self.model.heads.weight[0]


def main(work: Path, folder: Path) -> None:
    """Exports, fuses, quantises."""
    folder.mkdir(parents=True, exist_ok=True)
    last = max(path for path in work.glob("round-*.pt") if path.stat().st_size)
    model = Model("eager")  # the way that the fusion knows
    model.load_state_dict(torch.load(last, weights_only=True)["model"])
    plain, fused = work / "plain.onnx", work / "fused.onnx"
    export(model, plain)
    options = FusionOptions("bert")
    optimize_model(
        str(plain), "bert", num_heads=12, hidden_size=384, optimization_options=options, opt_level=1
    ).save_model_to_file(str(fused))
    quantize_dynamic(
        fused,
        folder / "model.onnx",
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[READING],
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    onnx.checker.check_model(str(folder / "model.onnx"))
    shutil.copyfile(base() / "vocab.txt", folder / "vocabulary.txt")
    print(last.name, {path.name: path.stat().st_size for path in folder.iterdir()})


def export(model: Model, path: Path) -> None:
    """The plain graph."""
    shape = {"pieces": {0: "posts", 1: "length"}, "words": {0: "posts", 1: "length"}, "logits": {0: "posts"}}
    torch.onnx.export(
        Shipped(model.eval()), (torch.randint(1000, 2000, (2, 9)),), str(path), input_names=["pieces"],
        output_names=["logits", "words"], dynamic_axes=shape, opset_version=OPSET, dynamo=False,
    )  # fmt: skip


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
