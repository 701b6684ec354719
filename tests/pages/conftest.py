"""Estimates and material for the tests of pages."""

from __future__ import annotations

import polars as pl
import pytest

from rejoinder.pages import Material
from rejoinder.records import Estimate
from rejoinder.records.frames import to_frame


@pytest.fixture
def share():
    """Makes an estimate of a share; the interval is a quarter below and a half above, unless given."""

    def make(name, count, n, by="", group="", period="", **more):  # noqa: PLR0913, PLR0917 - the fields of an estimate
        value = count / n if n else None
        ends = {"lower": value and value * 0.75, "upper": value and value * 1.5} | {
            key: more.pop(key) for key in ("lower", "upper") if key in more
        }
        fields = {"level": 0.95, "method": "Wilson", "reading": "Read with care."} | more
        return Estimate(name=name, by=by, group=group, period=period, value=value, n=n, count=count, **ends, **fields)

    return make


@pytest.fixture
def count():
    """Makes an estimate that is a count of all."""

    def make(name, value, by="", group="", period="", unit="posts"):  # noqa: PLR0913, PLR0917 - the fields of an estimate
        return Estimate(
            name=name, by=by, group=group, period=period, value=value, lower=value, upper=value, level=1.0,
            method="count of all", n=value, count=value, unit=unit,
        )  # fmt: skip

    return make


@pytest.fixture
def material():
    """Makes material of estimates, with no policy unless clauses are given."""

    def make(*estimates, clauses=(), repeat=()):
        schema = dict.fromkeys(("clause", "title", "text", "responses"), pl.String)
        return Material(
            estimates=to_frame(Estimate, estimates), policy=pl.DataFrame(list(clauses), schema=schema), repeat=repeat
        )

    return make
