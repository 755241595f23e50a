"""Hands out reads. Knows no table.

A read is one piece of work, with the data of one edition: each statement brings the edition's version along, and where
two differ the work is done again. So no transaction is needed to keep an answer whole. Each read is tried as if it were
quick, and begun anew among the slow ones if it is not: of these there are so few at a time that the others get through.
SQLite: the file is never written in place, another one is renamed over it; then the engine is opened anew.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from math import inf
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from anyio import CancelScope, CapacityLimiter, Lock, fail_after, sleep, to_thread
from sqlalchemy import Connection, Engine, make_url, select

from app import engines, problems
from app.edition import Edition
from app.settings import Settings
from app.statement import AnySelect, prepare

T = TypeVar("T")

WATCH_SECONDS = 0.3
"""Between two looks at whether the data changed."""

AWAY_SECONDS = 1.5
"""How long a database may say nothing before it counts as away, and how long is waited for one that does."""

INLINE_SECONDS = 0.003
"""How long a read may keep the event loop; then it is begun anew in a thread."""

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

    @property
    def finds_in_order(self) -> bool:
        """Whether the search index of this database finds regions one by one, in the order of their numbers."""
        return self._connection.dialect.name == "sqlite"

    def row(self, statement: AnySelect, values: dict[str, Any] | None = None) -> Any:
        """The only one, or `None`."""
        return next(iter(self.rows(statement, values)), None)


class Empty(Exception):
    """There is no edition in the database; `python -m seed` puts one there."""


class Missing(Exception):
    """The SQLite file is not there; a server must not make an empty one."""


@dataclass(frozen=True)
class _Source:
    engine: Engine
    edition: Edition
    stamp: object
    inline: Connection | None
    """SQLite answers most reads faster than a thread is woken: these are done at once, in the event loop."""
    closed: Event = field(default_factory=Event)

    def run(self, work: Callable[[Read], T], until: float | None = None) -> T:
        """In a worker thread, until the client gives up; without that a statement has what the engine gives it."""
        with self.engine.connect() as connection:
            try:
                if until is None:
                    return work(Read(self.edition, connection))
                return self.run_on(connection, work, max(until - monotonic(), 0))
            finally:
                if self.closed.is_set():
                    connection.detach()  # the pool is gone that would close it

    def run_on(self, connection: Connection, work: Callable[[Read], T], seconds: float) -> T:
        with engines.patience(connection, seconds):
            return work(Read(self.edition, connection))

    def close(self) -> None:
        """What threads still read with is closed when they are done."""
        self.closed.set()
        if self.inline:
            self.inline.close()
        self.engine.dispose()


class Database:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = engines.file_of(make_url(settings.database_url))
        self._errors: tuple[type[Exception], ...] = (Empty, *engines.errors(settings))
        self._source: _Source | None = None
        self.version: str | None = None
        """Of the edition that is known to be there; `None` until one was read."""
        self.away_since: float | None = None
        """When the data were last known to be current (`time.monotonic`); `None` while they are."""
        self._loading = Lock()
        self._too_slow = engines.too_slow(settings)
        self._quick = CapacityLimiter(settings.database_pool_size)  # never more readers than connections
        self._slow = CapacityLimiter(engines.slow_reads(settings))
        self._watching = CapacityLimiter(1)
        self._waiting: set[CancelScope] = set()

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
        until = monotonic() + self._settings.read_timeout
        try:
            with self._deadline():  # a frozen server keeps the thread, not the client
                with suppress(self._too_slow):  # a real fault shows again below
                    if source.inline:
                        return source.run_on(source.inline, work, INLINE_SECONDS)
                    return await self._in_thread(self._quick, source.run, work)
                return await self._in_thread(self._slow, source.run, work, until)
        except EditionChanged:
            await self._load(instead_of=source)
            raise
        except self._errors as error:
            log.error("read failed: %s", type(error).__name__)
            raise problems.Unavailable from None

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """`TimeoutError` after READ_TIMEOUT, or as soon as the database is found to be away; then after little time."""
        longest = self._settings.read_timeout
        with fail_after(longest if self.away_since is None else min(longest, AWAY_SECONDS)) as scope:
            self._waiting.add(scope)
            try:
                yield
            finally:
                self._waiting.discard(scope)

    async def _in_thread(self, limiter: CapacityLimiter, run: Callable[..., T], *arguments: object) -> T:
        return await to_thread.run_sync(run, *arguments, limiter=limiter, abandon_on_cancel=True)

    async def watch(self) -> None:
        """Notices within seconds, for as long as the service runs, another edition and that the database is away."""
        faults: tuple[type[Exception], ...] = (problems.Unavailable, *self._errors)
        current = monotonic()
        while True:
            await sleep(WATCH_SECONDS)
            began = monotonic()
            try:
                await self._look()
            except faults as error:
                if self.away_since is None:
                    log.error("the database is away: %s", type(error).__name__)
                    self.away_since = current
                    for scope in [*self._waiting]:
                        scope.deadline = -inf
            except Exception:
                log.exception("the data cannot be watched")
            else:
                if self.away_since is not None:
                    log.warning("the database is back after %.0f seconds", began - self.away_since)
                current, self.away_since = began, None

    async def _look(self) -> None:
        source = self._source
        if source is None or (self._path and engines.stamp(self._path) not in (source.stamp, engines.GONE)):
            await self._load(instead_of=source)
        elif not self._path:
            try:
                with fail_after(min(AWAY_SECONDS, self._settings.read_timeout)):
                    await self._in_thread(self._watching, source.run, lambda read: read.rows(_NOTHING))
            except EditionChanged:
                await self._load(instead_of=source)

    def numbers(self) -> dict[str, float]:
        """For the metrics: of the reads in threads, each of which has a connection."""
        quick, slow = self._quick.statistics(), self._slow.statistics()
        return {
            "database_reads": quick.borrowed_tokens + slow.borrowed_tokens,
            "database_reads_limit": quick.total_tokens + slow.total_tokens,
            "database_reads_waiting": quick.tasks_waiting + slow.tasks_waiting,
        }

    async def close(self) -> None:
        if self._source:
            self._source.close()

    async def _load(self, instead_of: _Source | None = None) -> _Source:
        """The present edition; one of those who wait for it loads it for all."""
        try:
            with self._deadline():
                async with self._loading:
                    if self._source is instead_of or self._source is None:
                        connect = partial(to_thread.run_sync, self._connect, instead_of, abandon_on_cancel=True)
                        former, self._source = self._source, await connect()
                        self.version = self._source.edition.version
                        if former and former.engine is not self._source.engine:
                            former.close()
                    return self._source
        except TimeoutError:
            log.error("the database did not answer in time")
            raise problems.Unavailable from None

    def _connect(self, former: _Source | None) -> _Source:
        stamp = engines.stamp(self._path) if self._path else None
        kept = former.engine if former and not self._path else None
        engine = kept or engines.open_engine(self._settings)
        try:
            with engine.connect() as connection, engines.patience(connection, self._settings.read_timeout):
                edition = Edition.load(connection)
            if edition is None:
                raise Empty
            return _Source(engine, edition, stamp, engine.connect() if self._path else None)
        except self._errors as error:
            if not kept:
                engine.dispose()
            log.error("the database cannot be read: %s", type(error).__name__)
            raise problems.Unavailable from None
