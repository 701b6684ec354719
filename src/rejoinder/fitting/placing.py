"""Where a fitted detector is written, and how the case is told to use it."""

from __future__ import annotations

import os
import re
import tomllib
from typing import TYPE_CHECKING

from rejoinder.errors import UsageError
from rejoinder.signals.own.spec import FILE

if TYPE_CHECKING:
    from pathlib import Path

    from rejoinder.signals.post.calibration import Calibration
    from rejoinder.store import Case

SHIPPED = "hate"
SETTINGS = "rejoinder.toml"

_LIST = re.compile(r"^detectors\s*=\s*\[[^\]]*\]", re.MULTILINE)
_TABLE = re.compile(r"^\[calibration\][^\n]*\n(?:(?!\[)[^\n]*\n?)*", re.MULTILINE)
_LINE = re.compile(r"^calibration\s*=[^\n]*\n?", re.MULTILINE)


def place(case: Case, entry: str) -> str:
    """The folder of a detector, from the case's folder; `hate` gets one of its own.

    Raises `UsageError` for a detector that has no folder and is not `hate`.
    """
    if (case.folder / entry / FILE).is_file():
        return entry
    if entry != SHIPPED:
        raise UsageError(f"`{entry}` cannot be fitted", where=str(case.folder),
                         expected=f"`{SHIPPED}`, or the path of a folder with a `{FILE}`")  # fmt: skip
    folder = case.folder / "detectors" / SHIPPED
    if not (folder / FILE).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / FILE, f'type = "{SHIPPED}"\nname = "{SHIPPED}"\n')
    return f"detectors/{SHIPPED}"


def calibrate(file: Path, line: Calibration) -> None:
    """Writes the line into a `detector.toml`, over an earlier one; all else stays as it is."""
    rest = _LINE.sub("", _TABLE.sub("", file.read_text(encoding="utf-8")))
    write(file, f"calibration = {{ slope = {line.slope!r}, offset = {line.offset!r} }}\n{rest}")


def adapt(file: Path, first: str) -> None:
    """Writes the name of the first stage into a `detector.toml`."""
    rest = re.sub(r"^first\s*=[^\n]*\n?", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    write(file, f'first = "{first}"\n{rest}')


def use(case: Case, entry: str, instead_of: str) -> list[str]:
    """The case uses `entry` from now on, in place of `instead_of` where it named that; its detectors after it.

    Raises `UsageError` where `rejoinder.toml` is written in a way that is not safely changed.
    """
    chosen = [entry if one == instead_of else one for one in case.settings.detectors]
    after = list(dict.fromkeys(chosen if entry in chosen else [*chosen, entry]))
    path = case.folder / SETTINGS
    before = path.read_text(encoding="utf-8")
    told = f"detectors = [{', '.join(map(_quoted, after))}]"
    text = _LIST.sub(lambda _: told, before, count=1) if _LIST.search(before) else f"{told}\n{before}"
    try:
        held = tomllib.loads(text).get("detectors") == after
    except tomllib.TOMLDecodeError:
        held = False
    if not held:
        raise UsageError("the settings cannot be changed safely", where=str(path), remedy=f"write `{told}` yourself")
    if text != before:
        write(path, text)
    return after


def write(file: Path, text: str) -> None:
    """Whole or not at all."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, file)  # noqa: PTH105 - the same, and said more plainly


def _quoted(entry: str) -> str:
    return '"' + entry.replace("\\", "\\\\").replace('"', '\\"') + '"'
