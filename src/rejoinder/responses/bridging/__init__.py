"""Bridging: ratings in; notes that raters who usually disagree both find helpful out.

What enters: ratings (`rater`, `note`, `helpful`), by what they are also files of X Community Notes. What leaves:
for every note an intercept with its interval, a status with the rules it met or not, and how many raters it hangs on;
for every rater a viewpoint and a weight; rings as evidence; rejects with reasons. Built in: `admit`, `bridge`,
`bridge_as_incumbent`, a `Stream` that re-decides at every rating, `settle` for a note's history, `ask` for whom to ask.
"""

from rejoinder.responses.bridging.asking import ask, undecided
from rejoinder.responses.bridging.engine import Bridged, bridge, bridge_as_incumbent
from rejoinder.responses.bridging.history import Patience, Reading, Settled, settle
from rejoinder.responses.bridging.ratings import Ratings, admit
from rejoinder.responses.bridging.status import Rules
from rejoinder.responses.bridging.streaming import Stream, Told

__all__ = [
    "Bridged",
    "Patience",
    "Ratings",
    "Reading",
    "Rules",
    "Settled",
    "Stream",
    "Told",
    "admit",
    "ask",
    "bridge",
    "bridge_as_incumbent",
    "settle",
    "undecided",
]
