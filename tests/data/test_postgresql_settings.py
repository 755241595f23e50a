"""Test settings of a PostgreSQL's owner: the right answers all the same, or one clear line at the start."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from app.server import startup_checks
from app.settings import Invalid, Settings
from tests.conftest import fill
from tests.data.test_postgresql import CREATE, GRANT, run, some_answers
from tests.support.service import process, serving
from tests.support.waiting import until
from tools import postgres

HARMLESS = {
    "encoding of another script": ["client_encoding = 'LATIN1'"],
    "encoding of Japanese": ["client_encoding = 'EUC_JP'"],
    "no encoding": ["client_encoding = 'SQL_ASCII'"],
    "time for a statement": ["statement_timeout = '1ms'"],
    "time between statements": ["idle_in_transaction_session_timeout = '1ms'", "idle_session_timeout = '1ms'"],
    "time for the rest": ["lock_timeout = '1ms'", "transaction_timeout = '100ms'"],
    "transactions": [
        "default_transaction_read_only = on",
        "default_transaction_isolation = 'serializable'",
        "default_transaction_deferrable = on",
    ],
    "notations": [
        *("standard_conforming_strings = off", "bytea_output = escape", "extra_float_digits = '-15'"),
        *("DateStyle = 'German, DMY'", "TimeZone = 'Asia/Tokyo'", "transform_null_equals = on"),
    ],
    "plans": ["plan_cache_mode = force_generic_plan", "enable_bitmapscan = off", "gin_fuzzy_search_limit = 1"],
    "other plans": ["plan_cache_mode = force_custom_plan", "enable_indexscan = off", "row_security = off"],
}
SINCE = {"transaction_timeout": 170000}
"""Releases of PostgreSQL before these do not know the setting."""

ENCODINGS = ["EUC_JP", "SQL_ASCII", "LATIN1"]


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """A server as the document prepares it, with the list in it; the URL of its superuser in the database."""
    with postgres.server() as url:
        run(url, CREATE)
        url = url.replace("/postgres", "/regions")
        run(url, GRANT)
        fill(url.replace("tests@", "owner@"))
        yield url


@pytest.fixture(scope="module")
def right(root: str) -> list[bytes]:
    return answers(root.replace("tests@", "reader@"))


def answers(url: str) -> list[bytes]:
    """Return what is served when the start has found everything in order."""
    settings = Settings(database_url=url, cache_bytes=0, read_timeout=30)
    startup_checks.check(settings)
    with serving(settings) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        got = some_answers(client)
    assert {answer.status_code for answer in got} == {200}
    return [answer.content for answer in got]


def refusal(url: str) -> str:
    """The one line with which the start ends."""
    with pytest.raises(Invalid) as caught:
        startup_checks.check(Settings(database_url=url))
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    return line


def command(url: str, *arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and all that a command wrote."""
    environment["DATABASE_URL"] = url
    done = subprocess.run([sys.executable, "-m", *arguments], env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@contextmanager
def changed(url: str, statements: str, back: str) -> Iterator[None]:
    run(url, statements)
    try:
        yield
    finally:
        run(url, back)


def elsewhere(root: str) -> str:
    """Return the URL of another database of the server, from which this one can be changed."""
    return root.replace("/regions", "/postgres")


@contextmanager
def new_database(root: str, options: str = "") -> Iterator[str]:
    """The URL of its owner."""
    create = f"CREATE DATABASE another OWNER owner {options}"
    with changed(elsewhere(root), create, "DROP DATABASE another WITH (FORCE)"):
        yield root.replace("tests@", "owner@").replace("/regions", "/another")


@pytest.mark.parametrize("name", HARMLESS)
def test_what_roles_and_databases_set_changes_no_answer_and_no_seed(root: str, right: list[bytes], name: str) -> None:
    with psycopg.connect(root) as connection:
        release = connection.info.server_version
    known = [each for each in HARMLESS[name] if SINCE.get(each.split()[0], 0) <= release]
    targets = ("ROLE reader", "ROLE owner", "DATABASE regions")
    setting = "; ".join(f"ALTER {target} SET {each}" for target in targets for each in known)
    resetting = "; ".join(f"ALTER {target} RESET ALL" for target in targets)
    with changed(elsewhere(root), setting, resetting):
        assert answers(root.replace("tests@", "reader@")) == right
        with new_database(root) as url:
            fill(url)
            run(root.replace("/regions", "/another"), "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
            assert answers(url.replace("owner@", "reader@")) == right


def test_neither_the_url_nor_the_environment_changes_the_encoding(
    root: str, right: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = root.replace("tests@", "reader@")
    assert answers(f"{reader}?client_encoding=EUC_JP&options=-c%20client_encoding%3DLATIN1") == right
    monkeypatch.setenv("PGCLIENTENCODING", "SQL_ASCII")
    monkeypatch.setenv("PGOPTIONS", "-c client_encoding=LATIN1 -c search_path=nowhere")
    assert answers(reader) == right
    with new_database(root) as url:
        fill(url)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_database_of_another_encoding_is_refused_in_one_line(root: str, encoding: str) -> None:
    with new_database(root, f"ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0") as url:
        said = f"its encoding is {encoding}, not UTF8; `CREATE DATABASE"
        assert said in refusal(url)
        code, output = command(url, "seed")
        checked, line = output.splitlines()
        assert (code, checked.partition(":")[0]) == (1, "checked")
        assert line.startswith("nothing was written: DATABASE_URL: another: ")
        assert said in line
        code, output = command(url, "alembic", "upgrade", "head")
        assert (code, len(output.splitlines())) == (255, 1)
        assert said in output
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public'").fetchall() == []


def test_an_encoding_that_cannot_be_converted_is_refused_in_one_line(root: str) -> None:
    with new_database(root, "ENCODING 'MULE_INTERNAL' LOCALE 'C' TEMPLATE template0") as url:
        assert "conversion between UTF8 and MULE_INTERNAL is not supported" in refusal(url)
        code, output = command(url, "seed")
        assert (code, len(output.splitlines())) == (1, 2)


@pytest.mark.parametrize("path", ["nowhere", "''"])
def test_a_search_path_without_the_tables_is_named(root: str, path: str) -> None:
    every = "ALTER ROLE reader {0}; ALTER ROLE owner {0}"
    with changed(root, every.format(f"SET search_path = {path}"), every.format("RESET ALL")):
        line = refusal(root.replace("tests@", "reader@"))
        assert 'relation "alembic_version" does not exist in the search path ' in line
        assert path.replace("'", '"') in line
        code, output = command(root.replace("tests@", "owner@"), "seed")
        assert code == 1
        line = output.splitlines()[-1]
        assert line == "nothing was written: the database refused: no schema has been selected to create in"


def test_a_right_that_is_missing_is_named(root: str) -> None:
    table = "SELECT ON corrections"
    with changed(root, f"REVOKE {table} FROM reader", f"GRANT {table} TO reader"):
        assert "permission denied for table corrections" in refusal(root.replace("tests@", "reader@"))


def test_rows_that_are_hidden_from_the_role_are_no_shorter_list(root: str) -> None:
    hide = "ALTER TABLE regions ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON regions USING (number < 5)"
    with changed(root, hide, "DROP POLICY few ON regions; ALTER TABLE regions DISABLE ROW LEVEL SECURITY"):
        line = refusal(root.replace("tests@", "reader@"))
        assert 'affected by row-level security policy for table "regions"' in line


def test_a_role_that_may_not_log_in_and_a_database_that_is_shut_are_named(root: str) -> None:
    reader = root.replace("tests@", "reader@")
    with changed(root, "ALTER ROLE reader NOLOGIN", "ALTER ROLE reader LOGIN"):
        assert 'role "reader" is not permitted to log in' in refusal(reader)
    with new_database(root, "ALLOW_CONNECTIONS false") as url:
        assert 'database "another" is not currently accepting connections' in refusal(url)
    assert "server does not support SSL" in refusal(f"{reader}?sslmode=require")
    assert 'unrecognized configuration parameter "bogus"' in refusal(f"{reader}?options=-c%20bogus%3D1")


def test_a_limit_of_connections_below_what_may_be_wanted_is_said(root: str) -> None:
    reader = root.replace("tests@", "reader@")
    said = "13 connections to the database are allowed, {} may be wanted: reads may fail"
    with changed(root, "ALTER ROLE reader CONNECTION LIMIT 13", "ALTER ROLE reader CONNECTION LIMIT -1"):
        assert startup_checks.check(Settings(database_url=reader, workers=2)) == [said.format(28)]
        with process(DATABASE_URL=reader) as running:
            assert running.answers("/v1/regions/7")
            running.terminate()
            running.wait(15)
            assert f"WARNING app.server: {said.format(14)}" in running.output()
    assert startup_checks.check(Settings(database_url=reader)) == []


def test_no_connection_left_is_waited_for_and_said(root: str) -> None:
    reader = root.replace("tests@", "reader@")
    with changed(root, "ALTER ROLE reader CONNECTION LIMIT 0", "ALTER ROLE reader CONNECTION LIMIT -1"):
        said = 'the database is waited for: too many connections for role "reader"'
        assert startup_checks.check(Settings(database_url=reader)) == [said]
