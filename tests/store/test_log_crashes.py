"""Many writers at once, writers that are killed, and files that are torn: one valid chain, or a word about it."""

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from rejoinder.errors import EvidenceError
from rejoinder.store import Entry, Log

WRITER = """
import sys
from rejoinder.store import Entry, Log

url, name, rounds, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with Log(url) as log:
    for n in range(rounds):
        events = log.extend([Entry("noted", {"writer": name, "n": n, "part": part}) for part in range(batch)])
        print(events[-1].seq, events[-1].hash, flush=True)
"""


def writer(url, name, rounds, batch=1):
    command = [sys.executable, "-c", WRITER, url, str(name), str(rounds), str(batch)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_processes_that_open_and_append_at_once_make_one_chain_of_all_their_events(log_url):
    """They make the tables at once too."""
    writers = [writer(log_url, name, 25, batch=3) for name in range(4)]
    for process in writers:
        _, complaint = process.communicate()
        assert (0, "") == (process.returncode, complaint)

    with Log(log_url) as log:
        events = list(log.read())
        assert log.verify().valid
    assert [*range(1, 301)] == [event.seq for event in events]
    for name in range(4):
        own = [(event.body["n"], event.body["part"]) for event in events if event.body["writer"] == str(name)]
        assert [(n, part) for n in range(25) for part in range(3)] == own
    assert all(later.seq == event.seq + 1 for event, later in pairwise(events) if later.body["part"])


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_valid_chain_with_all_that_it_was_told_is_there(log_url):
    """Several rounds over the same log; the batch of the killed is there as a whole or not at all."""
    chance = random.Random(7)
    acknowledged: dict[int, str] = {}
    for name in range(5):
        process = writer(log_url, name, 100_000, batch=5)
        told = [process.stdout.readline() for _ in range(chance.randrange(1, 20))]
        time.sleep(chance.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        told += process.communicate()[0].splitlines()
        acknowledged |= {int(line.split()[0]): line.split()[1] for line in told if len(line.split()[-1]) == 64}

        with Log(log_url) as log:
            hashes = {event.seq: event.hash for event in log.read()}
            assert [] == log.verify().faults
        assert acknowledged == {seq: hash_ for seq, hash_ in hashes.items() if seq in acknowledged}
        assert len(hashes) % 5 == 0


@pytest.fixture
def torn(tmp_path):
    """Copies of a log whose last events are still in its write-ahead file, and the true hashes of its events.

    The first two events are in the main file, the others in the `-wal` file alone.
    """
    source = tmp_path / "log.sqlite"
    with Log(f"sqlite:///{source}") as log:
        log.extend([Entry("noted", {"n": n}) for n in range(2)])
    keeper = sqlite3.connect(source)  # as long as somebody has it open, the write-ahead file stays
    keeper.execute("SELECT * FROM head").fetchall()
    with Log(f"sqlite:///{source}") as log:
        for n in range(10):
            log.append("noted", {"n": n, "text": "x" * 2_000})
        hashes = [event.hash for event in log.read()]
        wal = source.with_name("log.sqlite-wal").read_bytes()
        assert len(wal) > 50_000

        def copy(name, damage):
            folder = tmp_path / str(name)
            folder.mkdir()
            shutil.copy(source, folder / "log.sqlite")
            (folder / "log.sqlite-wal").write_bytes(wal)
            damage(folder)
            return f"sqlite:///{folder}/log.sqlite"

        yield copy, hashes
    keeper.close()


def left(url, hashes):
    """How many events a torn log still has, all of them true; `None` where it says itself that it is damaged."""
    try:
        with Log(url) as log:
            result = log.verify()
            kept = [event.hash for event in log.read()] if result.valid else None
    except EvidenceError:
        return None
    assert kept is None or hashes[: len(kept)] == kept
    return kept if kept is None else len(kept)


def test_a_write_ahead_file_cut_at_any_byte_leaves_a_valid_beginning_of_the_chain(torn):
    copy, hashes = torn
    chance = random.Random(11)

    def cut(folder):
        path = folder / "log.sqlite-wal"
        path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])

    counts = {left(copy(n, cut), hashes) for n in range(25)}
    assert counts <= set(range(2, 13))
    assert len(counts) > 3


def test_a_write_ahead_file_with_garbled_bytes_is_never_silently_wrong(torn):
    copy, hashes = torn
    chance = random.Random(13)
    counts = [left(copy(n, lambda folder: _garble(folder / "log.sqlite-wal", chance)), hashes) for n in range(25)]

    assert set(counts) <= {None, *range(2, 13)}
    assert any(count and count < 12 for count in counts)


@pytest.mark.slow
def test_a_main_file_with_garbled_bytes_is_never_silently_wrong(torn):
    copy, hashes = torn
    chance = random.Random(17)

    def damage(folder):
        (folder / "log.sqlite-wal").unlink()
        _garble(folder / "log.sqlite", chance)

    counts = [left(copy(n, damage), hashes) for n in range(40)]
    assert set(counts) <= {None, 2}
    assert None in counts


def test_a_lost_end_is_found_by_the_head_that_was_published(torn):
    copy, hashes = torn
    with Log(copy("lost", lambda folder: (folder / "log.sqlite-wal").unlink())) as log:
        assert log.verify().valid
        assert log.verify(head=hashes[1]).valid
        assert not log.verify(head=hashes[-1]).valid


def _garble(path, chance):
    """Other bytes in up to 64 consecutive places."""
    data = bytearray(path.read_bytes())
    start = chance.randrange(len(data))
    for at in range(start, min(start + chance.randrange(1, 65), len(data))):
        data[at] ^= chance.randrange(1, 256)
    path.write_bytes(data)
