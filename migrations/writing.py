"""Write a database: one writer at a time, everything or nothing.

SQLite: a new file, renamed over the old one when it is complete, so that a reader never sees a change in place and a
writer that dies leaves the old file as it was. PostgreSQL: one transaction under an advisory lock.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from app.db.engines import file_of, open_writer

LOCK = 0x636C7573
"""Number of the advisory lock, “clus” in ASCII."""


@contextmanager
def writing(database_url: str, *, afresh: bool) -> Iterator[Callable[[], Connection]]:
    """The right to write. What it yields opens the connection; what is done there is kept if the block ends well.

    With `afresh` an SQLite file starts out empty, else as a copy of the present one.
    """
    path = file_of(make_url(database_url))
    with ExitStack() as stack:
        if path is None:
            connection = stack.enter_context(open_writer(make_url(database_url)).begin())
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
            yield lambda: connection
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context(path.with_name(f"{path.name}.lock").open("a"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        _new(path).unlink(missing_ok=True)  # what a writer that was killed left
        yield lambda: stack.enter_context(_replacing(path, afresh=afresh))


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


@contextmanager
def _replacing(path: Path, *, afresh: bool) -> Iterator[Connection]:
    new = _new(path)
    if path.exists() and not afresh:
        shutil.copyfile(path, new)
    try:
        with _sqlite(new) as connection:
            yield connection
        _sync(new)
        new.replace(path)
        _sync(path.parent)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def _sqlite(path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode = OFF")  # a file that fails is thrown away
        connection.execute("PRAGMA synchronous = OFF")  # and one that does not is synced as a whole
        connection.execute("PRAGMA foreign_keys = ON")

    with engine.begin() as connection:
        yield connection


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
