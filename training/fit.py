"""Step 2: fine-tuning, in rounds that can be stopped and resumed.

    python training/fit.py WORK

In each round every worker (a process of one thread) learns from its own share of the posts, and the round ends with the
average of the workers' parameters and of their optimiser's moments (local SGD, Stich 2019). The average is the next
round's start, WORK/round-NNN.pt; a run that is stopped goes on at the last whole round. The rate of learning warms up,
stays, and falls linearly from `FALL` of the rounds on (Hu 2024). Same posts, same rounds: same model.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from model import HEADS, KINDS, SOURCES, STANCES, Model, base
from noise import noisy
from torch import nn

from rejoinder.records.signal import TARGETS
from rejoinder.signals.post.pieces import Pieces
from rejoinder.signals.post.reading import reading_column

SHARES = {
    "dyn21": 0.34, "isca": 0.14, "ihc": 0.09, "ken20": 0.10, "edos": 0.05, "hatemoji": 0.05, "toxigen_demo": 0.006,
    "contrast": 0.224,
}  # fmt: skip
"""What part of a round comes from which source."""

LATER = {
    "dyn21": 0.38, "isca": 0.10, "ihc": 0.12, "ken20": 0.16, "edos": 0.05, "hatemoji": 0.06, "toxigen_demo": 0.01,
    "contrast": 0.12,
}  # fmt: skip
"""The same from round `TURN` on, when the few hand-written posts have been read often enough."""

TURN = 28
CYCLES = ((36, 7e-5), (44, 5e-5))
"""Of each cycle the rounds and the highest rate."""
WORKERS, POSTS, BATCH = 2, 2400, 32
"""Workers, posts of a worker in a round, posts in a step."""
WARM, FALL = 1, 0.6
"""Rounds until the highest rate, and the part of a cycle after which it falls."""
NOISE = 0.12
"""The share of posts with evasive spelling."""
LENGTH = 96
"""Pieces of a post that are read in training; 128 when used."""
WEIGHTS = {"hate": 1.0, "kinds": 0.3, "targets": 0.3, "stance": 0.3}
CLS, SEP = 101, 102
SEED = 20261122


def main(work: Path) -> None:
    """Goes on from the last whole round."""
    done = len(list(work.glob("round-*.pt")))
    for number in range(done, sum(rounds for rounds, _ in CYCLES)):
        torch.multiprocessing.spawn(work_round, (work, number), nprocs=WORKERS)
        states = [torch.load(path, weights_only=True) for path in sorted(work.glob("worker-*.pt"))]
        torch.save(average(states), work / "round.tmp")
        (work / "round.tmp").rename(work / f"round-{number:03}.pt")
        if number > 1:
            thin(work / f"round-{number - 2:03}.pt")


def average(states: list[Any]) -> Any:  # noqa: ANN401 - a state is a tree of anything
    """The mean of what is alike in several states, level by level."""
    first = states[0]
    if isinstance(first, dict):
        return {key: average([state[key] for state in states]) for key in first}
    if isinstance(first, list):
        return [average(list(each)) for each in zip(*states, strict=True)]
    return torch.stack(states).mean(0) if isinstance(first, torch.Tensor) and first.is_floating_point() else first


def thin(path: Path) -> None:
    """Only what counts that the round was done."""
    path.write_bytes(b"")


def work_round(worker: int, work: Path, number: int) -> None:
    """One worker's part of a round."""
    torch.set_num_threads(1)
    seed = SEED + number * WORKERS + worker
    torch.manual_seed(seed)
    model = Model().train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=CYCLES[0][1], weight_decay=0.01, fused=True)
    if number:
        state = torch.load(work / f"round-{number - 1:03}.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
    losses = []
    steps = batches(drawn(work, number * WORKERS + worker), random.Random(seed))
    for step, batch in enumerate(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate(number + step / len(steps))
        loss = learnt(model, batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict()}, work / f"worker-{worker}.pt")
    print(
        f"round {number} worker {worker} loss {np.mean(losses):.4f} shift {model.shift.weight.flatten().tolist()}",
        flush=True,
    )


def rate(progress: float) -> float:
    """The rate of learning after so many rounds of all cycles."""
    for rounds, highest in CYCLES:
        if progress < rounds:
            return highest * min(1.0, (progress + 0.02) / WARM, max(0.02, (rounds - progress) / (rounds * (1 - FALL))))
        progress -= rounds
    return 0.0


def drawn(work: Path, turn: int) -> pl.DataFrame:
    """The posts of one turn: of each source its share, going round through all of its posts before one comes again."""
    posts = pl.concat(pl.read_parquet(work / f"{name}.parquet") for name in ("train", "contrast"))
    shares = LATER if turn >= TURN * WORKERS else SHARES
    return pl.concat(_turn(posts.filter(source=source), int(POSTS * share), turn) for source, share in shares.items())


def _turn(posts: pl.DataFrame, count: int, turn: int) -> pl.DataFrame:
    places = range(turn * count, (turn + 1) * count)
    orders: dict[int, np.ndarray] = {}
    for time in {place // posts.height for place in places}:
        orders[time] = np.random.default_rng((SEED, time)).permutation(posts.height)
    return posts[[int(orders[place // posts.height][place % posts.height]) for place in places]]


def batches(posts: pl.DataFrame, chance: random.Random) -> list[dict[str, torch.Tensor]]:
    """The posts as tensors, posts of like length together, in a random order."""
    texts = [noisy(text, chance) if chance.random() < NOISE else text for text in posts["text"]]
    pieces = Pieces((base() / "vocab.txt").read_text().splitlines())
    numbers = [[CLS, *pieces(text)[: LENGTH - 2], SEP] for text in reading_column(pl.Series(texts))]
    order = sorted(range(len(numbers)), key=lambda row: (len(numbers[row]), chance.random()))
    rows = posts.to_dicts()
    made = [_batch([numbers[row] for row in part], [rows[row] for row in part]) for part in _parts(order)]
    chance.shuffle(made)
    return made


def _parts(order: list[int]) -> list[list[int]]:
    return [order[start : start + BATCH] for start in range(0, len(order), BATCH)]


def _batch(numbers: list[list[int]], rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    width = max(map(len, numbers))
    padded = torch.tensor([row + [0] * (width - len(row)) for row in numbers])
    return {
        "pieces": padded, "mask": (padded > 0).long(),
        "source": torch.tensor([SOURCES.index(row["source"]) for row in rows]),
        "hate": torch.tensor([float(row["hate"]) for row in rows]),
        "kinds": torch.stack([_many(row["kinds"], KINDS) for row in rows]),
        "targets": torch.stack([_many(row["targets"], TARGETS) for row in rows]),
        "stance": torch.tensor([STANCES.index(row["stance"]) if row["stance"] else -100 for row in rows]),
        "weight": torch.tensor([1.0 if row["source"] == "contrast" else 0.1 for row in rows]),
    }  # fmt: skip


def _many(known: list[str] | None, names: tuple[str, ...]) -> torch.Tensor:
    return torch.tensor([float("nan") if known is None else float(name in known) for name in names])


def learnt(model: Model, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """The loss: binary cross-entropy of hate, kinds and targets, cross-entropy of stance; unknown counts nothing."""
    hate, kinds, targets, stance = model(batch["pieces"], batch["mask"]).split(list(HEADS.values()), dim=1)
    shift = model.shift(batch["source"])[:, 0] * (batch["source"] != 0)
    told = nn.functional.cross_entropy(stance, batch["stance"], reduction="none") * batch["weight"]
    losses = {
        "hate": nn.functional.binary_cross_entropy_with_logits(hate[:, 0] + shift, batch["hate"]),
        "kinds": _where_known(kinds, batch["kinds"]),
        "targets": _where_known(targets, batch["targets"]),
        "stance": told.sum() / (batch["weight"] * (batch["stance"] >= 0)).sum().clamp(min=1.0),
    }
    return sum(WEIGHTS[name] * loss for name, loss in losses.items()) + 0.001 * model.shift.weight.square().sum()


def _where_known(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    known = ~truth.isnan()
    losses = nn.functional.binary_cross_entropy_with_logits(logits[known], truth[known], reduction="sum")
    return losses / known.any(1).sum().clamp(min=1) / 2


if __name__ == "__main__":
    main(Path(sys.argv[1]))
