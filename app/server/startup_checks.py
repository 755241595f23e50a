"""Checks before the start: a setting with which the service could never answer ends it with one line.

A PostgreSQL that cannot be reached or is still starting is no such error, since it may come later: the service starts
and is not ready. One that refuses the connection or has another schema is, since that does not change by itself.
"""

import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.db import engines
from app.db.errors import Missing
from app.db.tables import SCHEMA_REVISION
from app.middleware import tracing
from app.settings import Invalid, Settings

if TYPE_CHECKING:
    import psycopg

REMEDY = "`python -m seed` makes it right"
"""Part of the messages to the operator."""

_REVISION = "SELECT version_num FROM alembic_version"
_EDITIONS = "SELECT count(*) FROM dataset"
_REFUSALS = ("authentication failed", "does not exist", "permission denied", "pg_hba.conf", "invalid", "not match")
"""Parts of PostgreSQL's English messages for errors that waiting does not mend. In other languages, wait anyway."""

_SHOWN = ("host", "port")
"""Query parameters of DATABASE_URL that a message may show; others may hold a password."""


def check(settings: Settings) -> list[str]:
    """Return remarks to log; raise `settings.Invalid` or `db.errors.Missing` if the service could never answer."""
    if settings.otel_exporter_otlp_endpoint and not find_spec("opentelemetry.exporter"):
        raise Invalid(f"OTEL_EXPORTER_OTLP_ENDPOINT: {tracing.NEEDS}")
    url = make_url(settings.database_url)
    fault = _check_sqlite(path) if (path := engines.file_of(url)) else _check_postgresql(url)
    if fault:
        shown = url.set(query={name: value for name, value in url.query.items() if name in _SHOWN})
        raise Invalid(f"DATABASE_URL: {shown.render_as_string()}: {fault}")
    return []


def _check_sqlite(path: Path) -> str:
    """Return what is wrong with the file, or an empty string; raise `Missing` if there is none."""
    if not path.is_file():
        raise Missing(f"{path}: no such file; make it with `python -m seed`")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return _check_content(connection)
    except sqlite3.Error as error:
        return f"{error}; {REMEDY}"
    finally:
        connection.close()


def _check_postgresql(url: URL) -> str:
    """Return what is wrong with the database and will stay so, or an empty string."""
    import psycopg  # not at the top: importing it takes a tenth of the time of a start on SQLite

    url = url.set(drivername="postgresql+psycopg")
    try:
        # as arguments: libpq quotes a URL that it cannot parse, password included
        _, arguments = url.get_dialect()().create_connect_args(url)
        with psycopg.connect(**{"connect_timeout": engines.CONNECT_SECONDS, **arguments}) as connection:
            connection.execute(f"SET LOCAL statement_timeout = '{engines.CONNECT_SECONDS} s'")
            return _check_content(connection)
    except psycopg.errors.UndefinedTable as error:
        return f"{_first_line(error)}; {REMEDY}"
    except psycopg.OperationalError as error:
        return _first_line(error) if any(refusal in str(error) for refusal in _REFUSALS) else ""
    except (psycopg.Error, ArgumentError) as error:
        return _first_line(error)


def _first_line(error: Exception) -> str:
    """Return the first line of the server's message, else of the library's."""
    return next(iter(str(error).rpartition("FATAL:")[2].strip().splitlines()), type(error).__name__)


def _check_content(connection: "sqlite3.Connection | psycopg.Connection") -> str:
    """Return what is wrong with the schema or the data, or an empty string."""
    (revision,) = connection.execute(_REVISION).fetchone() or (None,)
    if revision != SCHEMA_REVISION:
        return f"has schema {revision}, not {SCHEMA_REVISION}; {REMEDY}"
    (editions,) = connection.execute(_EDITIONS).fetchone() or (0,)
    return "" if editions == 1 else f"holds no data; {REMEDY}"
