"""Decisions in, what is said to whom out: one decision, many readers.

What enters: the case's decisions and reports, and the policy's clauses. What leaves: a frame of `Message`.
Built in: notes asked for, notices to authors, answers to everybody who reported. Nothing is sent from here.
Registered in the group `rejoinder.responses`.
"""

from typing import cast

from rejoinder import registry
from rejoinder.responses.base import Response

__all__ = ["Response", "responses"]


def responses() -> list[Response]:
    """Every registered response, in the order of the registered names.

    >>> [response.name for response in responses()]
    ['note-request', 'notice', 'report-answer']
    """
    return cast("list[Response]", registry.make_all("responses"))
