"""Hands out reads. Knows no table.

A read is one piece of work, with the data of one edition: each statement brings the edition's version along, and where
two differ the work is done again. So no transaction is needed to keep an answer whole. Each read is tried as if it were
quick, and begun anew among the slow ones if it is not: of these there are so few at a time that the others get through.
SQLite: the file is never written in place, another one is renamed over it; then the engine is opened anew.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from anyio import CapacityLimiter, Lock, fail_after, sleep, to_thread
from sqlalchemy import Connection, Engine, make_url, select

from app import engines, problems
from app.edition import Edition
from app.settings import Settings
from app.statement import AnySelect, prepare

T = TypeVar("T")

WATCH_SECONDS = 0.3
"""Between two looks at whether the data changed."""

INLINE_SECONDS = 0.003
"""How long the SQL of a read may keep the event loop; then it is begun anew in a thread."""

INLINE_REGIONS = 100
"""The longest list that is read in the event loop: what is made of its rows there takes milliseconds, too."""

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

    def run_inline(self, inline: Connection, work: Callable[[Read], T]) -> T:
        engines.limit(inline, INLINE_SECONDS)
        return work(Read(self.edition, inline))

    def run(self, work: Callable[[Read], T], until: float | None = None) -> T:
        """In a thread. Until then (`time.monotonic`) the client waits; without it the read has to be a quick one."""
        with self.engine.connect() as connection:
            if until is None:
                engines.limit(connection, engines.QUICK_SECONDS)
                return work(Read(self.edition, connection))
            with engines.patience(connection, max(0, until - monotonic())):
                return work(Read(self.edition, connection))

    def close(self) -> None:
        if self.inline:
            self.inline.close()
        engines.close(self.engine)


class Database:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = engines.file_of(make_url(settings.database_url))
        self._errors: tuple[type[Exception], ...] = (Empty, *engines.errors(settings))
        self._shared: Engine | None = None
        """By all editions, on PostgreSQL; on SQLite each is another file."""
        self._source: _Source | None = None
        self.version: str | None = None
        """Of the edition that is known to be there; `None` until one was read."""
        self._loading = Lock()
        self._too_slow = engines.too_slow(settings)
        self._quick = CapacityLimiter(settings.database_pool_size)  # never more readers than connections
        self._slow = CapacityLimiter(engines.slow_reads(settings))

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
                with suppress(self._too_slow):  # a real fault shows again below
                    return source.run_inline(source.inline, work)
            until = monotonic() + self._settings.read_timeout
            with fail_after(self._settings.read_timeout):  # a frozen server keeps the thread, not the client
                if not source.inline:
                    with suppress(self._too_slow):
                        return await self._in_thread(self._quick, source.run, work)
                return await self._in_thread(self._slow, source.run, work, until)
        except EditionChanged:
            await self._load(instead_of=source)
            raise
        except self._errors as error:
            log.error("read failed: %s", type(error).__name__)
            raise problems.Unavailable from None

    async def _in_thread(self, limiter: CapacityLimiter, run: Callable[..., T], *arguments: object) -> T:
        return await to_thread.run_sync(run, *arguments, limiter=limiter, abandon_on_cancel=True)

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
        if source is None or (self._path and engines.stamp(self._path) not in (source.stamp, engines.GONE)):
            await self._load(instead_of=source)
        elif not self._path:
            await self.read(lambda read: read.rows(_NOTHING))

    async def close(self) -> None:
        if self._source:
            self._source.close()
        if self._shared:
            engines.close(self._shared)

    async def _load(self, instead_of: _Source | None = None) -> _Source:
        """The present edition; one of those who wait for it loads it for all."""
        try:
            with fail_after(self._settings.read_timeout):
                async with self._loading:
                    if self._source is instead_of or self._source is None:
                        connect = partial(to_thread.run_sync, self._connect, abandon_on_cancel=True)
                        former, self._source = self._source, await connect()
                        self.version = self._source.edition.version
                        if former and former.engine is not self._source.engine:
                            former.close()
                    return self._source
        except TimeoutError:
            log.error("the database did not answer in time")
            raise problems.Unavailable from None

    def _connect(self) -> _Source:
        stamp = engines.stamp(self._path) if self._path else None
        engine = self._shared or engines.open_engine(self._settings)
        if not self._path:
            self._shared = engine
        try:
            with engine.connect() as connection, engines.patience(connection, self._settings.read_timeout):
                edition = Edition.load(connection)
            if edition is None:
                raise Empty
            inline = self._path is not None and edition.regions <= INLINE_REGIONS
            return _Source(engine, edition, stamp, engine.connect() if inline else None)
        except self._errors as error:
            if not self._shared:
                engines.close(engine)
            log.error("the database cannot be read: %s", type(error).__name__)
            raise problems.Unavailable from None
