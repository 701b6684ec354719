"""Accounts: camps, activity, roles, bans and what the banned do next."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from rejoinder.simulate.people import CAMP_SHARES, CAMPS


def test_two_camps_and_a_middle_differ_in_viewpoint(planted):
    views = (
        planted("viewpoint").group_by("group").agg(pl.len(), pl.col("value").mean(), pl.col("value").std().alias("sd"))
    )
    found = {group: (size, mean, sd) for group, size, mean, sd in views.iter_rows()}
    for camp, share, middle in zip(CAMPS, CAMP_SHARES, (-0.6, 0.6, 0.0), strict=True):
        size, mean, sd = found[camp]
        assert size / 2_000 == pytest.approx(share, abs=4 * (share * (1 - share) / 2_000) ** 0.5)
        assert mean == pytest.approx(middle, abs=0.03)
        assert sd < 0.25


def test_people_rather_repost_their_own_camp(sim, planted):
    view = planted("viewpoint").select("subject", "value")
    posts = sim.post.join(view, left_on="author", right_on="subject")
    both = posts.filter(pl.col("repost_of").is_not_null()).join(
        posts.select("id", theirs="value"), left_on="repost_of", right_on="id"
    )
    assert np.corrcoef(both["value"], both["theirs"])[0, 1] > 0.1


def test_activity_is_heavy_tailed(sim):
    most = sim.post["author"].value_counts(sort=True)["count"]
    assert most.head(200).sum() > 0.4 * sim.post.height


def test_hate_comes_from_few(known):
    authors = known.filter("hateful", pl.col("repost_of").is_null())["author"].n_unique()
    assert authors < 0.08 * 2_000 + 1


def test_accounts_are_created_before_their_first_post(sim):
    first = sim.post.group_by("author").agg(pl.col("created_at").min().alias("first"))
    both = sim.account.join(first, left_on="id", right_on="author")
    assert (both["created_at"] < both["first"]).all()
    assert (sim.account["created_at"] > sim.post["created_at"][0]).any()


def test_accounts_are_of_several_kinds(sim):
    assert set(sim.account["status"]) == {"active", "limited", "suspended", "deactivated", "deleted"}
    assert 0.08 < sim.account["paid"].mean() < 0.20
    assert sim.account["automated"].sum() == 10
    assert sim.account["handle"].is_unique().all()
    assert sim.account["followers"].mean() > 2 * sim.account["followers"].median()


def test_rings_pay_more_often_and_began_within_weeks_of_each_other(sim, planted):
    ring = sim.account.filter(pl.col("id").is_in(planted("ring")["subject"].implode()))
    assert ring["paid"].mean() > 2 * sim.account["paid"].mean() - 0.1
    assert (ring["created_at"].max() - ring["created_at"].min()).days <= 20


def test_bots_say_that_they_are_and_post_as_such(known, sim):
    bots = sim.account.filter("automated")["id"].implode()
    originals = known.filter(pl.col("author").is_in(bots), pl.coalesce("reply_to", "quote_of", "repost_of").is_null())
    assert originals.height > 20
    assert set(originals["genre"]) == {"bot"}
    assert known.filter(pl.col("genre") == "bot")["author"].is_in(bots).mean() > 0.9


def test_nobody_posts_while_banned_and_the_suspended_stay_away(sim, planted):
    banned = planted("banned").select("subject", "time")
    back = planted("reinstated").select("subject", back="time")
    spans = banned.join(back, on="subject", how="left")
    posts = sim.post.join(spans, left_on="author", right_on="subject")
    during = (pl.col("created_at") >= pl.col("time")) & (
        pl.col("back").is_null() | (pl.col("created_at") < pl.col("back"))
    )
    assert posts.filter(during).is_empty()
    assert posts.filter(pl.col("created_at") < pl.col("time")).height > 50
    never = spans.filter(pl.col("back").is_null())["subject"]
    assert set(sim.account.filter(pl.col("status") == "suspended")["id"]) == set(never)


def test_reinstated_accounts_post_again_and_some_hatefully(known, planted):
    back = planted("reinstated")
    assert set(back["group"]) == {"hateful again", "not hateful again"}
    since = known.join(back, left_on="author", right_on="subject").filter(pl.col("created_at") >= pl.col("time"))
    counted = since.group_by("author").agg(pl.len(), pl.col("hateful").any())
    both = back.join(counted, left_on="subject", right_on="author")
    assert both["len"].cast(pl.Float64).to_list() == both["value"].to_list()
    assert both.filter("hateful")["group"].unique().to_list() == ["hateful again"]
    assert both.filter(~pl.col("hateful"))["group"].unique().to_list() == ["not hateful again"]


def test_bans_by_mistake_hit_people_without_hate(known, planted):
    wrongly = planted("banned").filter(pl.col("group") == "by mistake")["subject"]
    assert wrongly.len() > 0
    assert not known.filter(pl.col("author").is_in(wrongly.implode()), pl.col("repost_of").is_null())["hateful"].any()


def test_appeals_have_every_outcome_and_an_upheld_one_ends_the_ban(sim, planted):
    assert set(sim.appeal["outcome"]) == {"upheld", "rejected", "pending"}
    assert sim.appeal["created_at"].is_sorted()
    upheld = sim.appeal.filter(pl.col("outcome") == "upheld").join(planted("reinstated"), on="subject")
    assert upheld.height == planted("reinstated").height > 0
    assert (upheld["decided_at"] == upheld["time"]).all()
    settled, pending = (sim.appeal.filter((pl.col("outcome") == "pending") == when) for when in (False, True))
    assert (settled["decided_at"] > settled["created_at"]).all()
    assert pending.select("decided_at", "decided_by").null_count().row(0) == (pending.height,) * 2
    both = sim.appeal.join(planted("banned"), on="subject")
    assert both.height == sim.appeal.height < planted("banned").height
    assert (both["created_at"] > both["time"]).all()
