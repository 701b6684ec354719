"""One simulated platform of the default size, shared by the tests that look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from rejoinder.simulate import platform

if TYPE_CHECKING:
    from datetime import datetime

    from rejoinder.simulate import Platform


@pytest.fixture(scope="session")
def sim() -> Platform:
    return platform()


@pytest.fixture(scope="session")
def event(sim: Platform) -> datetime:
    return sim.planted.filter(pl.col("what") == "event")["time"].item()


@pytest.fixture(scope="session")
def known(sim: Platform) -> pl.DataFrame:
    """The posts with the truth about them and what they were made from."""
    truth = sim.judgement.select("subject", "hateful", "kind", "targets", "narratives")
    return sim.post.join(truth, left_on="id", right_on="subject", maintain_order="left").join(
        sim.origin, left_on="id", right_on="post", maintain_order="left"
    )


@pytest.fixture(scope="session")
def planted(sim: Platform):
    """What was planted, by its name."""

    def named(what: str) -> pl.DataFrame:
        return sim.planted.filter(pl.col("what") == what)

    return named
