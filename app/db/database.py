"""Reads of the edition that the database holds.

Each read is tried as if it were quick and, if it is not, begun anew among the slow ones: of these there are so few at a
time that the others get through.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TypeVar

from anyio import CapacityLimiter, Lock, fail_after, to_thread
from sqlalchemy import Engine, make_url

from app.db import engines, statement, thresholds
from app.db.edition import Edition
from app.db.errors import EditionChanged, Empty, Missing, Unavailable
from app.db.session import Read
from app.db.source import Source, open_source
from app.db.watcher import Watcher
from app.settings import Settings

T = TypeVar("T")

log = logging.getLogger("app.database")


class Database:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = engines.file_of(make_url(settings.database_url))
        self._errors: tuple[type[Exception], ...] = (Empty, *engines.errors(settings))
        self._too_slow = engines.too_slow(settings)
        self._shared: Engine | None = None
        """The engine of all editions on PostgreSQL; on SQLite each edition is another file."""
        self._source: Source | None = None
        self._loading = Lock()
        self._watcher = Watcher()
        self._quick = CapacityLimiter(settings.database_pool_size)  # never more readers than connections
        self._slow = CapacityLimiter(engines.slow_reads(settings))
        self.version: str | None = None
        """The version of the edition that was loaded last; `None` until there is one."""
        self.fault = ""
        """The class of the last error; its text may hold secrets."""
        statement.compile_declared(engines.open_engine(settings).dialect)  # before there are clients who would wait

    @property
    def away_since(self) -> float | None:
        """When the data were last known to be current (`time.monotonic`); `None` while they are."""
        return self._watcher.away_since

    def require_file(self) -> None:
        """Raise `Missing` if there is no SQLite file. A PostgreSQL server may come later."""
        if self._path and not self._path.is_file():
            raise Missing(f"{self._path}: no such file; make it with `python -m seed`")

    async def edition(self) -> Edition:
        """Return the edition that is served; `Unavailable` if none can be loaded."""
        return (self._source or await self._load()).edition

    async def read(self, work: Callable[[Read], T], edition: Edition | None = None) -> T:
        """Return the result of `work`, which reads one snapshot and may be begun anew.

        `EditionChanged` if the database holds another edition than the one given, or than the one that was loaded: the
        caller begins anew. `Unavailable` if the database fails or takes longer than READ_TIMEOUT.
        """
        source = self._source or await self._load()
        if edition and edition is not source.edition:
            raise EditionChanged
        try:
            if source.inline:
                with suppress(self._too_slow):  # a real fault shows again below
                    return source.run_inline(source.inline, work)
            until = monotonic() + self._settings.read_timeout
            with self._watcher.deadline(
                self._settings.read_timeout
            ):  # a frozen server keeps the thread, not the client
                if not source.inline:
                    with suppress(self._too_slow):
                        return self._watcher.note_answer(await _in_thread(partial(source.run, work), self._quick))
                return self._watcher.note_answer(await _in_thread(partial(source.run, work, until), self._slow))
        except EditionChanged:
            await self._load(instead_of=source)
            raise
        except self._errors as error:
            raise self._unavailable("read failed: %s", type(error).__name__) from None

    def _unavailable(self, message: str, fault: str) -> Unavailable:
        """Log the fault and keep it for readiness."""
        self.fault = fault
        log.error(message, fault)
        return Unavailable(fault)

    async def watch(self) -> None:
        """Load another edition within seconds and notice that the database is away, for as long as the service runs."""
        await self._watcher.watch(self._check_edition, self._drop_connections)

    async def _check_edition(self) -> None:
        """Load another edition if there is one; `Unavailable` if the database does not answer."""
        source = self._source
        try:
            if source and self._path:
                if engines.stamp(self._path) in (source.stamp, engines.GONE):
                    return
            elif source:
                check = partial(source.run, lambda _: None, monotonic() + self._settings.read_timeout)
                with suppress(EditionChanged):
                    await self._watcher.unless_silent(_in_thread(check))
                    return
            if source is None and self.away_since is None:
                await self._watcher.unless_silent(self._load_edition(source))
            else:
                with fail_after(thresholds.LOAD_SECONDS):
                    await self._load_edition(source)
        except self._errors as error:
            self.fault = type(error).__name__
            raise Unavailable(self.fault) from None

    def _drop_connections(self) -> None:
        """Forget the engine of PostgreSQL and close its connections when they come back; an open file can be read."""
        if self._shared:
            engines.close(self._shared)
            self._shared = self._source = None

    async def _load(self, instead_of: Source | None = None) -> Source:
        """Load the edition for a read."""
        if self._source is None and self.away_since is not None:
            raise Unavailable(self.fault)  # until the watch finds it again
        try:
            with self._watcher.deadline(self._settings.read_timeout):
                return await self._load_edition(instead_of)
        except TimeoutError:
            self.fault = "no answer in time"
            log.error("the database did not answer in time")
            raise Unavailable(self.fault) from None

    async def _load_edition(self, former: Source | None) -> Source:
        """Return the source that replaces the former one; one of those who wait for it loads it for all."""
        async with self._loading:
            if self._source is former or self._source is None:
                loaded = await _in_thread(self._open)
                if not self._path and loaded.engine is not self._shared:
                    raise Unavailable(self.fault)  # its connections were dropped meanwhile
                former, self._source, self.version = self._source, loaded, loaded.edition.version
                if former and former.engine is not loaded.engine:
                    former.close()
            return self._source

    def _open(self) -> Source:
        engine = self._shared or engines.open_engine(self._settings)
        if not self._path:
            self._shared = engine
        try:
            return open_source(self._settings, engine)
        except self._errors as error:
            if not self._shared:
                engines.close(engine)
            fault = "it holds no data" if isinstance(error, Empty) else type(error).__name__
            raise self._unavailable("the database cannot be read: %s", fault) from None

    def numbers(self) -> dict[str, float]:
        """Return what the metrics tell of reads in threads, each of which has a connection."""
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


async def _in_thread(work: Callable[[], T], limiter: CapacityLimiter | None = None) -> T:
    """Return the result of the work; a caller that is cancelled waits no longer, and the thread ends by itself."""
    return await to_thread.run_sync(work, limiter=limiter, abandon_on_cancel=True)
