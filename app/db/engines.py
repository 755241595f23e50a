"""Open engines: for reads, read-only and so that nothing waits for ever; for writes on PostgreSQL. Knows no table."""

import sqlite3
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, QueuePool

from app.db import thresholds
from app.settings import Invalid, Settings

GONE = "gone"

CREATE_DATABASE = "`CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0`"

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def file_of(url: URL) -> Path | None:
    """Return the file of an SQLite URL; `None` for PostgreSQL."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def slow_reads(settings: Settings) -> int:
    """Return how many slow reads may go on at the same time."""
    return max(1, settings.database_pool_size // 2)


def open_engine(settings: Settings) -> Engine:
    """Open an engine for reads. A connection of it is one snapshot, from when it is taken until it is given back."""
    url = make_url(settings.database_url)
    pool: dict[str, Any] = {
        "poolclass": QueuePool,
        # one for each quick and each slow read, and one that loads an edition (on SQLite then kept for inline reads)
        "pool_size": settings.database_pool_size + slow_reads(settings) + 1,
        "max_overflow": 1,  # of PostgreSQL: the watcher's check while an edition is loaded; `connections` counts it
        "pool_timeout": settings.read_timeout,
        "pool_reset_on_return": None,  # SQLite has nothing open, and for PostgreSQL see below
    }
    if path := file_of(url):
        # immutable: no locks, no look for a journal; true because the file is replaced, never changed
        query = {"mode": "ro", "immutable": "1", "uri": "true"}
        url = URL.create("sqlite", database=path.absolute().as_uri(), query=query)
        engine = create_engine(url, isolation_level="AUTOCOMMIT", paramstyle="named", **pool)
        event.listen(engine, "connect", _watch_deadline)
        return engine
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",  # SQLAlchemy begins nothing
        connect_args=reading(settings, url),
        **pool,
    )
    event.listen(engine, "connect", allow_long_transactions)
    event.listen(engine, "checkout", _begin)
    event.listen(engine, "reset", _end)
    return engine


def _begin(connection: Any, *_: object) -> None:
    """Begin the transaction of a read, at first a quick one: `set_statement_timeout` need not be sent with it.

    A connection that is found dead is replaced, and those as old as it are.
    """
    import psycopg

    quick = f"SET LOCAL statement_timeout = {ceil(thresholds.QUICK_SECONDS * 1000)}"
    try:
        connection.execute(f"{BEGIN}; {quick}", prepare=False)  # two statements cannot be prepared together
    except psycopg.OperationalError as error:
        if not connection.closed:
            raise
        raise InvalidatePoolError from error


def _end(connection: Any, *_: object) -> None:
    """End the transaction of a read; close a connection that broke, so that `_begin` replaces it."""
    import psycopg

    try:
        connection.commit()  # a rollback of psycopg forgets what it prepared
    except psycopg.Error:
        connection.close()


def connections(settings: Settings) -> int:
    """Return how many connections the service may open to PostgreSQL, all workers together."""
    return settings.workers * (settings.database_pool_size + slow_reads(settings) + 2)


def reading(settings: Settings, url: URL) -> dict[str, Any]:
    """Return how the service connects to PostgreSQL, beyond what the URL says: read-only, and never without an end."""
    arguments: dict[str, Any] = {
        "connect_timeout": thresholds.CONNECT_SECONDS,
        # a host that is gone says nothing: these end a thread that waits for it
        "tcp_user_timeout": ceil(settings.read_timeout * 1000),
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "application_name": "cluster-regions",
    }
    if not settings.database_prepare:
        arguments["prepare_threshold"] = None
    parameters = {
        "default_transaction_read_only": "on",
        "statement_timeout": ceil(settings.read_timeout * 1000),  # to open a connection and begin a transaction
        "plan_cache_mode": "force_generic_plan",  # to plan takes longer than to run, and no plan depends on values
        "enable_seqscan": "off",  # nothing is ever found by looking at every row of a long table
        "work_mem": "32MB",  # the hits of a common term among a million regions
        "jit": "off",  # it takes longer to compile than any of these statements to run
        "max_parallel_workers_per_gather": 0,  # there are other requests for the other cores
        "row_security": "off",  # an error, not a shorter list
        "gin_fuzzy_search_limit": 0,  # no limit: a search finds all hits
    }
    # the word of the URL holds, but for parameters and encoding
    arguments = {name: value for name, value in arguments.items() if name not in url.query}
    return arguments | _session(url, parameters)


def open_writer(url: URL, isolation_level: IsolationLevel = "READ COMMITTED") -> Engine:
    """Open an engine for the seed and the migrations. What it writes takes its time, whatever the role is allowed."""
    arguments = _session(url, {"default_transaction_read_only": "off", "statement_timeout": 0})
    url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool, isolation_level=isolation_level, connect_args=arguments)
    event.listen(engine, "connect", allow_long_transactions)
    event.listen(engine, "connect", _require_utf8)
    return engine


def _session(url: URL, parameters: dict[str, object]) -> dict[str, Any]:
    """Return arguments of a connection whose parameters hold whatever URL, environment, role and database say."""
    fixed = {
        "default_transaction_isolation": r"read\ committed",
        "lock_timeout": 0,
        "idle_in_transaction_session_timeout": 0,
        "idle_session_timeout": 0,
    }
    options = [f"-c {name}={value}" for name, value in (fixed | parameters).items()]
    given = map(str, url.normalized_query.get("options", ()))
    return {"client_encoding": "UTF8", "options": " ".join([*given, *options])}


def allow_long_transactions(connection: Any, _: object = None) -> None:
    """Switch off a time-out of PostgreSQL 17. Before that release naming it is an error, so it is no option."""
    if connection.info.server_version >= 170000:
        connection.execute("SET transaction_timeout = 0")
        connection.commit()


def encoding_fault(connection: Any) -> str:
    """Return what is wrong with the encoding of the database of a psycopg connection, in one line, or nothing."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding == "UTF8":
        return ""
    return f"its encoding is {encoding}, not UTF8; {CREATE_DATABASE} makes one that will do"


def _require_utf8(connection: Any, _: object) -> None:
    if fault := encoding_fault(connection):
        raise Invalid(f"DATABASE_URL: {connection.info.dbname}: {fault}")


def close(engine: Engine) -> None:
    """Close for good. A connection that a thread still reads with would go back to the pool: it is closed then."""
    event.listen(engine, "checkin", lambda _, record: record.invalidate())
    engine.dispose()


def _watch_deadline(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    """Let SQLite break a statement off when the connection's deadline has passed."""
    record.info["deadline"] = deadline = [0.0]
    connection.set_progress_handler(lambda: monotonic() > deadline[0], thresholds.DEADLINE_STEPS)


def set_statement_timeout(connection: Connection, seconds: float) -> None:
    """Bound what is read next: on PostgreSQL each statement of the transaction, on SQLite all of them together."""
    deadline: list[float] | None = connection.info.get("deadline")
    if deadline:
        deadline[0] = monotonic() + seconds
    elif seconds != thresholds.QUICK_SECONDS:  # which `_begin` has set
        driver: Any = connection.connection.driver_connection
        driver.execute(f"SET LOCAL statement_timeout = {max(1, ceil(seconds * 1000))}")  # 0 means for ever


def too_slow(settings: Settings) -> type[Exception]:
    """Return what a read raises when its statement timeout is over."""
    if file_of(make_url(settings.database_url)):
        return sqlite3.OperationalError
    import psycopg  # only in functions: it takes a tenth of the time of a start

    return psycopg.errors.QueryCanceled


def errors(settings: Settings) -> tuple[type[Exception], ...]:
    """Return what a read may raise because of the database, whichever of the layers notices."""
    driver: type[Exception] = sqlite3.Error
    if file_of(make_url(settings.database_url)) is None:
        import psycopg

        driver = psycopg.Error
    return DBAPIError, InvalidRequestError, PoolTimeoutError, TimeoutError, driver


def first_line(error: Exception) -> str:
    """Return the first line of what PostgreSQL said or, where it was not reached, of what its library says."""
    return next(iter(str(error).rpartition("FATAL:")[2].strip().splitlines()), type(error).__name__)


def stamp(path: Path) -> object:
    """Return what changes when another file is renamed into place."""
    try:
        status = path.stat()
    except OSError:
        return GONE  # what is open can still be read
    return status.st_ino, status.st_mtime_ns
