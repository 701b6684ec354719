"""The contract of a page: estimates in, content out. Content only: no HTML, no file names, no colours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A table, and where people would rather look than read, a chart of it."""

    id: str
    """Lower case with hyphens; its CSV and JSON are named by it."""
    title: str
    table: pl.DataFrame
    """The data as they are: ids, plain numbers; its CSV and JSON are made of it."""
    shown: pl.DataFrame | None = None
    """The table as people read it: text and whole numbers, one heading per column; without it, `table` itself."""
    caption: str = ""
    """What to read from it, and what not."""
    method: str = ""
    """The small print: how it was computed, and how far it carries."""
    chart: dict[str, Any] | None = None
    """A Vega-Lite specification without data, width and colours; the table's rows are its data."""


@dataclass(frozen=True, kw_only=True)
class KeyFigure:
    """A figure that must be seen at one glance."""

    value: str
    """As short as `2.0 %`."""
    label: str
    """What it is, as a phrase that continues the value."""
    note: str = ""
    """Its interval, its denominator, and what it does not say."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a dossier."""

    id: str
    """Lower case with hyphens; its file is named by it."""
    title: str
    lead: str
    """One paragraph: the finding in plain words, with its interval."""
    key_figures: tuple[KeyFigure, ...] = ()
    figures: tuple[Figure, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """Short pairs of name and value, as in how to repeat the figures."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """What pages are made of."""

    estimates: pl.DataFrame
    """Every `Estimate` of the case, of all measures."""
    policy: pl.DataFrame
    """The clauses: `clause`, `title`, `text`, `responses` (in words)."""
    repeat: tuple[tuple[str, str], ...] = field(default=())
    """How to repeat it: versions, hashes, command."""


@runtime_checkable
class PageMaker(Protocol):
    """Makes one page. The order of pages is the order of their `rank`."""

    name: str
    rank: int

    def make(self, material: Material) -> Page | None:
        """The page, or `None` where there is nothing to show."""
        ...
