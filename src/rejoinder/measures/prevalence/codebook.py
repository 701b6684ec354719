"""The codebook: what coders are told, and what they may answer."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING, Annotated

import msgspec

from rejoinder.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of hateful post."""

    id: str
    definition: str
    examples: tuple[str, ...] = ()


class Codebook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Definitions, examples, categories and target groups, as TOML."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[\w-]{1,60}$")]
    question: str
    """What a coder answers with yes, no or unclear."""
    definition: str
    categories: tuple[Category, ...] = ()
    targets: tuple[str, ...] = ()
    hash: str = ""
    """SHA-256 of the file, filled in on reading."""

    @property
    def id(self) -> str:
        """What judgements carry: the name and the beginning of the hash."""
        return f"{self.name}@{self.hash[:12]}"


def load(path: Path) -> Codebook:
    """The codebook in a file. Raises `DataError` where it does not hold together or a category comes twice."""
    try:
        text = path.read_bytes()
        read = msgspec.convert(tomllib.loads(text.decode()), Codebook)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DataError(f"the codebook cannot be read: {error}", where=str(path), expected=EXPECTED) from error
    ids = [category.id for category in read.categories]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise DataError(f"the codebook has the category `{twice[0]}` twice", where=str(path))
    return msgspec.structs.replace(read, hash=hashlib.sha256(text).hexdigest())


EXPECTED = "name, question, definition; [[categories]] with id, definition, examples; targets"
