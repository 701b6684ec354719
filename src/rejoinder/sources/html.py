"""HTML of posts to the plain text that a reader sees, and the links in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from selectolax.lexbor import LexborHTMLParser

from rejoinder.sources.columns import texts

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


class Reading(NamedTuple):
    """What a reader sees of a piece of HTML."""

    text: str
    links: tuple[str, ...]
    """Addresses of the links, in order, each once; mentions and hashtags are not links."""


def read(html: str) -> Reading:
    r"""The text of `html` as a browser shows it, and its links.

    Paragraphs stand apart by an empty line, `<br>` is a line's end, items of lists begin with `- ` or `1. `;
    other white space runs together. A link that the page shortens (Mastodon's `invisible` and `ellipsis`, or a
    trailing `…`) is written whole; mentions, hashtags and custom emoji stay as they are read (`@ada`, `#tag`,
    `:blob:`). Scripts, styles and what is hidden are dropped. Every entity is decoded once.

    >>> read('<p>Tea &amp; cake<br>at four</p><p><a class="mention" href="https://m.test/@ada">@<span>ada</span></a></p>')
    Reading(text='Tea & cake\nat four\n\n@ada', links=())
    """
    if html.count("<") > _MANY:
        html = _TAG.sub(" ", html)
    body = LexborHTMLParser("<body>" + html).body  # else a stray <frameset> would leave no body
    page = _Page()
    if body is not None:
        _show(body, page)
    return Reading("".join(page.written).strip("\n"), tuple(dict.fromkeys(page.links)))


def read_column(html: pl.Series) -> pl.DataFrame:
    """`html`, as strings or nulls, to the columns `text` and `links`, row by row; null reads as no text.

    About 10,000 posts with links a second; text with neither markup nor entities goes through without a parser.

    >>> read_column(pl.Series(["plain,  too", "<p>a&lt;b</p>", None])).to_dict(as_series=False)
    {'text': ['plain, too', 'a<b', ''], 'links': [[], [], []]}
    """
    rows = pl.DataFrame({"html": html.cast(pl.String).fill_null("")}).with_row_index("_at")
    markup = rows.filter(pl.col("html").str.contains("[<&\x00]"))
    readings = {one: read(one) for one in markup["html"].unique(maintain_order=True)}
    read_rows = markup.with_columns(
        text=pl.Series([readings[one].text for one in markup["html"]], dtype=pl.String),
        links=texts([readings[one].links for one in markup["html"]]),
    )
    return rows.join(read_rows.drop("html"), on="_at", how="left", maintain_order="left").select(
        pl.col("text").fill_null(_run_together(pl.col("html"))), pl.col("links").fill_null([])
    )


_SPACE = " \t\n\r\f"  # what HTML calls white space; a no-break space is none
_SPACES = re.compile(f"[{_SPACE}]+")
_TAG = re.compile("<[^<>]*>")
_MANY = 10_000  # tags; the parser's time grows with the square of the nesting, and no post needs so many


def _run_together(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(f"[{_SPACE}]+", " ").str.strip_chars(_SPACE)


_APART = frozenset({"p", "ul", "ol", "dl", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "table", "hr"})
_OWN_LINE = frozenset({
    "div", "li", "dt", "dd", "tr", "section", "article", "header", "footer", "aside", "main", "nav", "figure",
    "figcaption", "details", "summary", "address", "form", "fieldset",
})  # fmt: skip
_DROPPED = frozenset({"script", "style", "template", "title", "noscript", "iframe", "noembed", "noframes", "-comment"})


class _Page:
    """The text as it grows; white space waits until something stands behind it."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.links: list[str] = []
        self.lists: list[int | None] = []  # of each open list the number of its next item; None for bullets
        self.as_it_stands = 0  # how many <pre> are open
        self._space = False
        self._lines = 0
        self._marker = ""

    def say(self, text: str) -> None:
        """Inline text: its white space runs together, also with what stood before."""
        if self.as_it_stands:
            return self.write(text) if text else None
        words = _SPACES.sub(" ", text)
        if words.strip(" "):
            self._space |= words.startswith(" ")
            self.write(words.strip(" "))
        self._space |= words.endswith(" ")
        return None

    def write(self, text: str) -> None:
        if self.written:
            self.written.append("\n" * self._lines or " " * self._space)
        self.written.append(self._marker + text)
        self._space, self._lines, self._marker = False, 0, ""

    def apart(self, lines: int) -> None:
        """What follows stands at least so many line ends below."""
        self._lines = max(self._lines, lines)

    def end_line(self) -> None:
        self._lines += 1

    def begin_item(self) -> None:
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        self._marker = "- " if number is None else f"{number}. "


def _show(body: LexborNode, page: _Page) -> None:
    """Walk the tree without recursion: the depth of the nesting is the writer's choice."""
    todo: list[LexborNode | str] = [body]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            _close(node, page)
        elif node.tag == "-text":
            page.say(node.text_content or "")
        elif _open(node, page):
            todo.append(node.tag or "")
            todo.extend(reversed(list(node.iter(include_text=True))))


def _open(node: LexborNode, page: _Page) -> bool:
    """Begin an element; whether its content is still to be shown."""
    tag, attributes = node.tag or "", node.attributes
    if tag in _DROPPED or "hidden" in attributes or "invisible" in _classes(attributes):
        return False
    if tag == "a":
        return not _shown_whole(node, attributes, page)
    if tag == "br":
        page.end_line()
    elif tag == "img":
        page.say(attributes.get("alt") or "")
    elif tag == "pre":
        page.as_it_stands += 1
    page.apart(_lines(tag, page))
    if tag in ("ul", "ol"):
        page.lists.append(1 if tag == "ol" else None)
    elif tag == "li":
        page.begin_item()
    return True


def _close(tag: str, page: _Page) -> None:
    if tag in ("ul", "ol"):
        page.lists.pop()
    elif tag == "pre":
        page.as_it_stands -= 1
    page.apart(_lines(tag, page))


def _lines(tag: str, page: _Page) -> int:
    """How many line ends part the element from its neighbours; a list in a list has no empty line around it."""
    if tag in _APART:
        return 1 if page.lists else 2
    return 1 if tag in _OWN_LINE else 0


def _classes(attributes: dict[str, str | None]) -> list[str]:
    return (attributes.get("class") or "").split() if attributes else []


def _shown_whole(anchor: LexborNode, attributes: dict[str, str | None], page: _Page) -> bool:
    """Keep the address of a link; where the page shortens it, write it whole instead of its content."""
    address = attributes.get("href") or ""
    if not address.startswith(("http://", "https://")) or {"mention", "hashtag"} & set(_classes(attributes)):
        return False
    page.links.append(address)
    if not _shortened(anchor, address):
        return False
    page.say(address)
    return True


def _shortened(anchor: LexborNode, address: str) -> bool:
    if any(name in _classes(span.attributes) for span in anchor.css("span") for name in ("invisible", "ellipsis")):
        return True
    shown = anchor.text().strip().removesuffix("…")
    bare = address.split("://", 1)[1].removeprefix("www.")
    return bool(shown) and shown != address and bare.startswith(shown.split("://", 1)[-1].removeprefix("www."))
