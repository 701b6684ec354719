"""policy.toml: what a clause is, and the reading of a file with all its problems at once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from rejoinder.errors import NotFound, PolicyError
from rejoinder.policy.cross import contradictions
from rejoinder.policy.decode import Wrong, decode
from rejoinder.policy.language import Condition, read
from rejoinder.policy.positions import Place, offsets, places
from rejoinder.policy.problems import PolicyProblems, Problem, Source
from rejoinder.records.decision import Access, AccountAction, Ads, Say  # noqa: TC001 - msgspec reads them

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rejoinder.policy.positions import Keys

LARGEST = 256 * 1024
"""Characters of a policy file; the one that ships has a tenth of it."""

Text = Annotated[str, Meta(min_length=1, description="some text in quotation marks")]

ClauseId = Annotated[
    str, Meta(pattern=r"^[A-Z]{0,3}\d{1,4}(\.\d{1,4}){0,3}$", description='a number, as in "H3" or "3.2"')
]

Days = Annotated[str, Meta(pattern=r"^[1-9]\d{0,4}d$", description='a number of days, as in "90d"')]

Whole = Annotated[int, Meta(ge=0, le=36_500, description="a whole number, 0 or more")]

Tag = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", description='a language tag, as in "en"')]


class Axes(msgspec.Struct, frozen=True, kw_only=True):
    """A response on its separate axes; `None` where nothing is said, so that what lies beneath holds."""

    stance: Say | None = None
    access: Access | None = None
    ads: Ads | None = None
    account: AccountAction | None = None
    review: bool | None = None


class Step(Axes, frozen=True, kw_only=True):
    """A response with the length of its suspension."""

    account_days: Whole | None = None
    """No end where nothing is said."""


class InJurisdiction(Axes, frozen=True, kw_only=True):
    """What differs in one jurisdiction."""

    law: str = ""
    """The provision that it rests on, as a statement of reasons cites it."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about a post that may or may not be, and whether the clause matches; what is not listed is unknown."""

    facts: dict[str, bool | int | float | str | list[str]]
    matches: Annotated[bool | Literal["unknown"], Meta(description='true, false or "unknown"')]
    why: str = ""


class Clause(Step, frozen=True, kw_only=True, rename={"places": "in", "examples": "example"}):
    """One numbered rule: the text that binds, and the condition and responses that carry it out."""

    id: ClauseId
    title: Text
    text: Text
    """What authors, readers and courts read."""
    when: Text
    because: str = ""
    """Why the clause is as it is; for those who will change it."""
    strikes: Whole = 0
    strikes_expire: Days | None = None
    appeal: Days | None = None
    """How long the author may appeal."""
    ladder: tuple[Step, ...] = ()
    """What differs for the second, third, … offence; the last step holds for all that follow."""
    places: dict[str, InJurisdiction] = {}
    """ISO 3166-1 code to what differs there."""
    examples: tuple[Example, ...] = ()

    @property
    def strikes_days(self) -> int:
        """After how many days its strikes expire; 0 where it gives none."""
        return int(self.strikes_expire[:-1]) if self.strikes_expire else 0

    @property
    def appeal_days(self) -> int | None:
        """How many days the author has to appeal; `None` where the clause does not say."""
        return int(self.appeal[:-1]) if self.appeal else None

    @property
    def counts(self) -> bool:
        """Whether a match is an offence: it gives strikes, or the response depends on earlier ones."""
        return self.strikes > 0 or bool(self.ladder)


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    version: Text
    title: Text
    language: Tag
    clause: tuple[Clause, ...]
    preamble: str = ""


@dataclass(frozen=True)
class Policy:
    """A policy that holds together, ready to be applied."""

    version: str
    title: str
    language: str
    """Of its texts."""
    preamble: str
    clauses: tuple[Clause, ...]
    """In the order of precedence: the first that matches decides."""
    conditions: tuple[Condition, ...]
    """The `when` of each clause."""
    hash: str
    """SHA-256 of the file."""
    source: Source

    @cached_property
    def by_id(self) -> dict[str, Clause]:
        """Each clause by its number."""
        return {clause.id: clause for clause in self.clauses}


def load_policy(path: str | Path) -> Policy:
    """The policy in the file at `path`.

    Raises `NotFound` where there is none, and `PolicyError` with every problem of the file.
    """
    try:
        text = Path(path).read_bytes().decode()
    except OSError as error:
        raise NotFound(f"there is no policy at `{path}`", where=str(error), remedy="name a policy.toml") from error
    except UnicodeDecodeError as error:
        what = f"{path} is not UTF-8 text: byte {error.start:,} cannot be read"
        raise PolicyError(what, remedy="save it as UTF-8") from error
    return parse_policy(text, str(path))


_DEFAULT = Path(__file__).with_name("default.toml")


def default_text() -> str:
    """The policy that ships with Rejoinder, as a file to begin from.

    >>> default_text().splitlines()[1]
    'title = "Rules on group-directed hate"'
    """
    return _DEFAULT.read_bytes().decode()


def default_policy() -> Policy:
    """The policy that ships with Rejoinder.

    >>> [clause.id for clause in default_policy().clauses][:3]
    ['P1', 'P2', 'H1']
    """
    return load_policy(_DEFAULT)


def parse_policy(text: str, name: str = "policy.toml") -> Policy:
    '''The policy that `text` says; `name` is what messages call it.

    Raises `PolicyError` with every problem, each with its line, a caret, what was expected and the nearest name.

    >>> policy = parse_policy("""
    ...   version = "1"
    ...   title = "House rules"
    ...   language = "en"
    ...   [[clause]]
    ...   id = "H1"
    ...   title = "Threats"
    ...   text = "Threats of violence against a group are removed."
    ...   when = "threat >= 0.9"
    ...   access = "remove"
    ... """)
    >>> policy.by_id["H1"].access
    'remove'
    '''
    source = Source(name, text.replace("\r\n", "\n"))
    tree, found = _document(source)
    wrong: list[Wrong] = []
    head = decode(_Head, tree, (), wrong)
    wrong += contradictions(tree)
    problems = [_placed(source, found, one) for one in wrong]
    conditions = dict(_conditions(source, tree, found, problems))
    if problems or head is None:
        raise PolicyProblems(name, sorted(set(problems), key=lambda problem: (problem.start, problem.what)))
    return Policy(
        version=head.version,
        title=head.title,
        language=head.language,
        preamble=head.preamble,
        clauses=head.clause,
        conditions=tuple(conditions[rank] for rank in range(len(head.clause))),
        hash=sha256(text.encode()).hexdigest(),
        source=source,
    )


_DOTS = re.compile(r"""(?<![\w"'-])(?:(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}""")
"""A name of sixteen parts. `tomllib` needs time and memory that grow with the square of the parts."""


def _document(source: Source) -> tuple[dict[str, Any], dict[Keys, Place]]:
    """The values of a TOML document and their places."""
    if len(source.text) > LARGEST:
        what = f"the file has {len(source.text):,} characters"
        raise PolicyProblems(source.name, [Problem(source, 0, 1, what, f"at most {LARGEST:,}")])
    dots = _DOTS.search(source.text)
    if dots:
        problem = Problem(source, dots.start(), dots.end(), "a name has too many parts", "fewer than 16")
        raise PolicyProblems(source.name, [problem])
    try:
        return tomllib.loads(source.text), places(source.text)
    except RecursionError:
        problem = Problem(source, 0, 1, "lists or tables are nested too deep", "a few levels")
    except tomllib.TOMLDecodeError as error:
        problem = _syntax(source, str(error))
    except ValueError:  # Python reads no number of this length
        digits = re.search(r"\d[\d_]{4000}", source.text)
        start = digits.start() if digits else 0
        problem = Problem(source, start, start + 1, "a number has thousands of digits", "a smaller number")
    raise PolicyProblems(source.name, [problem])


def _syntax(source: Source, said: str) -> Problem:
    """What `tomllib` said, at the place that it said."""
    found = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    what = said[: found.start()] if found else said.removesuffix(" (at end of document)")
    start = len(source.text.rstrip())
    if found:
        lines = source.text.split("\n")[: int(found[1]) - 1]
        start = sum(len(line) + 1 for line in lines) + int(found[2]) - 1
    return Problem(source, start, start + 1, what[:1].lower() + what[1:], "TOML, see https://toml.io/en/v1.0.0")


def _placed(source: Source, found: dict[Keys, Place], wrong: Wrong) -> Problem:
    near = [wrong.path, (*wrong.path, 0), *(wrong.path[:length] for length in range(len(wrong.path) - 1, 0, -1))]
    place = next((found[path] for path in near if path in found), Place(0, 1, 0, 1))
    span = (place.start, place.end) if wrong.of_key else (place.value_start, place.value_end)
    return Problem(source, *span, wrong.what, wrong.expected)


def _conditions(
    source: Source, tree: dict[str, Any], found: dict[Keys, Place], problems: list[Problem]
) -> Iterator[tuple[int, Condition]]:
    """Each clause's `when`, read; what is wrong is added to `problems`."""
    clauses = tree.get("clause")
    for rank, clause in enumerate(clauses if isinstance(clauses, list) else []):
        when = clause.get("when") if isinstance(clause, dict) else None
        if not isinstance(when, str):
            continue
        condition, faults = read(when)
        place = found["clause", rank, "when"]
        spots = [place.value_start + spot for spot in offsets(source.text[place.value_start : place.value_end])]
        for fault in faults:
            start, end = spots[fault.start], spots[max(fault.start, fault.end - 1)] + 1
            problems.append(Problem(source, start, end, fault.what, fault.expected))
        if condition:
            yield rank, condition
