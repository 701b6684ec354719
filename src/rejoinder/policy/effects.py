"""What a clause does to a post and its author: the response of each step of its ladder, in each place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from rejoinder.policy.document import Axes, Clause, Policy
    from rejoinder.records.decision import Access, AccountAction, Ads, Say


@dataclass(frozen=True)
class Effect:
    """A response with something said on every axis."""

    stance: Say = "none"
    access: Access = "none"
    ads: Ads = "allow"
    account: AccountAction = "none"
    account_days: int | None = None
    review: bool = False

    def under(self, axes: Axes) -> Effect:
        """This response with what `axes` says put over it. The days of a suspension go where it goes."""
        moved = axes.account is not None
        return Effect(
            stance=axes.stance or self.stance,
            access=axes.access or self.access,
            ads=axes.ads or self.ads,
            account=axes.account or self.account,
            account_days=getattr(axes, "account_days", None) if moved else self.account_days,
            review=self.review if axes.review is None else axes.review,
        )


def effect(clause: Clause, step: int = 0, place: str | None = None) -> Effect:
    """The response of `clause` to an offence: `step` 0 is the first, 1 the second, and so on.

    Each step of the ladder overrides the clause's own response, not the step before it; the last step
    holds for every later offence; what a place says overrides both.

    >>> from rejoinder.policy import default_policy
    >>> threat = default_policy().by_id["H1"]
    >>> [effect(threat, step).account for step in range(4)]
    ['suspend', 'suspend', 'ban', 'ban']
    """
    found = Effect().under(clause)
    if step and clause.ladder:
        found = found.under(clause.ladder[min(step, len(clause.ladder)) - 1])
    if place in clause.places:
        found = found.under(clause.places[place])
    return found


def table(policy: Policy) -> pl.DataFrame:
    """The clauses for people: `clause`, `title`, `text`, `because`, `responses` (in words), in order of precedence.

    >>> from rejoinder.policy import default_policy
    >>> table(default_policy()).filter(clause="H1")["responses"].item().split("; ")[:3]
    ['remove', 'no ads beside it', 'suspend the account for 7 days']
    """
    return pl.DataFrame(
        [(clause.id, clause.title, clause.text, clause.because, _responses(clause)) for clause in policy.clauses],
        schema=dict.fromkeys(("clause", "title", "text", "because", "responses"), pl.String()),
        orient="row",
    )


_WORDS = {
    "stance": {"label": "label", "note": "note"},
    "access": {"interstitial": "warning before it is shown", "limit": "reach limited", "remove": "remove"},
    "ads": {"exclude": "no ads beside it"},
    "account": {"warn": "warn the author", "suspend": "suspend the account", "ban": "ban the account"},
}

_RANKS = ("second", "third", "fourth", "fifth")


def words(effect: Effect) -> str:
    """A response in words.

    >>> words(Effect(stance="note", access="limit", review=True))
    'note; reach limited; review by a person'
    """
    said = [texts.get(getattr(effect, axis), "") for axis, texts in _WORDS.items()]
    if effect.account_days:
        said[-1] += f" for {effect.account_days} day{'s' * (effect.account_days != 1)}"
    said.append("review by a person" if effect.review else "")
    return "; ".join(part for part in said if part) or "no action"


def _responses(clause: Clause) -> str:
    said = [words(effect(clause))]
    if clause.strikes:
        said.append(f"{clause.strikes} strike{'s' * (clause.strikes != 1)} for {clause.strikes_days} days")
    for step in range(1, len(clause.ladder) + 1):
        rank = _RANKS[step - 1] if step <= len(_RANKS) else f"{step + 1}th"
        said.append(f"{rank} offence: {words(effect(clause, step))}")
    for place in sorted(clause.places):
        law = f" ({clause.places[place].law})" if clause.places[place].law else ""
        said.append(f"in {place}{law}: {words(effect(clause, 0, place))}")
    return "; ".join(said)
