"""The hand-written training posts: legal, and apart from the published suites that judge them."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from rejoinder.records.signal import PARENT, TARGETS

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "training" / "contrast").glob("*.toml"))
POSTS = [(path.name, post) for path in FILES for post in tomllib.loads(path.read_text(encoding="utf-8"))["post"]]
APART = 6
"""Words in a row that may not stand both in training and in a suite."""


def runs(text):
    """Every run of words of that length."""
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[start : start + APART]) for start in range(len(words) - APART + 1)}


def suites():
    """The rows of both published suites."""
    sys.path.insert(0, str(ROOT / "benchmarks" / "detection" / "suites"))
    import load

    return load.rows()


@pytest.mark.parametrize("name", [path.name for path in FILES])
def test_every_post_is_legal(name):
    for post in (post for file, post in POSTS if file == name):
        assert post["label"] in (0, 1)
        assert post.get("kind") in PARENT if post["label"] else "kind" not in post, post["text"]
        assert post.get("stance") in {None, "attacks", "counters", "reports", "reclaims", "unclear"}, post["text"]
        assert set(post.get("targets", ())) <= set(TARGETS), post["text"]


def test_no_post_stands_twice():
    texts = [post["text"].casefold() for _, post in POSTS]
    assert len(set(texts)) == len(texts)


def test_no_run_of_words_stands_in_training_and_in_a_suite():
    trained = {run: post["text"] for _, post in POSTS for run in runs(post["text"])}
    shared = {" ".join(run): row.text for row in suites() for run in runs(row.text) if run in trained}
    assert shared == {}


def test_no_narrative_of_the_suite_was_trained_on():
    held_out = {row.group for row in suites() if row.suite == "narratives"}
    assert held_out & {post["about"] for _, post in POSTS} == set()
