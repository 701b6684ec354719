"""Records in, estimates out: every figure with its interval, its denominator and its method.

What enters: the whole case, noun by noun, as lazy frames. What leaves: one frame of `Estimate` per measure,
which pages and programs read alike. Built in: posts read, flagged, decided, answered, reports acted on, posts
beside ads, the detector against judgements, rejects. Registered in the group `rejoinder.measures`.
"""

from typing import cast

from rejoinder import registry
from rejoinder.measures.base import Measure, Records

__all__ = ["Measure", "Records", "measures"]


def measures() -> list[Measure]:
    """Every registered measure, in the order of the registered names.

    >>> [measure.name for measure in measures()][:2]
    ['acted on reports', 'detector against judgements']
    """
    return cast("list[Measure]", registry.make_all("measures"))
