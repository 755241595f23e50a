"""Look for secrets of the environment in everything that a real process writes: answers, headers, logs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import psycopg
import pytest

from app.settings import Invalid, Settings
from tests.conftest import fill
from tests.support import nasty
from tests.support.judge import Answer
from tests.support.raw import Connection, Headers, request
from tests.support.waiting import until
from tools import postgres

PROJECT = Path(__file__).parents[2]
SECRET = "ct-horse-7d1f"
"""The part of the password that is written alike in a URL and plainly."""

ENVIRONMENT = dict.fromkeys(
    ("SECRET_KEY", "API_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSFILE", "SMTP_PASSWORD", "SENTRY_DSN", "LC_X"),
    f"corr@{SECRET}",
)
PASSWORD = f"corr%40{SECRET}"
OF_A_CLIENT = "client-0b5e"
"""What a client sends and no log keeps."""


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """A PostgreSQL with the data, that asks the user `reader` for a password; its URL without it."""
    with postgres.server() as url:
        fill(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE reader LOGIN PASSWORD 'corr@{SECRET}'")
            connection.execute("GRANT pg_read_all_data TO reader")
            (file,) = connection.execute("SHOW hba_file").fetchone() or ("",)
            rules = Path(file)
            rules.write_text("host all reader 127.0.0.1/32 scram-sha-256\n" + rules.read_text())
            connection.execute("SELECT pg_reload_conf()")
        yield url.replace("tests@", "reader:{}@")


def listens(port: int) -> bool:
    try:
        Connection(port).close()
    except ConnectionRefusedError:
        return False
    return True


@contextmanager
def running(output: Path, **environment: str) -> Iterator[int]:
    """The port of `python -m app`, which writes all it has to say into that file."""
    port = postgres.free_port()
    variables = {"PATH": os.environ["PATH"], "PORT": str(port), **ENVIRONMENT, **environment}
    with output.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "app"], cwd=PROJECT, env=variables, stdout=file, stderr=file)
        try:
            until(lambda: listens(port) or process.poll() is not None)
            assert process.poll() is None, output.read_text()
            yield port
        finally:
            process.terminate()
            process.wait()


def command(*arguments: str, **environment: str) -> str:
    """Return what a command says that fails."""
    variables = {"PATH": os.environ["PATH"], **ENVIRONMENT, **environment}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=variables, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


def answers(port: int) -> Iterator[Answer]:
    """Every kind of answer and of failure, asked by a client with secrets of its own."""
    own: Headers = [
        (b"authorization", b"Bearer " + OF_A_CLIENT.encode()),
        (b"cookie", b"session=" + OF_A_CLIENT.encode()),
        (b"traceparent", OF_A_CLIENT.encode()),
        *nasty.FORGED,
    ]
    texts = [nasty.escaped(text.encode()) for text in nasty.TEXTS if len(text) < 200]
    targets = [
        *(
            b"/",
            b"/v1",
            b"/v1/regions",
            b"/v1/regions.csv",
            b"/v1/regions/7",
            b"/v1/dataset",
            b"/openapi.json",
            b"/docs",
        ),
        *(b"/livez", b"/readyz", b"/metrics", b"/nope", b"/v1/regions?limit=0", b"/problems/unavailable", b"/llms.txt"),
        *(b"/v1/programs/%b" % text for text in texts[::5]),
        *(b"/v1/regions?q=%b" % text for text in texts[::3]),
        *(b"/v1/regions?token=%b&type=%b" % (OF_A_CLIENT.encode(), text) for text in texts[::5]),
        *(b"/v1/regions?q=%b" % nasty.escaped(raw) for raw in nasty.NOT_UTF8.values()),
        b"/v1/regions?q=" + b"a" * 9000,
    ]
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        for target in targets if method == "GET" else targets[:20]:
            connection = Connection(port)
            connection.send(request(target, own, method.encode()))
            yield connection.receive(target, method)
            connection.close()
    connection = Connection(port)
    connection.send(b"GET / " + OF_A_CLIENT.encode() + b"\r\n\r\n")
    yield connection.receive(b"/")
    connection.close()


def check(port: int, output: Path, statuses: set[int]) -> None:
    seen = set()
    for answer in answers(port):
        seen.add(answer.status)
        written = answer.content + repr(answer.headers).encode()
        assert SECRET.encode() not in written, answer.target
        assert b"reader" not in written or answer.status < 400, answer.target
        assert OF_A_CLIENT.encode() not in repr(answer.headers).encode()
    assert statuses <= seen
    lines = output.read_text().splitlines()
    assert len(lines) > 100
    for line in lines:
        assert SECRET not in line
        assert OF_A_CLIENT not in line
        assert line.isprintable(), "nothing raw"
        assert not line.startswith("{") or orjson.loads(line)["status"]


def test_a_secret_of_the_environment_is_in_no_answer_and_no_log(guarded: str, tmp_path: Path) -> None:
    output = tmp_path / "output"
    with running(output, DATABASE_URL=guarded.format(PASSWORD)) as port:
        check(port, output, {200, 204, 400, 404, 405, 414, 422})


def test_a_wrong_password_ends_the_start_and_is_not_shown(guarded: str) -> None:
    said = command("-m", "app", DATABASE_URL=guarded.format(f"wrong-{PASSWORD}"))
    assert "password authentication failed" in said
    assert SECRET not in said
    assert len(said.splitlines()) == 1


def test_a_password_that_is_changed_is_a_503_and_in_no_answer_and_no_log(guarded: str, tmp_path: Path) -> None:
    output = tmp_path / "output"
    with (
        psycopg.connect(guarded.replace("reader:{}@", "tests@"), autocommit=True) as connection,
        running(output, DATABASE_URL=guarded.format(PASSWORD)) as port,
    ):
        connection.execute("ALTER ROLE reader PASSWORD 'another'")
        try:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")
            check(port, output, {200, 204, 400, 404, 405, 414, 503})
        finally:
            connection.execute(f"ALTER ROLE reader PASSWORD 'corr@{SECRET}'")
    assert "read failed" in output.read_text() or "cannot be read" in output.read_text()


def test_a_database_that_goes_away_is_a_503_and_its_url_in_no_answer_and_no_log(tmp_path: Path) -> None:
    output = tmp_path / "output"
    url = f"postgresql://reader:{PASSWORD}@127.0.0.1:{postgres.free_port()}/x?application_name={SECRET}"
    with running(output, DATABASE_URL=url) as port:
        check(port, output, {200, 404, 503})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:{}@127.0.0.1:port/x",
        "postgresql://reader:{}/x@127.0.0.1/x",
        "postgresql://reader:{}#x@127.0.0.1:5432/x",
        "postgresql://reader:{}?x@127.0.0.1:5432/x",
        "postgresql://reader:1{}@[::1/x",
        "postgresql://reader:{}@127.0.0.1:99999999/x",
        "mysql://reader:{}@127.0.0.1/x",
        "reader:{}@127.0.0.1/x",
    ],
)
@pytest.mark.parametrize("password", [SECRET, PASSWORD, f"12/{SECRET}", f"a b{SECRET}", f"1?{SECRET}"])
def test_a_url_that_cannot_be_used_is_refused_without_being_shown(url: str, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_environment({"DATABASE_URL": url.format(password)})
    assert SECRET not in str(refused.value)
    assert str(refused.value).startswith("DATABASE_URL: ")


def test_a_process_that_cannot_use_its_url_says_so_in_a_line_without_it() -> None:
    said = command("-m", "app", DATABASE_URL=f"postgresql://reader:{SECRET}/x@127.0.0.1/x")
    assert said.startswith("DATABASE_URL: ")
    assert SECRET not in said
    assert len(said.splitlines()) == 1


def test_the_commands_that_fail_to_reach_the_database_do_not_show_its_url(guarded: str) -> None:
    for url in (guarded.format(f"wrong-{PASSWORD}"), f"postgresql://reader:{PASSWORD}@127.0.0.1:1/x"):
        said = command("-m", "seed", DATABASE_URL=url)
        assert SECRET not in said
        assert "Traceback" not in said
        assert SECRET not in command("-m", "alembic", "upgrade", "head", DATABASE_URL=url)
