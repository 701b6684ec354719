"""Shares of clustered items against independent ones and simulation."""

import numpy as np
import pytest

from rejoinder.numerics.clusters import clustered_share
from rejoinder.numerics.intervals import wilson


def test_items_that_stand_alone_get_wilsons_interval():
    """One item a cluster is no clustering."""
    told = clustered_share([1] * 4 + [0] * 196, range(200))
    lower, upper = wilson(4, 200)

    assert (1.0, pytest.approx(float(lower)), pytest.approx(float(upper))) == (
        told.design_effect,
        told.lower,
        told.upper,
    )


@pytest.mark.parametrize("hit", [0, 1])
def test_where_all_fared_alike_every_cluster_counts_once(hit):
    """None of 200 posts of 100 accounts acted on is no more than none of 100, and a little less."""
    told, (lower, upper) = clustered_share([hit] * 200, [n // 2 for n in range(200)]), wilson(hit * 100, 100)

    assert 2.0 == told.design_effect
    assert told.upper - told.lower >= upper - lower


def test_one_cluster_is_one_item():
    """Ten posts of one account tell of one account."""
    told, (lower, upper) = clustered_share([1, 0] * 5, [0] * 10), wilson(0.5, 1)

    assert (pytest.approx(lower), pytest.approx(upper)) == (told.lower, told.upper)


def test_clusters_and_level_are_alive():
    """Alike within clusters is wider than mixed; a higher level is wider."""
    hits = [1, 1, 0, 0] * 30
    alike, mixed = (
        clustered_share(hits, [n // 2 for n in range(120)]),
        clustered_share(hits, [n // 4 for n in range(120)]),
    )

    assert mixed.upper < alike.upper < clustered_share(hits, [n // 2 for n in range(120)], level=0.99).upper


def test_names_of_clusters_do_not_matter():
    """Texts or numbers, in any order."""
    hits = [1, 0, 0, 1, 1, 0]

    assert clustered_share(hits, [0, 0, 1, 1, 2, 2]) == clustered_share(hits[::-1], ["c", "c", "a", "a", "b", "b"])


def test_no_items_is_refused():
    """A share of nothing is no number."""
    with pytest.raises(ValueError, match="no items"):
        clustered_share([], [])


@pytest.mark.slow
def test_holds_the_truth_where_wilson_does_not():
    """100 accounts with three posts that share their fate in half of all cases, as far as chance goes."""
    random, held, plain = np.random.default_rng(5), 0, 0
    of = np.repeat(np.arange(100), 3)
    for _ in range(1_000):
        account, post = random.random(100) < 0.14, random.random(300) < 0.14
        hits = np.where(np.repeat(random.random(100) < 0.5, 3), account[of], post)
        told, (lower, upper) = clustered_share(hits, of), wilson(hits.sum(), 300)
        held += told.lower <= 0.14 <= told.upper
        plain += lower <= 0.14 <= upper

    assert plain < 910
    assert held > 935
