"""Places in a TOML document, checked against what `tomllib` reads from those places."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.policy.positions import offsets, places

KEYS = st.sampled_from(["a", "b-1", "when", '"a b"', "'c.d'", '"e\\"f"', '"]"'])

SCALARS = st.sampled_from(
    [
        "1", "-0.5", "true", "1979-05-27 07:32:00", "1979-05-27T07:32:00Z", '""', "''", '"a # b"', "'[x]'",
        '"a\\tb\\u00e9\\U0001F600"', '"""\n a "quoted" \\\n   b\n"""', "'''\nraw \\n ''x'\n'''",
        '"""x""""', "'''y'''''", "0x1F", "inf",
    ]
)  # fmt: skip

BLANKS = st.sampled_from(["", " ", "\n", " # a, [comment]\n", "\t"])


def _inline(pairs):
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs.items()) + " }"


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.tuples(st.lists(inner, max_size=3), BLANKS).map(
            lambda made: "[" + made[1] + ("," + made[1]).join(made[0]) + made[1] + "]"
        ),
        st.dictionaries(
            KEYS, inner.filter(lambda value: "\n" not in value or value[:3] in {'"""', "'''"}), max_size=3
        ).map(_inline),
    ),
    max_leaves=5,
)

PAIRS = st.dictionaries(KEYS, VALUES, max_size=4)


def _lines(pairs):
    return "".join(f"{key} ={' ' * (len(value) % 2)}{value}  # {key}\n" for key, value in pairs.items())


@st.composite
def documents(draw):
    """A document with top-level values, arrays of tables and their sub-tables, dotted and quoted keys."""
    text = _lines(draw(PAIRS)) + "dotted . key = 1\n"
    for table in draw(st.lists(st.tuples(PAIRS, PAIRS, st.booleans()), max_size=3)):
        text += f"\n[[clause]] # one\n{_lines(table[0])}"
        text += f" [clause . in.DE]\n{_lines(table[1])}"
        text += "[[clause.example]]\nfacts.hate = 0.5\n" * (1 + table[2])
    return text


def _walk(value, path=()):
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _walk(child, (*path, key))


@given(text=documents())
@settings(max_examples=60, deadline=None)
@pytest.mark.slow
def test_every_value_is_found_where_it_stands(text):
    """What stands at a value's place is that value, and nothing is found that is not there."""
    tree = tomllib.loads(text)
    found = places(text)
    known = dict(_walk(tree))
    assert set(found) <= set(known)
    for path, value in known.items():
        if not isinstance(value, dict) and not (isinstance(value, list) and value and isinstance(value[0], dict)):
            place = found[path]
            assert tomllib.loads(f"x = {text[place.value_start : place.value_end]}")["x"] == value


@given(text=documents())
@settings(max_examples=30, deadline=None)
def test_every_key_is_found_where_it_stands(text):
    """What stands at a key's place ends with that key, and a table's place is its header."""
    for path, place in places(text).items():
        said = text[place.start : place.end]
        if said.startswith("["):
            assert said.strip("[]").replace(" ", "").startswith("clause") or isinstance(path[-1], int)
        elif isinstance(path[-1], str) and place.start != place.value_start:
            keys = [key for key, _ in _walk(tomllib.loads(f"{said} = 0"))]
            assert path[-1] in keys[-1]


@given(raw=SCALARS.filter(lambda raw: raw[0] in "\"'"))
def test_every_character_of_a_string_is_found_where_it_is_written(raw):
    """One offset for each character and one for the end; plain characters stand as they are."""
    value = tomllib.loads(f"x = {raw}")["x"]
    found = offsets(raw)
    assert len(found) == len(value) + 1
    assert all(raw[at] in (char, "\\") for at, char in zip(found, value, strict=False))


def test_a_joined_line_leaves_no_character():
    """A backslash at the end of a line takes the line's end and the blanks after it away."""
    raw = '"""\nab\\\n   c"""'
    assert [raw[at] for at in offsets(raw)] == ["a", "b", "c", '"']
