"""Every built-in measure against figures counted by hand."""

import polars as pl
import pytest

from rejoinder.checks import check_measure
from rejoinder.measures import measures
from rejoinder.measures.acted import ActedOnReports
from rejoinder.measures.agreement import DetectorAgainstJudgements
from rejoinder.measures.answered import Answered
from rejoinder.measures.beside_ads import BesideAds
from rejoinder.measures.decided import Decided
from rejoinder.measures.flagged import Flagged
from rejoinder.measures.read import Read
from rejoinder.measures.rejected import Rejected
from rejoinder.numerics.intervals import wilson

T = "2023-11-13T09:00:00Z"
TIME = pl.lit(T).str.to_datetime(time_zone="UTC")


def figures(estimates, by, *, period=""):
    """Group to (count, n) of one dimension and period."""
    rows = estimates.filter((pl.col("by") == by) & (pl.col("period") == period))
    return {row["group"]: (row["count"], row["n"]) for row in rows.iter_rows(named=True)}


@pytest.mark.parametrize("measure", measures(), ids=lambda measure: measure.name)
def test_measures_keep_the_contract(measure, case, posts, signals):
    """Of an empty case a measure says nothing, and of any the same twice, in the schema of an estimate."""
    check_measure(measure, case(post=posts, signal=signals))


def test_posts_are_counted_by_platform_language_and_week(case, posts):
    """Four posts, one platform, two languages, two weeks."""
    read = Read().estimate(case(post=posts))

    assert figures(read, "") == {"": (4, 4)}
    assert figures(read, "platform") == {"f": (4, 4)}
    assert figures(read, "language") == {"en": (3, 3), "de": (1, 1)}
    assert figures(read, "", period="2023-11-13") == {"": (3, 3)}
    assert figures(read, "", period="2023-11-20") == {"": (1, 1)}
    assert read.select((pl.col("lower") == pl.col("value")) & (pl.col("upper") == pl.col("value"))).to_series().all()


def test_flagged_is_a_share_of_the_posts_in_reach(case, posts, signals):
    """One of three posts in reach; the German one is out of reach and in neither part of the fraction."""
    flagged = Flagged().estimate(case(post=posts, signal=signals))
    shares = flagged.filter(pl.col("name") == "flagged")

    assert figures(shares, "") == {"": (1, 3)}
    assert figures(shares, "kind") == {"threat": (1, 3)}
    assert figures(shares, "target") == {"roma": (1, 3)}
    assert figures(shares, "narrative") == {"n": (1, 3)}
    assert figures(shares, "", period="2023-11-13") == {"": (1, 3)}
    assert figures(shares, "", period="2023-11-20") == {}
    out = flagged.filter(pl.col("name") == "out of reach")
    assert figures(out, "reach") == {"language": (1, 4)}


def test_flagged_has_wilson_limits(case, posts, signals):
    """The interval is Wilson's at 95 %."""
    whole = Flagged().estimate(case(post=posts, signal=signals)).row(0, named=True)
    lower, upper = wilson(1, 3)

    assert (pytest.approx(float(lower)), pytest.approx(float(upper))) == (whole["lower"], whole["upper"])


def test_flagging_threshold_is_alive(case, posts, signals):
    """At 0.4 the second post counts too."""
    flagged = Flagged(threshold=0.4).estimate(case(post=posts, signal=signals))

    assert figures(flagged.filter(pl.col("name") == "flagged"), "") == {"": (2, 3)}


def test_the_strongest_detector_counts(case, posts, signals):
    """A second detector that is out of reach or weaker takes nothing away."""
    second = [
        row | {"detector": "e", "probability": None, "reach": "too short"} for row in signals if row["kind"] == "hate"
    ]
    flagged = Flagged().estimate(case(post=posts, signal=second + signals))

    assert figures(flagged.filter(pl.col("name") == "flagged"), "") == {"": (1, 3)}
    assert figures(flagged.filter(pl.col("name") == "flagged"), "target") == {"roma": (1, 3)}


def test_decisions_are_counted_on_every_axis(case):
    """Of two decisions one limits and asks for a note; the other applies no clause."""
    of = {"subject_type": "post", "policy_version": "1", "policy_hash": "h"}
    rows = pl.DataFrame(
        [
            of | {"subject": "f:1", "clause": "H3", "stance": "note", "access": "limit", "review": False},
            of | {"subject": "f:2", "clause": None, "stance": "none", "access": "none", "review": True},
        ]
    ).with_columns(time=TIME)
    decided = Decided().estimate(case(decision=rows))

    assert figures(decided, "clause") == {"H3": (1, 2), "no clause": (1, 2)}
    assert figures(decided, "access") == {"limit": (1, 2), "none": (1, 2)}
    assert figures(decided, "review") == {"true": (1, 2), "false": (1, 2)}
    assert figures(decided, "access", period="2023-11-13")["limit"] == (1, 2)


def test_acted_takes_the_last_look_that_reached_the_post(case):
    """Removed counts, deleted by its author does not; an unreachable look says nothing."""
    look = {"subject_type": "post", "platform": "f", "method": "by hand"}
    looks = [("f:1", 1, "up"), ("f:1", 2, "removed by platform"), ("f:1", 3, "unreachable"),
             ("f:2", 1, "deleted by author"), ("f:3", 1, "unreachable")]  # fmt: skip
    checks = pl.DataFrame([look | {"subject": s, "day": d, "outcome": o} for s, d, o in looks])
    report = {"platform": "f", "subject_type": "post"}
    reports = [report | {"id": f"r{i}", "subject": f"f:{i}", "reporter_kind": kind}
               for i, kind in enumerate(["user", "body", "user"], 1)]  # fmt: skip
    records = case(check=checks.with_columns(created_at=TIME + pl.duration(days="day")), report=reports)
    acted = ActedOnReports().estimate(records)

    assert figures(acted, "") == {"": (1, 2)}
    assert figures(acted, "reporter") == {"user": (1, 1), "body": (0, 1)}
    assert figures(acted, "outcome") == {"removed by platform": (1, 2), "deleted by author": (1, 2)}


def test_ads_are_counted_by_impression_and_not_by_neighbour(case):
    """An impression between two excluded posts counts once."""
    excluded = {"subject_type": "post", "ads": "exclude", "policy_version": "1", "policy_hash": "h"}
    shown = {"platform": "f", "ad": "ad", "advertiser": "soap"}
    records = case(
        decision=[excluded | {"subject": "f:1"}, excluded | {"subject": "f:2"}],
        impression=[shown | {"id": "i1", "beside": ["f:1", "f:2"]}, shown | {"id": "i2", "beside": ["f:3"]}],
    )
    beside = BesideAds().estimate(records)

    assert figures(beside, "") == {"": (1, 2)}
    assert figures(beside, "advertiser") == {"soap": (1, 2)}


def test_precision_and_recall(case, signals):
    """One flagged and hateful, one hateful and missed; a post judged both ways is left out."""
    verdict = {"codebook": "c"}
    judged = [("f:1", "a", True), ("f:2", "a", True), ("f:3", "a", True), ("f:3", "b", False)]
    rows = [verdict | {"subject": s, "coder": c, "hateful": h} for s, c, h in judged]
    agreement = DetectorAgainstJudgements().estimate(case(judgement=rows, signal=signals))

    assert figures(agreement, "measure") == {"precision": (1, 1), "recall": (1, 2)}
    lenient = DetectorAgainstJudgements(threshold=0.3).estimate(case(judgement=rows, signal=signals))
    assert figures(lenient, "measure") == {"precision": (2, 2), "recall": (2, 2)}


def test_a_week_without_a_hit_is_zero_and_no_gap(case, posts, signals):
    """Every group has a figure in every week that has posts in reach."""
    late = {
        "subject_type": "post",
        "detector": "d",
        "version": "1",
        "subject": "f:4",
        "kind": "hate",
        "probability": 0.0,
    }
    flagged = Flagged().estimate(case(post=posts, signal=[*signals[:4], late]))

    assert figures(flagged.filter(pl.col("name") == "flagged"), "kind", period="2023-11-20") == {"threat": (0, 1)}


@pytest.mark.parametrize(
    ("reason", "published"),
    [
        ("`likes` is `a, expected slogan`, expected a number", "`likes`: expected a number"),
        ("`id` is missing", "`id` is missing"),
        ("`status`: invalid enum value 'a slogan'", "`status`"),
        ("the row could not be read (KeyError: 'a slogan')", "the row could not be read"),
    ],
)
def test_no_value_from_a_row_is_published(case, reason, published):
    """Reasons are cut to our own words, and files to their names."""
    reject = {"format": "csv", "reason": reason, "remedy": "mend it", "file": "/home/ada/secret/a.csv"}
    estimates = Rejected().estimate(case(reject=[reject]))

    assert figures(estimates, "reason") == {published: (1, 1)}
    assert figures(estimates, "file") == {"a.csv": (1, 1)}


def test_messages_and_rejects_are_counted(case):
    """By response; by reason and file."""
    message = {"response": "notice", "to": "f:a", "subject": "f:1", "text": "t"}
    reject = {"format": "csv", "reason": "`id` is missing", "remedy": "add it", "file": "a.csv"}
    records = case(message=[message, message], reject=[reject, reject | {"file": "b.csv"}])

    assert figures(Answered().estimate(records), "response") == {"notice": (2, 2)}
    assert figures(Rejected().estimate(records), "") == {"": (2, 2)}
    assert figures(Rejected().estimate(records), "file") == {"a.csv": (1, 1), "b.csv": (1, 1)}
