"""The gate before the parser: only plain words of the policy language pass, few and not nested deep."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sqlglot import TokenType as T
from sqlglot import tokenize
from sqlglot.errors import TokenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot import Token

LONGEST = 4_000
"""Characters of a condition."""

MOST = 400
"""Words, values and signs of a condition."""

DEEPEST = 12
"""Parentheses inside one another. The parser's own stack would end near 40."""


class Fault(NamedTuple):
    """What is wrong with a condition, with offsets into its text."""

    start: int
    end: int
    what: str
    expected: str


_OPEN = {T.VAR, T.NUMBER, T.STRING}

_VALUES = _OPEN | {T.TRUE, T.FALSE, T.NULL, T.UNKNOWN}

_INFIX = {T.AND, T.OR, T.IN, T.BETWEEN, T.IS, T.EQ, T.NEQ, T.LT, T.LTE, T.GT, T.GTE}

_STARTS = _VALUES | {T.L_PAREN, T.NOT, T.ANY}

_ENDS = _VALUES | {T.R_PAREN}

_PLAIN = _INFIX | _STARTS | _ENDS | {T.COMMA}
"""The allow-list; every other kind of token is refused."""

_WRITTEN = {
    "AND", "OR", "NOT", "IN", "BETWEEN", "IS", "ANY", "TRUE", "FALSE", "NULL", "UNKNOWN",
    "=", "<>", "!=", "<", "<=", ">", ">=", "(", ")", ",",
}  # fmt: skip
"""How those that are no term and no value are written; the tokenizer knows `!` and `==` too."""

_NUMBER = re.compile(r"\d+(\.\d+)?")

_SAID = {
    T.SEMICOLON: ("a condition has no semicolon", "one condition for each clause"),
    T.DOT: ("this point does not belong to a number or name", "a zero before the point, as in `0.5`"),
    T.IDENTIFIER: ("names stand without quotation marks", "text in single quotation marks, as in `'en'`"),
}

_OTHER = "terms, values, comparisons, IN, BETWEEN, IS, ANY, AND, OR, NOT and parentheses"


def refused(text: str) -> list[Fault]:
    """What keeps `text` from the parser, if anything; places are offsets into it."""
    if not text.strip():
        return [Fault(0, len(text), "the condition is empty", "a comparison, or TRUE")]
    if len(text) > LONGEST:
        what = f"the condition has {len(text):,} characters"
        return [Fault(0, 1, what, f"at most {LONGEST:,}; say it in several clauses")]
    try:
        tokens = tokenize(text)
    except TokenError:
        start = max(0, *(text.rfind(mark) for mark in "'\"`"))
        return [Fault(start, len(text), "this text has no end", "a closing quotation mark")]
    return list(_comments(text, tokens)) or list(_foreign(tokens)) or list(_shape(tokens))


def _comments(text: str, tokens: Sequence[Token]) -> Iterator[Fault]:
    """What the tokenizer passed over is blank, or a comment."""
    edges = [0, *(edge for token in tokens for edge in (token.start, token.end + 1)), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        gap = text[start:end]
        if gap.strip():
            begin = start + len(gap) - len(gap.lstrip())
            yield Fault(begin, end, "a condition has no comments", "a TOML comment, outside the quotation marks")


def _foreign(tokens: Sequence[Token]) -> Iterator[Fault]:
    for token, after in pairwise([*tokens, None]):
        assert token
        if token.token_type is T.NUMBER and not _NUMBER.fullmatch(token.text):
            yield _at(token, f"`{token.text}` is no plain number", "digits, as in 1000 or 0.9")
        elif token.token_type not in _PLAIN or not (token.token_type in _OPEN or token.text.upper() in _WRITTEN):
            yield _at(token, *_SAID.get(token.token_type, (f"`{token.text}` is not part of the language", _OTHER)))
            return
        elif after and token.token_type is T.VAR and after.token_type is T.L_PAREN:
            yield _at(token, f"`{token.text}` is called as a function", "no functions")


def _shape(tokens: Sequence[Token]) -> Iterator[Fault]:
    if len(tokens) > MOST:
        yield _at(tokens[MOST], f"the condition has {len(tokens):,} words", f"at most {MOST}")
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        yield from _sides(token, before.token_type if before else None, after.token_type if after else None)
    yield from _parentheses(tokens)


def _sides(token: Token, before: T | None, after: T | None) -> Iterator[Fault]:
    """What stands left and right of a word or sign must fit it."""
    kind, said = token.token_type, token.text
    if kind in _INFIX and before not in _ENDS and not (before is T.NOT and kind in {T.IN, T.BETWEEN}):
        yield _at(token, f"`{said}` has nothing on its left", "a comparison there, as in `hate >= 0.9`")
    elif kind in _INFIX | {T.NOT} and after not in _STARTS and not (kind is T.NOT and after in {T.IN, T.BETWEEN}):
        yield _at(token, f"`{said}` has nothing on its right", "a comparison there, as in `hate >= 0.9`")
    elif kind in _STARTS - {T.NOT} and before in _ENDS and (kind, before) != (T.L_PAREN, T.VAR):
        yield _at(token, "nothing joins this to what stands before it", "AND, OR or a comparison between them")
    elif kind is T.NOT and before is T.NOT:
        yield _at(token, "NOT NOT says nothing", "one NOT or none")


def _parentheses(tokens: Sequence[Token]) -> Iterator[Fault]:
    opened: list[Token] = []
    for token in tokens:
        if token.token_type is T.L_PAREN:
            opened.append(token)
        elif token.token_type is T.R_PAREN:
            if not opened:
                yield _at(token, "this parenthesis closes nothing", "an opening one before it")
                return
            opened.pop()
        if len(opened) > DEEPEST:
            what = f"more than {DEEPEST} parentheses inside one another"
            yield _at(token, what, "a flatter condition, or several clauses")
            return
    for token in opened:
        yield _at(token, "this parenthesis is never closed", "a closing one after it")


def _at(token: Token, what: str, expected: str) -> Fault:
    return Fault(token.start, token.end + 1, what, expected)
