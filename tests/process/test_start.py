"""A wrong setting ends the start with one clear line that names it, and without a secret."""

import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from app.db.errors import Missing
from app.db.tables import SCHEMA_REVISION
from app.server.startup_checks import check
from app.settings import Invalid, Settings
from tests.conftest import fill
from tests.support.service import Process, process, watched
from tests.support.waiting import until
from tools import postgres

SECRET = "hunter2secret"

RARELY_NEEDED = {
    *("alembic", "jinja2", "mcp", "opentelemetry.sdk", "prometheus_client", "psycopg"),
    *("sqlalchemy.dialects.postgresql", "seed", "tests", "tools"),
}
"""What some do without, and others import when it is asked for."""


def refusal(**environment: str) -> str:
    """The one line with which it ends."""
    with process(ready=False, **environment) as running:
        (line,) = running.output()
        assert running.wait(1) == 1
    assert SECRET not in line
    return line


@pytest.mark.parametrize(("name", "value"), [("DRAIN_SECONDS", "soon"), ("HOST", "256.256.256.256")])
def test_a_wrong_setting_is_named(sqlite_settings: Settings, name: str, value: str) -> None:
    line = refusal(**{"DATABASE_URL": sqlite_settings.database_url, name: value})
    assert name in line.partition(": ")[0].split(", ")


def test_a_port_in_use_is_named(sqlite_settings: Settings) -> None:
    for workers in ("1", "2"):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = str(other.getsockname()[1])
            line = refusal(DATABASE_URL=sqlite_settings.database_url, PORT=port, WORKERS=workers)
        assert line == f"HOST, PORT: cannot listen on 127.0.0.1, port {port}: Address already in use"


def test_a_missing_sqlite_file_is_named_and_not_made(tmp_path: Path) -> None:
    line = refusal(DATABASE_URL=f"sqlite:///{tmp_path}/none.sqlite")
    assert line == f"{tmp_path}/none.sqlite: no such file; make it with `python -m seed`"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no such table"),
        (b"this is no database, but long enough to look like one" * 100, "file is not a database"),
    ],
)
def test_a_file_that_is_no_database_of_ours_is_refused_and_left_alone(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "other.sqlite"
    file.write_bytes(content)
    line = refusal(DATABASE_URL=f"sqlite:///{file}")
    assert line.startswith("DATABASE_URL: ")
    assert reason in line
    assert str(file) in line
    assert file.read_bytes() == content


def test_a_database_of_another_schema_or_without_data_is_refused(sqlite_settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "own.sqlite"
    for statement, reason in (
        ("UPDATE alembic_version SET version_num = '0001'", f"has schema 0001, not {SCHEMA_REVISION}"),
        ("DELETE FROM alembic_version", f"has schema None, not {SCHEMA_REVISION}"),
        ("DELETE FROM dataset", "holds no data"),
    ):
        shutil.copy(sqlite_settings.database_url.removeprefix("sqlite:///"), file)
        with sqlite3.connect(file) as connection:
            connection.execute(statement)
        connection.close()
        line = refusal(DATABASE_URL=f"sqlite:///{file}")
        assert reason in line
        assert "python -m seed" in line


def test_a_postgresql_that_refuses_us_or_holds_nothing_of_ours_is_named_without_the_password() -> None:
    with postgres.server() as url:
        host = url.partition("@")[2].partition("/")[0]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE reader LOGIN PASSWORD 'right'")
            connection.execute("CREATE ROLE other LOGIN")
            connection.execute("CREATE DATABASE empty")
            connection.execute("CREATE TABLE alembic_version (version_num text)")
            row = connection.execute("SHOW hba_file").fetchone()
            assert row
            rules = Path(row[0])
            rules.write_text("host all reader all scram-sha-256\n" + rules.read_text())
            connection.execute("SELECT pg_reload_conf()")
        for database_url, reason in (
            (f"postgresql://reader:{SECRET}@{host}/postgres", 'password authentication failed for user "reader"'),
            (f"postgresql://tests:{SECRET}@{host}/nothing", 'database "nothing" does not exist'),
            (f"postgresql://tests:{SECRET}@{host}/empty", 'relation "alembic_version" does not exist'),
            (f"postgresql://tests:{SECRET}%20and%20%25more@{host}/nothing", 'database "nothing" does not exist'),
            (f"postgresql+psycopg://tests:{SECRET}@{host}/empty", 'relation "alembic_version" does not exist'),
            (f"postgresql://tests@{host}/nothing?password={SECRET}", 'database "nothing" does not exist'),
            (f"postgresql://other@{host}/postgres", "permission denied for table alembic_version"),
            (f"postgresql://tests@{host}/empty?bogus={SECRET}", 'invalid connection option "bogus"'),
            (f"postgresql://tests@{host}/empty?sslmode=bogus", 'invalid sslmode value: "bogus"'),
            (f"postgresql://tests@{host}/empty?connect_timeout=abc", "bad value for connect_timeout"),
            (f"postgresql://tests:{SECRET}@/empty?host=a:1&host=b:2&port=3", "Can't mix 'multihost' formats"),
        ):
            with pytest.raises((Invalid, Missing)) as refused:
                check(Settings(database_url=database_url))
            (line,) = str(refused.value).splitlines()
            assert SECRET not in line
            assert line.startswith("DATABASE_URL: ")
            assert reason in line
            assert ("python -m seed" in line) == ("relation" in reason)
        assert refusal(DATABASE_URL=database_url) == line


def test_a_postgresql_whose_tables_are_locked_is_waited_for() -> None:
    with postgres.server() as url:
        fill(url)
        with psycopg.connect(url) as blocking:
            blocking.execute("LOCK TABLE dataset IN ACCESS EXCLUSIVE MODE")
            with process(ready=False, DATABASE_URL=url) as running:
                until(lambda: running.answers("/livez"))
                assert not running.answers("/readyz")
                blocking.rollback()
                until(lambda: running.answers("/readyz"))


def test_a_postgresql_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    port = postgres.free_port()
    with process(ready=False, DATABASE_URL=f"postgresql://reader:{SECRET}@127.0.0.1:{port}/x") as running:
        while not running.answers("/livez"):
            assert running.is_running()
        assert not running.answers("/readyz")
        running.terminate()
        running.wait()
        assert not any(SECRET in line for line in running.output())
    assert list(tmp_path.iterdir()) == []


def test_tracing_without_its_packages_is_named(sqlite_settings: Settings) -> None:
    """Hide the packages for traces, so that it is as where only `requirements.txt` is installed."""
    program = (
        "import sys, importlib.util as u; found = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name.startswith('opentelemetry.') else found(name, *a);"
        "from app.server.startup_checks import check; from app.settings import Settings;"
        "check(Settings.from_environment())"
    )
    environment = {"DATABASE_URL": sqlite_settings.database_url, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4318"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert "OTEL_EXPORTER_OTLP_ENDPOINT: needs what requirements-tracing.txt lists" in done.stderr


def test_a_start_imports_nothing_that_is_rarely_needed(sqlite_settings: Settings, tmp_path: Path) -> None:
    told = tmp_path / "imports"
    environment = {"DATABASE_URL": sqlite_settings.database_url, "PYTHONPROFILEIMPORTTIME": "1"}
    with told.open("wb") as stderr, watched(Process(environment, stderr=stderr)) as running:
        assert running.answers("/v1/regions")
    imported = {line.rpartition("|")[2].strip() for line in told.read_text().splitlines()}
    assert {"app.main", "sqlalchemy.dialects.sqlite"} <= imported
    assert imported.isdisjoint(RARELY_NEEDED)


def test_garbage_is_collected_once_the_application_is_there(sqlite_settings: Settings) -> None:
    code = """
import gc, app.__main__
from app.server import supervisor
from app.db.errors import Missing
from app.server.startup_checks import check
from app.settings import Invalid, Settings
print(gc.isenabled())
supervisor._app(Settings.from_environment(), None)
print(gc.isenabled(), gc.get_freeze_count() > 100_000)
"""
    environment = {"DATABASE_URL": sqlite_settings.database_url}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]
