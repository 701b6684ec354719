# `just` alone runs what CI runs after the set-up. Each line works without just, too.
default: test lint types contract

test:
    pytest

# The fast part, while working: under a minute.
unit:
    pytest -m "not slow"

lint:
    ruff check
    ruff format --check

types:
    mypy

contract:
    lint-imports

# Everything in docs/benchmarks.md, measured again on this machine.
bench:
    for script in benchmarks/*.py; do python "$script"; done
