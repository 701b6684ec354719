"""The whole platform: one frame per noun, the truth about every post, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rejoinder.records import INGESTED
from rejoinder.simulate.accounts import account_frame, departures
from rejoinder.simulate.ads import impression_frame
from rejoinder.simulate.appeals import appeal_frame
from rejoinder.simulate.checks import check_frame
from rejoinder.simulate.groups import with_groups
from rejoinder.simulate.matters import matters
from rejoinder.simulate.notes import note_frame, notes, rating_frame
from rejoinder.simulate.people import people
from rejoinder.simulate.planted import planted_frame
from rejoinder.simulate.posting import posting
from rejoinder.simulate.posts import origin_frame, post_frame, truth_frame
from rejoinder.simulate.reports import complaints, handled, report_frame
from rejoinder.simulate.setting import Setting
from rejoinder.simulate.wording import wording

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A simulated platform: records as sources give them, and the truth that no source gives.

    Every noun's frame has exactly the columns of its record, in the order of time (accounts and judgements by
    number). `judgement` is the truth: what every post is by construction, by the coder `simulation` and the
    codebook `truth`.
    """

    post: pl.DataFrame
    account: pl.DataFrame
    report: pl.DataFrame
    check: pl.DataFrame
    note: pl.DataFrame
    rating: pl.DataFrame
    judgement: pl.DataFrame
    impression: pl.DataFrame
    appeal: pl.DataFrame
    origin: pl.DataFrame
    """What each post was made from: `post`, `genre`, `theme`, `disguise` (empty for none)."""
    planted: pl.DataFrame
    """Rings, fan clubs, the event, bans, camps and slants: see `planted.planted_frame`."""

    def frames(self) -> dict[str, pl.DataFrame]:
        """Noun to frame, for every noun that comes in from outside.

        >>> list(platform(posts=200, accounts=50).frames())
        ['post', 'account', 'report', 'check', 'note', 'rating', 'judgement', 'impression', 'appeal']
        """
        return {record.noun(): getattr(self, record.noun()) for record in INGESTED}


def platform(*, seed: int = 1, posts: int = 20_000, accounts: int = 2_000, days: int = 90) -> Platform:
    """A platform with `posts` posts (reposts included) by `accounts` accounts over `days` days from 1 January 2024.

    Around 1.2 % of posts are hateful before the event, which happens after two thirds of the days, and 2.4 %
    after it; a third of them are reposts by rings. One ring and one fan club of up to 40 accounts are planted
    per 2,000 accounts. The same arguments give the same platform on any number of threads, with the same
    versions of NumPy and Polars.

    What it cannot tell: how real hate is worded. Texts are put together from about 500 mild templates, so what
    a detector scores here says that it works, not how well.

    Raises `UsageError` where a size is below `setting.LEAST`.

    >>> small = platform(seed=1, posts=2_000, accounts=200)
    >>> small.post.height, small.judgement["hateful"].sum()
    (2000, 22)
    """
    setting = Setting(seed=seed, posts=posts, accounts=accounts, days=days)
    folk = people(setting)
    posted = matters(setting, folk, with_groups(setting, folk, posting(setting, folk)))
    words, gone = wording(setting, posted), departures(setting, folk, posted)
    found, noted = complaints(setting, folk, posted), notes(setting, folk, posted)
    done = handled(setting, posted, found)
    return Platform(
        post=post_frame(setting, folk, posted, words),
        account=account_frame(setting, folk, posted, gone),
        report=report_frame(setting, folk, posted, found, done),
        check=check_frame(setting, folk, posted, done, gone),
        note=note_frame(setting, posted, noted),
        rating=rating_frame(setting, noted),
        judgement=truth_frame(posted),
        impression=impression_frame(setting, posted),
        appeal=appeal_frame(setting, folk),
        origin=origin_frame(posted, words),
        planted=planted_frame(setting, folk, posted, found, noted),
    )
