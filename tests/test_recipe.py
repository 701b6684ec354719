"""The recipe for a new detector, followed by a stranger: a package of their own, found by its entry point."""

import json
import os
import subprocess
import sys

import pytest

DETECTOR = '''
"""A stranger's detector."""

import pytest
import polars as pl

from rejoinder.records import Signal
from rejoinder.records.frames import conform


class Shouting:
    """Finds posts in capital letters. Good at nothing else; its probabilities are made up for this test."""

    name = "shouting"
    version = "1"
    subject_type = "post"
    kinds = ("shouting.loud",)

    def detect(self, subjects: pl.DataFrame) -> pl.DataFrame:
        """One row a post: 0.9 where there are letters and all are capital, unknown where there are none."""
        text = pl.col("text")
        none = ~text.str.contains(r"\\p{L}")
        return conform(Signal, subjects.select(
            subject="id", subject_type=pl.lit("post"), detector=pl.lit(self.name), version=pl.lit(self.version),
            kind=pl.lit(self.kinds[0]),
            probability=pl.when(none).then(None).when(text.str.to_uppercase() == text).then(0.9).otherwise(0.1),
            reach=pl.when(none).then(pl.lit("no text")).otherwise(pl.lit("in reach")),
        ))
'''
PROGRAM = """
import json, sys
from pathlib import Path
from rejoinder import check_detector, flow, registry
detector = registry.make("detectors", "shouting")
check_detector(detector)
case = flow.new_case(Path(sys.argv[1]) / "case")
settings = Path(sys.argv[1]) / "case" / "rejoinder.toml"
settings.write_text(settings.read_text().replace('["hate"]', '["hate", "shouting"]'))
case = flow.open_case(Path(sys.argv[1]) / "case")
flow.run(case, [str(Path(sys.argv[1]) / "posts.jsonl")])
rows = case.scan("signal").collect()
print(json.dumps(rows.select("subject", "detector", "probability").sort("subject", "detector").rows()))
"""


@pytest.mark.slow
def test_a_strangers_detector_joins_the_flow(tmp_path):
    """One file and one line of registration: it passes the contract check, and its signals stand beside ours."""
    (tmp_path / "shouting.py").write_text(DETECTOR)
    info = tmp_path / "shouting-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[rejoinder.detectors]\nshouting = shouting:Shouting\n")
    post = {"id": "1", "author": "a", "created_at": "2024-01-01T00:00:00Z", "text": "GOOD MORNING"}
    (tmp_path / "posts.jsonl").write_text(json.dumps(post) + "\n")

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    ours, theirs = json.loads(done.stdout)
    assert ["local:1", "shouting", 0.9] == theirs
    assert ours[1] == "hate"
