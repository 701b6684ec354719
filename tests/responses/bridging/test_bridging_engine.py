"""The way from ratings to statuses, against simulated truth and against itself."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from rejoinder.errors import DataError, NotFound
from rejoinder.numerics.blocks import Blocks
from rejoinder.numerics.posterior import fitted
from rejoinder.numerics.segments import moments, table
from rejoinder.responses.bridging import (
    Patience,
    Reading,
    Rules,
    Stream,
    admit,
    ask,
    bridge,
    bridge_as_incumbent,
    settle,
    undecided,
)
from rejoinder.responses.bridging.reliability import reliability
from rejoinder.responses.bridging.rings import rings, shares
from rejoinder.responses.bridging.status import decide
from rejoinder.responses.bridging.tags import against
from rejoinder.simulate.crowd import crowd, with_ring

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def frame_of(world):
    """A crowd's ratings as a file would have them."""
    return pl.DataFrame({"rater": world.rater, "note": world.note, "helpful": world.halves / 2})


@pytest.fixture(scope="module")
def world():
    """60,000 ratings."""
    return crowd(5, 60_000)


@pytest.fixture(scope="module")
def done(world):
    """And their statuses."""
    return bridge(admit(frame_of(world)), axes=1)


def test_shown_notes_are_mostly_good_and_rarely_one_sided(world, done):
    """Truth of the simulation."""
    shown = done.ratings.notes.filter(done.status == "helpful").to_numpy()

    assert world.good[shown].mean() > 0.5
    assert (np.linalg.norm(world.slant[shown], axis=1) > 0.4).mean() < 0.15
    assert world.good[shown].sum() > 0.5 * world.good.sum()


def test_the_order_of_ratings_and_the_threads_do_not_change_a_byte(world, done):
    """Shuffled, two threads."""
    other = bridge(admit(frame_of(world).sample(fraction=1, shuffle=True, seed=1)), axes=1, threads=2)

    assert done.notes.equals(other.notes)
    assert done.raters.equals(other.raters)
    assert done.explanations.equals(other.explanations)


def test_every_status_is_explained(done):
    """A note is helpful exactly where no rule speaks against it; certificates stand where notes are shown."""
    joined = done.notes.join(done.explanations, on="note")
    helpful = joined["status"] == "helpful"

    assert (helpful == (joined["because"].list.len() == 0)).all()
    assert (helpful == joined["certified_removals"].is_not_null()).all()
    assert (joined["certified_removals"].drop_nulls() >= 1).all()
    assert (joined["breaking_removals"].drop_nulls() >= joined["certified_removals"].drop_nulls()).all()
    assert (joined["lower"] < joined["intercept"]).all()


def test_removing_fewer_raters_than_certified_never_changes_a_shown_note(done):
    """Random sets and the most helpful ones, the fit being kept."""
    rng, table_, point = np.random.default_rng(1), done.ratings.table, done.sides.point
    for note in np.flatnonzero(done.status == "helpful")[:25]:
        first, last = table_.by_row.start[note : note + 2]
        raters, values = table_.by_row.columns[first:last], table_.by_row.values[first:last]
        for attempt in range(8):
            less = done.certain[note] - 1
            gone = rng.choice(raters.size, less, replace=False) if attempt else np.argsort(-values)[:less]
            kept = np.setdiff1d(np.arange(raters.size), gone)
            design = np.column_stack([np.ones(kept.size), done.fit.column_factor[raters[kept]]])
            heavy = done.weight.astype(np.float32)[raters[kept]].astype(float)
            left = values[kept] - done.fit.mean - done.fit.column[raters[kept]]
            whole = design.T @ (heavy[:, None] * design) + np.diag([done.ridge.row, done.ridge.row_factor])
            found = np.linalg.solve(whole, design.T @ (heavy * left))
            assert (done.fit.mean + found[0] + point @ found[1:] >= done.rules.helpful - 1e-6).all()


def test_additions_bring_a_note_down_and_are_fewer_where_it_stands_lower(done):
    """Every shown note has its number; it rises with how far the lowest level is above the limit."""
    shown = done.explanations.filter(pl.col("because").list.len() == 0).join(done.notes, on="note")
    margin = (shown["lowest_level"] - done.rules.helpful) * shown["weight"]

    assert (shown["breaking_additions"] >= 1).all()
    assert pl.select(pl.corr(margin, shown["breaking_additions"], method="spearman")).item() > 0.8


def test_a_ring_is_found_and_counts_as_one_and_no_honest_rater_is_accused(world):
    """Thirty colluders on eighty notes; then nobody."""
    honest = admit(frame_of(world))
    lean = fitted(honest.table)[0].row_factor[:, 0]
    attacked, *_ = with_ring(world, 30, "camouflaged")
    ratings = admit(frame_of(attacked))
    done = bridge(ratings, axes=1)
    inside = attacked.ring[ratings.raters.to_numpy()] > 0

    assert (rings(honest.table, lean) == 0).all()
    assert np.array_equal(inside, done.ring > 0)
    assert done.weight[inside].sum() <= 1.0


def test_shares_sum_to_one_a_ring():
    """And others are untouched."""
    found = shares(np.array([0, 2, 2, 1, 1, 1, 0]))

    assert found.tolist() == [1, 0.5, 0.5, 1 / 3, 1 / 3, 1 / 3, 1]


def test_reliability_compares_each_rating_with_its_note_without_it(world):
    """One rater's squares, the note solved anew without the rating each time."""
    data = admit(frame_of(world)).table
    found, ridge = fitted(data)
    weight = np.ones(data.shape[1])
    got = reliability(data, found, ridge, weight)
    blocks = Blocks.of(moments(data.by_row, found.beside_row), (ridge.row, ridge.row_factor))
    squares = np.zeros(data.shape[1])
    rows, columns, values = data.by_row.rows, data.by_row.columns, data.by_row.values
    x = np.stack([np.ones(rows.size), found.column_factor[columns, 0]])
    left = values - found.mean - found.column[columns]
    whole = blocks.penalised[:, :, rows] - x[:, None] * x
    right = (blocks.right - found.mean * blocks.matrix[0])[:, rows] - x * left
    determinant = whole[0, 0] * whole[1, 1] - whole[0, 1] ** 2
    level = (whole[1, 1] * right[0] - whole[0, 1] * right[1]) / determinant
    slope = (whole[0, 0] * right[1] - whole[0, 1] * right[0]) / determinant
    squares = np.bincount(columns, (left - level - slope * x[1]) ** 2, data.shape[1])
    count = data.by_column.counts
    expected = np.minimum((10 + count) / (10 + squares / (squares.sum() / count.sum())), 1) ** 2

    assert got == pytest.approx(expected, rel=2e-3)


def test_a_rater_at_random_weighs_less(world):
    """Coins for ratings."""
    frame = frame_of(world)
    busy = frame["rater"].mode().max()
    coin = pl.Series(np.random.default_rng(0).integers(0, 2, len(frame)) * 1.0)
    noisy = frame.with_columns(helpful=pl.when(pl.col("rater") == busy).then(coin).otherwise("helpful"))
    weights = [bridge(admit(each), axes=1).raters.filter(rater=busy)["weight"].item() for each in (frame, noisy)]

    assert weights[1] < 0.5 < weights[0]


@pytest.mark.parametrize("name", ["ratings", "helpful", "not_helpful", "net", "slack"])
def test_every_rule_is_alive(done, name):
    """Moving a limit moves statuses."""
    moved = {"ratings": 60.0, "helpful": 0.6, "not_helpful": 0.1, "net": 12.0, "slack": -0.15}[name]

    assert (decide(done.evidence, Rules(**{name: moved})) != decide(done.evidence, Rules())).any()


def test_reasons_near_the_notes_own_side_block_it(done):
    """Half of the raters call a shown note incorrect; none, and a high limit, do not block."""
    data, note = done.ratings.table, int(np.flatnonzero(done.status == "helpful")[0])
    said = (data.by_row.rows == note) & (np.arange(data.size) % 2 == 0)
    nobody = np.zeros(data.size, bool)
    blocked = against(data, {"incorrect": said})(done.fit, done.weight)

    assert np.flatnonzero(blocked).tolist() == [note]
    assert not against(data, {"incorrect": nobody})(done.fit, done.weight).any()
    assert not against(data, {"incorrect": said}, Rules(tags=0.9))(done.fit, done.weight).any()
    assert not against(data, {"incorrect": said}, Rules(tagged=1e4))(done.fit, done.weight).any()


def test_leaving_a_group_out_can_undo_a_status(done):
    """Those who found it helpful, as a group."""
    note = int(np.flatnonzero(done.status == "helpful")[0])
    view = done.ratings.table.by_row
    first, last = view.start[note : note + 2]
    fans = np.zeros(done.ratings.table.shape[1], bool)
    fans[view.columns[first:last][view.values[first:last] == 1]] = True
    again = bridge(done.ratings, axes=1, groups={"fans": fans})

    assert again.status[note] != "helpful"
    assert "it hangs on one group of raters" in again.explanations["because"][note]


@pytest.mark.parametrize("axes", [1, 2])
def test_the_stream_agrees_with_the_sums_of_all_ratings(world, axes):
    """Half of the ratings in the batch, the rest one by one: levels as if all had been there, the raters as fitted."""
    frame = frame_of(world)
    known = frame.unique("rater", keep="first").vstack(frame.unique("note", keep="first")).unique()
    rest = frame.join(known, on=["rater", "note"], how="anti")
    half = len(rest) // 2
    begun = bridge(admit(pl.concat([known, rest[:half]])), axes=axes)
    stream = Stream(begun)
    for rater, note, helpful in rest[half:].iter_rows():
        assert not stream.rate(rater, note, helpful).reason
    whole = admit(frame)
    sums = moments(whole.table.by_row, begun.fit.beside_row, begun.weight.astype(np.float32))
    blocks = Blocks.of(sums, (begun.ridge.row, begun.ridge.row_factor))
    found = blocks.solve(blocks.right - begun.fit.mean * blocks.matrix[0])
    expected = begun.fit.mean + found[0] + begun.sides.point @ found[1:]

    assert np.array([stream.levels(note) for note in whole.notes]).T == pytest.approx(expected, abs=1e-6)


def test_a_stream_that_has_just_begun_says_what_the_batch_says(done):
    """Every note decided again, nothing added."""
    stream = Stream(done)

    assert [stream._decided(note) for note in range(len(done.status))] == done.status.tolist()


def test_the_stream_tells_what_it_rejects(done):
    """Unknown notes, other values, second ratings: before and since the batch."""
    stream = Stream(done)
    rater, note = done.ratings.raters[0], done.ratings.notes[0]
    told = [
        stream.rate("x", 10**9, 1.0).reason,
        stream.rate("x", note, 0.7).reason,
        stream.rate("x", note, 1.0).reason,
        stream.rate("x", note, 1.0).reason,
    ]
    rated = done.ratings.table.by_column.columns[0]

    assert told == ["the note is unknown", "`helpful` is not 0, 0.5 or 1", "", "the rater rated this note before"]
    assert stream.rate(rater, done.ratings.notes[int(rated)], 1.0).reason == "the rater rated this note before"
    with pytest.raises(ValueError, match="incumbent"):
        Stream(bridge_as_incumbent(done.ratings))


def test_whom_to_ask_is_of_the_poorer_side_and_has_not_rated(done):
    """Best first, within the side."""
    near = undecided(done)
    note = near["note"][0]
    asked = ask(done, note, count=30)
    at = done.ratings.notes.index_of(note)
    view = done.ratings.table.by_row
    rated = set(done.ratings.raters.gather(view.columns[view.start[at] : view.start[at + 1]]).to_list())

    assert len(asked) == 30
    assert not rated & set(asked["rater"])
    assert asked["side"][0] == done.evidence.net[:, at].argmin()
    for _, part in asked.group_by("side"):
        assert (part["gain"].diff().drop_nulls() <= 0).all()
    assert asked["gain"].max() > 0
    with pytest.raises(NotFound):
        ask(done, 10**9)


@pytest.mark.parametrize("raters", [1, 10, 50])
def test_few_raters_are_not_guessed_from(raters):
    """Unanimous but of unknown sides: more ratings are needed, whatever they say."""
    rows = [(f"r{r}", f"n{n}", 1.0) for r in range(raters) for n in range(6)]
    done = bridge(admit(pl.DataFrame(rows, schema=["rater", "note", "helpful"], orient="row")))

    assert set(done.status) == {"needs more ratings"}


def test_the_incumbents_rules_are_told_apart(world):
    """Its limits, no sides; loss and statuses of the objective as it stands."""
    done = bridge_as_incumbent(admit(frame_of(world)))
    notes = done.notes
    helpful = notes.filter(status="helpful")

    assert (helpful["intercept"] >= 0.4).all()
    assert (helpful["factor"].abs() <= 0.5).all()
    assert (notes.filter(status="not helpful")["intercept"] <= -0.05).all()
    assert (helpful["certified_removals"] >= 1).all()
    assert done.summary["rings"] == 0
    assert done.explanations.is_empty()


BAD = {
    "the rater is missing": (None, "n1", 1.0, 1),
    "the note is missing": ("a", " ", 1.0, 1),
    "`helpful` is not 0, 0.5 or 1": ("a", "n1", float("nan"), 1),
    "the note is unknown": ("a", "n9", 1.0, 1),
    "the rater wrote the note": ("w", "n1", 1.0, 1),
    "the rating is older than the note": ("a", "n1", 1.0, -1),
    "the rating is from the future": ("a", "n1", 1.0, 99),
    "the time is missing": ("a", "n1", 1.0, None),
    "the rater rated this note before": ("b", "n1", 0.0, 5),
}


@pytest.mark.parametrize("reason", BAD)
def test_what_cannot_be_right_is_rejected_with_its_reason(reason):
    """One bad row beside a good one."""
    rows = [("b", "n1", 1.0, 2), BAD[reason]]
    when = [None if hours is None else NOON + timedelta(hours=hours) for *_, hours in rows]
    frame = pl.DataFrame([row[:3] for row in rows], schema=["rater", "note", "helpful"], orient="row")
    notes = pl.DataFrame({"note": ["n1"], "author": ["w"], "created_at": [NOON]})
    found = admit(frame.with_columns(created_at=pl.Series(when)), notes=notes, until=NOON + timedelta(days=1))

    assert [(2, reason)] == found.rejects.select("row", "reason").rows()
    assert found.table.size == 1
    assert found.rejects["remedy"][0]


def test_ratings_given_twice_count_once_and_torn_ones_not_at_all():
    """Without times no order of rows is better than another."""
    rows = [("a", "n", 1.0), ("b", "n", 1.0), ("a", "n", 1.0), ("c", "n", 0.0), ("c", "n", 1.0)]
    for order in (rows, rows[::-1]):
        found = admit(pl.DataFrame(order, schema=["rater", "note", "helpful"], orient="row"))
        assert (["a", "b"], 2) == (found.raters.to_list(), found.table.size)
        assert len(found.rejects) == 3


def test_no_ratings_is_an_error_with_words():
    """Another file, an empty one, one of bad rows."""
    for frame in (pl.DataFrame({"x": [1]}), pl.DataFrame({"rater": ["a"], "note": ["n"], "helpful": [7.0]})):
        with pytest.raises(DataError) as told:
            admit(frame)
        assert told.value.remedy


def at(minutes, status, lenient=None):
    """A reading."""
    return Reading(NOON + timedelta(minutes=minutes), status, lenient or status)


@pytest.mark.parametrize(
    ("readings", "status", "because"),
    [
        ([], "needs more ratings", "as the rules say"),
        ([at(1, "helpful")], "needs more ratings", "held"),
        ([at(1, "helpful"), at(31, "helpful")], "helpful", "as the rules say"),
        ([at(1, "helpful"), at(20, "not helpful"), at(31, "helpful")], "needs more ratings", "held"),
        ([at(1, "helpful"), at(31, "helpful"), at(40, "needs more ratings", "helpful")], "helpful", "kept"),
        ([at(1, "helpful"), at(31, "helpful"), at(40, "needs more ratings")], "needs more ratings", "as the rules say"),
        ([at(1, "not helpful"), at(60 * 24 * 15, "helpful")], "not helpful", "locked"),
    ],
)
def test_a_status_follows_from_its_history(readings, status, because):
    """Held, kept, locked; and the same again."""
    found = settle(NOON, readings)

    assert (status, because) == (found.status, found.because)
    assert found == settle(NOON, list(readings))


def test_patience_is_alive_and_time_goes_forward():
    """No hold; a short lock; readings out of order."""
    assert settle(NOON, [at(1, "helpful")], Patience(hold=timedelta())).status == "helpful"
    assert settle(NOON, [at(9, "not helpful")], Patience(lock=timedelta(minutes=5))).because == "locked"
    with pytest.raises(ValueError, match="follows"):
        settle(NOON, [at(5, "helpful"), at(1, "helpful")])


def test_rings_of_tiny_tables_are_none():
    """Nobody and next to nobody."""
    one = np.zeros(1, np.uint32)

    assert rings(table(one, one, np.array([1], np.uint8), (1, 1)), np.zeros(1)).tolist() == [0]
