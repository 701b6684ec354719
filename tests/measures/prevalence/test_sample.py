"""Plans, draws, sheets, verdicts and figures of samples: what holds, and what bad input meets."""

import msgspec
import numpy as np
import polars as pl
import pytest

from rejoinder.errors import DataError, UsageError
from rejoinder.measures.prevalence import assign, codebook, draw, figures, plan, sheets, verdicts

BOOK = codebook.Codebook("b", "Does it?", "It does.", (codebook.Category("slur", "a slur"),), ("jews",), "0" * 64)


@pytest.fixture
def posts():
    """A thousand posts: most harmless, some doubtful, ten out of reach; views where the number is even."""
    rng = np.random.default_rng(1)
    probability = np.round(rng.beta(0.1, 3, 1_000), 6)
    return pl.DataFrame(
        {
            "id": [f"f:{n:04}" for n in range(1_000)],
            "created_at": pl.datetime_range(pl.datetime(2024, 1, 1), pl.datetime(2024, 1, 1, 16, 39), "1m", eager=True),
            "lang": ["en", "de"] * 500,
            "views": [None, 10, 1_000, 0] * 250,
            "probability": [None if n < 10 else float(p) for n, p in enumerate(probability)],
        }
    )


@pytest.fixture
def drawn(posts):
    """A sample of 200 and its posts."""
    return draw.draw(posts, plan.plan(posts, 200, plan.Plan(name="p")), sample="s")


def judged(rows, answers, round_coder):
    """Judgements of assigned rows, by what `answers` says of each subject."""
    return rows.select("subject").with_columns(
        coder=pl.lit(round_coder) if isinstance(round_coder, str) else rows["coder"],
        hateful=pl.Series([answers(subject) for subject in rows["subject"]], dtype=pl.Boolean),
        kind=pl.lit(None, pl.String),
        targets=pl.lit([], pl.List(pl.String)),
    )


def hateful(subject):
    """Every tenth post."""
    return subject.endswith("7")


def test_a_plan_takes_as_many_as_asked_from_six_strata_and_what_is_out_of_reach(posts):
    """Half Neyman, half in proportion, and two at least from each."""
    made = plan.plan(posts, 200, plan.Plan(name="p"))

    assert (200, 7) == (sum(made.taken), len(made.taken))
    assert len(made.cuts) == 5
    assert min(made.taken) >= 2


def test_the_same_posts_in_any_order_give_the_same_draw(posts, drawn):
    """What decides is the plan's hash and the sample's name."""
    made = plan.plan(posts, 200, plan.Plan(name="p"))
    shuffled = posts.sample(fraction=1, shuffle=True, seed=3)

    assert drawn.equals(draw.draw(shuffled, made, sample="s"))
    assert not drawn["subject"].equals(draw.draw(posts, made, sample="other")["subject"])
    assert made.hash != msgspec.structs.replace(made, seed=2).hash


@pytest.mark.parametrize("spread", [False, True])
def test_every_post_is_drawn_as_often_as_its_inclusion_probability_says(posts, spread):
    """Over 400 draws of half of two strata."""
    made = plan.Plan(name="p", cuts=(0.05,), taken=(100, 60, 4), spread=spread)
    times = pl.concat(draw.draw(posts, made, sample=str(n)) for n in range(400)).group_by("subject").agg(
        seen=pl.len() / 400, expected=pl.first("inclusion")
    )  # fmt: skip

    assert times.select((pl.col("seen") - pl.col("expected")).abs().max()).item() < 0.12
    assert abs(times.select((pl.col("seen") - pl.col("expected")).mean()).item()) < 0.01


def test_spread_draws_follow_language_and_time(posts):
    """Half of a sample that is spread is in each language, to a post."""
    made = plan.Plan(name="p", taken=(100, 2), spread=True)
    half = (
        draw.draw(posts, made, sample="s").filter(pl.col("stratum") == 0).join(posts, left_on="subject", right_on="id")
    )

    assert abs(half.filter(pl.col("lang") == "en").height - 50) <= 1


def test_views_are_drawn_in_proportion(posts):
    """A post of 1,000 views is drawn about a hundred times as often as one of 10; one of none never."""
    made = plan.Plan(name="p", unit="views", taken=(20_000, 2))
    seen = draw.draw(posts, made, sample="s").join(posts, left_on="subject", right_on="id")
    by = dict(seen.filter(pl.col("stratum") == 0).group_by("views").agg(pl.sum("draws")).iter_rows())

    assert {10, 1_000} == set(by)
    assert pytest.approx(100, rel=0.2) == by[1_000] / by[10]


def test_a_stratum_that_was_empty_when_planned_gives_two(posts):
    """And one that is smaller than planned is taken whole."""
    made = plan.Plan(name="p", cuts=(0.5,), taken=(10, 0, 50))
    taken = dict(draw.draw(posts, made, sample="s").group_by("stratum").len().iter_rows())

    assert {0: 10, 1: 2, 2: 10} == taken


@pytest.mark.parametrize("size", [1, 13])
def test_too_few_draws_are_refused(posts, size):
    """Two from each stratum are the least."""
    with pytest.raises(UsageError, match="too few"):
        plan.plan(posts, size, plan.Plan(name="p"))


def test_nothing_to_draw_from_is_refused(posts):
    """An empty period."""
    with pytest.raises(UsageError, match="no posts"):
        plan.plan(posts.clear(), 10, plan.Plan(name="p"))
    with pytest.raises(UsageError, match="no posts"):
        draw.draw(posts.clear(), plan.Plan(name="p", taken=(2, 2)), sample="s")


def test_a_post_that_comes_twice_is_refused(posts):
    """It would be drawn twice as often."""
    with pytest.raises(DataError, match="twice"):
        draw.draw(pl.concat([posts, posts.head(1)]), plan.Plan(name="p", taken=(2, 2)), sample="s")


def test_a_plan_changed_after_the_fact_is_refused(posts):
    """One more draw is another plan."""
    made = plan.plan(posts, 200, plan.Plan(name="p"))
    plan.demand_frozen(made, made.hash)
    with pytest.raises(DataError, match="changed after it was frozen"):
        plan.demand_frozen(msgspec.structs.replace(made, taken=(*made.taken[:-1], 99)), made.hash)


def test_more_judgements_buy_narrower_intervals(posts):
    """Told beforehand; few of them buy only "at least"."""
    told = plan.prospects(posts, plan.plan(posts, 100, plan.Plan(name="p")), prevalences=(0.01,))

    assert [50, 100, 200, 400] == [one.judgements for one in told]
    assert sorted([one.upper for one in told], reverse=True) == [one.upper for one in told]
    assert told[0].buys == "only `at least`"


def test_the_figure_is_the_weighted_sum_over_draws(posts, drawn):
    """One over the inclusion probability of each hateful post, over all posts."""
    told = verdicts.verdicts(drawn, {"first": judged(drawn, hateful, "ada")})
    (whole, *_) = figures.figures(told)
    by_loop = sum(1 / p for s, p in drawn.select("subject", "inclusion").iter_rows() if hateful(s)) / posts.height

    assert pytest.approx(by_loop) == whole.value
    assert whole.lower <= whole.mid_lower <= whole.value <= whole.mid_upper <= whole.upper


def test_all_posts_judged_is_a_count(posts):
    """A census has no error."""
    made = plan.plan(posts, 1_000, plan.Plan(name="p"))
    everything = draw.draw(posts, made, sample="s")
    (whole, *_) = figures.figures(verdicts.verdicts(everything, {"first": judged(everything, hateful, "ada")}))

    assert [0.1] * 4 == pytest.approx([whole.value, whole.lower, whole.upper, whole.at_least])


def test_no_hateful_post_is_said_in_words(drawn):
    """Zero positives: no "at least", an upper limit, and a sentence that says so."""
    told = verdicts.verdicts(drawn, {"first": judged(drawn, lambda _: False, "ada")})
    (whole, *_) = figures.figures(told)

    assert (0.0, 0.0, 0.0) == (whole.value, whole.lower, whole.at_least)
    assert whole.upper > 0
    assert "does not mean that there is none" in figures.reading(whole, "posts", figures.open_cases(told), [])[0]


def test_one_coder_only_is_said_aloud(drawn):
    """The figure stands, and so does the warning; agreement is unknown."""
    told = verdicts.verdicts(drawn, {"first": judged(drawn, hateful, "ada")})
    words = figures.reading(figures.figures(told)[0], "posts", figures.open_cases(told), verdicts.coders(told))

    assert any("One person judged" in sentence for sentence in words)
    assert verdicts.agreement(told).alpha is None
    assert figures.missed(told) is None
    with pytest.raises(UsageError, match="too few"):
        assign.again(told, ["ada"])
    with pytest.raises(UsageError, match="nobody is left"):
        assign.again(told.with_columns(again_coder=pl.lit("ben")), ["ada", "ben"])


def test_three_rounds_settle_every_post(drawn):
    """First by two, positives and some negatives again by the other, what differs by a third; nobody judges twice."""
    first = assign.first(drawn, ["ada", "ben"])
    rounds = {"first": judged(first, lambda s: s.endswith(("7", "8")), None)}
    assert abs(first["coder"].value_counts()["count"].to_numpy() - 100).max() == 0
    told = verdicts.verdicts(drawn, rounds)
    again = assign.again(told, ["ada", "ben"], negatives=30)
    assert again.height == 30 + told.filter(pl.col("first")).height
    assert again.join(first, on=["subject", "coder"]).height == 0
    rounds["again"] = judged(again, hateful, None)
    told = verdicts.verdicts(drawn, rounds)
    third = assign.adjudication(told, ["cleo", "ada"])
    assert {"cleo"} == set(third["coder"])
    told = verdicts.verdicts(drawn, rounds | {"adjudication": judged(third, hateful, None)})

    assert {"once", "agreed", "adjudicated"} == set(told["status"])
    assert told.filter(pl.col("verdict"))["subject"].to_list() == [s for s in drawn["subject"] if hateful(s)]
    assert {"missing": 0, "once": 0, "differing": 0, "unclear": 0} == figures.open_cases(told)
    assert figures.missed(told).value == 0
    assert verdicts.agreement(told).items == again.height
    assert all(one.sensitivity == 1 and 0.8 < one.specificity < 1 for one in verdicts.coders(told))


def test_disagreement_and_doubt_do_not_count_as_hate(drawn):
    """They are counted aloud instead."""
    rounds = {"first": judged(drawn, hateful, "ada")}
    positives = drawn.filter(pl.Series([hateful(s) for s in drawn["subject"]]))
    rounds["again"] = judged(positives, lambda s: None if s < "f:0500" else False, "ben")
    told = verdicts.verdicts(drawn, rounds)

    assert figures.figures(told)[0].found == 0
    assert figures.open_cases(told)["differing"] == positives.height


def test_kinds_and_targets_have_figures_of_their_own(drawn):
    """A post that attacks two groups counts for both."""
    rows = judged(drawn, hateful, "ada").with_columns(kind=pl.lit("slur"), targets=pl.lit(["jews", "roma"]))
    found = figures.figures(verdicts.verdicts(drawn, {"first": rows}))

    assert [("", ""), ("kind", "slur"), ("target", "jews"), ("target", "roma")] == [(f.by, f.group) for f in found]
    assert 1 == len({f.value for f in found})


def test_judgements_of_items_outside_the_sample_are_refused(drawn):
    """They have no weight."""
    rows = judged(drawn, hateful, "ada")
    with pytest.raises(DataError, match="not in the sample"):
        verdicts.verdicts(drawn, {"first": pl.concat([rows, rows.head(1).with_columns(subject=pl.lit("f:x"))])})


def test_a_post_judged_twice_in_a_round_is_refused(drawn):
    """Which of the two would count?"""
    rows = judged(drawn, hateful, "ada")
    with pytest.raises(DataError, match="twice in one round"):
        verdicts.verdicts(drawn, {"first": pl.concat([rows, rows.head(1)])})


@pytest.mark.parametrize("change", [{"inclusion": 0.9}, {"population": 5_000}, {"taken": 3}, {"draws": 2}])
def test_weights_that_do_not_match_are_refused(drawn, change):
    """One cell of one row is enough."""
    told = verdicts.verdicts(drawn, {"first": judged(drawn, hateful, "ada")})
    here = pl.int_range(pl.len()) == 5
    ((name, value),) = change.items()
    spoilt = told.with_columns(pl.when(here).then(pl.lit(value)).otherwise(name).alias(name))
    with pytest.raises(DataError, match="weights"):
        figures.figures(spoilt)


def test_a_stratum_without_judgements_is_refused(drawn):
    """Nothing is known of it, so nothing of the whole."""
    rows = judged(drawn.filter(pl.col("stratum") != 2), hateful, "ada")
    with pytest.raises(DataError, match="no post of stratum 2"):
        figures.figures(verdicts.verdicts(drawn, {"first": rows}))


def test_posts_not_judged_are_taken_to_be_like_the_others(drawn):
    """Half of each stratum judged: the estimate is that of the half, and it is said."""
    half = drawn.filter(pl.int_range(pl.len()).over("stratum") % 2 == 0)
    told = verdicts.verdicts(drawn, {"first": judged(half, hateful, "ada")})

    assert half.height == figures.figures(told)[0].judged
    assert drawn.height - half.height == figures.open_cases(told)["missing"]


def test_estimates_keep_the_schema_and_hold_their_value(drawn):
    """Three rows a figure: published, at least, secondary."""
    told = verdicts.verdicts(drawn, {"first": judged(drawn, hateful, "ada")})
    frame = figures.estimates(figures.figures(told), unit="posts", sample="s", words="w")

    assert ["prevalence", "prevalence, at least", "prevalence, mid-p"] == frame["name"].to_list()
    assert frame.select(((pl.col("lower") <= pl.col("value")) & (pl.col("value") <= pl.col("upper"))).all()).item()


@pytest.fixture
def mine():
    """Two items of one coder."""
    rows = {"sample": "s", "subject": ["f:1", "f:2"], "coder": "ada", "round": "first", "item": ["aa", "bb"]}
    return pl.DataFrame(rows)


def test_a_sheet_shows_text_and_language_and_nothing_else(mine):
    """And no text is carried out by a spreadsheet."""
    posts = pl.DataFrame({"id": ["f:1", "f:2"], "text": ["=HYPERLINK(1)", 'a "b"\nc'], "lang": ["en", None]})
    rows = pl.read_csv(sheets.sheet(mine, posts).encode())

    assert [*sheets.COLUMNS] == rows.columns
    assert ["'=HYPERLINK(1)", 'a "b"\nc'] == rows["text"].to_list()
    assert "f:1" not in sheets.sheet(mine, posts)


def test_a_filled_sheet_comes_back(mine):
    """Yes with kind and target; what is empty is counted."""
    rows, empty = sheets.read("item,hateful,kind,targets\naa, YES ,slur,jews\nbb,,,\n", mine, BOOK)

    assert 1 == empty
    assert [("f:1", "ada", "b@000000000000", True, "slur", ["jews"])] == rows.select(
        "subject", "coder", "codebook", "hateful", "kind", "targets"
    ).rows()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("item,hateful\nzz,yes\n", "line 2: `zz` is not on this coder's sheet"),
        ("item,hateful\naa,yes\naa,no\n", "line 3: `aa` comes twice"),
        ("item,hateful\naa,perhaps\n", "`perhaps` is no answer"),
        ("item,hateful,kind\naa,yes,slurr\n", "`slurr` is no category"),
        ("item,hateful,targets\naa,yes,martians\n", "`martians` is no target group"),
        ("item,verdict\naa,yes\n", "no column `hateful`"),
        ("", "no column"),
    ],
)
def test_a_faulty_sheet_is_refused_whole(mine, text, fault):
    """With the line and what is wrong."""
    with pytest.raises(DataError, match=fault.replace("`", ".")):
        sheets.read(text, mine, BOOK)


def test_codebooks_are_read_or_refused_with_words(tmp_path):
    """A category twice, an unknown field, no file."""
    good = 'name = "b"\nquestion = "q"\ndefinition = "d"\n'
    (tmp_path / "good.toml").write_text(good)
    (tmp_path / "twice.toml").write_text(good + 2 * '[[categories]]\nid = "x"\ndefinition = "d"\n')
    (tmp_path / "odd.toml").write_text(good + "colour = 1\n")

    assert codebook.load(tmp_path / "good.toml").id.startswith("b@")
    for name in ("twice.toml", "odd.toml", "none.toml"):
        with pytest.raises(DataError, match="codebook"):
            codebook.load(tmp_path / name)
