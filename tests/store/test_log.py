"""The log, on both databases: what is appended is there, in one chain, and tampering is found."""

import io
import json
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, make_url, text

from rejoinder.errors import EvidenceError, MissingExtra, OutsideError, UsageError
from rejoinder.store import Entry, Head, Log
from rejoinder.store import database as database_module
from rejoinder.store import log as log_module
from rejoinder.store.chain import START, ZEROS, link


@pytest.fixture
def log(log_url):
    """An empty log."""
    with Log(log_url) as opened:
        yield opened


@pytest.fixture
def tamper(log_url):
    """Runs SQL behind the log's back."""
    url = make_url(log_url)
    engine = create_engine(url.set(drivername={"postgresql": "postgresql+psycopg"}.get(url.drivername, url.drivername)))

    def run(*statements, **values):
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    yield run
    engine.dispose()


def filled(log, count=9):
    """The log with `count` events in it."""
    log.extend([Entry("noted", {"note": f"n:{n}", "text": "ä"}, f"m-{n % 3}") for n in range(1, count + 1)])
    return log


def test_a_new_log_is_empty_and_sound(log):
    assert log.head() == Head(0, ZEROS)
    assert [] == list(log.read())
    assert log.verify().valid


def test_what_is_appended_is_read_back_linked_and_numbered(log):
    first = log.append("noted", {"note": "n:1", "weights": [0.5, None]}, actor="m-1")
    second = log.append("rated", {})

    assert [first, second] == list(log.read())
    assert (1, "noted", "m-1", {"note": "n:1", "weights": [0.5, None]}, ZEROS) == (
        first.seq,
        first.kind,
        first.actor,
        first.body,
        first.previous,
    )
    assert (2, "rated", "system", first.hash) == (second.seq, second.kind, second.actor, second.previous)
    assert log.head() == Head(2, second.hash)


def test_an_event_has_the_time_of_its_appending(log):
    before = datetime.now(UTC)
    event = log.append("noted", {})

    assert before <= event.time <= datetime.now(UTC)


def test_time_never_goes_back_where_the_clock_does(log, monkeypatch):
    noon = datetime(2024, 1, 2, 12, tzinfo=UTC)
    times = iter([noon, noon - timedelta(days=1), noon + timedelta(microseconds=1)])
    monkeypatch.setattr(log_module, "_now", lambda: next(times))
    for _ in range(3):
        log.append("noted", {})

    assert [noon, noon, noon + timedelta(microseconds=1)] == [event.time for event in log.read()]
    assert log.verify().valid


def test_several_events_come_all_or_not_at_all(log):
    with pytest.raises(UsageError):
        log.extend([Entry("noted", {}), Entry("noted", {"a": float("nan")})])
    assert log.head() == Head(0, ZEROS)

    events = log.extend([Entry("noted", {"n": n}) for n in range(3)])
    assert [1, 2, 3] == [event.seq for event in events]
    assert events == list(log.read())


def test_appending_nothing_changes_nothing(log):
    assert [] == log.extend([])
    assert log.head() == Head(0, ZEROS)


def test_events_of_one_kind_or_after_a_number_are_read_alone(log):
    log.extend([Entry(kind, {}) for kind in ("noted", "rated", "noted", "rated")])

    assert [2, 4] == [event.seq for event in log.read(kind="rated")]
    assert [3, 4] == [event.seq for event in log.read(after=2)]
    assert [4] == [event.seq for event in log.read(kind="rated", after=2)]
    assert [] == list(log.read(kind="rat", after=0)) == list(log.read(after=4))


def test_what_is_appended_while_reading_is_not_seen_by_that_reading(log):
    filled(log, 3)
    for event in log.read():
        log.append("answered", {"to": event.seq})

    assert [1, 2, 3] == [event.body["to"] for event in log.read(kind="answered")]


def test_a_verification_sees_one_state_however_much_is_appended_meanwhile(log):
    filled(log, 3)
    with log._database.reading() as connection:
        told = connection.exec_driver_sql("SELECT seq FROM head").scalar()
        filled(log, 3)

        assert told == 3 == connection.exec_driver_sql("SELECT count(*) FROM events").scalar()


@pytest.mark.slow
def test_a_log_opened_again_goes_on(log, log_url):
    filled(log, 2)
    with Log(log_url) as again:
        assert again.append("noted", {}).seq == 3
        assert again.verify(head=log.head().hash).valid


def test_a_closed_log_opens_itself_again(log):
    filled(log, 2)
    log.close()

    assert log.head().seq == 2


def test_threads_may_append_at_once(log):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: log.append("noted", {"n": n}), range(40)))

    assert sorted(range(40)) == sorted(event.body["n"] for event in log.read())
    assert log.verify().valid


def test_the_export_has_the_hashed_text_and_only_quotes_and_backslashes_escaped(log):
    log.append("noted", {"text": 'a "ä"\n\\ \u2028\x7f😀'})
    filled(log, 2)
    stream = io.BytesIO()
    log.export(stream)
    lines = stream.getvalue().decode().split("\n")

    assert lines.pop() == ""
    assert [event.hash for event in log.read()] == [json.loads(line)["hash"] for line in lines]
    for seq, line in enumerate(lines, 1):
        row = json.loads(line)
        escaped = row["event"].replace("\\", "\\\\").replace('"', '\\"')
        assert f'{{"seq":{seq},"hash":"{row["hash"]}","event":"{escaped}"}}' == line


def test_a_published_head_is_found_in_the_chain_however_it_is_written(log):
    middle = filled(log).head().hash
    filled(log)

    assert log.verify(head=middle).valid
    assert log.verify(head=f" {middle.upper()}\n").valid


def test_a_chain_that_does_not_hold_the_published_head_was_rewritten(log):
    assert ["no event has the published hash " + "ab" * 32 + ": the chain was rewritten or cut"] == (
        filled(log).verify(head="ab" * 32).faults
    )


@pytest.mark.parametrize("head", ["", "abc", "g" * 64, "ab" * 33])
def test_a_published_head_that_is_no_hash_is_refused(log, head):
    with pytest.raises(UsageError, match="no hash of the log"):
        log.verify(head=head)


FORGED = link(Entry("forged", {}), Head(4, "ab" * 32), "2024-01-02T12:00:00.000000Z")[0]
TAMPERINGS = {
    "text edited": (["UPDATE events SET event = replace(event, 'n:5', 'n:6') WHERE seq = 5"], [(5, "changed")]),
    "white space added": (["UPDATE events SET event = event || ' ' WHERE seq = 5"], [(5, "changed")]),
    "text emptied": (["UPDATE events SET event = '' WHERE seq = 9"], [(9, "changed")]),
    "hash edited": (["UPDATE events SET hash = upper(hash) WHERE seq = 5"], [(5, "changed")]),
    "dropped": (["DELETE FROM events WHERE seq = 5"], [(5, "dropped")]),
    "first dropped": (["DELETE FROM events WHERE seq = 1"], [(1, "dropped")]),
    "tail cut": (["DELETE FROM events WHERE seq > 4"], [(5, "dropped")]),
    "all dropped": (["DELETE FROM events"], [(1, "dropped")]),
    "swapped": (
        [
            "UPDATE events SET seq = 100 WHERE seq = 3",
            "UPDATE events SET seq = 3 WHERE seq = 7",
            "UPDATE events SET seq = 7 WHERE seq = 100",
        ],
        [(3, "reordered"), (7, "reordered")],
    ),
    "renumbered": (
        ["DELETE FROM events WHERE seq = 8", "UPDATE events SET seq = 8 WHERE seq = 9"],
        [(8, "reordered"), (9, "dropped")],
    ),
    "forged": (["UPDATE events SET event = :event, hash = :hash WHERE seq = 5"], [(5, "inserted")]),
    "forged, its hash not": (["UPDATE events SET event = :event WHERE seq = 5"], [(5, "changed")]),
    "inserted after the end": (
        ["INSERT INTO events SELECT 10, event, hash FROM events WHERE seq = 9"],
        [(10, "inserted")],
    ),
    "inserted before the start": (
        ["INSERT INTO events SELECT 0, event, hash FROM events WHERE seq = 1"],
        [(0, "inserted")],
    ),
    "inserted far away": (
        ["INSERT INTO events SELECT 9223372036854775807, event, hash FROM events WHERE seq = 1"],
        [(2**63 - 1, "inserted")],
    ),
    "head set back": (
        ["UPDATE head SET seq = 7, hash = (SELECT hash FROM events WHERE seq = 7)"],
        [(8, "inserted"), (9, "inserted")],
    ),
    "head set forward": (["UPDATE head SET seq = 10"], [(10, "dropped")]),
    "head edited": (["UPDATE head SET hash = upper(hash)"], [(9, "head")]),
    "head dropped": (["DELETE FROM head"], [(None, "head")]),
    "two heads": (["INSERT INTO head SELECT seq, hash FROM head"], [(None, "head")]),
}


@pytest.mark.parametrize(("statements", "expected"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_with_the_database_is_found_and_named(log, tamper, statements, expected):
    filled(log)
    assert log.verify().valid
    tamper(*statements, event=FORGED.event, hash=FORGED.hash)

    assert expected == [(fault.seq, fault.kind) for fault in log.verify().found]


def test_a_log_made_anew_by_whoever_owns_the_database_is_found_by_its_published_head_alone(log, log_url, tamper):
    published = filled(log).head().hash
    tamper("DROP TABLE events", "DROP TABLE head")
    with Log(log_url) as anew:
        filled(anew)

        assert anew.verify().valid
        assert [(None, "rewritten")] == [(fault.seq, fault.kind) for fault in anew.verify(head=published).found]


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM events WHERE seq = 9",
        "UPDATE events SET hash = upper(hash) WHERE seq = 9",
        "UPDATE events SET event = '{}' WHERE seq = 9",
        "INSERT INTO events VALUES (10, '{}', 'x')",
        "DELETE FROM head",
        "INSERT INTO head SELECT seq, hash FROM head",
        "UPDATE head SET seq = 7",
        "UPDATE head SET seq = 70",
        "UPDATE head SET hash = upper(hash)",
    ],
)
def test_nothing_is_built_on_a_damaged_end(log, tamper, damage):
    filled(log)
    tamper(damage)
    stored, faults = io.BytesIO(), log.verify().faults
    log.export(stored)
    with pytest.raises(EvidenceError):
        log.append("noted", {})

    after = io.BytesIO()
    log.export(after)
    assert stored.getvalue() == after.getvalue()
    assert faults == log.verify().faults != []


def test_reading_stops_at_the_first_event_that_was_tampered_with(log, tamper):
    filled(log)
    tamper("UPDATE events SET event = replace(event, 'n:5', 'n:6') WHERE seq = 5", "DELETE FROM events WHERE seq = 8")
    reading = log.read()

    assert [1, 2, 3, 4] == [next(reading).seq for _ in range(4)]
    with pytest.raises(EvidenceError, match=r"event 5: it was changed[^$]*rejoinder log verify"):
        next(reading)
    with pytest.raises(EvidenceError, match="event 8: it is missing"):
        list(log.read(kind="absent", after=5))


def test_a_log_that_lost_a_table_is_damaged_not_new(log, log_url, tamper):
    filled(log)
    tamper("DROP TABLE head")

    with pytest.raises(EvidenceError, match="lost its table `head`"):
        Log(log_url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:sesame@127.0.0.1:1/log",
        "postgresql://ada@127.0.0.1:1/log?password=sesame",
        "postgresql://ada:sesame@127.0.0.1:1/log?unknown_option=1",
        "postgresql+psycopg://ada:sesame@127.0.0.1:1/sesame?sslpassword=sesame",
    ],
)
@pytest.mark.slow
def test_an_unreachable_server_is_told_with_the_remedy_and_without_the_password(url):
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with pytest.raises(OutsideError, match="did not answer") as refused:
        Log(url)

    assert "check that the server runs" in refused.value.remedy
    assert "sesame" not in str(refused.value).replace("1:1/sesame", "")
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    "url", ["sesame", "postgresql://ada:sesame@host:port/log", "mysql://ada:sesame@host/log", "sqlite://"]
)
def test_an_address_of_another_kind_is_refused_and_not_repeated(url):
    with pytest.raises(UsageError) as refused:
        Log(url)

    assert "sesame" not in str(refused.value)


def test_a_mistyped_database_is_told_the_nearest():
    with pytest.raises(UsageError, match="did you mean `postgresql`"):
        Log("postgres://ada@host/log")


def test_postgresql_without_its_driver_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(MissingExtra, match=r"pip install 'rejoinder\[postgres\]'"):
        Log("postgresql://ada@host/log")


def test_the_name_of_a_log_has_no_password_in_it():
    url = make_url("postgresql+psycopg://ada:sesame@host/log?password=sesame")

    assert database_module.named(url) == "postgresql://ada:***@host/log"


def test_a_log_shows_where_it_is(log, log_url):
    assert repr(log).removeprefix("Log('").removesuffix("')") in log_url.replace("postgres:", "postgres:***")


@pytest.fixture
def path(tmp_path):
    """A file with a log in it: what only a file can suffer."""
    with Log(f"sqlite:///{tmp_path}/log.sqlite") as log:
        filled(log)
    return tmp_path / "log.sqlite"


def behind(path, statement, *values):
    """Runs SQL on the file behind the log's back."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize("value", ["CAST(x'ff7b7d' AS TEXT)", "x'7b7d'", "7", "CAST(event AS BLOB)"])
def test_bytes_that_are_no_text_are_a_change(path, value):
    behind(path, f"UPDATE events SET event = {value} WHERE seq = 5")
    with Log(f"sqlite:///{path}") as log:
        assert [(5, "changed")] == [(fault.seq, fault.kind) for fault in log.verify().found]
        with pytest.raises(EvidenceError, match="event 5"):
            list(log.read())


def test_damaged_text_is_exported_as_it_lies_there(path):
    behind(path, "UPDATE events SET event = CAST(x'ff22' AS TEXT) WHERE seq = 5")
    stream = io.BytesIO()
    with Log(f"sqlite:///{path}") as log:
        log.export(stream)

    assert stream.getvalue().splitlines()[4].endswith(b'"event":"\xff\\""}')


@pytest.mark.parametrize("value", ["seven", 7.5, b"7"])
def test_a_head_that_is_no_number_is_found(path, value):
    behind(path, "UPDATE head SET seq = ?", value)
    with Log(f"sqlite:///{path}") as log:
        assert [(None, "head")] == [(fault.seq, fault.kind) for fault in log.verify().found]
        for look in (log.head, lambda: log.append("noted", {})):
            with pytest.raises(EvidenceError):
                look()


def test_another_file_is_not_taken_for_a_log(tmp_path):
    (tmp_path / "picture").write_bytes(b"no database" * 1000)

    with pytest.raises(EvidenceError, match="not a database"):
        Log(f"sqlite:///{tmp_path}/picture")
    assert (tmp_path / "picture").read_bytes() == b"no database" * 1000


def test_a_folder_that_is_not_there_is_told_with_the_remedy(tmp_path):
    with pytest.raises(OutsideError, match="make the folder"):
        Log(f"sqlite:///{tmp_path}/absent/log.sqlite")


def test_a_writer_that_waits_too_long_for_another_is_told(path, monkeypatch):
    monkeypatch.setattr(database_module, "_PATIENCE", 0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Log(f"sqlite:///{path}") as log:
        with pytest.raises(OutsideError, match="locked"):
            log.append("noted", {})
        assert log.verify().valid
    other.close()


def test_a_writer_has_the_lock_before_its_first_look(path):
    """Else two that make the tables at once would both look, and one could not write any more."""
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    with (
        Log(f"sqlite:///{path}") as log,
        log._database.writing(),
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_who_may_only_read_can_verify(path):
    with Log(f"sqlite:///file:{path}?mode=ro&uri=true") as log:
        assert log.verify().valid
        with pytest.raises(OutsideError, match="readonly"):
            log.append("noted", {})


def test_every_commit_waits_for_the_disk(path):
    """WAL, so that readers do not hinder writers; FULL, so that a power cut takes nothing acknowledged."""
    with Log(f"sqlite:///{path}") as log, log._database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


@pytest.mark.slow
def test_a_database_without_an_encoding_keeps_text_as_it_is(postgres):
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE raw ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'")
    with Log(make_url(postgres).set(database="raw").render_as_string(hide_password=False)) as log:
        event = log.append("noted", {"text": "ä 😀"})

        assert [event] == list(log.read())
        assert log.verify().valid


def test_the_first_event_of_a_log_continues_nothing(log):
    assert log.append("noted", {}).previous == START.hash
