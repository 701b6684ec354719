"""The data beside every figure: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

if TYPE_CHECKING:
    from rejoinder.pages import Figure

_FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""How a cell begins that a spreadsheet would run (OWASP, CSV injection)."""


def as_csv(table: pl.DataFrame) -> str:
    r"""The table as CSV, text in quotes; text that a spreadsheet would run as a formula gains an apostrophe.

    Numbers are never touched, so a negative one stays a number.

    >>> as_csv(pl.DataFrame({"name": ["=1+1", "plain"], "value": [-0.5, None]}))
    '"name","value"\n"\'=1+1",-0.5\n"plain",\n'
    """
    guarded = [_guarded(pl.col(name)) for name, dtype in table.schema.items() if dtype == pl.String]
    return table.with_columns(guarded).write_csv(quote_style="non_numeric")


def as_json(figure: Figure) -> bytes:
    """The figure's data as JSON: what it is, what to read from it, how it was made, and its rows, as they are."""
    told = {"title": figure.title, "caption": figure.caption, "method": figure.method, "rows": figure.table.to_dicts()}
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _guarded(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_FORMULA)).then(pl.lit("'") + text).otherwise(text).name.keep()
