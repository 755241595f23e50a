"""Opens engines, read-only on both databases, and hands out reads.

A read is one piece of work in a worker thread, with the data of one edition: each statement brings the edition's
version along, and where two differ the work is done again. So no transaction is needed to keep an answer whole.
SQLite: the file is never written in place, another one is renamed over it; then the engine is opened anew.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from anyio import CapacityLimiter, Lock, sleep, to_thread
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from app import problems
from app.edition import Edition
from app.settings import Settings
from app.statement import AnySelect, prepare

T = TypeVar("T")

GONE = "gone"

WATCH_SECONDS = 0.3
"""Between two looks at whether the data changed."""

INLINE_SECONDS = 0.003
"""How long a read may keep the event loop; then it is begun anew in a thread."""

DEADLINE_STEPS = 1_000
"""Steps of SQLite's machine between two looks at the clock: some 20 microseconds."""

log = logging.getLogger("app.database")


class EditionChanged(Exception):
    """A statement saw another edition than the one the read began with."""


_NOTHING = select()


@dataclass(frozen=True)
class Read:
    """A view of one edition."""

    edition: Edition
    _connection: Connection

    def rows(self, statement: AnySelect, values: dict[str, Any] | None = None) -> list[Any]:
        """Named tuples. SQLAlchemy makes the statement, once; it is run past it, which takes half the time."""
        prepared = prepare(statement, self._connection.dialect)
        cursor = self._connection.connection.driver_connection.execute(  # type: ignore[union-attr]  # both drivers have it
            prepared.sql, prepared.parameters(values or {})
        )
        rows = [prepared.row(cells) for cells in cursor.fetchall()]
        if not rows:
            self.rows(_NOTHING)  # which has a row, to see the edition by
        elif rows[0].edition != self.edition.version:
            raise EditionChanged
        return rows

    def row(self, statement: AnySelect, values: dict[str, Any] | None = None) -> Any:
        """The only one, or `None`."""
        return next(iter(self.rows(statement, values)), None)


class _Empty(Exception):
    """There is no edition in the database; `python -m seed` puts one there."""


class Missing(Exception):
    """The SQLite file is not there; a server must not make an empty one."""


def file_of(url: URL) -> Path | None:
    """The file of an SQLite URL; `None` for PostgreSQL."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _open(settings: Settings) -> Engine:
    url = make_url(settings.database_url)
    pool: dict[str, Any] = {
        "poolclass": QueuePool,
        "pool_size": settings.database_pool_size + 1,  # one to load an edition with and, of SQLite, to read inline
        "max_overflow": 1,
        "pool_timeout": settings.read_timeout,
    }
    if path := file_of(url):
        # immutable: no locks, no look for a journal; true because the file is replaced, never changed
        query = {"mode": "ro", "immutable": "1", "uri": "true"}
        url = URL.create("sqlite", database=path.absolute().as_uri(), query=query)
        engine = create_engine(url, isolation_level="AUTOCOMMIT", **pool)
        event.listen(engine, "connect", _watch_deadline)
        return engine
    timeout = f"-c statement_timeout={ceil(settings.read_timeout * 1000)}"
    connect_args = {
        "options": f"-c default_transaction_read_only=on {timeout}",
        "connect_timeout": 2,
        "application_name": "cluster-regions",
    }
    url = url.set(drivername="postgresql+psycopg")
    return create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True, connect_args=connect_args, **pool)


def _watch_deadline(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    """SQLite breaks a statement off when it looks at the clock and the connection's deadline has passed."""
    record.info["deadline"] = deadline = [0.0]
    connection.set_progress_handler(lambda: monotonic() > deadline[0], DEADLINE_STEPS)


@dataclass(frozen=True)
class _Source:
    engine: Engine
    edition: Edition
    stamp: object
    inline: Connection | None
    """SQLite answers most reads faster than a thread is woken: these are done at once, in the event loop."""

    def run(self, work: Callable[[Read], T], seconds: float) -> T:
        """In a worker thread."""
        with self.engine.connect() as connection:
            return self.run_on(connection, work, seconds)

    def run_on(self, connection: Connection, work: Callable[[Read], T], seconds: float) -> T:
        if deadline := connection.info.get("deadline"):
            deadline[0] = monotonic() + seconds
        return work(Read(self.edition, connection))

    def close(self) -> None:
        """What threads still read with is closed when they give it back."""
        if self.inline:
            self.inline.close()
        self.engine.dispose()


def _driver_error(path: Path | None) -> type[Exception]:
    if path:
        return sqlite3.Error
    import psycopg  # only here: it takes a tenth of the time of a start

    return psycopg.Error


class Database:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = file_of(make_url(settings.database_url))
        self._errors = (DBAPIError, PoolTimeoutError, _driver_error(self._path))
        self._source: _Source | None = None
        self.version: str | None = None
        """Of the edition that is known to be there; `None` until one was read."""
        self._loading = Lock()
        self._threads = CapacityLimiter(settings.database_pool_size)  # never more readers than connections

    def require_file(self) -> None:
        """`Missing` if there is no SQLite file. A PostgreSQL server may come later."""
        if self._path and not self._path.is_file():
            raise Missing(f"{self._path}: no such file; make it with `python -m seed`")

    async def edition(self) -> Edition:
        return (self._source or await self._load()).edition

    async def read(self, work: Callable[[Read], T], edition: Edition | None = None) -> T:
        """The result of `work`.

        `EditionChanged` if the data are no longer those of the given edition, or change meanwhile: the caller begins
        anew. `problems.Unavailable` if the database fails or takes too long.
        """
        source = self._source or await self._load()
        if edition and edition is not source.edition:
            raise EditionChanged
        try:
            if source.inline:
                with suppress(sqlite3.OperationalError):  # too slow for the event loop; a real fault shows again below
                    return source.run_on(source.inline, work, INLINE_SECONDS)
            return await to_thread.run_sync(source.run, work, self._settings.read_timeout, limiter=self._threads)
        except EditionChanged:
            await self._load(instead_of=source)
            raise
        except self._errors as error:
            log.error("read failed: %s", type(error).__name__)
            raise problems.Unavailable from None

    async def watch(self) -> None:
        """Notices another edition within a second, for as long as the service runs."""
        while True:
            await sleep(WATCH_SECONDS)
            try:
                await self._look()
            except (problems.Unavailable, EditionChanged):
                pass  # said already; or noticed, which is all that is wanted
            except Exception:
                log.exception("the data cannot be watched")

    async def _look(self) -> None:
        source = self._source
        if source is None or (self._path and _stamp(self._path) not in (source.stamp, GONE)):
            await self._load(instead_of=source)
        elif not self._path:
            await self.read(lambda read: read.rows(_NOTHING))

    def numbers(self) -> dict[str, float]:
        """For the metrics: of the reads in threads, each of which has a connection."""
        now = self._threads.statistics()
        return {
            "database_reads": now.borrowed_tokens,
            "database_reads_limit": now.total_tokens,
            "database_reads_waiting": now.tasks_waiting,
        }

    async def close(self) -> None:
        if self._source:
            self._source.close()

    async def _load(self, instead_of: _Source | None = None) -> _Source:
        """The present edition; one of those who wait for it loads it for all."""
        async with self._loading:
            if self._source is instead_of or self._source is None:
                former, self._source = self._source, await to_thread.run_sync(self._connect, instead_of)
                self.version = self._source.edition.version
                if former and former.engine is not self._source.engine:
                    former.close()
            return self._source

    def _connect(self, former: _Source | None) -> _Source:
        stamp = _stamp(self._path) if self._path else None
        kept = former.engine if former and not self._path else None
        engine = kept or _open(self._settings)
        try:
            with engine.connect() as connection:
                if deadline := connection.info.get("deadline"):
                    deadline[0] = monotonic() + self._settings.read_timeout
                edition = Edition.load(connection)
            if edition is None:
                raise _Empty
            return _Source(engine, edition, stamp, engine.connect() if self._path else None)
        except (*self._errors, _Empty) as error:
            if not kept:
                engine.dispose()
            log.error("the database cannot be read: %s", type(error).__name__.strip("_"))
            raise problems.Unavailable from None


def _stamp(path: Path) -> object:
    """What changes when another file is renamed into place."""
    try:
        status = path.stat()
    except OSError:
        return GONE  # what is open can still be read
    return status.st_ino, status.st_mtime_ns
