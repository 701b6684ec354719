"""The public surface: few names, listed, cheap to import."""

import subprocess
import sys
import typing

import rejoinder
from rejoinder import _ROOM
from rejoinder.doors.cli import app


def test_names_are_listed_sorted_and_all_there():
    """What is promised can be imported, and nothing else is promised."""
    public = rejoinder.__all__

    assert sorted(public) == public
    assert set(_ROOM) == set(public)
    assert all(getattr(rejoinder, name).__doc__ for name in public)


def test_an_unknown_name_is_an_attribute_error():
    """As for any module."""
    assert not hasattr(rejoinder, "utils")


def test_importing_costs_nothing():
    """Neither the package nor its command line loads a heavy library before it is needed."""
    heavy = ("polars", "sqlalchemy", "sqlglot", "numpy", "vl_convert")
    program = f"import rejoinder, rejoinder.doors.cli, sys; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


def test_every_command_says_what_it_does():
    """A command without help is not finished."""
    import typer.main

    def walk(command: typing.Any, path: str):
        yield path, command.help
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, f"{path} {name}")

    assert [] == [path for path, words in walk(typer.main.get_command(app), "rejoinder") if not words]
