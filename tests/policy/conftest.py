"""Golden texts: `RECORD=1 pytest tests/policy` writes them anew; read the difference before keeping it."""

import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for `small_policies`: tests are no package

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture
def golden():
    """Compares a text with the golden one of that name, or records it."""

    def compare(name, text):
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("RECORD"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n", encoding="utf-8")
        assert text + "\n" == path.read_text(encoding="utf-8")

    return compare
