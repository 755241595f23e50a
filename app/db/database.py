"""Read the edition that the database holds.

Each read is tried as if it were quick and, if it is not, begun anew among the slow ones: of these there are so few at a
time that the others get through.
"""

import logging
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TypeVar

from anyio import CapacityLimiter, Lock, fail_after
from sqlalchemy import make_url

from app.db import engines, statement, thresholds
from app.db.backends import OpenEdition, PostgresqlServer, SqliteFile, in_thread
from app.db.edition import Edition
from app.db.errors import DatabaseUnavailable, EditionChanged, Empty, Missing
from app.db.session import Read
from app.db.watcher import Watcher
from app.settings import Settings

T = TypeVar("T")

log = logging.getLogger("app.database")


class Database:
    """Keep the newest edition open, and read it for the requests of a process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._errors: tuple[type[Exception], ...] = (Empty, *engines.errors(settings))
        self._too_slow = engines.too_slow(settings)
        self._watcher = Watcher()
        self._path = engines.file_of(make_url(settings.database_url))
        self._backend = SqliteFile(settings, self._path) if self._path else PostgresqlServer(settings, self._watcher)
        self._opened: OpenEdition | None = None
        self._loading = Lock()
        # as many readers as connections; but the thread of a read that was given up keeps its own until it ends
        self._quick = CapacityLimiter(settings.database_pool_size)
        self._slow = CapacityLimiter(engines.slow_reads(settings))
        self.version: str | None = None
        """The version of the edition that was loaded last; `None` until there is one."""
        self.fault = ""
        """The class of the last error; its text may hold secrets."""
        statement.compile_declared(engines.open_engine(settings).dialect)  # before there are clients who would wait

    @property
    def away_since(self) -> float | None:
        """Return when the data were last known to be current (`time.monotonic`); `None` while they are."""
        return self._watcher.away_since

    def require_file(self) -> None:
        """Raise `Missing` if there is no SQLite file. A PostgreSQL server may come later."""
        if self._path and not self._path.is_file():
            raise Missing(self._path)

    async def edition(self) -> Edition:
        """Return the edition that is served; `DatabaseUnavailable` if none can be loaded."""
        return (self._opened or await self._load()).edition

    async def read(self, work: Callable[[Read], T], edition: Edition | None = None) -> T:
        """Return the result of `work`, which reads one snapshot and may be begun anew.

        `EditionChanged` if the database holds another edition than the one given, or than the one that was loaded: the
        caller begins anew. `DatabaseUnavailable` if the database fails or takes longer than READ_TIMEOUT.
        """
        opened = self._opened or await self._load()
        if edition and edition is not opened.edition:
            raise EditionChanged
        try:
            return await self._read(opened, work)
        except EditionChanged:
            await self._load(instead_of=opened)
            raise
        except self._errors as error:
            raise self._unavailable("read failed: %s", type(error).__name__) from None

    async def _read(self, opened: OpenEdition, work: Callable[[Read], T]) -> T:
        """Read a short list in the event loop, others in a thread; if it was not quick, among the slow reads."""
        until = monotonic() + self._settings.read_timeout
        try:
            if opened.inline:
                engines.set_statement_timeout(opened.inline, thresholds.QUICK_SECONDS)
                return work(Read(opened.edition, opened.inline))
            return await self._read_in_thread(partial(opened.run, work), self._quick, until)
        except self._too_slow:  # SQLite tells no time-out from other faults: a real one is raised again by this read
            return await self._read_in_thread(partial(opened.run, work, until), self._slow, until)

    async def _read_in_thread(self, run: Callable[[], T], limiter: CapacityLimiter, until: float) -> T:
        with self._watcher.deadline(until - monotonic()):  # a frozen server keeps the thread, not the client
            return self._watcher.note_answer(await in_thread(run, limiter))

    def _unavailable(self, message: str, fault: str) -> DatabaseUnavailable:
        """Log the fault and keep it for readiness."""
        self.fault = fault
        log.error(message, fault)
        return DatabaseUnavailable(fault)

    async def watch(self) -> None:
        """Load another edition within seconds and notice that the database is away, for as long as the service runs."""
        await self._watcher.watch(self._check_edition, self._drop_connections)

    async def _check_edition(self) -> None:
        """Load another edition if there is one; `DatabaseUnavailable` if the database does not answer."""
        opened = self._opened
        try:
            if opened and await self._backend.is_current(opened):
                return
            if opened is None and self.away_since is None:
                # reads wait for this load, too: they must fail soon if the database is silent
                await self._watcher.unless_silent(self._load_edition(opened))
            else:
                # no read waits: it has the open edition or fails at once, and each host may be silent for a while
                with fail_after(thresholds.LOAD_SECONDS):
                    await self._load_edition(opened)
        except self._errors as error:
            self.fault = type(error).__name__
            raise DatabaseUnavailable(self.fault) from None

    def _drop_connections(self) -> None:
        self._opened = self._backend.drop_connections(self._opened)

    async def _load(self, instead_of: OpenEdition | None = None) -> OpenEdition:
        """Load the edition for a read."""
        if self._opened is None and self.away_since is not None:
            raise DatabaseUnavailable(self.fault)  # until the watch finds it again
        try:
            with self._watcher.deadline(self._settings.read_timeout):
                return await self._load_edition(instead_of)
        except TimeoutError:
            self.fault = "no answer in time"
            log.error("the database did not answer in time")
            raise DatabaseUnavailable(self.fault) from None

    async def _load_edition(self, former: OpenEdition | None) -> OpenEdition:
        """Return what replaces the former edition; one of those who wait for it loads it for all."""
        async with self._loading:
            if self._opened is former or self._opened is None:
                opened = await in_thread(self._open)
                self._backend.accept(opened, self._opened)
                self._opened, self.version = opened, opened.edition.version
            return self._opened

    def _open(self) -> OpenEdition:
        try:
            return self._backend.open()
        except self._errors as error:
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
        self._backend.close(self._opened)
