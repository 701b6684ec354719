"""What the browser extension Zeeschuimer captures: the objects of a platform's own pages, one to a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from rejoinder.sources import tiktok, x_web
from rejoinder.sources.mapping import Captured
from rejoinder.sources.rows import Frames, JsonSource

if TYPE_CHECKING:
    from collections.abc import Callable

_READERS: dict[str, Callable[[list[Captured]], Frames]] = {
    "x.com": x_web.frames,
    "twitter.com": x_web.frames,
    "tiktok.com": tiktok.frames,
}


class Capture(msgspec.Struct):
    """A line: the platform's own object, and where and when it was captured."""

    source_platform: str
    data: dict[str, Any]
    timestamp_collected: int | float | None = None


class Zeeschuimer(JsonSource):
    """Captures of X and TikTok. Those of other platforms become rejects: 4CAT turns them into a CSV that is read here.

    A post was collected when it was captured. A repost has no text of its own; the post inside it, and one that is
    quoted, are posts too.
    """

    name = "zeeschuimer"
    title = "Zeeschuimer captures (NDJSON)"
    row = Capture
    keys = ("nav_index", "item_id", "timestamp_collected", "source_platform", "data")

    def convert(self, rows: list[Capture]) -> Frames:
        """Posts and accounts."""
        return from_captures(rows)


def from_captures(captures: list[Capture]) -> Frames:
    """Posts and accounts from captures of whatever platforms; a platform that is not mapped is told as bad."""
    frames = [_unmapped([(at, one.source_platform) for at, one in enumerate(captures)])]
    for platform in sorted({_platform(one) for one in captures} & _READERS.keys()):
        captured = [
            Captured(at, _milliseconds(one), one.data) for at, one in enumerate(captures) if _platform(one) == platform
        ]
        frames.append(_READERS[platform](captured))
    nouns = sorted({noun for frame in frames for noun in frame})
    return {noun: pl.concat([frame[noun] for frame in frames if noun in frame], how="diagonal") for noun in nouns}


def _platform(capture: Capture) -> str:
    return capture.source_platform.lower().removeprefix("www.")


def _milliseconds(capture: Capture) -> int | None:
    return None if capture.timestamp_collected is None else int(capture.timestamp_collected)


def _unmapped(platforms: list[tuple[int, str]]) -> Frames:
    told = [(at, name) for at, name in platforms if name.lower().removeprefix("www.") not in _READERS]
    reasons = [
        f"captures of `{name}` are not mapped; import the file into 4CAT, export it as CSV, and read that"
        for _, name in told
    ]
    columns = {"_row": [at for at, _ in told], "reason": reasons}
    return {"reject": pl.DataFrame(columns, schema={"_row": pl.Int64, "reason": pl.String})}
