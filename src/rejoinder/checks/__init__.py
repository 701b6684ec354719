"""What every part must keep, ours and a stranger's alike: public checks, to be called in their tests.

`check_source`, `check_detector`, `check_measure`, `check_page`: each takes a part, tries it, and raises
`AssertionError` that says in words which promise of the contract was not kept.
"""

from rejoinder.checks.detector import check_detector
from rejoinder.checks.measure import check_measure
from rejoinder.checks.page import check_page
from rejoinder.checks.source import check_source

__all__ = ["check_detector", "check_measure", "check_page", "check_source"]
