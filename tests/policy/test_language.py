"""The language of `when` against two independent readings of SQL: a small one written here, and SQLite's."""

import sqlite3
from contextlib import closing

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.errors import PolicyError
from rejoinder.policy.language import condition, read
from rejoinder.policy.tokens import DEEPEST, LONGEST, MOST
from rejoinder.policy.vocabulary import VOCABULARY

WORDS = {"attitude": ["attacks", "counters", "unclear"], "lang": ["en", "de", "ar"]}
NUMBERS = {"hate": [0.0, 0.25, 0.5, 0.75, 1.0], "threat": [0.0, 0.5, 1.0], "views": [0, 1, 10], "likes": [0, 1, 10]}
BOOLEANS = ["is_reply", "verified"]
LISTS = {"targets": ["jews", "muslims", "roma"]}
SIGNS = ["=", "<>", "!=", "<", "<=", ">", ">="]


# --- conditions as trees of plain tuples, made at random


def _literal(value):
    return f"'{value}'" if isinstance(value, str) else str(value)


def _leaves():
    number = st.sampled_from(sorted(NUMBERS)).flatmap(
        lambda term: st.one_of(
            st.tuples(st.just("sign"), st.just(term), st.sampled_from(SIGNS), st.sampled_from(NUMBERS[term])),
            st.tuples(st.just("flipped"), st.just(term), st.sampled_from(SIGNS), st.sampled_from(NUMBERS[term])),
            st.tuples(
                st.just("between"),
                st.just(term),
                st.tuples(st.sampled_from(NUMBERS[term]), st.sampled_from(NUMBERS[term])).map(sorted).map(tuple),
            ),
            st.tuples(st.just("in"), st.just(term), st.lists(st.sampled_from(NUMBERS[term]), min_size=1).map(tuple)),
        )
    )
    word = st.sampled_from(sorted(WORDS)).flatmap(
        lambda term: st.one_of(
            st.tuples(st.just("sign"), st.just(term), st.sampled_from(SIGNS[:3]), st.sampled_from(WORDS[term])),
            st.tuples(st.just("in"), st.just(term), st.lists(st.sampled_from(WORDS[term]), min_size=1).map(tuple)),
        )
    )
    pair = st.sampled_from([("hate", "threat"), ("views", "likes")])
    return st.one_of(
        number,
        word,
        st.tuples(st.just("pair"), pair, st.sampled_from(SIGNS)),
        st.tuples(st.just("bare"), st.sampled_from(BOOLEANS)),
        st.tuples(st.just("sign"), st.sampled_from(BOOLEANS), st.sampled_from(SIGNS[:3]), st.booleans()),
        st.tuples(st.just("null"), st.sampled_from([*NUMBERS, *WORDS, *BOOLEANS, *LISTS]), st.booleans()),
        st.tuples(st.just("any"), st.just("targets"), st.sampled_from(LISTS["targets"])),
        st.tuples(st.just("constant"), st.booleans()),
    )


def _trees():
    return st.recursive(
        _leaves(),
        lambda inner: st.one_of(
            st.tuples(st.just("AND"), inner, inner),
            st.tuples(st.just("OR"), inner, inner),
            st.tuples(st.just("NOT"), inner),
            st.tuples(st.just("is"), inner, st.sampled_from([True, False, None]), st.booleans()),
        ),
        max_leaves=6,
    )


def _sql(tree):  # noqa: C901, PLR0911 - one line for each kind of node
    kind, *rest = tree
    match kind:
        case "AND" | "OR":
            return f"({_sql(rest[0])}) {kind} ({_sql(rest[1])})"
        case "NOT":
            return f"NOT ({_sql(rest[0])})"
        case "is":
            asked = {True: "TRUE", False: "FALSE", None: "NULL"}[rest[1]]
            return f"({_sql(rest[0])}) IS {'NOT ' if rest[2] else ''}{asked}"
        case "sign":
            return f"{rest[0]} {rest[1]} {_literal(rest[2])}"
        case "flipped":
            return f"{_literal(rest[2])} {rest[1]} {rest[0]}"
        case "pair":
            return f"{rest[0][0]} {rest[1]} {rest[0][1]}"
        case "between":
            return f"{rest[0]} BETWEEN {rest[1][0]} AND {rest[1][1]}"
        case "in":
            return f"{rest[0]} IN ({', '.join(map(_literal, rest[1]))})"
        case "bare":
            return rest[0]
        case "null":
            return f"{rest[0]} IS {'NOT ' if rest[1] else ''}NULL"
        case "any":
            return f"'{rest[1]}' = ANY({rest[0]})"
        case "constant":
            return str(rest[0]).upper()


# --- the first oracle: Kleene's tables and the SQL standard, over plain values


def _sign(sign, left, right):
    if left is None or right is None:
        return None
    return {
        "=": left == right,
        "<>": left != right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[sign]


def _kleene(tree, row):  # noqa: C901, PLR0911, PLR0912 - one line for each kind of node
    kind, *rest = tree
    match kind:
        case "AND":
            sides = [_kleene(side, row) for side in rest]
            return False if False in sides else None if None in sides else True
        case "OR":
            sides = [_kleene(side, row) for side in rest]
            return True if True in sides else None if None in sides else False
        case "NOT":
            inner = _kleene(rest[0], row)
            return None if inner is None else not inner
        case "is":
            return (_kleene(rest[0], row) is rest[1]) is not rest[2]
        case "sign":
            return _sign(rest[1], row[rest[0]], rest[2])
        case "flipped":
            return _sign(rest[1], rest[2], row[rest[0]])
        case "pair":
            return _sign(rest[1], row[rest[0][0]], row[rest[0][1]])
        case "between":
            value = row[rest[0]]
            return None if value is None else rest[1][0] <= value <= rest[1][1]
        case "in":
            value = row[rest[0]]
            return None if value is None else value in rest[1]
        case "bare":
            return row[rest[0]]
        case "null":
            return (row[rest[0]] is None) is not rest[1]
        case "any":
            return None if row[rest[0]] is None else rest[1] in row[rest[0]]
        case "constant":
            return rest[0]


_ROWS = st.lists(
    st.fixed_dictionaries(
        {term: st.none() | st.sampled_from(values) for term, values in {**NUMBERS, **WORDS}.items()}
        | {term: st.none() | st.booleans() for term in BOOLEANS}
        | {term: st.none() | st.lists(st.sampled_from(words), unique=True) for term, words in LISTS.items()}
    ),
    min_size=1,
    max_size=8,
)


def _verdicts(text, rows):
    return _all_verdicts([text], rows)[0]


def _all_verdicts(texts, rows):
    frame = nw.from_native(pl.DataFrame(rows, schema={name: VOCABULARY[name].dtype for name in rows[0]}))
    truths = {f"= {rank}": condition(text).truth for rank, text in enumerate(texts)}
    found = frame.with_columns(**truths)
    return [found[name].to_list() for name in truths]


@given(trees=st.lists(_trees(), min_size=1, max_size=8), rows=_ROWS)
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_every_condition_agrees_with_kleenes_tables(trees, rows):
    """A whole frame gives what the small evaluator above gives row by row."""
    found = _all_verdicts([_sql(tree) for tree in trees], rows)
    assert found == [[_kleene(tree, row) for row in rows] for tree in trees]


@given(tree=_trees(), rows=_ROWS)
@settings(max_examples=15, deadline=None)
@pytest.mark.slow
def test_a_row_alone_gives_what_it_gives_in_a_frame(tree, rows):
    """Rows do not depend on one another."""
    text = _sql(tree)
    assert _verdicts(text, rows) == [_verdicts(text, [row])[0] for row in rows]


@given(trees=st.lists(_trees().filter(lambda tree: "targets" not in str(tree)), min_size=1, max_size=8), rows=_ROWS)
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_every_condition_on_single_values_agrees_with_sqlite(trees, rows):
    """SQLite evaluates the same text to the same three values."""
    terms = [*NUMBERS, *WORDS, *BOOLEANS]
    texts = [_sql(tree) for tree in trees]
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute(f"CREATE TABLE facts ({', '.join(terms)})")
        values = [[row[term] for term in terms] for row in rows]
        base.executemany(f"INSERT INTO facts VALUES ({', '.join('?' * len(terms))})", values)
        columns = zip(*base.execute(f"SELECT {', '.join(texts)} FROM facts ORDER BY rowid"), strict=True)
        found = [[None if value is None else bool(value) for value in column] for column in columns]
    assert _all_verdicts(texts, rows) == found


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("way", ["sign", "flipped", "pair"])
def test_every_sign_is_read_from_both_sides(sign, way):
    """Below, at, above and unknown, with the term on either side, and between two terms."""
    rows = [{"hate": value, "threat": 0.5} for value in (0.25, 0.5, 0.75, None)]
    tree = ("pair", ("hate", "threat"), sign) if way == "pair" else (way, "hate", sign, 0.5)
    assert _verdicts(_sql(tree), rows) == [_kleene(tree, row) for row in rows]


def test_is_unknown_is_the_standards_name_for_is_null():
    """SQLite does not know the name, so it has a test of its own."""
    rows = [{"hate": 0.9}, {"hate": None}]
    assert _verdicts("(hate > 0.5) IS UNKNOWN", rows) == [False, True]
    assert _verdicts("(hate > 0.5) IS NOT UNKNOWN", rows) == [True, False]


def test_and_binds_tighter_than_or_and_not_tighter_still():
    """As in SQL."""
    rows = [{"is_reply": True, "verified": False, "paid": False}]
    assert _verdicts("is_reply OR verified AND paid", rows) == [True]
    assert _verdicts("(is_reply OR verified) AND paid", rows) == [False]
    assert _verdicts("NOT verified AND paid", rows) == [False]


# --- what is refused

REFUSED = {
    "alone": "hate",
    "any-of-a-text": "'en' = ANY(lang)",
    "any-with-another-sign": "'jews' <> ANY(targets)",
    "arithmetic": "views + 1 > 3",
    "between-the-wrong-way": "views BETWEEN 10 AND 1",
    "between-words": "attitude BETWEEN 'attacks' AND 'counters'",
    "chain": "0.3 < hate < 0.9",
    "choice": "attitude = 'atacks'",
    "comment": "hate > 0.5 -- really",
    "comment-inside": "hate > 0.5 AND /* really */ is_reply",
    "deep": "(" * 40 + "is_reply" + ")" * 40,
    "double-not": "NOT NOT is_reply",
    "double-equals": "hate == 0.5",
    "empty": " ",
    "fact-against-fact": "hate > views",
    "function": "lower(lang) = 'en'",
    "in-a-list": "'jews' IN targets",
    "in-nothing": "hate IN ()",
    "in-on-a-list": "targets IN ('jews')",
    "is-a-number": "verified IS 3",
    "is-of-a-value": "hate > 0.5 IS UNKNOWN",
    "is-true-of-a-number": "hate IS TRUE",
    "language-tag": "lang = 'en-GB'",
    "like": "lang LIKE 'e%'",
    "list": "targets = 'jews'",
    "list-choice": "'jew' = ANY(targets)",
    "long": "hate > 0.5 AND " * 300 + "is_reply",
    "many": "is_reply OR " * 250 + "is_reply",
    "name": "thret >= 0.9",
    "name-in-capitals": "HATE >= 0.9",
    "name-with-quotes": 'lang = "en"',
    "negative": "views > -1",
    "nothing-between": "hate >= 0.5 threat >= 0.5",
    "nothing-left": "AND hate >= 0.5",
    "nothing-right": "hate >= 0.5 AND",
    "null": "hate = NULL",
    "null-alone": "NULL",
    "odd-sign": "hate ! 3",
    "order-of-booleans": "is_reply > TRUE",
    "order-of-words": "attitude >= 'attacks'",
    "parenthesis-closed": "hate > 0.5)",
    "parenthesis-open": "(hate > 0.5 AND (is_reply)",
    "percent": "hate >= 95",
    "point": "hate > .5",
    "power": "views = 1e3",
    "quote": "lang = 'en",
    "semicolon": "is_reply; DROP TABLE posts",
    "several": "thret > 0.5 AND attitude = 'atack' AND views > 'many'",
    "stance": "stance = 'attacks'",
    "subquery": "hate IN (SELECT 1)",
    "too-large": "views < 99999999999999999999",
    "tuple": "(hate, threat) = (1, 1)",
    "two-lines": "hate > 0.5\n  AND thret > 0.5",
    "values-only": "1 = 1",
    "wrong-type": "is_reply = 'yes'",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_with_a_caret(name, golden):
    """Each message is kept as a text file."""
    with pytest.raises(PolicyError) as error:
        condition(REFUSED[name])
    golden(f"when/{name}", str(error.value))


@given(text=st.text(max_size=60) | st.text(alphabet="()' ,.<>=!\nhateANDORNOTINIS01_;-/*\"$@?", max_size=60))
@settings(max_examples=150, deadline=None)
@pytest.mark.slow
def test_any_text_is_read_or_refused_inside_itself(text):
    """No text raises anything else, and every caret is in the text."""
    found, faults = read(text)
    assert (found is None) == bool(faults)
    assert all(0 <= fault.start <= len(text) for fault in faults)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "is_reply" + ")" * 10_000,
        "NOT (" * 700 + "is_reply" + ")" * 700,
        "NOT " * 900 + "is_reply",
        "is_reply = " * 300 + "TRUE",
        "is_reply = " * 190 + "TRUE",
        "((((" + "is_reply AND " * 290 + "is_reply))))",
        "'" * 3_999,
    ],
    ids=["parentheses", "nots in parentheses", "nots", "chain", "chain within the limits", "conjunction", "quotes"],
)
def test_a_hostile_condition_is_refused_at_once(text):
    """Depth and length are limited before the parser sees them."""
    assert read(text)[0] is None


@pytest.mark.slow
def test_a_condition_within_the_limits_is_read():
    """The limits leave room: as deep and as long as allowed still works."""
    deep = "NOT (" * DEEPEST + "is_reply" + ")" * DEEPEST
    asked = "is_reply" + " IS TRUE" * (MOST // 2 - 1)
    many = " OR ".join(["is_reply"] * (MOST // 2))
    long = f"lang = 'en'{' ' * (LONGEST - 11)}"
    assert [_verdicts(text, [{"is_reply": True, "lang": "en"}]) for text in (deep, asked, many, long)] == [[True]] * 4


def test_every_term_of_the_vocabulary_can_be_named():
    """None of them is a keyword of SQL."""
    for term in VOCABULARY:
        assert condition(f"{term} IS NULL").terms == (term,)


def test_a_condition_tells_its_terms_and_comparisons():
    """For the facts of a decision and for `explain`."""
    found = condition("threat >= 0.9 AND (attitude = 'attacks' OR NOT is_reply)")
    assert found.terms == ("attitude", "is_reply", "threat")
    assert [part.text for part in found.comparisons] == ["threat >= 0.9", "attitude = 'attacks'", "is_reply"]


def test_quotation_marks_inside_words_are_doubled():
    """As in SQL, and they end nothing."""
    assert _verdicts("'it''s' = ANY(narratives)", [{"narratives": ["it's"]}, {"narratives": []}]) == [True, False]
