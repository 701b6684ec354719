"""What `detector.toml` may say, by type; anything else is refused with the nearest name."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from rejoinder.errors import DataError, NotFound, nearest
from rejoinder.records.signal import PARENT, TARGETS
from rejoinder.signals.post.calibration import Calibration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "detector.toml"
KINDS = tuple(kind for kind, parent in PARENT.items() if parent == "hate" != kind)

Name = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_.-]*$", max_length=100)]
"""Lower case, since it stands in the log and in figures."""

Inside = Annotated[str, Meta(pattern=r"^(?!/|.*\.\.)[^\\\x00-\x1f]+$", max_length=500)]
"""A file of the detector's folder, so that its version, a hash of the folder, covers it."""

Means: TypeAlias = dict[str, str | tuple[str, ...]]
"""What each label of a model means: `hate`, a kind, a group that is attacked, or several. Others mean nothing here."""

MODERATION: Means = {"hate": "hate", "hate/threatening": ("hate", "threat")}
"""What the usual categories of moderation endpoints mean."""

Price = Annotated[float, Meta(ge=0.0)]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The calibration, as `rejoinder calibrate` fits it (see `Calibration`)."""

    slope: float = 1.0
    offset: float = 0.0


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """What every type says."""

    name: Name
    calibration: Line = Line()

    @property
    def line(self) -> Calibration:
        """The calibration, ready to be used."""
        return Calibration(self.calibration.slope, self.calibration.offset)


class HateSpec(Spec, frozen=True, kw_only=True, tag="hate"):
    """The shipped detector, with a calibration, or a first stage of one's own as `rejoinder adapt` writes it."""

    first: Inside | None = None


class Reads(Spec, frozen=True, kw_only=True):
    """What is said of any other model that reads texts."""

    means: Means
    languages: tuple[str, ...] = ()
    """Language tags that it can judge, as `en`; empty: any. A post without a tag is judged."""


class Classifies(Reads, frozen=True, kw_only=True):
    """What is said of a classifier on this machine."""

    activation: Literal["sigmoid", "softmax"]
    """How logits become probabilities: `softmax` where labels exclude each other, `sigmoid` where several may hold."""
    longest: Annotated[int, Meta(ge=16, le=8192)] = 512
    """Pieces that it reads at once; of a longer text it reads windows, and the worst of them counts."""


class OnnxSpec(Classifies, frozen=True, kw_only=True, tag="onnx"):
    """A text classifier as an ONNX file, with its tokenizer or its vocabulary."""

    labels: Annotated[tuple[str, ...], Meta(min_length=1)]
    """The names of its outputs, in their order."""
    model: Inside = "model.onnx"
    tokenizer: Inside | None = None
    """A `tokenizer.json`: texts are read as they are."""
    vocabulary: Inside | None = None
    """Word pieces of an uncased model, one a line: texts are read normalised, with emoji by their names."""


class TransformersSpec(Classifies, frozen=True, kw_only=True, tag="transformers"):
    """A folder as `save_pretrained` writes it; the labels are those of its `config.json`."""

    model: Inside = "."


class EndpointSpec(Reads, frozen=True, kw_only=True, tag="endpoint"):
    """An OpenAI-compatible endpoint. Texts of posts go there; ids, authors and links between posts do not."""

    url: Annotated[str, Meta(pattern="^https?://[^\\s@]+/v1/(?:moderations|chat/completions)$")]
    model: Annotated[str, Meta(min_length=1, max_length=200)]
    key: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_]*$")] | None = None
    """The environment variable that holds the key; the key itself has no place in a file."""
    means: Means = msgspec.field(default_factory=lambda: dict(MODERATION))
    """For moderations: what its categories mean. A chat model is asked for ours."""
    timeout: Annotated[float, Meta(gt=0, le=600)] = 30.0
    """Seconds."""
    attempts: Annotated[int, Meta(ge=1, le=10)] = 4
    at_once: Annotated[int, Meta(ge=1, le=64)] = 4
    """Calls that are under way at the same time."""
    longest: Annotated[int, Meta(ge=100, le=100_000)] = 8_000
    """Characters that are sent at once; a longer text goes in windows, and the worst of them counts."""
    per_call: Price = 0.0
    per_million_in: Price = 0.0
    per_million_out: Price = 0.0
    """Prices: of a call, of a million tokens sent, and of a million received."""
    currency: Annotated[str, Meta(min_length=1, max_length=10)] = "USD"

    @property
    def chat(self) -> bool:
        """Whether it is a chat model, to be asked by our prompt."""
        return self.url.endswith("/chat/completions")


AnySpec: TypeAlias = HateSpec | OnnxSpec | TransformersSpec | EndpointSpec
_TYPES = {str(kind.__struct_config__.tag): kind for kind in get_args(AnySpec)}


def read(folder: Path) -> AnySpec:
    """What the `detector.toml` of a folder says.

    Raises `NotFound` where there is none, and `DataError` with the nearest name where it says what it may not.
    """
    path = folder / FILE
    if not path.is_file():
        raise NotFound(f"there is no `{FILE}` here", where=str(folder), remedy="see docs/own-detector.md")
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        spec: AnySpec = msgspec.convert(said, AnySpec)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"`{FILE}` is no TOML: {error}", where=str(path), remedy="mend that line") from error
    except msgspec.ValidationError as error:
        raise DataError(f"`{FILE}`: {error}", where=str(path), remedy=_remedy(said, str(error))) from error
    _check_means(getattr(spec, "means", {"hate": "hate"}), path)
    if isinstance(spec, OnnxSpec):
        _check_onnx(spec, path)
    return spec


def meanings(means: Means) -> dict[str, tuple[str, ...]]:
    """What each label means, always as several.

    >>> meanings({"toxic": "hate", "antisemitic": ("hate", "jews")})
    {'toxic': ('hate',), 'antisemitic': ('hate', 'jews')}
    """
    return {label: (said,) if isinstance(said, str) else tuple(said) for label, said in means.items()}


def _remedy(said: Mapping[str, object], error: str) -> str:
    kind = said.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        return f"`type`: {nearest(str(kind), _TYPES)}"
    unknown = error.partition("unknown field `")[2].partition("`")[0]
    within = Line if "calibration" in error else _TYPES[kind]
    known = [field.name for field in msgspec.structs.fields(within)]
    return nearest(unknown, known) if unknown else f"see docs/own-detector.md for the fields of `{kind}`"


def _check_means(means: Means, path: Path) -> None:
    said = {meaning for several in meanings(means).values() for meaning in several}
    for unknown in sorted(said.difference(("hate", *KINDS, *TARGETS))):
        hint = nearest(unknown, ("hate", *KINDS, *TARGETS))
        raise DataError(f"`means`: there is no `{unknown}`", where=str(path), expected="hate, a kind or a group",
                        remedy=hint)  # fmt: skip
    if not said.intersection(("hate", *KINDS)):
        raise DataError("`means`: no label means hate", where=str(path), remedy='say which, as in `toxic = "hate"`')


def _check_onnx(spec: OnnxSpec, path: Path) -> None:
    if (spec.tokenizer is None) == (spec.vocabulary is None):
        raise DataError("an ONNX model has a `tokenizer` or a `vocabulary`", where=str(path), remedy="name one of them")
    check_labels(spec.means, spec.labels, str(path))


def check_labels(means: Means, labels: tuple[str, ...], where: str) -> None:
    """Raises `DataError` where a meaning is given to a label that the model does not have."""
    for label in sorted(set(means).difference(labels)):
        raise DataError(f"`means`: the model has no label `{label}`", where=where, remedy=nearest(label, labels))
