"""A table laid out: headings with their form, and rows of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

    from rejoinder.pages import Figure

MOST = 200
"""So many rows of a table are shown; all are in its data files."""

LONG = 60
"""From so many characters on, a column is set as prose."""


class Grid(NamedTuple):
    """A table as a template needs it."""

    columns: list[tuple[str, str]]
    """Heading and form: `number`, `text` or `prose`."""
    rows: list[list[str]]
    height: int
    """Of the whole table; `rows` are the first of them."""

    @property
    def stacked(self) -> bool:
        """Whether a narrow page sets the cells of a row one under the other, because some are prose."""
        return any(form == "prose" for _, form in self.columns)


def grid(figure: Figure) -> Grid:
    """The table of a figure as people read it.

    >>> import polars as pl
    >>> from rejoinder.pages import Figure
    >>> grid(Figure(id="a", title="A", table=pl.DataFrame({"Kind": ["slur"], "Posts": [1200]})))
    Grid(columns=[('Kind', 'text'), ('Posts', 'number')], rows=[['slur', '1,200']], height=1)
    """
    shown = figure.table if figure.shown is None else figure.shown
    columns = [(column.name, _form(column)) for column in shown]
    return Grid(columns, [[_cell(value) for value in row] for row in shown.head(MOST).iter_rows()], shown.height)


def _form(column: pl.Series) -> str:
    if column.dtype.is_numeric():
        return "number"
    return "prose" if any(len(str(value)) >= LONG for value in column) else "text"


def _cell(value: object) -> str:
    if value is None:
        return "cannot be said"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
