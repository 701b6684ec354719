"""What is found in texts that are in no case; it loads the detector and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rejoinder import registry, signals
from rejoinder.records import Post
from rejoinder.records.frames import conform

if TYPE_CHECKING:
    from collections.abc import Sequence


def detect_texts(texts: Sequence[str], *, langs: Sequence[str | None] | None = None) -> list[dict[str, Any]]:
    """What the shipped detector finds in texts: one finding for each, in order (see `signals.findings`).

    >>> [found["reach"] for found in detect_texts(["Shabbat shalom to all my neighbours", ""])]
    ['in reach', 'no text']
    """
    numbered = pl.DataFrame(
        {"id": [str(n) for n in range(len(texts))], "text": texts, "lang": langs or [None] * len(texts)}
    )
    return signals.findings(registry.make("detectors", "hate").detect(conform(Post, numbered)))
