"""Estimates looked up: a measure, a dimension, all time or week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rejoinder.records import Estimate
from rejoinder.records.frames import from_frame

if TYPE_CHECKING:
    from rejoinder.pages.base import Material


def whole(material: Material, name: str) -> Estimate | None:
    """The estimate of `name` that speaks of everything and all time, if there is one."""
    found = groups(material, name, "")
    return found[0] if found else None


def groups(material: Material, name: str, by: str) -> list[Estimate]:
    """The estimates of `name` by `by` for all time: the highest first, what cannot be said last."""
    return sorted(_of(material, name, by, pl.col("period") == ""), key=_highest_first)


def weeks(material: Material, name: str, by: str = "") -> list[Estimate]:
    """The estimates of `name` by `by` week by week: by week, then by group."""
    return sorted(_of(material, name, by, pl.col("period") != ""), key=lambda one: (one.period, one.group))


def _of(material: Material, name: str, by: str, period: pl.Expr) -> list[Estimate]:
    frame = material.estimates.filter((pl.col("name") == name) & (pl.col("by") == by) & period)
    return list(from_frame(Estimate, frame))


def _highest_first(estimate: Estimate) -> tuple[bool, float, str]:
    return estimate.value is None, -(estimate.value or 0), estimate.group
