"""Rings and fan clubs: what they do together."""

from __future__ import annotations

import polars as pl
import pytest

from rejoinder.simulate import platform


def acts(sim, planted, what: str) -> pl.DataFrame:
    """The acts of a kind of group, with the repost and what it repeats."""
    reposts = sim.post.select("id", "author", "created_at", "repost_of")
    return planted(what).join(reposts, left_on="subject", right_on="id", maintain_order="left")


@pytest.mark.parametrize(("what", "who"), [("ring act", "ring"), ("fan act", "fan club")])
def test_a_group_reposts_within_a_minute_of_each_other(sim, planted, what, who):
    done = acts(sim, planted, what)
    assert done["repost_of"].null_count() == 0
    assert (done["time"] == done["created_at"]).all()
    assert set(done["author"]) <= set(planted(who)["subject"])
    together = done.group_by("group", "repost_of").agg(
        pl.len(), pl.col("created_at").max() - pl.col("created_at").min()
    )
    assert together["created_at"].dt.total_seconds().max() < 60
    assert together["len"].mean() == pytest.approx(20, abs=4)


def test_a_ring_has_40_members_and_as_many_fans_stand_beside_it(planted):
    ring, fans = planted("ring")["subject"], planted("fan club")["subject"]
    assert ring.len() == fans.len() == 40
    assert not set(ring) & set(fans)


def test_a_ring_amplifies_hate_of_many_authors_under_cover(sim, known, planted):
    targets = acts(sim, planted, "ring act").select("repost_of").unique()
    passed_on = targets.join(known.select("id", "hateful", "author"), left_on="repost_of", right_on="id")
    assert passed_on["hateful"].mean() == pytest.approx(1 / 3, abs=0.01)
    hateful = passed_on.filter("hateful")
    assert hateful["author"].n_unique() >= 0.6 * hateful.height > 0


def test_fans_pass_on_their_idol_and_no_hate(sim, known, planted):
    targets = acts(sim, planted, "fan act").select("repost_of").unique()
    passed_on = targets.join(known.select("id", "hateful", "author"), left_on="repost_of", right_on="id")
    assert passed_on["author"].unique().to_list() == planted("idol")["subject"].to_list()
    assert passed_on.height > 5
    assert not passed_on["hateful"].any()


def test_larger_platforms_have_more_rings_and_every_second_one_acts_late():
    large = platform(posts=20_000, accounts=4_000)
    done = large.planted.filter(pl.col("what") == "ring act")
    posts = large.post.select("id", "created_at", "repost_of")
    both = done.join(posts, left_on="subject", right_on="id").join(
        posts.select(repost_of="id", posted="created_at"), on="repost_of"
    )
    delay = both.group_by("group").agg((pl.col("time") - pl.col("posted")).dt.total_seconds().min().alias("least"))
    least = dict(delay.iter_rows())
    assert set(least) == {"ring-1", "ring-2"}
    assert least["ring-1"] < 150
    assert least["ring-2"] >= 15 * 60
