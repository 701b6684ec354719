"""What a record is: one frozen declaration that gives the class, its validation and its Arrow schema."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    import polars as pl

Id = Annotated[str, Meta(min_length=1, max_length=2048)]
"""A name that is unique in a case: `platform:name-on-that-platform`, as in `bluesky:at://did:plc:…`."""

Time = Annotated[datetime, Meta(tz=True)]
"""A moment with its time zone; kept in UTC, to the microsecond."""

Probability = Annotated[float, Meta(ge=0.0, le=1.0)]
"""Between 0 and 1; high means likely."""

Count = Annotated[int, Meta(ge=0)]
"""How many; never negative."""

SubjectType = Literal["post", "account", "group", "note"]
"""What kind of thing a signal, a report or a decision is about."""


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag=str.lower):
    """A noun of the field: frozen, compared by value, `"record": "post"` in JSON.

    The annotations are the whole declaration: `schema()` derives the Arrow schema from them, and
    `records.frames.split` derives the checks for whole frames.
    """

    key: ClassVar[tuple[str, ...]] = ()
    """What names the thing: a later record with the same key supersedes the earlier. Empty: none ever does."""

    @classmethod
    def noun(cls) -> str:
        """The noun, in lower case: also its folder in the archive and its tag in JSON.

        >>> from rejoinder.records import Post
        >>> Post.noun()
        'post'
        """
        return cls.__name__.lower()

    @classmethod
    def schema(cls) -> pl.Schema:
        """The columns of a frame of these records, in order, as Arrow types (through Polars).

        >>> from rejoinder.records import Post
        >>> Post.schema()["created_at"]
        Datetime(time_unit='us', time_zone='UTC')
        """
        from rejoinder.records.frames import schema_of

        return schema_of(cls)

    def asdict(self) -> dict[str, Any]:
        """The record as plain values, ready for a frame's row or for JSON."""
        return dict(msgspec.to_builtins(self, builtin_types=(datetime,)), record=self.noun())
