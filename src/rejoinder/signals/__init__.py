"""The room of detectors: a frame of posts or accounts in, a frame of signals out.

In come `Post` or `Account` frames, of any size and in any order; out go `Signal` frames, a headline for each subject,
with `None` where a detector could not judge. Built in: `cues` (post/): curated words, templates and narratives of
group-directed hate in English, matched through evasion, with spans in the original text. A stranger's enters
by the entry point group `rejoinder.detectors` and is held to `checks.check_detector`.
"""

from typing import cast

from rejoinder import registry
from rejoinder.signals.base import Detector
from rejoinder.signals.findings import findings

__all__ = ["Detector", "detectors", "findings"]


def detectors() -> list[Detector]:
    """One instance of every detector that is registered, in the order of their names.

    >>> "cues" in [detector.name for detector in detectors()]
    True
    """
    return cast("list[Detector]", registry.make_all("detectors"))
