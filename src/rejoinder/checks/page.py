"""What every maker of a page keeps to, ours and a stranger's alike."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from rejoinder.pages import Material
from rejoinder.records import Estimate
from rejoinder.records.frames import to_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.pages import Figure, Page, PageMaker

HOSTILE = "<script>alert('=x')</script>"
"""A name that someone outside may choose."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BREAKDOWNS = {
    "flagged": ("kind", "target", "narrative", "language"),
    "out of reach": ("reach",),
    "decided": ("clause", "stance", "access", "ads", "account", "review"),
    "acted on reports": ("reporter", "outcome"),
    "beside ads": ("advertiser",),
    "detector against judgements": ("measure",),
}
_COUNTS = {
    "read": ("platform", "language"),
    "answered": ("response",),
    "rejected": ("reason", "file"),
}


def check_page(maker: PageMaker) -> None:
    """Tries a maker on a plausible case, on one where nothing can be said, on hostile names, and on nothing at all.

    Raises `AssertionError` that says which promise of `PageMaker` and `Page` was not kept.

    >>> from rejoinder.pages.found import Found
    >>> check_page(Found())
    """
    assert maker.name, "a maker has a name"
    assert isinstance(maker.rank, int), "a maker has a rank, a whole number"
    for material in (material_of(["a", "b"]), material_of(["a"], known=False), material_of([HOSTILE]), material_of([])):
        first, second = maker.make(material), maker.make(material)
        assert (first is None) == (second is None), "the same material gives the same page"
        if first and second:
            assert _plain(first) == _plain(second), "the same material gives the same page"
            _check_content(first)


def material_of(groups: Sequence[str], *, known: bool = True, weeks: int = 3) -> Material:
    """What the built-in measures would give, with these groups in every breakdown; none of it for no groups.

    Without `known` every share is `None`, as where the denominator is 0.

    >>> material_of(["a"]).estimates.height
    116
    """
    rows = [*_estimates(groups, known=known, weeks=weeks)] if groups else []
    clauses = [{"clause": name, "title": name, "text": name, "responses": name} for name in groups]
    schema = dict.fromkeys(("clause", "title", "text", "responses"), pl.String)
    repeat = tuple(("version", name) for name in groups)
    return Material(estimates=to_frame(Estimate, rows), policy=pl.DataFrame(clauses, schema=schema), repeat=repeat)


def _estimates(groups: Sequence[str], *, known: bool, weeks: int) -> Iterator[Estimate]:
    mondays = [(date(2023, 11, 6) + timedelta(weeks=week)).isoformat() for week in range(weeks)]
    for measures, make in ((_BREAKDOWNS, _share if known else _unknown), (_COUNTS, _count)):
        for name, dimensions in measures.items():
            for period in ("", *mondays):
                yield make(name, "", "", period)
                yield from (make(name, by, group, period) for by in dimensions for group in groups)


def _share(name: str, by: str, group: str, period: str) -> Estimate:
    interval: dict[str, Any] = {"value": 0.02, "lower": 0.008, "upper": 0.05, "level": 0.95, "method": "Wilson"}
    return Estimate(name=name, by=by, group=group, period=period, n=200, count=4, reading="A reading.", **interval)


def _unknown(name: str, by: str, group: str, period: str) -> Estimate:
    interval: dict[str, Any] = {"value": None, "lower": None, "upper": None, "level": 0.95, "method": "Wilson"}
    return Estimate(name=name, by=by, group=group, period=period, n=0, count=0, **interval)


def _count(name: str, by: str, group: str, period: str) -> Estimate:
    value: dict[str, Any] = {"value": 7.0, "lower": 7.0, "upper": 7.0, "level": 1.0, "method": "count of all"}
    return Estimate(name=name, by=by, group=group, period=period, n=7, count=7, unit="rows", **value)


def _plain(page: Page) -> bytes:
    figures = [(figure.table.to_dicts(), figure.chart, figure.caption) for figure in page.figures]
    return msgspec.json.encode((page.id, page.title, page.lead, page.key_figures, page.facts, figures))


def _check_content(page: Page) -> None:
    assert page.title, "a page has a title"
    assert page.lead, "a page says its finding in plain words"
    ids = [page.id, *(figure.id for figure in page.figures)]
    assert all(_ID.fullmatch(id) for id in ids), f"ids are lower case with hyphens: {ids}"  # noqa: A001 - the field's name
    assert len(set(ids[1:])) == len(ids[1:]), f"every figure has an id of its own: {ids}"
    for figure in page.figures:
        _check_figure(figure)


def _check_figure(figure: Figure) -> None:
    nested = [name for name, dtype in figure.table.schema.items() if dtype.is_nested()]
    assert not nested, f"`{figure.id}`: a table goes to CSV, so it has plain columns only; not {nested}"
    if figure.chart is not None:
        told = msgspec.json.encode(figure.chart).decode()
        assert '"data"' not in told, f"`{figure.id}`: a chart has no data of its own, but the rows of its table"
        assert "color" not in told, f"`{figure.id}`: a page has no colours; a door has"
