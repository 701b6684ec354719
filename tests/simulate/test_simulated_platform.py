"""The platform as a whole: schemas, sizes, sameness, and what moves it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rejoinder.errors import UsageError
from rejoinder.records import INGESTED
from rejoinder.records.frames import split
from rejoinder.simulate import platform
from rejoinder.simulate.setting import LEAST

SMALL = {"seed": 3, "posts": 600, "accounts": 120, "days": 30}


@pytest.mark.parametrize("record", INGESTED)
def test_every_frame_has_exactly_the_columns_of_its_record_and_only_good_rows(sim, record):
    frame = sim.frames()[record.noun()]
    assert frame.schema == record.schema()
    good, bad = split(record, frame)
    assert bad.is_empty()
    assert good.height == frame.height > 0


@pytest.mark.parametrize("noun", ["post", "account", "report", "note", "impression", "appeal"])
def test_ids_are_unique(sim, noun):
    assert sim.frames()[noun]["id"].is_unique().all()


def test_the_default_platform_has_the_promised_size(sim):
    assert (sim.post.height, sim.account.height, sim.judgement.height) == (20_000, 2_000, 20_000)
    span = sim.post["created_at"].max() - sim.post["created_at"].min()
    assert 89 <= span.days <= 90


def test_the_same_arguments_give_the_same_platform():
    one, other = platform(**SMALL), platform(**SMALL)
    for name, frame in (one.frames() | {"origin": one.origin, "planted": one.planted}).items():
        assert_frame_equal(frame, getattr(other, name))


@pytest.mark.parametrize(("name", "value"), [("seed", 4), ("posts", 601), ("accounts", 121), ("days", 31)])
def test_every_argument_changes_the_posts(name, value):
    assert not platform(**SMALL).post.equals(platform(**SMALL | {name: value}).post)


def test_one_part_does_not_change_when_another_draws_more():
    few, many = platform(**SMALL), platform(**SMALL | {"posts": 900})
    same = ["id", "handle", "description", "followers", "paid", "automated"]
    assert_frame_equal(few.account.select(same), many.account.select(same))
    assert_frame_equal(few.appeal, many.appeal)


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 2**63), posts=st.integers(200, 1_500), accounts=st.integers(50, 5_000), days=st.integers(9, 400)
)
@pytest.mark.slow
def test_small_platforms_of_any_shape_hold_together(seed, posts, accounts, days):
    small = platform(seed=seed, posts=posts, accounts=accounts, days=days)
    assert (small.post.height, small.account.height) == (posts, accounts)
    known = set(small.post["id"])
    for column in ("reply_to", "repost_of", "quote_of", "thread"):
        assert set(small.post[column].drop_nulls()) <= known
    for record in INGESTED:
        assert split(record, small.frames()[record.noun()])[1].is_empty()


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_too_small_a_platform_is_refused_with_the_smallest_that_works(name, least):
    assert platform(**SMALL | {name: least}).post.height > 0
    with pytest.raises(UsageError) as refused:
        platform(**SMALL | {name: least - 1})
    assert str(refused.value) == (
        f"`{name}` is {least - 1}\n  where: the simulated platform\n  expected: at least {least}\n"
        f"  remedy: ask for {name}={least} or more"
    )


def test_nothing_in_any_frame_looks_like_an_email_or_an_ip_address(sim):
    for frame in sim.frames().values():
        texts = frame.select(pl.col(pl.String)).unpivot().get_column("value").drop_nulls()
        assert not texts.str.contains(r"[^\s@]+@[^\s@]+\.\w|\b\d{1,3}(\.\d{1,3}){3}\b").any()


@pytest.mark.slow
def test_the_number_of_threads_changes_nothing():
    program = (
        "import sys; from rejoinder.simulate import platform; p = platform(seed=3, posts=5000, accounts=500);"
        "sys.stdout.write(repr([f.write_json() for f in (*p.frames().values(), p.origin, p.planted)]))"
    )
    said = set()
    for threads in ("1", "4"):
        told = os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads}
        ran = subprocess.run([sys.executable, "-c", program], env=told, capture_output=True, check=True)
        said.add(hashlib.sha256(ran.stdout).hexdigest())
    assert len(said) == 1
