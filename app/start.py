"""What is looked at before the first request, so that a wrong setting ends the start with one clear line.

A PostgreSQL that cannot be reached, or is still starting, may come later: the service starts and is not ready. One that
refuses us, or holds something else than we need, will not change by itself.
"""

import sqlite3
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, make_url

from app import engines, tracing
from app.database import Missing
from app.settings import Invalid, Settings
from app.tables import SCHEMA_REVISION

REMEDY = "`python -m seed` makes it right"

_REVISION = "SELECT version_num FROM alembic_version"
_EDITIONS = "SELECT count(*) FROM dataset"
_REFUSALS = ("authentication failed", "does not exist", "permission denied", "pg_hba.conf")
"""What PostgreSQL says, in English, when waiting would not help; in other languages it is waited for all the same."""


def check(settings: Settings) -> None:
    """`settings.Invalid` or `database.Missing` if the service could never answer with these settings."""
    if settings.otel_exporter_otlp_endpoint and not find_spec("opentelemetry.exporter"):
        raise Invalid(f"OTEL_EXPORTER_OTLP_ENDPOINT: {tracing.NEEDS}")
    url = make_url(settings.database_url)
    fault = _of_sqlite(path) if (path := engines.file_of(url)) else _of_postgresql(url)
    if fault:
        raise Invalid(f"DATABASE_URL: {url.render_as_string()}: {fault}")


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
    # as arguments: a URL that libpq cannot read it quotes, secret and all
    _, arguments = url.get_dialect()().create_connect_args(url)
    arguments["connect_timeout"] = engines.CONNECT_SECONDS
    try:
        with psycopg.connect(**arguments) as connection:
            (revision,) = connection.execute(_REVISION).fetchone() or (None,)
            return _fault(revision) or _without_edition(connection.execute(_EDITIONS).fetchone())
    except psycopg.OperationalError as error:
        refused = str(error).rpartition("FATAL:")[2].strip().splitlines()[0]
        return refused if any(refusal in refused for refusal in _REFUSALS) else ""
    except psycopg.Error as error:
        return f"{str(error).splitlines()[0]}; {REMEDY}"


def _fault(revision: str | None) -> str:
    return "" if revision == SCHEMA_REVISION else f"has schema {revision}, not {SCHEMA_REVISION}; {REMEDY}"


def _without_edition(counted: tuple[int] | None) -> str:
    return "" if counted == (1,) else f"holds no data; {REMEDY}"
