"""Who is there: two camps and a middle, the few who hate, rings, fan clubs, bots, outlets, and who is banned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rejoinder.simulate.chance import pick
from rejoinder.simulate.grammar import LANGUAGES, posts_grammar
from rejoinder.simulate.setting import DAY, START

if TYPE_CHECKING:
    import numpy.typing as npt

    from rejoinder.simulate.chance import Bools, Floats, Ints
    from rejoinder.simulate.setting import Setting

CAMPS = ("a", "b", "middle")
CAMP_SHARES = (0.45, 0.35, 0.20)
PERSON, HATER, RING, FAN, IDOL, BOT, OUTLET = range(7)
"""Roles; an account has one."""
NEVER = np.iinfo(np.int64).max

_VIEWPOINTS = (-0.6, 0.6, 0.0)
_LANGUAGE_SHARES = (0.88, 0.05, 0.04, 0.03)
_ACTIVITY = (1, 1, 0.3, 0.5, 0, 4, 2)
"""How active each role is, against persons."""
_IDOL = 0.0015
"""An idol's share of all activity."""
_FATES = ("upheld", "rejected", "upheld", "", "pending", "upheld", "rejected")
"""What becomes of appeals against bans, in turn; nothing for those who do not appeal."""


@dataclass(frozen=True, kw_only=True)
class People:
    """One value per account."""

    role: Ints
    group: Ints
    """Number of the ring or fan club, or of the idol's club; -1 for none."""
    camp: Ints
    viewpoint: Floats
    """-1 to 1; the middle is around 0."""
    activity: Floats
    """Heavy-tailed; how much of ordinary talk is theirs."""
    hate: Floats
    """How much of the hate is theirs; 0 for almost everybody."""
    lang: Ints
    favourites: Ints
    """Three themes of ordinary talk each."""
    creed: Ints
    """The hateful theme that a hater comes back to."""
    banned: Ints
    """When; `NEVER` for almost everybody."""
    back: Ints
    """When reinstated; `NEVER` where not."""
    by_mistake: Bools
    reformed: Bools
    """Whether a reinstated account leaves hate alone."""
    fate: npt.NDArray[np.str_]
    """What became of the appeal, empty where there was none."""

    def __len__(self) -> int:
        return len(self.role)

    def out(self, who: Ints, when: Ints) -> Bools:
        """Whether each account is banned at the time."""
        return (self.banned[who] <= when) & (when < self.back[who])

    def members(self, role: int, group: int) -> Ints:
        """The accounts of a ring or a fan club, or its idol."""
        return np.flatnonzero((self.role == role) & (self.group == group))


def people(setting: Setting) -> People:
    """The people of a platform."""
    rng, size = setting.stream("people"), setting.accounts
    role, group = _roles(setting)
    bans = _bans(setting, role)
    known = bans["banned"] < NEVER
    activity = _activity(rng, role, setting.clubs)
    activity[known] = np.maximum(activity[known], np.median(activity) * 8)
    camp = pick(rng, CAMP_SHARES, size)
    lang = np.where(np.isin(role, (PERSON, HATER)), pick(rng, _LANGUAGE_SHARES, size), 0)
    hateful = posts_grammar().of("hate")
    return People(
        role=role, group=group, camp=camp, activity=activity, lang=lang, favourites=_favourites(rng, lang),
        viewpoint=np.clip(np.array(_VIEWPOINTS)[camp] + rng.normal(0, 0.18, size), -1, 1),
        hate=np.where(role == HATER, activity**0.7 * rng.lognormal(0, 0.5, size), 0.0) * np.where(known, 2, 1),
        creed=hateful[pick(rng, posts_grammar().weights(hateful), size)], **bans,
    )  # fmt: skip


def _roles(setting: Setting) -> tuple[Ints, Ints]:
    """Disjoint roles, given out by lot; up to 40 accounts to a ring or a fan club."""
    accounts, clubs = setting.accounts, setting.clubs
    members = clubs * min(40, max(3, accounts // 50))
    sizes = {
        RING: members, FAN: members, IDOL: clubs, BOT: max(1, accounts // 200), OUTLET: max(1, accounts // 100),
        HATER: max(6, accounts * 8 // 100),
    }  # fmt: skip
    role, group = np.full(accounts, PERSON), np.full(accounts, -1)
    lots = np.split(setting.stream("roles").permutation(accounts), np.cumsum(list(sizes.values())))
    for kind, lot in zip(sizes, lots, strict=False):
        role[lot] = kind
        if kind in {RING, FAN, IDOL}:
            group[lot] = np.arange(len(lot)) % clubs
    return role, group


def _activity(rng: np.random.Generator, role: Ints, clubs: int) -> Floats:
    drawn: Floats = rng.lognormal(0, 1.3, len(role)) * np.array(_ACTIVITY)[role]
    drawn[role == IDOL] = drawn.sum() * _IDOL / clubs
    return drawn


def _favourites(rng: np.random.Generator, lang: Ints) -> Ints:
    chosen, draws = np.zeros((len(lang), 3), dtype=np.int64), rng.random((len(lang), 3))
    for number, code in enumerate(LANGUAGES):
        themes = posts_grammar().of("talk", code)
        chosen[lang == number] = themes[(draws[lang == number] * len(themes)).astype(np.int64)]
    return chosen


def _bans(setting: Setting, role: Ints) -> dict[str, Any]:
    """A few haters are banned, and a few others by mistake; some appeal, and some of those come back."""
    rng, size, span = setting.stream("bans"), setting.accounts, setting.days * DAY
    haters = rng.permutation(np.flatnonzero(role == HATER))[: max(3, size // 150)]
    others = rng.permutation(np.flatnonzero(role == PERSON))[: max(1, size // 400)]
    who = np.concatenate([haters, others])
    fates = np.array([_FATES[at % len(_FATES)] for at in range(len(haters))] + ["upheld"] * len(others))
    banned, back = np.full(size, NEVER), np.full(size, NEVER)
    banned[who] = START + (rng.uniform(0.1, 0.5, len(who)) * span).astype(np.int64)
    returned = who[fates == "upheld"]
    back[returned] = banned[returned] + (rng.uniform(0.03, 0.12, len(returned)) * span).astype(np.int64)
    fate = np.full(size, "", dtype=fates.dtype)
    fate[who] = fates
    everyone = np.arange(size)
    return {
        "banned": banned, "back": back, "fate": fate, "by_mistake": np.isin(everyone, others),
        "reformed": np.isin(everyone, returned[::3]),
    }  # fmt: skip
