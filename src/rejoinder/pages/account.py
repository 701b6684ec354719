"""The account: reports acted on, ads beside hate, the detector against people's judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rejoinder.pages import words
from rejoinder.pages.base import Page
from rejoinder.pages.estimates import groups, whole
from rejoinder.pages.figures import Wording, by_group, key_figure

if TYPE_CHECKING:
    from rejoinder.pages.base import Figure, Material


class Account:
    """What the platform did with what was reported, what ads stood beside, and how far to trust the detector."""

    name = "account"
    rank = 30

    def make(self, material: Material) -> Page | None:
        """The page, or `None` where none of its measures said anything."""
        figures = tuple(figure for figure in _figures(material) if figure)
        lead = _lead(material)
        if not figures and not lead:
            return None
        keys = (
            key_figure(
                whole(material, "acted on reports"), "of reported posts acted on by the platform", "reported post"
            ),
            key_figure(whole(material, "beside ads"), "of ads shown beside a post excluded from ads", "impression"),
        )
        return Page(
            id="account",
            title="The account",
            lead=lead or "What people judged, beside what the detector flagged.",
            key_figures=tuple(key for key in keys if key),
            figures=figures,
        )


def sentence(material: Material) -> str:
    """On how many reported posts the platform acted; empty where nothing was estimated."""
    acted = whole(material, "acted on reports")
    if acted is None:
        return ""
    if acted.value is None:
        return "No reported post could be looked at again, so what the platform acted on cannot be said."
    reported = words.counted(acted.n, "reported post")
    return words.sentences(
        f"Of {reported}, the platform acted on {words.number(acted.count)}: {words.told(acted)}.",
        words.few(acted.n, "post"),
    )


def _lead(material: Material) -> str:
    ads = whole(material, "beside ads")
    return words.sentences(
        sentence(material),
        f"Of {words.counted(ads.n, 'ad impression')}, {words.told(ads)} stood beside at least one post that the policy "
        "keeps ads away from."
        if ads and ads.n
        else "",
    )


def _figures(material: Material) -> list[Figure | None]:
    acted, ads = "share of reported posts acted on", "share of ad impressions"
    return [
        by_group(
            groups(material, "acted on reports", "reporter"),
            Wording(
                id="account-reporters", title="Acted on, by who reported", axis=acted, value="Share acted on",
                count="Acted on", n="Reported posts",
            ),
        ),
        by_group(
            groups(material, "acted on reports", "outcome"),
            Wording(
                id="account-outcomes", title="Reported posts at the last look", axis="share of reported posts",
                value="Share of posts", count="Posts", n="Reported posts",
            ),
        ),
        by_group(
            groups(material, "beside ads", "advertiser"),
            Wording(
                id="account-ads", title="Ads beside excluded posts, by advertiser", axis=ads,
                value="Share of impressions", count="Beside", n="Impressions",
            ),
        ),
        by_group(
            groups(material, "detector against judgements", "measure"),
            Wording(
                id="account-agreement", title="The detector against people's judgements", axis="share of judged posts",
                value="Share", count="Agreed", n="Of posts",
                caption="Precision: of what the detector flagged, what people judged hateful. "
                "Recall: of what people judged hateful, what the detector flagged.",
            ),
        ),
    ]  # fmt: skip
