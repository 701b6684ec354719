"""The names that a `when` may use: what each means, and which values it can have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import polars as pl

from rejoinder.errors import nearest
from rejoinder.records.signal import PARENT, TARGETS, Reach, Stance

Kind: TypeAlias = Literal["probability", "count", "boolean", "choice", "text", "list"]
"""What sort of value a term has; `choice` is one of fixed words, `list` is a list of words."""

Value: TypeAlias = bool | int | float | str
"""A literal of the policy language."""

LARGEST = 2**63 - 1
"""The largest count there is."""

_EXPECTED: dict[Kind, str] = {
    "probability": "a probability between 0 and 1, as in 0.9",
    "count": "a whole number, 0 or more",
    "boolean": "TRUE or FALSE",
    "choice": "text in single quotation marks",
    "text": "text in single quotation marks",
    "list": "text in single quotation marks",
}

_DTYPES: dict[Kind, pl.DataType] = {
    "probability": pl.Float64(),
    "count": pl.Int64(),
    "boolean": pl.Boolean(),
    "choice": pl.String(),
    "text": pl.String(),
    "list": pl.List(pl.String()),
}


@dataclass(frozen=True)
class Term:
    """A name of the vocabulary. Any term may be unknown."""

    name: str
    kind: Kind
    description: str
    """One sentence, for the documentation and for `policy explain`."""
    choices: tuple[str, ...] = ()
    """The only words it can have; empty where any word will do."""
    pattern: str = ""
    """What its words look like, where they are not listed."""

    @property
    def dtype(self) -> pl.DataType:
        """Its column in a frame of facts."""
        return _DTYPES[self.kind]

    def objection(self, value: object) -> tuple[str, str] | None:
        """What is wrong with comparing this term with `value` and what was expected; `None` if nothing.

        >>> VOCABULARY["hate"].objection(95)
        ('`hate` cannot be 95', 'a probability between 0 and 1, as in 0.9')
        >>> VOCABULARY["attitude"].objection("atacks")
        ("`attitude` cannot be 'atacks'", 'did you mean `attacks`?')
        """
        what = f"`{self.name}` cannot be {_written(value)}"
        if not self._of_kind(value):
            return what, _EXPECTED[self.kind]
        if self.choices and value not in self.choices:
            return what, nearest(str(value).lower(), self.choices)
        if self.pattern and not re.fullmatch(self.pattern, str(value)):
            return what, f"a word such as {_EXAMPLES[self.name]}"
        return None

    def _of_kind(self, value: object) -> bool:
        if self.kind == "boolean":
            return isinstance(value, bool)
        if isinstance(value, bool) or self.kind in {"choice", "text", "list"}:
            return isinstance(value, str)
        if self.kind == "count":
            return isinstance(value, int) and 0 <= value <= LARGEST
        return isinstance(value, int | float) and 0 <= value <= 1


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."  # noqa: PLR2004 - a message is no place for a page


_EXAMPLES = {"lang": "'en', the language alone in small letters", "platform": "'bluesky', in small letters"}

_KINDS = {
    "hate": "group-directed hate of any kind",
    "derogation": "statements that a group is inferior or bad",
    "dehumanisation": "likening a group to animals, disease or filth",
    "threat": "threats of violence against a group, or incitement to it",
    "slur": "slurs for a group",
    "conspiracy": "a conspiracy narrative about a group",
    "denial": "denial or glorification of atrocities against a group",
    "exclusion": "calls to deny a group rights or presence",
}
assert _KINDS.keys() == {kind for kind, headline in PARENT.items() if headline == "hate"}

_TERMS = (
    *(Term(kind, "probability", f"Probability of {what}, in the post.") for kind, what in _KINDS.items()),
    Term("attitude", "choice", "What the post does with a hateful idea, as the most certain headline says.",
         get_args(Stance)),
    Term("targets", "list", "The groups that the post targets.", TARGETS),
    Term("narratives", "list", "Ids of the recurring hateful storylines in the post."),
    Term("reach", "choice", "Whether any detector could judge the post, and if none, why not.", get_args(Reach)),
    Term("lang", "text", "Language of the post as the platform gave it, without region or script.",
         pattern="[a-z]{2,3}"),
    Term("platform", "text", "Where the post was published.", pattern="[a-z0-9][a-z0-9._-]*"),
    Term("is_repost", "boolean", "Whether the post repeats another one."),
    Term("is_reply", "boolean", "Whether the post answers another one."),
    Term("has_text", "boolean", "Whether the post has words of its own."),
    Term("has_media", "boolean", "Whether the post has pictures, films or sounds."),
    Term("sensitive", "boolean", "Whether its author or platform marked the post as sensitive."),
    Term("followers", "count", "Followers of the author's account at the latest look."),
    Term("verified", "boolean", "Whether the platform says that the author's account is verified."),
    Term("paid", "boolean", "Whether the author's account pays for a tier."),
    Term("automated", "boolean", "Whether the author's account declares itself automated."),
    Term("account_age_days", "count", "Whole days from the making of the author's account to the post."),
    Term("account_coordination", "probability",
         "Probability that the author's account, or a group that it is in, acts in coordination."),
    Term("reports", "count", "Reports in this case that name the post."),
    Term("flagger_reports", "count", "Those of the reports that trusted flaggers, authorities and organisations made."),
    Term("views", "count", "How often the post was seen."),
    Term("likes", "count", "How many liked the post."),
    Term("reposts", "count", "How many reposted the post."),
)  # fmt: skip

VOCABULARY = {term.name: term for term in _TERMS}
"""Every term by its name."""

KINDS = tuple(_KINDS)
"""The kinds of hate that are terms, the headline first."""

SCHEMA = pl.Schema(
    {"subject": pl.String(), "author": pl.String(), "time": pl.Datetime("us", "UTC")}
    | {term.name: term.dtype for term in _TERMS}
)
"""The columns of a frame of facts: whose they are, then one column per term. Lists hold no nulls."""
