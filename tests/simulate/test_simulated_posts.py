"""Posts: how much hate there is, when, by whom, and how posts hang together."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from rejoinder.simulate.posting import SOONEST

OWN = pl.col("repost_of").is_null()


def risen(known: pl.DataFrame, event: datetime, what: pl.Expr) -> tuple[float, float]:
    """By which factor a share rose after the event, as a logarithm, and its standard error."""
    counts = known.group_by(after=pl.col("created_at") >= event).agg(what.sum().alias("k"), n=pl.len()).sort("after")
    (k0, n0), (k1, n1) = counts.select("k", "n").rows()
    return math.log(k1 / n1) - math.log(k0 / n0), math.sqrt(1 / k0 + 1 / k1)


def test_hate_doubles_after_the_event_within_sampling_error(known, event):
    rise, error = risen(known.filter(OWN), event, pl.col("hateful"))
    assert abs(rise - math.log(2)) < 3 * error
    assert rise > 2 * error


def test_hate_with_its_reposts_is_rare_before_the_event_and_twice_as_frequent_after(known, event):
    before, after = (
        known.group_by(after=pl.col("created_at") >= event).agg(pl.col("hateful").mean()).sort("after")["hateful"]
    )
    assert before == pytest.approx(0.012, abs=0.004)
    assert after == pytest.approx(0.024, abs=0.008)


@pytest.mark.parametrize("genre", ["news", "counter"])
def test_news_and_counter_speech_rise_as_well(known, event, genre):
    rise, error = risen(known.filter(OWN), event, pl.col("genre") == genre)
    assert rise > 2 * error


def test_the_event_is_on_day_60_and_nobody_speaks_of_it_before(known, event):
    assert event == datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=60)
    told = known.filter(pl.col("theme").is_in(["aldermoor", "blame-for-attack"]))
    assert told.height > 50
    assert told["created_at"].min() >= event


def test_times_lie_in_the_window_and_follow_day_and_week(sim, event):
    times = sim.post["created_at"]
    assert times.is_sorted()
    assert times.min() >= datetime(2024, 1, 1, tzinfo=UTC)
    assert times.max() < datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=90)
    assert times.dt.hour().is_in([19, 20, 21]).sum() > 5 * times.dt.hour().is_in([2, 3, 4]).sum()
    weekday = times.filter(times < event).dt.weekday()
    assert (weekday == 5).sum() > (weekday == 6).sum()


@pytest.mark.parametrize("column", ["reply_to", "repost_of", "quote_of"])
def test_answers_are_later_than_what_they_answer_and_never_answer_a_repost(sim, column):
    parents = sim.post.select(
        pl.col("id").alias(column), earlier="created_at", is_repost=pl.col("repost_of").is_not_null()
    )
    both = sim.post.filter(pl.col(column).is_not_null()).join(parents, on=column)
    assert both.height == sim.post[column].count() > 500
    assert ((both["created_at"] - both["earlier"]).dt.total_seconds() >= SOONEST).all()
    assert not both["is_repost"].any()


def test_a_thread_is_where_following_replies_ends(sim):
    up = dict(sim.post.filter(pl.col("reply_to").is_not_null()).select("id", "reply_to").iter_rows())
    for post, thread in sim.post.select("id", "thread").iter_rows():
        first = post
        while first in up:
            first = up[first]
        assert thread == (first if post in up else None)


@pytest.mark.parametrize(
    ("figure", "relation"), [("reposts", "repost_of"), ("replies", "reply_to"), ("quotes", "quote_of")]
)
@pytest.mark.slow
def test_counts_are_those_of_the_books(sim, figure, relation):
    counted = sim.post.group_by(pl.col(relation).alias("id")).len()
    both = sim.post.filter(OWN).join(counted, on="id", how="left")
    assert both[figure].to_list() == both["len"].fill_null(0).to_list()
    assert both[figure].max() > 5 or figure == "quotes"


def test_views_are_heavy_tailed_and_no_fewer_than_likes(sim):
    seen = sim.post.filter(pl.col("views").is_not_null())
    assert seen["views"].mean() > 1.5 * seen["views"].median()
    assert abs(seen["views"].log1p().skew()) < 0.5
    assert (seen["views"] >= seen["likes"]).all()


def test_a_repost_has_no_words_and_figures_of_its_own_and_the_truth_of_what_it_repeats(known):
    reposts = known.filter(~OWN)
    assert reposts["text"].unique().to_list() == [""]
    assert reposts.select("lang", "likes", "views", "reposts", "replies", "quotes", "sensitive").null_count().row(
        0
    ) == ((reposts.height,) * 7)
    both = reposts.join(known.select("id", "hateful", "theme"), left_on="repost_of", right_on="id")
    assert (both["hateful"] == both["hateful_right"]).all()
    assert (both["theme"] == both["theme_right"]).all()


def test_truth_names_kind_and_target_of_hate_and_nothing_of_the_rest(known):
    hateful, rest = known.filter("hateful"), known.filter(~pl.col("hateful"))
    assert hateful["kind"].null_count() == 0
    assert hateful["targets"].list.len().min() >= 1
    assert rest["kind"].null_count() == rest.height
    assert rest["targets"].list.len().max() == rest["narratives"].list.len().max() == 0
    expected = {"conspiracy", "derogation", "denial", "exclusion", "dehumanisation", "threat", "slur"}
    assert set(hateful["kind"]) == expected
    groups = {"jews", "muslims", "migrants", "roma", "women", "lgbt-people", "black-people", "trans-people"}
    assert set(hateful["targets"].explode()) == groups
    assert set(hateful["narratives"].explode().drop_nulls()) == {
        "great-replacement", "puppet-master", "jewish-power", "dual-loyalty", "holocaust-denial", "collective-blame",
        "muslim-terror", "islamisation", "migrant-crime", "roma-theft", "women-inferior", "groomers",
    }  # fmt: skip


def test_counter_speech_mostly_answers_hate_and_its_narrative(known):
    counter = known.filter(pl.col("genre") == "counter", OWN, pl.coalesce("reply_to", "quote_of").is_not_null())
    answered = known.select("id", "hateful", "narratives")
    both = counter.with_columns(to=pl.coalesce("reply_to", "quote_of")).join(answered, left_on="to", right_on="id")
    assert both["hateful_right"].mean() > 0.6
    fitting = both.filter(pl.col("narratives_right").list.contains("great-replacement"), pl.col("lang") == "en")
    assert set(fitting["theme"]) == {"answer-great-replacement"}


def test_every_genre_occurs(known):
    assert set(known["genre"]) == {"talk", "reply", "puzzled", "event", "bot", "identity", "news", "counter", "hate"}
