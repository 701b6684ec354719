"""The language of `when`: SQL conditions over the vocabulary, checked before they run, three-valued.

`sqlglot` parses; an allow-list of tokens stands before it and one of node kinds behind it, so that what
is not named here is refused, and nothing in a policy file can run code. A condition becomes one Narwhals
expression that is evaluated over whole frames and, the same one, over one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import narwhals as nw
from sqlglot import exp, parse_one
from sqlglot.errors import ParseError

from rejoinder.errors import nearest
from rejoinder.policy.problems import PolicyProblems, Problem, Source
from rejoinder.policy.tokens import Fault, refused
from rejoinder.policy.vocabulary import VOCABULARY, Kind, Term, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import Expr


class Comparison(NamedTuple):
    """One comparison of a condition."""

    text: str
    truth: nw.Expr


@dataclass(frozen=True)
class Condition:
    """A `when` that has been checked and can be evaluated."""

    text: str
    truth: nw.Expr
    """True, false, or null where it depends on something unknown (Kleene's logic, as in SQL)."""
    terms: tuple[str, ...]
    """The names in it, sorted."""
    comparisons: tuple[Comparison, ...]
    """Its smallest parts, in reading order."""
    tree: Expr
    """As `sqlglot` parsed it; only of allowed kinds."""


def condition(text: str) -> Condition:
    """The condition that `text` says.

    Raises `PolicyError` that points at everything wrong with it.

    >>> import polars as pl
    >>> facts = nw.from_native(pl.DataFrame({"threat": [0.95, 0.95, 0.1], "attitude": ["attacks", None, None]}))
    >>> threat = condition("threat >= 0.9 AND attitude = 'attacks'")
    >>> facts.select(verdict=threat.truth)["verdict"].to_list()
    [True, None, False]
    >>> condition("thread >= 0.9")
    Traceback (most recent call last):
    rejoinder.policy.problems.PolicyProblems: when does not hold together: 1 problem
    <BLANKLINE>
    [1/1] there is no term `thread`
     --> when:1:1
      |
    1 | thread >= 0.9
      | ^^^^^^
      = did you mean `threat`?
    """
    found, faults = read(text)
    if found is None:
        source = Source("when", text)
        raise PolicyProblems("when", [Problem(source, *fault) for fault in faults])
    return found


def read(text: str) -> tuple[Condition | None, list[Fault]]:
    """The condition, or everything that is wrong with it, in offsets of `text`."""
    faults = refused(text)
    if faults:
        return None, faults
    try:
        tree = parse_one(text)
    except ParseError as error:
        return None, [_unparsed(text, error)]
    reader = _Reader(text)
    truth = reader.truth(tree)
    if reader.faults:
        return None, sorted(set(reader.faults))
    return Condition(text, truth, tuple(sorted(reader.terms)), tuple(reader.comparisons), tree), []


_EXAMPLE = "comparisons such as `hate >= 0.9`, joined by AND, OR, NOT and parentheses"


def _unparsed(text: str, error: ParseError) -> Fault:
    """The parser's own words would name its classes; its place is good."""
    place = error.errors[0]
    before = text.split("\n")[: place["line"] - 1]
    end = sum(len(line) + 1 for line in before) + place["col"]
    start = max(0, end - len(place["highlight"] or " "))
    return Fault(start, end, "the condition cannot be read here", _EXAMPLE)


_OPERATORS: dict[type[Expr], Callable[[nw.Expr, Any], nw.Expr]] = {
    exp.EQ: eq, exp.NEQ: ne, exp.LT: lt, exp.LTE: le, exp.GT: gt, exp.GTE: ge,
}  # fmt: skip

_FLIPPED: dict[type[Expr], type[Expr]] = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE}

_ORDERED: tuple[Kind, ...] = ("probability", "count")

_UNREAD = nw.lit(None, dtype=nw.Boolean())
"""Stands in for what could not be read while the rest is still being checked."""


class _Reader:
    """Walks a tree once; gathers faults, terms and comparisons; gives Narwhals expressions."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Fault] = []
        self.terms: set[str] = set()
        self.comparisons: list[Comparison] = []

    def truth(self, node: Expr) -> nw.Expr:
        reading = self._compared if type(node) in _OPERATORS else None
        if reading is None and type(node) in self._readings:
            reading = getattr(self, self._readings[type(node)])
        return reading(node) if reading else self._fault(node, "this is not a condition", _EXAMPLE)

    _readings: ClassVar[dict[type[Expr], str]] = {
        exp.And: "_and",
        exp.Or: "_or",
        exp.Not: "_not",
        exp.Paren: "_paren",
        exp.Boolean: "_constant",
        exp.Null: "_null",
        exp.Column: "_alone",
        exp.Is: "_is",
        exp.Between: "_between",
        exp.In: "_in",
    }
    """The allow-list, with the comparisons of `_OPERATORS`; every other kind of node is refused."""

    def _and(self, node: Expr) -> nw.Expr:
        return reduce(and_, [self.truth(part) for part in node.flatten(unnest=False)])

    def _or(self, node: Expr) -> nw.Expr:
        return reduce(or_, [self.truth(part) for part in node.flatten(unnest=False)])

    def _not(self, node: Expr) -> nw.Expr:
        return ~self.truth(node.this)

    def _paren(self, node: Expr) -> nw.Expr:
        return self.truth(node.this)

    def _constant(self, node: Expr) -> nw.Expr:
        return nw.lit(bool(node.this), dtype=nw.Boolean())

    def _null(self, node: Expr) -> nw.Expr:
        return self._fault(node, "NULL stands alone", "`IS NULL`, which asks whether something is unknown")

    def _alone(self, node: Expr) -> nw.Expr:
        term = self._term(node)
        if term and term.kind != "boolean":
            return self._fault(node, f"`{term.name}` alone is not a condition", _usage(term))
        return self._noted(node, nw.col(term.name)) if term else _UNREAD

    def _is(self, node: Expr) -> nw.Expr:
        asked, about = node.expression, node.this.unnest()
        if isinstance(about, exp.Column) and isinstance(asked, exp.Null):
            term = self._term(about)
            return self._noted(node, nw.col(term.name).is_null()) if term else _UNREAD
        if isinstance(about, exp.Literal):
            return self._fault(about, "IS asks about a term or a condition", "`(hate >= 0.9) IS UNKNOWN`")
        if not isinstance(asked, exp.Null | exp.Boolean):
            return self._fault(node, "this cannot follow IS", "NULL, UNKNOWN, TRUE or FALSE")
        truth = self.truth(about)
        if isinstance(asked, exp.Null):
            return truth.is_null()
        return (truth if asked.this else ~truth).fill_null(value=False)

    def _between(self, node: Expr) -> nw.Expr:
        term = self._term(node.this.unnest())
        low, high = (self._value(node.args[bound], term) for bound in ("low", "high"))
        if term is None or low is None or high is None:
            return _UNREAD
        if isinstance(low, str | bool) or isinstance(high, str | bool):
            return self._fault(node, f"`{term.name}` has no order", _usage(term))
        if low > high:
            return self._fault(node, "nothing lies between these bounds", "the lower bound first")
        return self._noted(node, (nw.col(term.name) >= low) & (nw.col(term.name) <= high))

    def _in(self, node: Expr) -> nw.Expr:
        options = node.expressions
        if not options:
            return self._fault(node, "IN needs a list of values", "`IN ('a', 'b')`; of a list, `'a' = ANY(targets)`")
        term = self._term(node.this.unnest())
        values = [self._value(option, term) for option in options]
        if term is None or None in values:
            return _UNREAD
        if term.kind == "list":
            return self._fault(node, f"`{term.name}` is a list", _usage(term))
        return self._noted(node, nw.col(term.name).is_in(values))

    def _compared(self, node: Expr) -> nw.Expr:
        left, right, kind = node.this.unnest(), node.expression.unnest(), type(node)
        if isinstance(right, exp.Any):
            return self._member(node, left, right.this.unnest())
        if not isinstance(left, exp.Column):
            left, right, kind = right, left, _FLIPPED.get(kind, kind)
        term = self._term(left)
        if term is None:
            return _UNREAD
        if term.kind == "list":
            return self._fault(node, f"`{term.name}` is a list", _usage(term))
        if term.kind not in _ORDERED and kind in _FLIPPED:
            return self._fault(node, f"`{term.name}` has no order", _usage(term))
        other = self._other(right, term)
        return _UNREAD if other is None else self._noted(node, _OPERATORS[kind](nw.col(term.name), other))

    def _member(self, node: Expr, value: Expr, column: Expr) -> nw.Expr:
        term = self._term(column)
        word = self._value(value, term)
        if term is None or word is None:
            return _UNREAD
        if not isinstance(node, exp.EQ) or term.kind != "list":
            return self._fault(node, "ANY asks whether a list has a word", "`'jews' = ANY(targets)`")
        return self._noted(node, nw.col(term.name).list.contains(word))

    def _other(self, node: Expr, term: Term) -> nw.Expr | Value | None:
        """What a term is compared with: a value, or another term of its kind."""
        if not isinstance(node, exp.Column):
            return self._value(node, term)
        other = self._term(node)
        if other and other.kind != term.kind:
            return self._fault(node, f"`{term.name}` is a {term.kind}, `{other.name}` a {other.kind}", _usage(term))
        return nw.col(other.name) if other else None

    def _term(self, node: Expr) -> Term | None:
        if not isinstance(node, exp.Column) or len(node.parts) > 1:
            self._fault(node, "a term is expected here", "one of the names of the vocabulary, as in `hate`")
            return None
        term = VOCABULARY.get(node.name)
        if term is None:
            hint = _FALSE_FRIENDS.get(node.name) or nearest(node.name.lower(), VOCABULARY)
            self._fault(node, f"there is no term `{node.name}`", hint)
            return None
        self.terms.add(term.name)
        return term

    def _value(self, node: Expr, term: Term | None) -> Value | None:
        """The literal's value, if it is one that the term can have."""
        value = _literal(node)
        if value is None:
            self._fault(node, *_NULL) if isinstance(node, exp.Null) else self._fault(node, *_NO_VALUE)
            return None
        objection = term.objection(value) if term else None
        if objection:
            self._fault(node, *objection)
            return None
        return float(value) if term and term.kind == "probability" else value

    def _noted(self, node: Expr, truth: nw.Expr) -> nw.Expr:
        self.comparisons.append(Comparison(node.sql(), truth))
        return truth

    def _fault(self, node: Expr, what: str, expected: str) -> nw.Expr:
        places = [part.meta for part in node.walk() if "start" in part.meta]
        start = min((place["start"] for place in places), default=0)
        end = max((place["end"] + 1 for place in places), default=len(self.text))
        self.faults.append(Fault(start, end, what, expected))
        return _UNREAD


_FALSE_FRIENDS = {"stance": "`attitude` is what the post does; `stance` is what the platform says"}

_NULL = ("nothing equals NULL, which means unknown", "`IS NULL`")

_NO_VALUE = ("a value is expected here", "a number, or text in single quotation marks")


def _literal(node: Expr) -> Value | None:
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        return str(node.this)
    return float(node.this) if "." in node.this else int(node.this)


def _usage(term: Term) -> str:
    """How a term of this kind is used."""
    word = term.choices[0] if term.choices else "…"
    return {
        "probability": f"a comparison such as `{term.name} >= 0.9`",
        "count": f"a comparison such as `{term.name} >= 3`",
        "boolean": f"`{term.name}` or `NOT {term.name}`",
        "choice": f"`{term.name} = '{word}'` or `{term.name} IN ('{word}')`",
        "text": f"`{term.name} = '{word}'` or `{term.name} IN ('{word}')`",
        "list": f"`'{word}' = ANY({term.name})`",
    }[term.kind]
