"""What the values of a policy file must mean together; each alone is of its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rejoinder.errors import nearest
from rejoinder.policy.decode import Wrong
from rejoinder.policy.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rejoinder.policy.positions import Keys

PLACES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
    GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
    MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
    TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 - as a list it would be 250 lines
)
"""Codes of ISO 3166-1 alpha-2."""

MOST = 200
"""Clauses of a policy."""

_NO_PLACES = {"UK": "`GB`", "EL": "`GR`", "EU": "the member states one by one; the EU is no place of ISO 3166-1"}


def contradictions(tree: dict[str, Any]) -> Iterator[Wrong]:
    """What does not fit together in the clauses of a document. Parts of another shape are passed over."""
    clauses = list(_tables(tree, "clause", ()))
    if tree.get("clause") == []:
        yield Wrong(("clause",), "there is no clause", "one `[[clause]]` or more")
    if len(clauses) > MOST:
        yield Wrong(clauses[MOST][0], f"there are {len(clauses):,} clauses", f"at most {MOST}", of_key=True)
    first: dict[str, Keys] = {}
    for path, clause in clauses:
        name = clause.get("id")
        if isinstance(name, str) and name in first:
            yield Wrong((*path, "id"), f"there are two clauses `{name}`", "another number")
        first[str(name)] = path
        yield from _strikes(path, clause)
        yield from _days(path, clause)
        for step_path, step in _tables(clause, "ladder", path):
            yield from _days(step_path, step)
        yield from _places(path, clause)
        for example_path, example in _tables(clause, "example", path):
            yield from _facts(example_path, example)


def _tables(table: dict[str, Any], key: str, path: Keys) -> Iterator[tuple[Keys, dict[str, Any]]]:
    items = table.get(key)
    for rank, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield (*path, key, rank), item


def _strikes(path: Keys, clause: dict[str, Any]) -> Iterator[Wrong]:
    if clause.get("strikes") and "strikes_expire" not in clause:
        yield Wrong((*path, "strikes"), "these strikes never expire", '`strikes_expire`, as in "90d"')
    if "strikes_expire" in clause and not clause.get("strikes"):
        yield Wrong((*path, "strikes_expire"), "there are no strikes to expire", "`strikes`, 1 or more", of_key=True)


def _days(path: Keys, axes: dict[str, Any]) -> Iterator[Wrong]:
    if "account_days" in axes and axes.get("account") != "suspend":
        what = "only a suspension lasts for days"
        yield Wrong((*path, "account_days"), what, '`account = "suspend"` beside it', of_key=True)


def _places(path: Keys, clause: dict[str, Any]) -> Iterator[Wrong]:
    places = clause.get("in")
    for place in places if isinstance(places, dict) else ():
        if place not in PLACES:
            hint = _NO_PLACES.get(place, "a code of ISO 3166-1, as in `DE`")
            yield Wrong((*path, "in", place), f"there is no place `{place}`", hint, of_key=True)


def _facts(path: Keys, example: dict[str, Any]) -> Iterator[Wrong]:
    facts = example.get("facts")
    for name, value in facts.items() if isinstance(facts, dict) else ():
        at = (*path, "facts", name)
        term = VOCABULARY.get(name)
        if term is None:
            yield Wrong(at, f"there is no term `{name}`", nearest(name.lower(), VOCABULARY), of_key=True)
        elif term.kind == "list" and not isinstance(value, list):
            yield Wrong(at, f"`{name}` is a list", '`["…"]`')
        else:
            objections = [term.objection(one) for one in (value if term.kind == "list" else [value])]
            yield from (Wrong(at, *objection) for objection in objections if objection)
