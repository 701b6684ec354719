"""HTML to the text that a reader sees."""

import html

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.sources.html import read, read_column

SHORTENED = (
    '<a href="https://www.example.org/a/long/path"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">example.org/a/lo</span><span class="invisible">ng/path</span></a>'
)


@pytest.mark.parametrize(
    ("given_html", "expected"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br /><br>three", "one\ntwo\n\nthree"),
        ("<p>one<br></p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>three", "one\ntwo\nthree"),
        ("<h1>head</h1>body", "head\n\nbody"),
        ("  one \n\t two <b> three</b>four ", "one two threefour"),
        ("one <!-- aside --> two", "one two"),
        ("a&nbsp;b", "a\xa0b"),
        ("<pre>a  b\n  c</pre>d", "a  b\n  c\n\nd"),
    ],
)
def test_white_space_is_as_a_browser_shows_it(given_html, expected):
    """Paragraphs stand apart, lines end at breaks, all other white space runs together."""
    assert read(given_html).text == expected


@pytest.mark.parametrize(
    ("given_html", "expected"),
    [
        ("tea &amp; cake", "tea & cake"),
        ("&lt;b&gt;", "<b>"),
        ("&amp;lt;", "&lt;"),
        ("&#39;&#x27;&quot;&eacute;", "''\"é"),
        ("fish & chips &unknown;", "fish & chips &unknown;"),
    ],
)
def test_entities_are_decoded_exactly_once(given_html, expected):
    """What was escaped twice is still escaped once."""
    assert read(given_html).text == expected


@pytest.mark.parametrize(
    ("given_html", "expected"),
    [
        ("<ul><li>a</li><li>b</li></ul>end", "- a\n- b\n\nend"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "- a\n1. b\n- c"),
        ("<ul>\n<li>\n<p>a</p>\n</li>\n</ul>", "- a"),
        ("<ul><li></li><li>b</li></ul>", "- b"),
        ("<li>stray</li>", "- stray"),
    ],
)
def test_lists_keep_their_items_apart(given_html, expected):
    """Each item has a line and a marker of its own."""
    assert read(given_html).text == expected


def test_a_shortened_link_comes_out_whole():
    """The address stands where the page showed its middle; sentence marks around it stay."""
    assert read(f"<p>See {SHORTENED}!</p>") == (
        "See https://www.example.org/a/long/path!",
        ("https://www.example.org/a/long/path",),
    )


def test_a_link_that_ends_in_an_ellipsis_comes_out_whole():
    """Servers other than Mastodon shorten with a plain ellipsis."""
    assert read('<a href="https://www.example.org/a/b">example.org/…</a>').text == "https://www.example.org/a/b"


def test_a_link_with_words_of_its_own_keeps_them_and_gives_its_address():
    """The words are what the reader sees; the address is kept beside them, once."""
    page = '<a href="https://example.org/">here</a> and <a href="https://example.org/">there</a>'
    assert read(page) == ("here and there", ("https://example.org/",))


def test_an_address_that_is_no_web_address_is_no_link():
    """A script or a mail address is never taken out of an attribute."""
    page = '<a href="javascript:alert(1)">a</a> <a href="mailto:ada@example.org">b</a> <a>c</a>'
    assert read(page) == ("a b c", ())


def test_mentions_and_hashtags_are_read_as_words():
    """They are anchors in the page and words to the reader."""
    page = (
        '<span class="h-card"><a href="https://m.test/@ada" class="u-url mention">@<span>ada</span></a></span> '
        '<a href="https://m.test/tags/Tea" class="mention hashtag" rel="tag">#<span>Tea</span></a>'
    )
    assert read(page) == ("@ada #Tea", ())


@pytest.mark.parametrize(
    "given_html",
    [
        "<script>x()</script>seen",
        "<style>p{}</style>seen",
        "<template><p>x</p></template>seen",
        '<span class="invisible">x</span>seen',
        "<p hidden>x</p>seen",
        "<title>x</title>seen",
        "<iframe><b>x</b></iframe>seen",
        "<frameset>seen",
    ],
)
def test_what_is_not_shown_is_not_read(given_html):
    """Scripts, styles and hidden parts are no part of the text."""
    assert read(given_html).text == "seen"


def test_custom_emoji_keep_their_shortcodes():
    """As text, or as the alternative of a picture."""
    assert read('<p>:blob: <img class="custom-emoji" alt=":cat:" src="x"></p>').text == ":blob: :cat:"


def test_deep_nesting_is_read_in_bounded_time():
    """A hostile page of 200,000 tags gives its text."""
    assert read("<div>" * 200_000 + "x &amp; y").text == "x & y"


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1)


@given(WORDS)
def test_plain_text_goes_there_and_back(text):
    """Escaped text reads as itself, white space run together."""
    assert read(html.escape(text)).text == _run_together(text)


TREES = st.recursive(
    st.text(st.sampled_from("ab &;/\"'=\n"), min_size=1).map(html.escape),
    lambda inner: st.tuples(
        st.sampled_from(["p", "b", "span class='x'", "ul", "li", "a href='https://e.test/'", "pre", "div", "br", "zz"]),
        st.lists(inner, max_size=3),
    ).map(lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0].split()[0]}>"),
    max_leaves=12,
)


@given(TREES)
def test_no_tag_survives(page):
    """However elements nest, no angle bracket of theirs is in the text."""
    assert "<" not in read(page).text


@given(st.lists(st.none() | WORDS | TREES | st.text(st.sampled_from("<>&ab; \x00/p"))))
def test_a_column_reads_as_its_rows(column):
    """The fast path for plain text gives what the parser gives."""
    expected = [read(one or "") for one in column]
    got = read_column(pl.Series(column, dtype=pl.String))
    assert got.rows() == [(one.text, list(one.links)) for one in expected]
    assert got.schema == {"text": pl.String, "links": pl.List(pl.String)}


def _run_together(text: str) -> str:
    return " ".join(part for part in text.translate(dict.fromkeys(map(ord, "\t\n\f"), " ")).split(" ") if part)
