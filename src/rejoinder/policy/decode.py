"""Tables of a TOML document to msgspec structs, with every problem at its place and not only the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec

from rejoinder.errors import nearest

if TYPE_CHECKING:
    from types import UnionType

    from rejoinder.policy.positions import Keys

S = TypeVar("S", bound=msgspec.Struct)


class Wrong(NamedTuple):
    """What is wrong with one value."""

    path: Keys
    what: str
    expected: str
    of_key: bool = False
    """Whether the key is wrong rather than its value."""


def decode(kind: type[S], table: dict[str, Any], path: Keys, wrong: list[Wrong]) -> S | None:
    """`table` as a `kind`, or `None`, with everything that keeps it from being one added to `wrong`.

    Nested structs, tuples of structs and dicts of structs are walked; every other value is checked
    strictly by msgspec, and the type's `Meta(description=...)` is what the message says was expected.

    >>> class Step(msgspec.Struct):
    ...     account: Literal["warn", "ban"]
    ...     days: int = 0
    >>> wrong = []
    >>> decode(Step, {"acount": "ban", "days": "7"}, ("ladder", 0), wrong)
    >>> for one in wrong:
    ...     print(one.path, one.what, "-", one.expected)
    ('ladder', 0, 'acount') there is no key `acount` - did you mean `account`?
    ('ladder', 0, 'days') `days` cannot be '7' - a whole number
    ('ladder', 0) `account` is missing - one of `ban`, `warn`
    """
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    before = len(wrong)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in fields:
            values[fields[key].name] = _value(fields[key].type, value, (*path, key), wrong)
        else:
            wrong.append(Wrong((*path, key), f"there is no key `{key}`", nearest(key, fields), of_key=True))
    for name, field in fields.items():
        if field.required and name not in table:
            wrong.append(Wrong(path, f"`{name}` is missing", _expected(field.type, ""), of_key=True))
    return kind(**values) if len(wrong) == before else None


def _value(kind: Any, value: Any, path: Keys, wrong: list[Wrong]) -> Any:  # noqa: ANN401 - any type, any value
    kind = _told(kind)
    inner = _told(get_args(kind)[-1] if get_origin(kind) is dict else next(iter(get_args(kind)), None))
    if isinstance(value, dict) and _is_struct(kind):
        return decode(kind, value, path, wrong)
    if isinstance(value, list) and get_origin(kind) is tuple and _is_struct(inner):
        return tuple(_value(inner, item, (*path, rank), wrong) for rank, item in enumerate(value))
    if isinstance(value, dict) and get_origin(kind) is dict and _is_struct(inner):
        return {key: _value(inner, item, (*path, key), wrong) for key, item in value.items()}
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError:
        wrong.append(Wrong(path, f"`{_name(path)}` cannot be {_written(value)}", _expected(kind, value)))
        return None


def _told(kind: Any) -> Any:  # noqa: ANN401
    """The type without `None`, which no TOML value is."""
    parts = [part for part in get_args(kind) if part is not type(None)]
    return parts[0] if _is_union(kind) and len(parts) == 1 else kind


def _is_union(kind: type | UnionType) -> bool:
    return get_origin(kind) is Union or type(kind).__name__ == "UnionType"


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _name(path: Keys) -> str:
    return str(next(part for part in reversed(path) if isinstance(part, str)))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a message is no place for a page


def _expected(kind: Any, value: object) -> str:  # noqa: ANN401
    kind = _told(kind)
    if get_origin(kind) is Annotated:
        described = [meta.description for meta in kind.__metadata__ if getattr(meta, "description", None)]
        return described[0] if described else _expected(kind.__origin__, value)
    if get_origin(kind) is Literal:
        return nearest(value if isinstance(value, str) else "", get_args(kind))
    return _PLAIN.get(get_origin(kind) or kind, "a table")


_PLAIN = {bool: "true or false", int: "a whole number", str: "text in quotation marks", tuple: "a list of tables"}
