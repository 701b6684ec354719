"""Whether one condition can be shown, simply, to hold wherever another does. "No" means: not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sqlglot import exp

if TYPE_CHECKING:
    from sqlglot import Expr

    from rejoinder.policy.language import Condition

MOST = 20
"""Comparisons of a condition; one with more is not looked into."""


def implies(later: Condition, earlier: Condition) -> bool:
    """Whether every post for which `later` is true is one for which `earlier` is true.

    Sees through AND, OR, bounds on the same term and lists of values; everything else must be written alike.

    >>> from rejoinder.policy.language import condition
    >>> implies(condition("hate >= 0.9 AND is_reply"), condition("hate >= 0.5 OR verified"))
    True
    >>> implies(condition("hate >= 0.5"), condition("hate >= 0.9"))
    False
    """
    if max(len(later.comparisons), len(earlier.comparisons)) > MOST:
        return False
    return _shown(_plain(later.tree), _plain(earlier.tree))


class _Part(NamedTuple):
    """AND or OR of parts."""

    joined: str
    parts: tuple[_Form, ...]


class _Bound(NamedTuple):
    """A term above or below a number; `sharp` where the number itself is not included."""

    term: str
    above: bool
    number: float
    sharp: bool


class _Among(NamedTuple):
    """A term that has one of some values."""

    term: str
    values: frozenset[str]


_Form: TypeAlias = "_Part | _Bound | _Among | str"

_BOUNDS: dict[type[Expr], tuple[bool, bool]] = {
    exp.GTE: (True, False),
    exp.GT: (True, True),
    exp.LTE: (False, False),
    exp.LT: (False, True),
}
"""Of a sign with the term on its left: whether it is a bound above which the term lies, and a sharp one."""


def _plain(node: Expr) -> _Form:
    """A condition's tree with everything alike written alike."""
    node = node.unnest()
    if isinstance(node, exp.And | exp.Or):
        return _Part(type(node).__name__, tuple(_plain(part) for part in node.flatten()))
    if isinstance(node, exp.Between):
        low, high = _number(node.args["low"]), _number(node.args["high"])
        if low is not None and high is not None:
            term = node.this.sql()
            return _Part("And", (_Bound(term, True, low, False), _Bound(term, False, high, False)))
    if isinstance(node, exp.In):
        return _Among(node.this.sql(), frozenset(option.sql() for option in node.expressions))
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Literal):
        return _Among(node.this.sql(), frozenset({node.expression.sql()}))
    return _bound(node) or node.sql()


def _bound(node: Expr) -> _Bound | None:
    if type(node) not in _BOUNDS:
        return None
    above, sharp = _BOUNDS[type(node)]
    left, right = _number(node.this), _number(node.expression)
    if right is not None:
        return _Bound(node.this.sql(), above, right, sharp)
    return None if left is None else _Bound(node.expression.sql(), not above, left, sharp)


def _number(node: Expr) -> float | None:
    return float(node.this) if isinstance(node, exp.Literal) and not node.is_string else None


def _shown(later: _Form, earlier: _Form) -> bool:
    if earlier in {later, "TRUE"}:
        return True
    if isinstance(earlier, _Part) and earlier.joined == "And":
        return all(_shown(later, part) for part in earlier.parts)
    if isinstance(later, _Part) and later.joined == "Or":
        return all(_shown(part, earlier) for part in later.parts)
    if isinstance(earlier, _Part) and any(_shown(later, part) for part in earlier.parts):
        return True
    if isinstance(later, _Part):
        return any(_shown(part, earlier) for part in later.parts)
    return _narrower(later, earlier)


def _narrower(later: _Form, earlier: _Form) -> bool:
    if isinstance(later, _Among) and isinstance(earlier, _Among):
        return later.term == earlier.term and later.values <= earlier.values
    if not isinstance(later, _Bound) or not isinstance(earlier, _Bound):
        return False
    if (later.term, later.above) != (earlier.term, earlier.above):
        return False
    if later.number == earlier.number:
        return later.sharp or not earlier.sharp
    return (later.number > earlier.number) == later.above
