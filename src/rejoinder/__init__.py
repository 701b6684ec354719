"""Find group-directed hate, answer it, and account for what was done.

The names below are the whole public Python API. Each is imported when it is first used, so that
`import rejoinder` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rejoinder.acts.asking import explain
    from rejoinder.acts.detecting import detect_texts
    from rejoinder.checks import check_detector, check_measure, check_page, check_source
    from rejoinder.errors import RejoinderError
    from rejoinder.flow import new_case, open_case, run
    from rejoinder.numerics.intervals import wilson
    from rejoinder.policy import Policy, load_policy, replay
    from rejoinder.records import (
        Account,
        Appeal,
        Check,
        Decision,
        Estimate,
        Event,
        Impression,
        Judgement,
        Message,
        Note,
        Post,
        Rating,
        Reject,
        Report,
        Signal,
    )
    from rejoinder.simulate import platform
    from rejoinder.store import Archive, Case, Log

__version__ = "0.1.0"

_ROOM = {
    **dict.fromkeys(
        (
            "Account", "Appeal", "Check", "Decision", "Estimate", "Event", "Impression", "Judgement", "Message",
            "Note", "Post", "Rating", "Reject", "Report", "Signal",
        ),
        "records",
    ),
    **dict.fromkeys(("Archive", "Case", "Log"), "store"),
    **dict.fromkeys(("Policy", "load_policy", "replay"), "policy"),
    **dict.fromkeys(("new_case", "open_case", "run"), "flow"),
    **dict.fromkeys(("check_detector", "check_measure", "check_page", "check_source"), "checks"),
    "RejoinderError": "errors",
    "detect_texts": "acts.detecting",
    "explain": "acts.asking",
    "platform": "simulate",
    "wilson": "numerics.intervals",
}  # fmt: skip

__all__ = [
    "Account",
    "Appeal",
    "Archive",
    "Case",
    "Check",
    "Decision",
    "Estimate",
    "Event",
    "Impression",
    "Judgement",
    "Log",
    "Message",
    "Note",
    "Policy",
    "Post",
    "Rating",
    "Reject",
    "RejoinderError",
    "Report",
    "Signal",
    "check_detector",
    "check_measure",
    "check_page",
    "check_source",
    "detect_texts",
    "explain",
    "load_policy",
    "new_case",
    "open_case",
    "platform",
    "replay",
    "run",
    "wilson",
]


def __getattr__(name: str) -> object:
    if name not in _ROOM:
        raise AttributeError(f"module `rejoinder` has no `{name}`")
    return getattr(import_module(f"rejoinder.{_ROOM[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
