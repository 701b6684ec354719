"""A small case in memory, so that each figure can be counted on one's fingers."""

from datetime import UTC, datetime

import polars as pl
import pytest

from rejoinder.records import NOUNS
from rejoinder.records.frames import conform

MONDAY, TUESDAY = datetime(2023, 11, 13, 9, tzinfo=UTC), datetime(2023, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def case():
    """Noun to rows, as a function: nouns not given are empty, columns not given have their defaults."""
    records = {record.noun(): record for record in NOUNS}

    def make(**rows):
        frames = {noun: conform(record, pl.DataFrame(rows.get(noun, []))) for noun, record in records.items()}
        return {noun: frame.lazy() for noun, frame in frames.items()}

    return make


@pytest.fixture
def posts():
    """Four posts: three English ones in one week, one German one in the next."""
    times = [MONDAY, MONDAY, MONDAY, TUESDAY]
    langs = ["en", "en", "en", "de"]
    return [
        {"id": f"f:{i}", "platform": "f", "author": "f:a", "created_at": time, "lang": lang}
        for i, (time, lang) in enumerate(zip(times, langs, strict=True), 1)
    ]


@pytest.fixture
def signals():
    """Post 1 is flagged as a threat against one group, 2 is below the threshold, 3 is clean, 4 out of reach."""
    of = {"subject_type": "post", "detector": "d", "version": "1"}
    return [
        of | {"subject": "f:1", "kind": "hate", "probability": 0.9, "targets": ["roma"], "narratives": ["n"]},
        of | {"subject": "f:1", "kind": "threat", "probability": 0.8, "targets": ["roma"], "narratives": []},
        of | {"subject": "f:2", "kind": "hate", "probability": 0.4, "targets": ["jews"], "narratives": []},
        of | {"subject": "f:3", "kind": "hate", "probability": 0.0, "targets": [], "narratives": []},
        of
        | {"subject": "f:4", "kind": "hate", "probability": None, "reach": "language", "targets": [], "narratives": []},
    ]
