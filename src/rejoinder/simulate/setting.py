"""The setting: a seed, sizes and days, and the streams of random numbers that follow from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rejoinder.errors import UsageError
from rejoinder.simulate.chance import stream

if TYPE_CHECKING:
    import numpy as np

DAY = 86_400
START = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
"""When the books open, in seconds of the epoch like every time in this package."""
LEAST = {"seed": 0, "posts": 200, "accounts": 50, "days": 9}
"""The smallest platform on which everything can be planted."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a platform follows from; raises `UsageError` where a size is below `LEAST`."""

    seed: int
    posts: int
    accounts: int
    days: int

    def __post_init__(self) -> None:
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise UsageError(
                    f"`{name}` is {getattr(self, name)}", where="the simulated platform",
                    expected=f"at least {least}", remedy=f"ask for {name}={least} or more",
                )  # fmt: skip

    @property
    def event(self) -> int:
        """When the event happens after which hate doubles: after two thirds of the days."""
        return START + self.days * 2 // 3 * DAY

    @property
    def end(self) -> int:
        """When the books close; no post is later."""
        return START + self.days * DAY

    @property
    def clubs(self) -> int:
        """How many rings there are, and how many fan clubs: one of each per 2,000 accounts."""
        return max(1, self.accounts // 2_000)

    def stream(self, part: str) -> np.random.Generator:
        """The random numbers of one part, the same whatever other parts draw."""
        return stream(self.seed, part)
