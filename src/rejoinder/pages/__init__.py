"""Estimates in, pages out: content only (words, tables, charts), for a door to render.

What enters: `Material` (every estimate of the case, the clauses of its policy, how to repeat it). What leaves:
`Page`s of key figures, figures and facts. Built in: at a glance, found, decisions, account, rejects, repeat; where
a measure is absent, so is its figure, and a page with nothing on it. Registered in the group `rejoinder.pages`.
"""

from typing import cast

from rejoinder import registry
from rejoinder.pages.base import Figure, KeyFigure, Material, Page, PageMaker

__all__ = ["Figure", "KeyFigure", "Material", "Page", "PageMaker", "makers"]


def makers() -> list[PageMaker]:
    """Every registered maker of a page, in the order of their ranks.

    >>> [maker.name for maker in makers()][:2]
    ['overview', 'found']
    """
    return sorted(cast("list[PageMaker]", registry.make_all("pages")), key=lambda maker: (maker.rank, maker.name))
