"""What is looked at before the first request, so that a wrong setting ends the start with one clear line.

A PostgreSQL that cannot be reached, or is still starting, may come later: the service starts and is not ready. One that
refuses us, or holds something else than we need, will not change by itself.
"""

import sqlite3
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.db import engines
from app.db.errors import Missing
from app.db.tables import SCHEMA_REVISION
from app.middleware import tracing
from app.settings import Invalid, Settings

REMEDY = "`python -m seed` makes it right"

_REVISION = "SELECT version_num FROM alembic_version"
_EDITIONS = "SELECT count(*) FROM dataset"
_REFUSALS = ("authentication failed", "does not exist", "permission denied", "pg_hba.conf", "invalid", "not match")
"""What PostgreSQL says, in English, when waiting would not help; in other languages it is waited for all the same."""

_SHOWN = ("host", "port")
"""Of what may follow a `?`; a password may, too."""


def check(settings: Settings) -> list[str]:
    """`settings.Invalid` or `database.Missing` if the service could never answer with these settings."""
    if settings.otel_exporter_otlp_endpoint and not find_spec("opentelemetry.exporter"):
        raise Invalid(f"OTEL_EXPORTER_OTLP_ENDPOINT: {tracing.NEEDS}")
    url = make_url(settings.database_url)
    fault = _of_sqlite(path) if (path := engines.file_of(url)) else _of_postgresql(url)
    if fault:
        shown = url.set(query={name: value for name, value in url.query.items() if name in _SHOWN})
        raise Invalid(f"DATABASE_URL: {shown.render_as_string()}: {fault}")
    return []


def _of_sqlite(path: Path) -> str:
    if not path.is_file():
        raise Missing(f"{path}: no such file; make it with `python -m seed`")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        (revision,) = connection.execute(_REVISION).fetchone() or (None,)
        return _fault(revision) or _without_edition(connection.execute(_EDITIONS).fetchone())
    except sqlite3.Error as error:
        return f"{error}; {REMEDY}"
    finally:
        connection.close()


def _of_postgresql(url: URL) -> str:
    import psycopg  # only here: it takes a tenth of the time of a start

    url = url.set(drivername="postgresql+psycopg")
    try:
        # as arguments: a URL that libpq cannot read it quotes, secret and all
        _, arguments = url.get_dialect()().create_connect_args(url)
        with psycopg.connect(**{"connect_timeout": engines.CONNECT_SECONDS, **arguments}) as connection:
            connection.execute(f"SET LOCAL statement_timeout = '{engines.CONNECT_SECONDS} s'")
            (revision,) = connection.execute(_REVISION).fetchone() or (None,)
            return _fault(revision) or _without_edition(connection.execute(_EDITIONS).fetchone())
    except psycopg.errors.UndefinedTable as error:
        return f"{_line(error)}; {REMEDY}"
    except psycopg.OperationalError as error:
        return _line(error) if any(refusal in str(error) for refusal in _REFUSALS) else ""
    except (psycopg.Error, ArgumentError) as error:
        return _line(error)


def _line(error: Exception) -> str:
    """The first line of what the server said, or else of what its library says."""
    return next(iter(str(error).rpartition("FATAL:")[2].strip().splitlines()), type(error).__name__)


def _fault(revision: str | None) -> str:
    return "" if revision == SCHEMA_REVISION else f"has schema {revision}, not {SCHEMA_REVISION}; {REMEDY}"


def _without_edition(counted: tuple[int] | None) -> str:
    return "" if counted == (1,) else f"holds no data; {REMEDY}"
