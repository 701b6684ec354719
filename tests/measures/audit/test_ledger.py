"""The ledger of an audit: what is taken over, what is refused, and what the looks amount to."""

import numpy as np
import polars as pl
import pytest

from rejoinder.errors import DataError
from rejoinder.measures.audit import ledger, outcomes
from rejoinder.numerics.intervals import wilson
from rejoinder.records import Check

HEADER = "subject,platform,account,arm,started_at\n"
START = "2024-01-01T00:00:00Z"


def item_rows(count, *, platform="x", arm="ordinary report", per_account=1, start=0):
    """CSV rows of items."""
    names = range(start, start + count)
    return "".join(f"{platform}:{n},{platform},{platform}:a{n // per_account},{arm},{START}\n" for n in names)


def looks(*rows):
    """CSV of looks: subject, hours after the report, outcome."""
    when = pl.datetime(2024, 1, 1, time_zone="UTC") + pl.duration(seconds=pl.col("h") * 3600)
    frame = pl.DataFrame(rows, schema={"subject": pl.String, "h": pl.Float64, "outcome": pl.String}, orient="row")
    frame = frame.select("subject", when.dt.to_string("%+").alias("checked_at"), "outcome", method=pl.lit("by hand"))
    return frame.write_csv()


def taken(items_text, *rows):
    """Items and checks."""
    items = ledger.items(HEADER + items_text, "a")
    return items, ledger.checks(looks(*rows), items, pl.DataFrame(schema=Check.schema()))


def at(stood, look):
    """Subject to outcome at a look."""
    return dict(stood.filter(pl.col("look") == look).sort("subject").select("subject", "outcome").iter_rows())


def test_two_hundred_reported_and_196_still_up():
    """98 % up after a week, 2.0 % (0.8 to 5.0) acted on, if no account gave two."""
    rows = [(f"x:{n}", 168, "removed by platform" if n < 4 else "up") for n in range(200)]
    stood = outcomes.states(*taken(item_rows(200), *rows))
    told = {one.outcome: one for one in outcomes.shares(stood, "arm") if one.look == "7 d"}
    lower, upper = wilson(4, 200)

    assert (4, 200, 0) == (told["acted on"].found, told["acted on"].n, told["acted on"].unknown)
    assert (pytest.approx(lower), pytest.approx(upper)) == (told["acted on"].lower, told["acted on"].upper)
    assert 196 == told["up"].found


def test_deleted_by_its_author_is_not_acted_on():
    """Outcomes compete: they exclude each other and add up."""
    seen = ["up", "labelled", "limited", "removed by platform", "deleted by author", "account gone", "disputed"]
    stood = outcomes.states(*taken(item_rows(7), *[(f"x:{n}", 24, outcome) for n, outcome in enumerate(seen)]))
    told = {one.outcome: one.found for one in outcomes.shares(stood, "arm") if one.look == "24 h"}

    assert 3 == told.pop("acted on")
    assert dict.fromkeys(seen, 1) == told


def test_what_is_not_known_is_not_counted():
    """Unreachable is unknown; what stands later was not gone before; gone for good stays gone."""
    stood = outcomes.states(
        *taken(
            item_rows(4),
            ("x:0", 24, "unreachable"),
            ("x:1", 24, "removed by platform"),
            ("x:2", 168, "up"),
            ("x:3", 720, "removed by platform"),
            ("x:1", 168, "unreachable"),
        )
    )

    assert {"x:0": None, "x:1": "removed by platform", "x:2": "up", "x:3": None} == at(stood, "24 h")
    assert {"x:0": None, "x:1": "removed by platform", "x:2": "up", "x:3": None} == at(stood, "7 d")
    assert {"x:0": None, "x:1": "removed by platform", "x:2": None, "x:3": "removed by platform"} == at(stood, "30 d")


def test_a_restored_item_is_up_again():
    """The last look counts, and a late one counts for the next."""
    stood = outcomes.states(*taken(item_rows(1), ("x:0", 24, "removed by platform"), ("x:0", 100, "up")))

    assert ["removed by platform", "removed by platform", "up", None] == [at(stood, k)["x:0"] for k in outcomes.LOOKS]


def test_posts_of_one_account_widen_the_interval():
    """Two posts of each of 100 accounts."""
    rows = [(f"x:{n}", 168, "removed by platform" if n < 20 else "up") for n in range(200)]
    alone, shared = (
        next(one for one in outcomes.shares(outcomes.states(*taken(item_rows(200, per_account=k), *rows)), "arm")
             if (one.look, one.outcome) == ("7 d", "acted on")) for k in (1, 2)
    )  # fmt: skip

    assert (1.0, pytest.approx(2, abs=0.05)) == (alone.design_effect, shared.design_effect)
    assert shared.upper > alone.upper
    assert shared.lower < alone.lower


def test_arms_are_compared_and_a_difference_is_said():
    """30 of 100 against 2 of 100 is told apart; 3 of 100 is not."""
    text = (
        item_rows(100, arm="no report") + item_rows(100, start=100) + item_rows(100, arm="trusted flagger", start=200)
    )
    gone = {*range(2), *range(100, 103), *range(200, 230)}
    rows = [(f"x:{n}", 168, "removed by platform" if n in gone else "up") for n in range(300)]
    found = [one for one in outcomes.contrasts(outcomes.states(*taken(text, *rows)), "arm") if one.look == "7 d"]
    by = {(one.first, one.second): one for one in found}

    assert by["no report", "ordinary report"].p > 0.05
    assert by["no report", "trusted flagger"].p < 0.001
    assert by["no report", "trusted flagger"].lower > 0
    assert outcomes.ranking(found).startswith("trusted flagger acted on more than no report")
    assert "cannot be ranked" in outcomes.ranking(found)


def test_the_platforms_of_2021_cannot_be_ranked():
    """14/129, 15/137, 22/119, 52/277, 11/52: said aloud."""
    published = {"facebook": (14, 129), "twitter": (15, 137), "tiktok": (22, 119), "insta": (52, 277), "yt": (11, 52)}
    text = "".join(item_rows(n, platform=name) for name, (_, n) in published.items())
    rows = [(f"{name}:{i}", 168, "limited" if i < k else "up") for name, (k, n) in published.items() for i in range(n)]
    found = outcomes.contrasts(outcomes.states(*taken(text, *rows)), "platform")

    assert 10 == len([one for one in found if one.look == "7 d"])
    assert outcomes.ranking([one for one in found if one.look == "7 d"]).startswith("They cannot be ranked")
    assert outcomes.ranking([]) == "There is nothing to rank."


def test_limits_hold_whatever_became_of_the_unknown():
    """Looked at after a week only: at 24 h four may have been gone already, and what 30 d brought nobody knows."""
    rows = [(f"x:{n}", 168, "removed by platform" if n < 4 else "up") for n in range(200)]
    stood = outcomes.states(*taken(item_rows(200), *rows))
    by = {one.look: one for one in outcomes.shares(stood, "arm") if one.outcome == "acted on"}
    (low, high), (_, least) = wilson(4, 200), wilson(0, 200)

    assert (0, 196, 4, 0.0, pytest.approx(high)) == (*by["24 h"][4:7], by["24 h"].lower, by["24 h"].upper)
    assert least < by["24 h"].upper
    assert (4, 4, 196, None, pytest.approx(low), 1.0) == by["30 d"][4:10]


@pytest.mark.slow
def test_equal_platforms_are_seldom_ranked():
    """Five equal platforms, 200 audits: a false ranking in about 5 % of them at most."""
    rng, ranked = np.random.default_rng(1), 0
    for _ in range(200):
        groups = [outcomes.Share("7 d", "p", str(g), "acted on", k, 150, 0, k / 150, 0.0, 1.0, 1.0, 150)
                  for g, k in enumerate(rng.binomial(150, 0.15, 5))]  # fmt: skip
        p = [outcomes._p_value(a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]]
        ranked += min(outcomes.holm(p)) < 0.05

    assert ranked <= 17


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("x:0,x,x:a0,ordinary report,2024-01-01T00:00:00Z\n", "`x:0` comes twice"),
        ("x:9,x,x:a0,some report,2024-01-01T00:00:00Z\n", "`arm` is `some report`"),
        ("x:9,x,,no report,2024-01-01T00:00:00Z\n", "`account` is empty"),
        ("x:9,x,x:a,no report,2024-01-01\n", "`started_at` is `2024-01-01`, expected a time with its zone"),
    ],
)
def test_faulty_items_are_refused_with_their_line(row, fault):
    """Nothing of the file is taken over."""
    with pytest.raises(DataError, match=f"line 3: {fault}"):
        ledger.items(HEADER + item_rows(1) + row, "a")


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("x:5", 1, "up")], "`x:5` is no item of this audit"),
        ([("x:0", -1, "up")], "`x:0` was looked at before it was reported"),
        ([("x:0", 1, "up"), ("x:0", 1, "up")], "this look at `x:0` is in the ledger already"),
        ([("x:0", 1, "away")], "`outcome` is `away`"),
    ],
)
def test_faulty_looks_are_refused_with_their_line(rows, fault):
    """A look outside the audit, before its report, twice, or with an outcome that is none."""
    with pytest.raises(DataError, match=f"line \\d: {fault}"):
        taken(item_rows(1), *rows)


def test_a_look_that_the_ledger_has_is_refused():
    """Importing a file twice changes nothing."""
    items, checks = taken(item_rows(1), ("x:0", 1, "up"))
    with pytest.raises(DataError, match="in the ledger already"):
        ledger.checks(looks(("x:0", 1, "up")), items, checks)


def test_evidence_is_a_hash_or_nothing():
    """Anything else is refused."""
    items, _ = taken(item_rows(1))
    text = "subject,checked_at,outcome,method,evidence\nx:0,2024-01-02T00:00:00Z,up,by hand,{}\n"
    none = pl.DataFrame(schema=Check.schema())

    assert "a" * 64 == ledger.checks(text.format("A" * 64), items, none)["evidence"][0]
    assert ledger.checks(text.format(""), items, none)["evidence"][0] is None
    with pytest.raises(DataError, match="no SHA-256"):
        ledger.checks(text.format("abc"), items, none)


def test_a_missing_column_is_named():
    """Before any row is looked at."""
    with pytest.raises(DataError, match="no column `account`"):
        ledger.items("subject,platform,arm,started_at\n", "a")
