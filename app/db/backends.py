"""Open the edition that a database holds: a file of SQLite or a server of PostgreSQL."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection, Engine

from app.db import engines, thresholds
from app.db.edition import Edition
from app.db.errors import DatabaseUnavailable, EditionChanged, Empty
from app.db.session import Read
from app.db.watcher import Watcher
from app.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class OpenEdition:
    """An edition and what reads it."""

    edition: Edition
    engine: Engine
    stamp: object = None
    """Identifies the SQLite file; `None` on PostgreSQL."""
    inline: Connection | None = None
    """The connection for reads in the event loop: SQLite answers most of them faster than a thread is woken. `None`
    on PostgreSQL and if the list is long."""

    def run(self, work: Callable[[Read], T], until: float | None = None) -> T:
        """Read in a thread, until a deadline (`time.monotonic`) or, without one, within QUICK_SECONDS a statement.

        `EditionChanged` if the database holds another edition.
        """
        with self.engine.connect() as connection:
            seconds = thresholds.QUICK_SECONDS if until is None else max(0, until - monotonic())
            engines.set_statement_timeout(connection, seconds)
            read = Read(self.edition, connection)
            read.require_edition()  # a connection to a file may have been opened after the file was replaced
            return work(read)


class SqliteFile:
    """A file that never changes in place: another edition is another file, with an engine of its own."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self._settings = settings
        self._path = path

    def open(self) -> OpenEdition:
        """Load the edition that is in the file, in a thread; `Empty` if there is none."""
        stamp = engines.stamp(self._path)  # before the file is opened: it may be replaced now
        engine = engines.open_engine(self._settings)
        try:
            edition = _load(engine, self._settings)
            inline = engine.connect() if edition.regions <= thresholds.INLINE_REGIONS else None
        except Exception:
            engines.close(engine)
            raise
        return OpenEdition(edition, engine, stamp, inline)

    async def is_current(self, opened: OpenEdition) -> bool:
        """Return whether no other file stands in its place; what is gone can still be read."""
        return engines.stamp(self._path) in (opened.stamp, engines.GONE)

    def accept(self, _: OpenEdition, former: OpenEdition | None) -> None:
        """Accept what was opened instead of the former edition, whose engine is closed."""
        self.close(former)

    def drop_connections(self, opened: OpenEdition | None) -> OpenEdition | None:
        """Return what can still be read while the database is away: an open file."""
        return opened

    def close(self, opened: OpenEdition | None) -> None:
        if opened and opened.inline:
            opened.inline.close()
        if opened:
            engines.close(opened.engine)


class PostgresqlServer:
    """A server with one engine for all its editions."""

    def __init__(self, settings: Settings, watcher: Watcher) -> None:
        self._settings = settings
        self._watcher = watcher
        self._engine: Engine | None = None

    def open(self) -> OpenEdition:
        """Load the edition that the database holds, in a thread; `Empty` if it holds none."""
        engine = self._engine = self._engine or engines.open_engine(self._settings)
        return OpenEdition(_load(engine, self._settings), engine)

    async def is_current(self, opened: OpenEdition) -> bool:
        """Return whether the database holds this edition; `TimeoutError` if it is silent."""
        check = partial(opened.run, lambda _: None, monotonic() + self._settings.read_timeout)
        with suppress(EditionChanged):
            await self._watcher.unless_silent(in_thread(check))
            return True
        return False

    def accept(self, opened: OpenEdition, _: OpenEdition | None) -> None:
        """Accept what was opened; `DatabaseUnavailable` if the connections were dropped while it was loaded."""
        if opened.engine is not self._engine:
            raise DatabaseUnavailable("its connections were dropped")

    def drop_connections(self, _: OpenEdition | None) -> None:
        """Forget the engine and close its connections when they come back: nothing can be read with them."""
        if self._engine:
            engines.close(self._engine)
        self._engine = None

    close = drop_connections


def _load(engine: Engine, settings: Settings) -> Edition:
    with engine.connect() as connection:
        engines.set_statement_timeout(connection, settings.read_timeout)
        edition = Edition.load(connection)
    if edition is None:
        raise Empty
    return edition


async def in_thread(work: Callable[[], T], limiter: CapacityLimiter | None = None) -> T:
    """Return the result of the work; a caller that is cancelled waits no longer, and the thread ends by itself."""
    return await to_thread.run_sync(work, limiter=limiter, abandon_on_cancel=True)
