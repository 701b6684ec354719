"""Reports, what is done about them, and what later looks find."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import polars as pl
import pytest

from rejoinder.records.check import Outcome
from rejoinder.simulate.checks import LOOKS


@pytest.fixture(scope="module")
def reported(sim, known):
    posts = known.select(subject="id", hateful="hateful", kind="kind", posted="created_at", repost_of="repost_of")
    return sim.report.join(posts, on="subject", maintain_order="left")


def test_reports_are_about_posts_of_the_platform_after_they_were_posted(sim, reported):
    assert reported.height == sim.report.height
    assert reported["repost_of"].null_count() == reported.height
    assert (reported["created_at"] > reported["posted"]).all()
    assert sim.report["created_at"].is_sorted()


def test_most_reports_are_right_and_some_are_wrong(reported):
    assert 0.5 < reported["hateful"].mean() < 0.8


def test_trusted_flaggers_are_few_and_err_less_than_users(reported):
    right = dict(reported.group_by("reporter_kind").agg(pl.col("hateful").mean()).iter_rows())
    assert set(right) == {"user", "trusted flagger"}
    assert right["trusted flagger"] > right["user"]
    assert reported.filter(pl.col("reporter_kind") == "trusted flagger")["reporter"].n_unique() <= 3


def test_reporters_are_pseudonyms_and_no_accounts(sim):
    assert not set(sim.report["reporter"]) & set(sim.account["id"])


def test_rings_brigade_counter_speech_within_ten_minutes(sim, known, planted):
    brigade = planted("brigade").join(sim.report, left_on="subject", right_on="id")
    assert brigade.height == planted("brigade").height > 10
    assert (brigade["time"] == brigade["created_at"]).all()
    told = brigade.join(known.select("id", "genre"), left_on="subject_right", right_on="id")
    assert set(told["genre"]) == {"counter"}
    spans = told.group_by("subject_right").agg(pl.len(), pl.col("time").max() - pl.col("time").min())
    assert spans["len"].min() > 1
    assert spans["time"].max() <= timedelta(minutes=10)


def test_the_platform_acts_on_few_and_later_than_it_was_told(reported):
    told = reported.with_columns(pl.col("acted").fill_null(value=False))
    assert 0.05 < told["acted"].mean() < 0.15
    assert reported["acted"].null_count() > 0
    acted = reported.filter("acted")
    assert (acted["acted_at"] > acted["created_at"]).all()
    assert (
        reported.filter(~pl.col("acted").fill_null(value=False))["acted_at"].null_count()
        == reported.height - acted.height
    )


def test_all_reports_of_one_post_have_one_answer(reported):
    assert reported.group_by("subject").agg(pl.col("acted").n_unique(), pl.col("acted_at").n_unique())[
        ["acted", "acted_at"]
    ].max().row(0) == (1, 1)


def test_every_reported_post_is_looked_at_four_times_on_schedule(sim):
    first = sim.report.group_by("subject").agg(pl.col("created_at").min().alias("first"))
    looks = sim.check.join(first, on="subject").sort("subject", "created_at")
    assert looks.height == sim.check.height == 4 * first.height
    waited = (looks["created_at"] - looks["first"]).dt.total_seconds() - pl.Series([*LOOKS] * first.height)
    assert 0 <= waited.min() <= waited.max() < 1800


def test_every_outcome_is_seen(sim):
    assert set(sim.check["outcome"]) == set(get_args(Outcome))
    assert sim.check["outcome"].value_counts(sort=True)["outcome"][0] == "up"


def test_what_was_done_is_seen_after_it_was_done_and_lasts(sim, reported):
    done = reported.group_by("subject").agg(pl.col("acted").first(), pl.col("acted_at").first())
    looks = sim.check.join(done, on="subject").sort("subject", "created_at")
    by_platform = looks.filter(pl.col("outcome").is_in(["labelled", "limited", "removed by platform"]))
    assert by_platform.height > 10
    assert by_platform["acted"].all()
    assert (by_platform["created_at"] >= by_platform["acted_at"]).all()
    for outcomes in looks.group_by("subject").agg("outcome")["outcome"]:
        seen = [outcome for outcome in outcomes if outcome != "unreachable"]
        for final in ("removed by platform", "deleted by author"):
            if final in seen:
                assert set(seen[seen.index(final) :]) == {final}


def test_posts_of_banned_accounts_are_gone_while_the_ban_lasts(sim, planted):
    spans = (
        planted("banned")
        .select(author="subject", banned="time")
        .join(planted("reinstated").select(author="subject", back="time"), on="author", how="left")
    )
    looks = sim.check.join(sim.post.select(subject="id", author="author"), on="subject").join(spans, on="author")
    during = looks.filter(
        pl.col("created_at") >= pl.col("banned"), pl.col("back").is_null() | (pl.col("created_at") < pl.col("back"))
    )
    assert during.height > 0
    assert set(during["outcome"]) <= {"account gone", "removed by platform", "deleted by author", "unreachable"}
