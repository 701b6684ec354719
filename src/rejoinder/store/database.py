"""The log's database: SQLite or PostgreSQL by URL, opened so that a crash cannot tear the chain."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CHAR,
    URL,
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, InternalError

from rejoinder.errors import EvidenceError, MissingExtra, OutsideError, UsageError, nearest
from rejoinder.store.chain import START

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 60
"""Seconds that a writer waits for the writers before it, on SQLite; on PostgreSQL as long as they take."""

_SERVER = {"connect_timeout": "10", "client_encoding": "utf8"}
"""How we speak to PostgreSQL unless the URL says otherwise; in seconds, and whatever the database's own encoding."""

_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
_FOLDER_REMEDY = "make the folder, check that it may be written to and that the disk is not full"
_SERVER_REMEDY = (
    "check that the server runs and that host, port, user and password are right (~/.pgpass holds passwords)"
)

_OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
"""What SQLite says when the file itself is not at fault; the lower eight bits of its codes."""

_tables = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")  # on SQLite only INTEGER PRIMARY KEY is the row's own number
events = Table(
    "events",
    _tables,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    Column("hash", CHAR(64), nullable=False),
)
head = Table("head", _tables, Column("seq", _Number, nullable=False), Column("hash", CHAR(64), nullable=False))


class Database:
    """Transactions on the two tables, and errors in the words of this house, never with a password in them."""

    def __init__(self, url: str) -> None:
        self._url = _known(url)
        self.name = named(self._url)
        # A transaction of SQLite sees one state of the log in any case.
        self._snapshot = {"isolation_level": "REPEATABLE READ"} if self._url.get_backend_name() == "postgresql" else {}
        try:
            self._engine = _engine(self._url)
        except ImportError as error:
            raise MissingExtra.named("postgres", "a log in PostgreSQL") from error
        try:
            self._prepare()
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Lets go of every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the log as it was at its first look, however much is appended meanwhile."""
        with self._explained(), self._engine.connect() as connection:
            yield connection.execution_options(**self._snapshot)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept as a whole when the block ends, or not at all."""
        with self._explained(), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def _prepare(self) -> None:
        """Makes the tables where there are none; looks first, so that who may only read can open it too."""
        with self.reading() as connection:
            there = set(inspect(connection).get_table_names())
        lost = {"events", "head"} - there
        if len(lost) == 1:
            raise self._damaged(f"it has lost its table `{lost.pop()}`")
        if lost:
            with self.writing() as connection:
                _make(connection)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # The cause is dropped on purpose: a driver's error may hold the connection's parameters.
            raise self._told(error) from None
        except UnicodeDecodeError:  # by sqlite3, of SQLite's complaint about a spoilt file that it quotes
            raise self._damaged("its structure cannot be read") from None

    def _told(self, error: DBAPIError) -> EvidenceError | OutsideError:
        why = self._without_secrets(str(error.orig).strip())
        if _is_damage(error):
            return self._damaged(why)
        remedy = _FOLDER_REMEDY if self._url.get_backend_name() == "sqlite" else _SERVER_REMEDY
        return OutsideError(f"the log's database did not answer: {why}", where=self.name, remedy=remedy)

    def _damaged(self, why: str) -> EvidenceError:
        return EvidenceError(f"the log is damaged: {why}", where=self.name, remedy="restore a backup")

    def _without_secrets(self, text: str) -> str:
        for secret in (self._url.password, self._url.query.get("password"), self._url.query.get("sslpassword")):
            text = text.replace(str(secret), "***") if secret else text
        return text


def _is_damage(error: DBAPIError) -> bool:
    """Whether it is the log itself that is at fault, and not what lies between us and it."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF not in _OUTSIDE
    return isinstance(error, IntegrityError | InternalError)


def named(url: URL) -> str:
    """The URL as people may see it."""
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def _known(url: str) -> URL:
    """The URL with the driver that we use; the message of a malformed one does not repeat it."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("this is no database URL", expected="sqlite:///PATH or postgresql://…") from None
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise UsageError(f"a log cannot be kept in `{backend}`", remedy=nearest(backend, _DRIVERS))
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise UsageError("a log in memory would be lost", expected="sqlite:///PATH")
    return parsed.set(drivername=_DRIVERS[backend])


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return create_engine(url.set(query=_SERVER | dict(url.query)))
    engine = create_engine(url, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's, behind SQLAlchemy's back
    """FULL: what `append` has acknowledged survives a power cut too, not only a crash of the process."""
    connection.isolation_level = None  # else the driver begins transactions where it thinks fit
    connection.text_factory = _text
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _text(raw: bytes) -> str:
    """Bytes that are no UTF-8 come through too, so that it can be said which event they spoil."""
    return raw.decode("utf-8", "surrogateescape")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make(connection: Connection) -> None:
    """Both tables and the head of an empty chain, once, however many processes come at the same time."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(0x7E01)))
    _tables.create_all(connection)
    if connection.execute(select(func.count()).select_from(head)).scalar_one() == 0:
        connection.execute(insert(head).values(seq=START.seq, hash=START.hash))
