"""The contract of a detector: a batch of subjects in, signals out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import polars as pl

    from rejoinder.records.base import SubjectType


@runtime_checkable
class Detector(Protocol):
    """Says something about subjects. `checks.check_detector` holds every one to this text.

    A detector is a pure function of the batch: the same subjects give the same signals, whatever the
    batch size, the order, the threads or what came before. It never raises for odd text; what it cannot
    judge is out of reach, with a probability of `None`.
    """

    name: str
    """Lower case, as registered."""
    version: str
    """Changes whenever any output may change."""
    subject_type: SubjectType
    """What it is shown: a frame of posts, or of accounts."""
    kinds: tuple[str, ...]
    """What it speaks of, the headline first (see `records.signal.PARENT`)."""

    def detect(self, subjects: pl.DataFrame) -> pl.DataFrame:
        """A frame of `Post` (or `Account`) in, a frame of `Signal` out.

        Exactly one row of the headline kind per subject, in the order of the subjects, and further
        rows only for kinds found, right after their headline.
        """
        ...
