"""Signals of a subject as one finding: what `rejoinder detect` says of a text."""

from __future__ import annotations

from typing import Any

import polars as pl

from rejoinder.records.signal import PARENT


def findings(signals: pl.DataFrame) -> list[dict[str, Any]]:
    """One finding per subject, in the order of the signals: the strongest headline, and the strongest kind under it.

    Each has `probability` (of hate; `None` out of reach), `kind` (`None` where no kind was found), `targets`,
    `narratives`, `stance`, `spans` (each `start`, `end` in code points of the text, and `cue`), and `reach`.

    >>> from rejoinder.records import Signal
    >>> from rejoinder.records.frames import to_frame
    >>> of = {"subject": "1", "subject_type": "post", "detector": "d", "version": "1"}
    >>> rows = [Signal(kind="hate", probability=0.9, **of), Signal(kind="threat", probability=0.8, **of)]
    >>> [(found["probability"], found["kind"]) for found in findings(to_frame(Signal, rows))]
    [(0.9, 'threat')]
    """
    headline = pl.col("kind").replace_strict(PARENT, default=None) == pl.col("kind")
    strongest = signals.sort(
        ~headline, pl.col("probability").fill_null(-1.0), descending=[False, True], maintain_order=True
    )
    kinds = (
        strongest.filter(~headline).unique("subject", keep="first", maintain_order=True).select("subject", best="kind")
    )
    first = (
        strongest.filter(headline)
        .unique("subject", keep="first", maintain_order=True)
        .join(kinds, on="subject", how="left")
    )
    order = signals.select("subject").unique(maintain_order=True)
    return [_finding(row) for row in order.join(first, on="subject", maintain_order="left").iter_rows(named=True)]


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    spans = [
        {"start": piece["start"], "end": piece["end"], "cue": piece["what"]}
        for piece in row["evidence"]
        if piece["start"] is not None
    ]
    same = {name: row[name] for name in ("targets", "narratives", "stance")}
    return {"probability": row["probability"], "kind": row["best"], **same, "spans": spans, "reach": row["reach"]}
