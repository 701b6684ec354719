"""Pages to a folder of static HTML."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from rejoinder.doors.dossier.data import as_csv, as_json
from rejoinder.doors.dossier.drawing import NARROW, WIDE, draw
from rejoinder.doors.dossier.tables import grid
from rejoinder.doors.dossier.wording import inline, legible
from rejoinder.errors import DataError, UsageError
from rejoinder.pages import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from markupsafe import Markup

    from rejoinder.pages import Figure

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MARK = '<meta name="generator" content="Rejoinder">'


def write(pages: Sequence[Page], folder: Path, *, title: str) -> Path:
    """A folder of static HTML, and beside every figure its CSV and JSON; returns its `index.html`.

    The first page is `index.html`, every other `<id>.html`. The folder is replaced as a whole, with what else lies in
    it: it is made complete beside the old one and then takes its place, so that a kill leaves the old dossier or the
    new one (between the two renames, for a moment, the old one as `.<name>.old`). Same pages, same bytes.

    Raises `UsageError` where the folder holds something else than a dossier, `DataError` where an id is unfit to be
    a file name or used twice.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from rejoinder.pages import Page
    >>> with TemporaryDirectory() as folder:
    ...     index = write([Page(id="found", title="Found", lead="2 of 10.")], Path(folder) / "dossier", title="A case")
    ...     sorted(path.name for path in index.parent.iterdir())
    ['data', 'index.html', 'style.css']
    """
    pages = pages or [Page(id="nothing", title="Nothing to show", lead="Nothing has been read yet.")]
    _check(pages, folder)
    new, old = (folder.with_name(f".{folder.name}.{age}") for age in ("new", "old"))
    if old.exists() and not folder.exists():  # a render was killed between the two renames
        old.rename(folder)
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    _write_all(pages, new, title)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return folder / "index.html"


def _check(pages: Sequence[Page], folder: Path) -> None:
    _check_ids([page.id for page in pages], "page")
    _check_ids([figure.id for page in pages for figure in page.figures], "figure")
    index = folder / "index.html"
    ours = index.is_file() and _MARK in index.read_text("utf-8", errors="replace")
    if folder.exists() and not ours and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "the folder holds something else than a dossier",
            where=str(folder),
            expected="no folder, an empty one, or an earlier dossier",
            remedy="name another folder, or empty this one",
        )


def _check_ids(ids: list[str], whose: str) -> None:
    unfit = [one for one, uses in Counter(ids).items() if uses > 1 or one == "index" or not _ID.fullmatch(one)]
    if unfit:
        raise DataError(
            f"a {whose} cannot be filed",
            where=f"{whose} `{unfit[0]}`",
            expected="an id of its own, lower-case letters and digits with hyphens, not `index`",
            remedy="rename it in the code that makes it",
        )


def _write_all(pages: Sequence[Page], folder: Path, title: str) -> None:
    (folder / "data").mkdir(parents=True)
    files = ["index.html", *(f"{page.id}.html" for page in pages[1:])]
    template = _templates().get_template("page.html.j2")
    contents = [(page.title, file) for page, file in zip(pages, files, strict=True)]
    for place, (page, file) in enumerate(zip(pages, files, strict=True)):
        following = contents[place + 1] if place + 1 < len(pages) else None
        html = template.render(title=title, page=page, file=file, contents=contents, following=following)
        (folder / file).write_text(html, "utf-8", newline="\n")
    for figure in (figure for page in pages for figure in page.figures):
        (folder / "data" / f"{figure.id}.csv").write_text(as_csv(figure.table), "utf-8", newline="\n")
        (folder / "data" / f"{figure.id}.json").write_bytes(as_json(figure))
    (folder / "style.css").write_bytes(resources.files(__package__).joinpath("style.css").read_bytes())


def _templates() -> Environment:
    """Everything is escaped but our own SVG; a name that a template gets wrong is an error, not a blank."""
    templates = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=legible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {"charts": _charts, "grid": grid}
    templates.filters["inline"] = inline
    return templates


def _charts(figure: Figure) -> list[Markup]:
    return [draw(figure, width) for width in (WIDE, NARROW)] if figure.chart else []
