"""How fast each stage and the cascade are, what the cascade loses, and what they cost in memory.

    python benchmarks/detection/throughput.py STREAM TEST…

STREAM is a text to a line, from nowhere near the training text; TEST are held-out sets (JSON lines with `text`,
`label`). Rates are posts per CPU second of one process, each stage alone and the whole from text to signals, as posts
come in batches of 2,000. What is lost: hate that the transformer finds in TEST when it reads every post, and the
cascade does not. Then two processes against one, on the clock; import and first post in a fresh process; peak memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from correctness import read
from systems import posts

from rejoinder.numerics.intervals import wilson
from rejoinder.signals.post import cues, opinion
from rejoinder.signals.post.encoder import Encoder
from rejoinder.signals.post.first import FirstStage
from rejoinder.signals.post.hate import Hate
from rejoinder.signals.post.reading import named_column

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

BATCH, READ = 2_000, 600
FIRST = """
import time; begun = time.perf_counter()
from rejoinder.acts import detecting
detecting.detect_texts(["Good morning, neighbours"])
print(time.perf_counter() - begun)
"""


def main(stream: Path, tests: list[Path]) -> None:
    """Every figure, a line each."""
    texts = [line for line in stream.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    Hate().detect(posts(texts[:50]))
    stages(texts)
    cascade(texts)
    for test in tests:
        lost(test)
    scaled(texts)
    begun = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
    print(f"import and first post, a fresh process      {float(begun.stdout):8.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory                                 {peak:8.0f} MB")


def stages(texts: list[str]) -> None:
    """Each stage by itself."""
    known = cues.read(posts(texts))
    named = timed("normalise", len(texts), lambda: cues.read(posts(texts)))
    timed("cues", len(texts), lambda: cues.find_all(named))
    readings = named_column(known["normal"]).to_list()
    pieces = timed("pieces", len(texts), lambda: [opinion.pieces()(text) for text in readings])
    timed("first stage", len(texts), lambda: FirstStage().logits(pieces))
    timed("transformer", READ, lambda: Encoder().read(pieces[:READ]))


def cascade(texts: list[str]) -> None:
    """From text to signals, batch by batch."""
    detector = Hate()
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    signals = timed("the whole", len(texts), lambda: [detector.detect(posts(batch)) for batch in batches])
    read = sum(len(detector.judge(posts(batch)).said) for batch in batches)
    likely = sum(int((frame.filter(kind="hate")["probability"] >= opinion.LIKELY).sum()) for frame in signals)
    print(f"the transformer reads {read / len(texts):.1%} of them; {likely / len(texts):.2%} are called hate")


def timed(name: str, count: int, step: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the step gives
    """What a step gives, with its rate printed."""
    begun = time.process_time()
    found = step()
    print(f"{name:40} {count / (time.process_time() - begun):>10,.0f} posts per CPU second", flush=True)
    return found


def lost(test: Path) -> None:
    """Recall of the transformer on every post, and of the cascade."""
    rows = read(test)
    hateful = posts([row["text"] for row in rows if row["label"]])
    every, some = (called(detector, hateful) for detector in (Hate(first=FirstStage(bar=-np.inf)), Hate()))
    gone = int((every & ~some).sum())
    low, high = wilson(gone, len(every))
    print(f"{test.name.split('.')[0]:28} recall {every.mean():.1%} -> {some.mean():.1%}; lost {gone} of {len(every)} "
          f"({float(low):.1%} to {float(high):.1%})", flush=True)  # fmt: skip


def called(detector: Hate, frame: pl.DataFrame) -> np.ndarray:
    """Which posts are called hate."""
    return (detector.detect(frame).filter(kind="hate")["probability"].fill_null(0.0) >= opinion.LIKELY).to_numpy()


def scaled(texts: list[str]) -> None:
    """The transformer in one process and in two, on the clock."""
    pieces = [opinion.pieces()(text) for text in texts[:READ]] * 2
    seconds = []
    for processes in (1, 2):
        begun = time.perf_counter()
        Encoder(processes).read(pieces)
        seconds.append(time.perf_counter() - begun)
    print(f"two processes, start included               {seconds[0] / seconds[1]:8.2f} times one")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]])
