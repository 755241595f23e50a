"""Opens engines, read-only on both databases, and hands out reads.

A read is one piece of work in a worker thread, with the data of one edition: each statement brings the edition's
version along, and where two differ the work is done again. So no transaction is needed to keep an answer whole.
SQLite: the file is never written in place, another one is renamed over it; then the engine is opened anew.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from anyio import CapacityLimiter, Lock, sleep, to_thread
from sqlalchemy import URL, Connection, Engine, Row, Select, create_engine, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from app import problems
from app.edition import VERSION, Edition
from app.settings import Settings

T = TypeVar("T")

AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]

GONE = "gone"

WATCH_SECONDS = 0.3
"""Between two looks at whether the data changed."""

log = logging.getLogger("app.database")

ATTEMPTS = 3
"""How often work is begun anew because the data changed under it."""


class EditionChanged(Exception):
    """A statement saw another edition than the one the read began with."""


_NOTHING = select()


@lru_cache(maxsize=1024)
def _stamped(statement: AnySelect) -> AnySelect:
    return statement.add_columns(VERSION)


@dataclass(frozen=True)
class Read:
    """A view of one edition. Statements are kept by identity: build each shape once."""

    edition: Edition
    _connection: Connection

    def rows(self, statement: AnySelect, values: dict[str, Any] | None = None) -> Sequence[AnyRow]:
        rows = self._connection.execute(_stamped(statement), values).all()
        if rows and rows[0].edition != self.edition.version:
            raise EditionChanged
        return rows

    def row(self, statement: AnySelect, values: dict[str, Any] | None = None) -> AnyRow | None:
        return next(iter(self.rows(statement, values)), None)


class Missing(Exception):
    """The SQLite file is not there; a server must not make an empty one."""


def file_of(url: URL) -> Path | None:
    """The file of an SQLite URL; `None` for PostgreSQL."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _open(settings: Settings) -> Engine:
    url = make_url(settings.database_url)
    connect_args: dict[str, Any] = {}
    if path := file_of(url):
        # immutable: no locks, no look for a journal; true because the file is replaced, never changed
        query = {"mode": "ro", "immutable": "1", "uri": "true"}
        url = URL.create("sqlite", database=path.absolute().as_uri(), query=query)
    else:
        url = url.set(drivername="postgresql+psycopg")
        timeout = f"-c statement_timeout={int(settings.read_timeout * 1000)}"
        connect_args = {
            "options": f"-c default_transaction_read_only=on {timeout}",
            "connect_timeout": 2,
            "application_name": "cluster-regions",
        }
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_pre_ping=path is None,
        isolation_level="AUTOCOMMIT",
        connect_args=connect_args,
    )


@dataclass(frozen=True)
class _Source:
    engine: Engine
    edition: Edition
    stamp: object


class Database:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = file_of(make_url(settings.database_url))
        self._source: _Source | None = None
        self._loading = Lock()
        self._threads = CapacityLimiter(settings.database_pool_size)  # never more readers than connections

    def require_file(self) -> None:
        """`Missing` if there is no SQLite file. A PostgreSQL server may come later."""
        if self._path and not self._path.is_file():
            raise Missing(f"{self._path}: no such file; make it with `python -m seed`")

    @property
    def version(self) -> str | None:
        """Of the edition that is known to be there; `None` until one was read."""
        return self._source.edition.version if self._source else None

    async def edition(self) -> Edition:
        return (await self._current()).edition

    async def watch(self) -> None:
        """Notices another edition within a second, for as long as the service runs."""
        while True:
            await sleep(WATCH_SECONDS)
            with suppress(problems.Unavailable):
                await (self.read(_look) if self._path is None and self._source else self._current())

    async def read(self, work: Callable[[Read], T]) -> T:
        """The result of `work`, which runs in a thread; `problems.Unavailable` if the database fails."""
        for _ in range(ATTEMPTS):
            source = await self._current()
            try:
                return await to_thread.run_sync(_run, source, work, limiter=self._threads)
            except EditionChanged:
                self._source = replace(source, stamp="changed")
            except (DBAPIError, PoolTimeoutError) as error:
                log.error("read failed: %s", type(error).__name__)
                raise problems.Unavailable from None
        raise problems.Unavailable

    async def close(self) -> None:
        if self._source:
            self._source.engine.dispose()

    async def _current(self) -> _Source:
        if (source := self._fresh()) is None:
            async with self._loading:  # one of those who wait loads for all
                if (source := self._fresh()) is None:
                    stamp = _stamp(self._path)
                    source = await to_thread.run_sync(self._load, self._source, stamp, limiter=self._threads)
                    self._source = source
        return source

    def _fresh(self) -> _Source | None:
        if self._source and _stamp(self._path) in (self._source.stamp, GONE):
            return self._source
        return None

    def _load(self, former: _Source | None, stamp: object) -> _Source:
        engine = former.engine if former and not self._path else _open(self._settings)
        try:
            with engine.connect() as connection:
                edition = Edition.load(connection)
        except DBAPIError as error:
            log.error("the database cannot be read: %s", type(error).__name__)
            raise problems.Unavailable from None
        if edition is None:
            log.error("the database is empty; fill it with `python -m seed`")
            raise problems.Unavailable
        if former and former.engine is not engine:
            former.engine.dispose()
        return _Source(engine, edition, stamp)


def _stamp(path: Path | None) -> object:
    """What changes when another SQLite file is renamed into place."""
    if path is None:
        return "postgresql"
    try:
        status = path.stat()
    except OSError:
        return GONE  # what is open can still be read
    return status.st_ino, status.st_mtime_ns


def _run(source: _Source, work: Callable[[Read], T]) -> T:
    with source.engine.connect() as connection:
        return work(Read(source.edition, connection))


def _look(read: Read) -> None:
    """Any statement sees whether the edition is still the same."""
    read.rows(_NOTHING)
