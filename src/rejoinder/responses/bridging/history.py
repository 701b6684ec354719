"""A note's status over time: held before it is shown, kept against small changes, locked in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from rejoinder.responses.bridging.status import HELPFUL, MORE

if TYPE_CHECKING:
    from collections.abc import Iterable


class Reading(NamedTuple):
    """What the rules said at a time: as they are, and with the limits of a note that is shown already."""

    time: datetime
    status: str
    lenient: str


class Settled(NamedTuple):
    """A note's status and why it differs from what the rules said."""

    status: str
    since: datetime
    because: str
    """`as the rules say`, `held`, `kept` or `locked`."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long things take."""

    hold: timedelta = timedelta(minutes=30)
    """A note must be found helpful for so long without a break before it is shown."""
    lock: timedelta = timedelta(days=14)
    """So long after it was written, a note keeps the status it has."""


def settle(written: datetime, readings: Iterable[Reading], patience: Patience | None = None) -> Settled:
    """Where a note stands after its readings, in the order of time: a pure function of them, to be replayed.

    Hysteresis: a note that is shown stays so while the lenient rules find it helpful. Raises `ValueError` where a
    reading is older than the one before it, or than the note.

    >>> from datetime import UTC
    >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    >>> at = lambda minutes, status, lenient: Reading(noon + timedelta(minutes=minutes), status, lenient)
    >>> some = [at(1, "helpful", "helpful"), at(40, "helpful", "helpful"), at(50, "needs more ratings", "helpful")]
    >>> settle(noon, some[:1]).because, settle(noon, some[:2]).status, settle(noon, some).because
    ('held', 'helpful', 'kept')
    """
    patience = patience or Patience()
    now, begun, last = Settled(MORE, written, "as the rules say"), None, written
    for reading in readings:
        if reading.time < last:
            raise ValueError(f"a reading of {reading.time} follows one of {last}")
        last = reading.time
        if reading.time >= written + patience.lock:
            return now._replace(because="locked")
        begun = (begun or reading.time) if reading.status == HELPFUL else None
        status, because = _next(now.status, reading, begun, patience)
        now = Settled(status, now.since if status == now.status else reading.time, because)
    return now


def _next(shown: str, reading: Reading, begun: datetime | None, patience: Patience) -> tuple[str, str]:
    if shown == HELPFUL and reading.status != HELPFUL and reading.lenient == HELPFUL:
        return HELPFUL, "kept"
    if shown != HELPFUL and begun is not None and reading.time - begun < patience.hold:
        return MORE, "held"
    return reading.status, "as the rules say"
