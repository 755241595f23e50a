"""Hands out reads. Knows no table.

A read is one piece of work, with the data of one edition: each statement brings the edition's version along, and where
two differ the work is done again. So no transaction is needed to keep an answer whole. Each read is tried as if it were
quick, and begun anew among the slow ones if it is not: of these there are so few at a time that the others get through.
SQLite: the file is never written in place, another one is renamed over it; then the engine is opened anew.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from math import inf
from time import monotonic
from typing import TypeVar

from anyio import CancelScope, CapacityLimiter, Lock, fail_after, sleep, to_thread
from sqlalchemy import Connection, Engine, make_url

from app.db import engines, statement
from app.db.edition import Edition
from app.db.errors import Empty, Missing
from app.db.session import NOTHING, EditionChanged, Read
from app.db.silence import AWAY_SECONDS, Listener
from app.http import problems
from app.settings import Settings

T = TypeVar("T")

WATCH_SECONDS = 0.3
"""Between two looks at whether the data changed."""

LOAD_SECONDS = 10
"""How long an edition may be waited for where nobody waits for an answer: hosts may say nothing for seconds each."""

INLINE_SECONDS = 0.003
"""How long the SQL of a read may keep the event loop; then it is begun anew in a thread."""

INLINE_REGIONS = 100
"""The longest list that is read in the event loop: what is made of its rows there takes milliseconds, too."""

log = logging.getLogger("app.database")


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
        self._shared: Engine | None = None  # by all editions, on PostgreSQL; on SQLite each is another file
        self._source: _Source | None = None
        self.version: str | None = None
        """Of the edition that is known to be there; `None` until one was read."""
        self.away_since: float | None = None
        """When the data were last known to be current (`time.monotonic`); `None` while they are."""
        self.fault = ""  # of the last read that failed: the class of the error, whose text may hold secrets
        self._loading = Lock()
        self._too_slow = engines.too_slow(settings)
        self._quick = CapacityLimiter(settings.database_pool_size)  # never more readers than connections
        self._slow = CapacityLimiter(engines.slow_reads(settings))
        self._waiting: set[CancelScope] = set()
        self._listener = Listener()
        statement.prepare(engines.open_engine(settings).dialect)  # before there are clients who would wait

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
            with self._deadline():  # a frozen server keeps the thread, not the client
                if not source.inline:
                    with suppress(self._too_slow):
                        return self._listener.hear(await _in_thread(partial(source.run, work), self._quick))
                return self._listener.hear(await _in_thread(partial(source.run, work, until), self._slow))
        except EditionChanged:
            await self._load(instead_of=source)
            raise
        except self._errors as error:
            self.fault = type(error).__name__
            log.error("read failed: %s", self.fault)
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
                if not isinstance(error, problems.Unavailable):  # that one comes with its fault
                    self.fault = type(error).__name__
                if self.away_since is None:
                    log.error("the database is away: %s", self.fault)
                    self.away_since = current
                    for scope in [*self._waiting]:
                        scope.deadline = -inf
                self._leave()
            except Exception:
                log.exception("the data cannot be watched")
            else:
                if self.away_since is not None:
                    log.warning("the database is back after %.0f seconds", began - self.away_since)
                current, self.away_since = began, None

    def _leave(self) -> None:
        """What hangs on to a server that does not answer is given up, so that another one of its hosts can be asked."""
        if self._shared:
            engines.close(self._shared)
            self._shared = self._source = None

    async def _look(self) -> None:
        source = self._source
        if source and self._path:
            if engines.stamp(self._path) in (source.stamp, engines.GONE):
                return
        elif source:
            until = monotonic() + self._settings.read_timeout
            look = partial(source.run, lambda read: read.rows(NOTHING), until)
            with suppress(EditionChanged):
                await self._listener.answer(_in_thread(look))
                return
        if source is None and self.away_since is None:
            await self._listener.answer(self._replace(source))
        else:
            with fail_after(LOAD_SECONDS):
                await self._replace(source)

    def numbers(self) -> dict[str, float]:
        """For the metrics: of the reads in threads, each of which has a connection."""
        limiters = (self._quick, self._slow)
        return {
            "database_reads": sum(limiter.borrowed_tokens for limiter in limiters),
            "database_reads_limit": sum(limiter.total_tokens for limiter in limiters),
            "database_reads_waiting": sum(limiter.statistics().tasks_waiting for limiter in limiters),
        }

    async def close(self) -> None:
        if self._source:
            self._source.close()
        elif self._shared:
            engines.close(self._shared)

    async def _load(self, instead_of: _Source | None = None) -> _Source:
        """The present edition, for a read."""
        if self._source is None and self.away_since is not None:
            raise problems.Unavailable  # until `watch` finds it again
        try:
            with self._deadline():
                return await self._replace(instead_of)
        except TimeoutError:
            self.fault = "no answer in time"
            log.error("the database did not answer in time")
            raise problems.Unavailable from None

    async def _replace(self, source: _Source | None) -> _Source:
        """One of those who wait for the present edition loads it for all."""
        async with self._loading:
            if self._source is source or self._source is None:
                loaded = await _in_thread(self._connect)
                if not self._path and loaded.engine is not self._shared:
                    raise problems.Unavailable  # it was left meanwhile
                former, self._source, self.version = self._source, loaded, loaded.edition.version
                if former and former.engine is not loaded.engine:
                    former.close()
            return self._source

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
            self.fault = "it holds no data" if isinstance(error, Empty) else type(error).__name__
            log.error("the database cannot be read: %s", self.fault)
            raise problems.Unavailable from None


async def _in_thread(work: Callable[[], T], limiter: CapacityLimiter | None = None) -> T:
    """Who is cancelled waits no longer; the thread ends by itself."""
    return await to_thread.run_sync(work, limiter=limiter, abandon_on_cancel=True)
