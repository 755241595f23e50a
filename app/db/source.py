"""A database, opened to read one edition of it."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from sqlalchemy import Connection, Engine, make_url

from app.db import engines, thresholds
from app.db.edition import Edition
from app.db.errors import Empty
from app.db.session import Read
from app.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    engine: Engine
    edition: Edition
    stamp: object
    """Identifies the SQLite file; `None` on PostgreSQL."""
    inline: Connection | None
    """Reads in the event loop: SQLite answers most of them faster than a thread is woken."""

    def run_inline(self, inline: Connection, work: Callable[[Read], T]) -> T:
        engines.set_statement_timeout(inline, thresholds.INLINE_SECONDS)
        return work(Read(self.edition, inline))

    def run(self, work: Callable[[Read], T], until: float | None = None) -> T:
        """Read in a thread, until a deadline (`time.monotonic`) or, without one, within QUICK_SECONDS a statement.

        `EditionChanged` if the database holds another edition.
        """
        with self.engine.connect() as connection:
            seconds = thresholds.QUICK_SECONDS if until is None else max(0, until - monotonic())
            engines.set_statement_timeout(connection, seconds)
            read = Read(self.edition, connection)
            if self.stamp is None:
                read.require_edition()
            return work(read)

    def close(self) -> None:
        if self.inline:
            self.inline.close()
        engines.close(self.engine)


def open_source(settings: Settings, engine: Engine) -> Source:
    """Load the edition that the database holds, in a thread; `Empty` if it holds none."""
    path = engines.file_of(make_url(settings.database_url))
    stamp = engines.stamp(path) if path else None  # before the file is opened: it may be replaced now
    with engine.connect() as connection:
        engines.set_statement_timeout(connection, settings.read_timeout)
        edition = Edition.load(connection)
    if edition is None:
        raise Empty
    inline = path is not None and edition.regions <= thresholds.INLINE_REGIONS
    return Source(engine, edition, stamp, engine.connect() if inline else None)
