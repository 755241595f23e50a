"""Check settings and database before the first request, so that a wrong setting ends the start with one clear line.

A PostgreSQL that cannot be reached, or is still starting, may come later: the service starts and is not ready. One that
refuses us, or holds something else than we need, will not change by itself.
"""

import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import SQLModel

from app.db import engines, thresholds
from app.db.errors import Missing
from app.db.tables import SCHEMA_REVISION
from app.middleware import tracing
from app.settings import Invalid, Settings

if TYPE_CHECKING:
    import psycopg

REMEDY = "`python -m seed` makes it right"

_REVISION = "SELECT version_num FROM alembic_version"
_EDITIONS = "SELECT count(*) FROM dataset"
_REFUSALS = (
    *("authentication failed", "does not exist", "permission denied", "pg_hba.conf", "invalid", "not match"),
    *("not permitted to log in", "not currently accepting", "not support", "unsupported", "unrecognized"),
)
"""What PostgreSQL says, in English, when waiting would not help; in other languages it is waited for all the same."""

_LIMITS = """
SELECT least(
    (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = session_user AND NOT rolsuper),
    (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
)
"""

_SHOWN = ("host", "port")
"""Parameters of the URL that an error message repeats; not the others, among which may be a password."""


def check(settings: Settings) -> list[str]:
    """Return warnings for the log; `settings.Invalid` or `db.errors.Missing` if waiting would not help."""
    if settings.otel_exporter_otlp_endpoint and not find_spec("opentelemetry.exporter"):
        raise Invalid(f"OTEL_EXPORTER_OTLP_ENDPOINT: {tracing.NEEDS}")
    url = make_url(settings.database_url)
    remarks: list[str] = []
    fault = _of_sqlite(path) if (path := engines.file_of(url)) else _of_postgresql(url, settings, remarks)
    if fault:
        shown = url.set(query={name: value for name, value in url.query.items() if name in _SHOWN})
        raise Invalid(f"DATABASE_URL: {shown.render_as_string()}: {fault}")
    return remarks


def _of_sqlite(path: Path) -> str:
    if not path.is_file():
        raise Missing(path)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        (revision,) = connection.execute(_REVISION).fetchone() or (None,)
        return _fault(revision) or _without_edition(connection.execute(_EDITIONS).fetchone())
    except sqlite3.Error as error:
        return f"{error}; {REMEDY}"
    finally:
        connection.close()


def _of_postgresql(url: URL, settings: Settings, remarks: list[str]) -> str:
    """Return what is wrong with the database in one line, or nothing; add what may change by itself to the remarks."""
    import psycopg  # only here: it takes a tenth of the time of a start

    reading = engines.reading(settings, url)
    url = url.set(drivername="postgresql+psycopg")
    try:
        # as arguments, not as a URL: in its error libpq repeats a URL that it cannot read, password included
        _, arguments = url.get_dialect()().create_connect_args(url)
        with psycopg.connect(**{**arguments, **reading}) as connection:
            engines.allow_long_transactions(connection)
            connection.execute(f"SET LOCAL statement_timeout = '{thresholds.CONNECT_SECONDS} s'")
            return engines.encoding_fault(connection) or _of_tables(connection, settings, remarks)
    except psycopg.OperationalError as error:
        if any(refusal in str(error) for refusal in _REFUSALS):
            return engines.first_line(error)
        remarks.append(f"the database is waited for: {engines.first_line(error)}")
        return ""
    except (psycopg.Error, ArgumentError) as error:
        return engines.first_line(error)


def _of_tables(connection: "psycopg.Connection", settings: Settings, remarks: list[str]) -> str:
    """Return what is wrong with the tables and our rights to them; remark on connections if too few are allowed."""
    import psycopg

    look = psycopg.sql.SQL("SELECT FROM {} LIMIT 0")
    try:
        (revision,) = connection.execute(_REVISION).fetchone() or (None,)
        if fault := _fault(revision):
            return fault
        for table in SQLModel.metadata.tables:
            connection.execute(look.format(psycopg.sql.Identifier(table)))
        fault = _without_edition(connection.execute(_EDITIONS).fetchone())
        (limit,) = connection.execute(_LIMITS).fetchone() or (None,)
    except psycopg.errors.UndefinedTable as error:
        connection.rollback()
        (path,) = connection.execute("SHOW search_path").fetchone() or ("",)
        return f"{engines.first_line(error)} in the search path {path or '(empty)'}; {REMEDY}"
    wanted = engines.connections(settings)
    if limit < wanted:
        remarks.append(f"{limit} connections to the database are allowed, {wanted} may be wanted: reads may fail")
    return fault


def _fault(revision: str | None) -> str:
    return "" if revision == SCHEMA_REVISION else f"has schema {revision}, not {SCHEMA_REVISION}; {REMEDY}"


def _without_edition(counted: tuple[int] | None) -> str:
    return "" if counted == (1,) else f"holds no data; {REMEDY}"
