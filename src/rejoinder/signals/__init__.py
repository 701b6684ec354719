"""The room of detectors: a frame of posts or accounts in, a frame of signals out.

In come `Post` or `Account` frames, of any size and in any order; out go `Signal` frames, a headline for each subject,
with `None` where a detector could not judge. Built in (post/): `hate`, a cascade of cues, a first stage and a
transformer; and `cues` alone: curated words, templates and narratives of group-directed hate in English, through
evasion, with spans in the original text. A stranger's enters by the entry point group `rejoinder.detectors` and is held
to `checks.check_detector`; a model of one's own by a folder with a `detector.toml` (own/).
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from rejoinder import registry
from rejoinder.errors import NotFound, UsageError, nearest
from rejoinder.signals.base import Detector
from rejoinder.signals.findings import findings
from rejoinder.signals.own import load

__all__ = ["Detector", "bill", "chosen", "detector", "detectors", "findings"]


def detectors() -> list[Detector]:
    """One instance of every detector that is registered, in the order of their names.

    >>> "cues" in [detector.name for detector in detectors()]
    True
    """
    return cast("list[Detector]", registry.make_all("detectors"))


def chosen(entries: Sequence[str], folder: Path, *, processes: int = 1) -> list[Detector]:
    """The detectors that a case names, in their order; those that can, `share` their work among `processes`.

    Raises `UsageError` where two have the same name, since the log would take one for the other.
    """
    made = [detector(entry, folder) for entry in entries]
    for name, count in Counter(one.name for one in made).items():
        if count > 1:
            raise UsageError(f"{count} detectors are called `{name}`", where=str(folder / "rejoinder.toml"),
                             remedy="leave one, or give one another `name` in its `detector.toml`")  # fmt: skip
    for one in made:
        if share := getattr(one, "share", None):
            share(processes)
    return made


def detector(entry: str, folder: Path) -> Detector:
    """The detector that is registered as `entry`, or that of the folder at that path, taken from `folder`.

    Raises `NotFound` with the nearest name where there is neither, and what `own.load` raises.

    >>> detector("cues", Path()).name
    'cues'
    """
    known = registry.names("detectors")
    if entry in known:
        return cast("Detector", registry.make("detectors", entry))
    if (folder / entry).is_dir():
        return load(folder / entry)
    raise NotFound(f"there is no detector `{entry}`", where=str(folder),
                   expected="a registered name, or a folder with a `detector.toml`",
                   remedy=nearest(entry, known))  # fmt: skip


def bill(detector: Detector) -> dict[str, Any]:
    """What a detector that costs money has spent since it was last asked, as `spent`; empty for all others."""
    asked = getattr(detector, "bill", None)
    return {"spent": asked()} if asked else {}
