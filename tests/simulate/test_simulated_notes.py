"""Notes, ratings and ads."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from rejoinder.simulate.notes import SLANTED_ELSEWHERE


@pytest.fixture(scope="module")
def rated(sim, planted):
    """Honest ratings with the note's kind and the rater's camp."""
    colluding = planted("rating ring")["subject"].implode()
    notes = planted("note").select(note="subject", kind="group")
    raters = planted("rater").select(rater="subject", camp="group")
    return sim.rating.filter(~pl.col("rater").is_in(colluding)).join(notes, on="note").join(raters, on="rater")


def found_helpful(rated: pl.DataFrame, kind: str, camp: str) -> float:
    return rated.filter(pl.col("kind") == kind, pl.col("camp") == camp)["helpful"].mean()


def test_both_camps_find_helpful_notes_helpful(rated):
    a, b = (found_helpful(rated, "helpful", camp) for camp in "ab")
    assert min(a, b) > 0.75
    assert abs(a - b) < 0.08


@pytest.mark.parametrize(("mine", "theirs"), ["ab", "ba"])
def test_slanted_notes_are_found_helpful_by_one_camp_only(rated, mine, theirs):
    assert found_helpful(rated, f"slanted {mine}", mine) > 0.6
    assert found_helpful(rated, f"slanted {mine}", theirs) < 0.1


def test_rings_of_raters_bury_helpful_notes_and_push_slanted_ones_within_ten_minutes(sim, planted):
    votes = sim.rating.join(planted("rating ring").select(rater="subject", ring="group"), on="rater")
    votes = votes.join(planted("note").select(note="subject", kind="group"), on="note")
    crowded = votes.sort("created_at").group_by("note", "kind").agg(
        pl.len(), pl.col("created_at").head(12).max() - pl.col("created_at").min(), pl.col("helpful").head(12).mean()
    ).filter(pl.col("len") >= 12, pl.col("created_at") <= timedelta(minutes=10))  # fmt: skip
    assert crowded.height == 6
    assert set(crowded.filter(pl.col("kind") == "helpful")["helpful"]) == {0.0}
    assert set(crowded.filter(pl.col("kind") != "helpful")["helpful"]) == {1.0}


def test_a_rater_rates_a_note_once_and_after_it_was_written(sim):
    assert not sim.rating.select("note", "rater").is_duplicated().any()
    both = sim.rating.join(sim.note.select(note="id", written="created_at"), on="note")
    assert both.height == sim.rating.height
    assert (both["created_at"] > both["written"]).all()
    assert set(sim.rating["helpful"]) == {0.0, 0.5, 1.0}


def test_notes_stand_on_hateful_posts_and_slanted_ones_elsewhere_too(sim, known, planted):
    notes = sim.note.join(planted("note").select(id="subject", kind="group"), on="id")
    both = notes.join(known.select(post="id", hateful="hateful", posted="created_at"), on="post")
    assert (both["created_at"] > both["posted"]).all()
    assert both.filter(pl.col("kind") == "helpful")["hateful"].all()
    slanted = both.filter(pl.col("kind") != "helpful")
    elsewhere = known.filter(pl.col("genre").is_in(["news", "counter"]), pl.col("repost_of").is_null()).height
    assert slanted.filter(~pl.col("hateful")).height == pytest.approx(SLANTED_ELSEWHERE * elsewhere, abs=1)
    assert slanted["hateful"].any()


def test_a_helpful_note_answers_the_narrative_of_its_post_and_names_a_source(sim, known, planted):
    notes = sim.note.join(planted("note").select(id="subject", kind="group"), on="id")
    helpful = notes.filter(pl.col("kind") == "helpful").join(
        known.select(post="id", narratives="narratives"), on="post"
    )
    assert helpful["narrative"].to_list() == helpful["narratives"].list.first().to_list()
    assert helpful["links"].list.len().min() == 1
    assert notes.filter(pl.col("kind") != "helpful")["links"].list.len().max() == 0
    assert helpful.filter(pl.col("narrative") == "great-replacement")["text"].str.contains("popul|Popul").all()


def test_ads_stand_beside_earlier_posts_that_are_not_reposts(sim, known):
    beside = sim.impression.select("id", "beside", shown="created_at").explode("beside")
    both = beside.join(
        known.select(beside="id", posted="created_at", repost="repost_of", hateful="hateful"), on="beside"
    )
    assert both.height == beside.height
    assert (both["posted"] <= both["shown"]).all()
    assert both["repost"].null_count() == both.height
    assert 0.005 < both.group_by("id").agg(pl.col("hateful").any())["hateful"].mean() < 0.06


def test_every_showing_has_one_or_two_posts_and_few_advertisers_pay_for_most(sim):
    assert set(sim.impression["beside"].list.len()) == {1, 2}
    assert sim.impression["beside"].list.n_unique().equals(sim.impression["beside"].list.len(), check_dtypes=False)
    most = sim.impression["advertiser"].value_counts(sort=True)["count"]
    assert most.len() == 12
    assert most[0] > 0.25 * sim.impression.height
    assert 0 < sim.impression["viewer"].null_count() < sim.impression.height
