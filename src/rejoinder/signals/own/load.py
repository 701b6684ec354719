"""From a folder to its detector."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from rejoinder.errors import DataError, NotFound
from rejoinder.signals.own.spec import FILE, EndpointSpec, HateSpec, Line, OnnxSpec, TransformersSpec, read

if TYPE_CHECKING:
    from pathlib import Path

    from rejoinder.signals.base import Detector
    from rejoinder.signals.own.spec import AnySpec
    from rejoinder.signals.post.first import FirstStage

BESIDE = frozenset({"checked.json", "calibration.json", "calibration.svg", "adapted.json"})
"""What is written about a detector beside it, and so no part of its version."""


def load(folder: Path) -> Detector:
    r"""The detector that the folder's `detector.toml` describes; models are opened when they are first used.

    Its version is a hash of all files of the folder but hidden ones and reports on it. Raises `NotFound` for a file
    that is not there, `DataError` for a `detector.toml` that does not hold, `UsageError` for an endpoint without its
    key, each with its remedy.

    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "detector.toml").write_text('type = "onnx"\nnam = "mine"\nmeans = {}')
    ...     try:
    ...         load(Path(folder))
    ...     except DataError as error:
    ...         print(error.what, "-", error.remedy)
    `detector.toml`: Object contains unknown field `nam` - did you mean `name`?
    """
    spec = read(folder)
    for file in (getattr(spec, field, None) for field in ("model", "tokenizer", "vocabulary", "first")):
        if file and not isinstance(spec, EndpointSpec) and not (folder / file).exists():
            raise NotFound(f"there is no `{file}`", where=str(folder), remedy=f"put it there, or mend `{FILE}`")
    return _made(folder.resolve(), spec)


def uncalibrated(folder: Path) -> Detector:
    """The same detector as it was before anybody calibrated it."""
    return _made(folder.resolve(), msgspec.structs.replace(read(folder), calibration=Line()))


def _made(folder: Path, spec: AnySpec) -> Detector:
    if isinstance(spec, OnnxSpec):
        from rejoinder.signals.own.onnx import OnnxText

        return OnnxText(folder, spec, version(folder))
    if isinstance(spec, TransformersSpec):
        from rejoinder.signals.own.transformers import TransformersText

        return TransformersText(folder, spec, version(folder))
    if isinstance(spec, EndpointSpec):
        from rejoinder.signals.own.endpoint import Endpoint

        return Endpoint(spec, version(folder))
    return _hate(folder, spec)


def version(folder: Path) -> str:
    """Twelve hex digits of a SHA-256 over the names and the bytes of a folder's files."""
    digest = hashlib.sha256()
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    for name, path in sorted(files.items()):
        hidden = any(part.startswith(".") for part in name.split("/"))
        if not hidden and name not in BESIDE:
            with path.open("rb") as stream:
                digest.update(f"{name}\n{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()[:12]


def _hate(folder: Path, spec: HateSpec) -> Detector:
    from rejoinder.signals.post.hate import Hate

    detector = Hate(calibration=spec.line, first=first_stage(folder / spec.first) if spec.first else None)
    detector.name = spec.name
    return detector


def first_stage(file: Path) -> FirstStage:
    """The first stage that `rejoinder adapt` wrote.

    Raises `DataError` where the file is none, or was adapted from another release's.
    """
    import numpy as np

    from rejoinder.signals.post.first import FirstStage, shipped

    remedy = "run `rejoinder adapt` again"
    try:
        with np.load(file, allow_pickle=False) as table:
            weights, constant, bar = table["weights"].astype(np.float32), float(table["constant"]), float(table["bar"])
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"it is no first stage: {error}", where=str(file), remedy=remedy) from error
    if constant != shipped()[1] or weights.shape != shipped()[0].shape:
        raise DataError("it was adapted from the first stage of another release", where=str(file), remedy=remedy)
    return FirstStage(weights, bar)
