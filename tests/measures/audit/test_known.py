"""The published audits come out to the digit."""

import json
import subprocess
import sys

import pytest

from rejoinder.measures.audit.known import audits, known

PRINTED = {
    "CCDH 2021: Facebook": "10.9 % (6.6 to 17.4)",
    "CCDH 2021: Twitter": "10.9 % (6.7 to 17.3)",
    "CCDH 2021: TikTok": "18.5 % (12.5 to 26.4)",
    "CCDH 2021: Instagram": "18.8 % (14.6 to 23.8)",
    "CCDH 2021: YouTube": "21.2 % (12.2 to 34.0)",
    "CCDH 2021: all": "16.0 % (13.5 to 18.8)",
    "EU Code of Conduct 2021, round 6": "62.5 % (61.1 to 63.9)",
    "ADL 2022": "4.9 % (2.8 to 8.5)",
    "ADL 2023": "28.1 % (23.2 to 33.5)",
    "CCDH June 2023, paid accounts": "99.0 % (94.6 to 99.8)",
    "CCDH September 2023": "86.3 % (82.0 to 89.8)",
    "CCDH September 2023: accounts": "90.0 % (82.6 to 94.5)",
    "CCDH November 2023": "98.0 % (95.0 to 99.2)",
    "200 reported, 196 still up": "2.0 % (0.8 to 5.0)",
    "200 reported, all up": "0.0 % (0.0 to 1.9)",
}


def percent(value):
    return f"{100 * value:.1f}"


def test_every_published_figure_is_reproduced_to_the_digit():
    """Rate and interval of each row, as printed in the reference tables."""
    told = {row.name: f"{percent(row.rate)} % ({percent(row.lower)} to {percent(row.upper)})" for row in known()}

    assert PRINTED == told


@pytest.mark.parametrize(
    ("name", "printed"),
    [("CCDH September 2023", "79.9 to 90.9"), ("CCDH November 2023", "94.0 to 99.4")],
)
def test_posts_of_one_account_widen_the_interval(name, printed):
    """With half of an account's fate shared, the published design effects of 2 and 1.49."""
    (row,) = [row for row in known() if row.name == name]

    assert printed == f"{percent(row.clustered_lower)} to {percent(row.clustered_upper)}"


@pytest.mark.parametrize("audit", audits(), ids=lambda audit: audit.name)
def test_every_audit_has_a_source_and_counts_that_add_up(audit):
    """Up and acted on never exceed what was reported; only ADL 2022 tells of a third fate."""
    rest = audit.reported - audit.up - audit.acted

    assert audit.source
    assert (48 if audit.name == "ADL 2022" else 0) == rest


def test_the_whole_of_2021_is_the_sum_of_its_platforms():
    """Five platforms, 714 reported."""
    platforms = [audit for audit in audits() if audit.group == "CCDH 2021"]

    assert (114, 714) == (sum(audit.acted for audit in platforms), sum(audit.reported for audit in platforms))


@pytest.mark.slow
def test_the_command_gives_the_seven_keys_for_programs():
    """As a program reads them."""
    command = [sys.executable, "-m", "rejoinder", "audit", "known", "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    rows = {row["name"]: row for row in json.loads(done.stdout)["audits"]}

    assert all({"name", "up", "acted", "reported", "rate", "lower", "upper"} <= set(row) for row in rows.values())
    assert (196, 4, 200) == tuple(rows["CCDH November 2023"][key] for key in ("up", "acted", "reported"))
