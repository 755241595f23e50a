"""The list in a database of each kind, for the tests that only read it."""

import os
import shutil
import sqlite3
from pathlib import Path

import psycopg
import pytest

from seed import __main__ as seed
from tests.support.machine import locked
from tools import postgres

POSTGRESQL = "postgresql"
"""The file that holds the URL of the server that the processes of a run share, and the folder of its cluster."""


def fill(url: str, *arguments: str) -> None:
    """Seed the database as the command does."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", url)
        assert seed.main([*arguments]) == 0


def filled_file(shared: Path) -> Path:
    """Return a SQLite file with the list, made once for a run. Do not change it."""
    file = shared / "regions.sqlite"
    with locked(shared / "regions.lock"):
        if not file.exists():
            fill(f"sqlite:///{file}")
    return file


def server(shared: Path) -> str:
    """Return the URL of the PostgreSQL server of TEST_DATABASE_URL, else of one that the run shares.

    The first process that needs it starts it; `stop_server` stops it.
    """
    known = shared / POSTGRESQL / "url"
    with locked(shared / "postgresql.lock"):
        if not known.exists():
            known.parent.mkdir()
            if not (url := os.environ.get("TEST_DATABASE_URL")):
                shared.chmod(0o755)
                postgres.give(known.parent)
                url = postgres.start(known.parent)
            known.write_text(url)
        return known.read_text()


def stop_server(shared: Path) -> None:
    """Stop the server of the run, if it was started."""
    if (shared / POSTGRESQL / "data").exists():
        postgres.stop(shared / POSTGRESQL)


def used(shared: Path) -> str:
    """Return the versions of the databases that the run had, on one line."""
    known = shared / POSTGRESQL / "url"
    version = "not used by the tests that were selected"
    if known.exists():
        with psycopg.connect(known.read_text()) as connection:
            version = str(connection.info.parameter_status("server_version"))
    return f"SQLite {sqlite3.sqlite_version}, PostgreSQL: {version}"


def remove(shared: Path) -> None:
    """End what the processes of the run shared."""
    stop_server(shared)
    shutil.rmtree(shared)
