"""PostgreSQL going away in every way, and clients at work meanwhile."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count, cycle
from pathlib import Path

import httpx
import psycopg

from tests.conftest import fill
from tests.support.service import NO_TLS, Process
from tests.support.waiting import WAIT_SECONDS, until
from tools import postgres

CACHED = ("/v1/regions/7", "/v1/regions?q=医療", "/v1/regions.csv", "/v1")
SOON = 2.0
"""Seconds after which nobody waits any longer."""
MARGIN = 5.0
"""For a machine that has more to do. Far below the time-out of a read, which is what one would wait for else."""
READ_TIMEOUT = 30
LINES = 14
"""What one fault may write, each kind of line once, with the lines of the start and of the stop."""
PAUSE = 0.2
"""Between two rounds of a client, so that eight of them leave the machine something of its time."""

_numbers = count()


class Load(threading.Thread):
    """Asks for what is cached and for what nobody has asked for before, in turn, and keeps every answer."""

    def __init__(self, url: str, expected: dict[str, tuple[str, bytes]]) -> None:
        super().__init__()
        self.url, self.expected = url, expected
        self.statuses: list[tuple[float, int]] = []
        self.ages: list[tuple[float, float, str | None]] = []
        """When it was asked and answered, and the `Age`."""
        self.slowest = 0.0
        self.wrong: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=WAIT_SECONDS, verify=NO_TLS) as client:
            for known in cycle((False, True)):
                if self.done.is_set():
                    return
                for path in self.expected:
                    self.cached(client, path, known=known)
                self.new(client)
                time.sleep(PAUSE)

    def cached(self, client: httpx.Client, path: str, *, known: bool) -> None:
        tag, body = self.expected[path]
        asked = time.monotonic()
        answer = client.get(path, headers={"If-None-Match": tag} if known else {})
        self.ages.append((asked, time.monotonic(), answer.headers.get("Age")))
        if (answer.status_code, answer.content) != ((304, b"") if known else (200, body)):
            self.wrong.append(f"{path}: {answer.status_code}, {answer.text[:500]}")

    def new(self, client: httpx.Client) -> None:
        number = next(_numbers)
        began = time.monotonic()
        answer = client.get(f"/v1/regions?number={number % 29 + 1},{number + 1000}&lang=en")
        ended = time.monotonic()
        self.slowest = max(self.slowest, ended - began)
        self.statuses.append((ended, answer.status_code))
        if answer.status_code == 200:
            right = [each["number"] for each in answer.json()["items"]] == [number % 29 + 1]
        else:
            right = (
                answer.status_code == 503
                and answer.headers["Retry-After"] == "2"
                and answer.headers["Content-Type"] == "application/problem+json"
                and "Age" not in answer.headers
            )
        if not right:
            self.wrong.append(f"{answer.status_code} {answer.text[:500]}")


@contextmanager
def guarded() -> Iterator[str]:
    """A server with the data; the URL of a role that needs its password and can only read."""
    with postgres.server() as url:
        fill(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE reader LOGIN PASSWORD 'right'")
            connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
            (file,) = connection.execute("SHOW hba_file").fetchone() or ("",)
            rules = Path(file)
            rules.write_text("host all reader all scram-sha-256\n" + rules.read_text())
            connection.execute("SELECT pg_reload_conf()")
        yield url


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'"


@contextmanager
def restarted(url: str) -> Iterator[None]:
    with postgres.stopped(url):
        pass
    yield


@contextmanager
def terminated(url: str) -> Iterator[None]:
    """Every connection, again and again."""
    with psycopg.connect(url, autocommit=True) as connection:
        end = time.monotonic() + 3
        while time.monotonic() < end:
            connection.execute(TERMINATE)
            time.sleep(0.02)
    yield


@contextmanager
def altered(url: str, *statements: str, back: str) -> Iterator[None]:
    run(url, *statements)
    try:
        yield
    finally:
        run(url, back)


def other_password(url: str) -> AbstractContextManager[None]:
    return altered(url, "ALTER ROLE reader PASSWORD 'another'", TERMINATE, back="ALTER ROLE reader PASSWORD 'right'")


def without_rights(url: str) -> AbstractContextManager[None]:
    every = "SELECT ON ALL TABLES IN SCHEMA public"
    return altered(url, f"REVOKE {every} FROM reader", back=f"GRANT {every} TO reader")


def refused(url: str) -> AbstractContextManager[None]:
    """Refuse connections as when other clients have all those of the server."""
    limit = "ALTER ROLE reader CONNECTION LIMIT"
    return altered(url, f"{limit} 0", TERMINATE, back=f"{limit} -1")


def renamed(url: str) -> AbstractContextManager[None]:
    """A table is gone, as in the middle of a migration that somebody does by hand."""
    return altered(url, "ALTER TABLE dataset RENAME TO elsewhere", back="ALTER TABLE elsewhere RENAME TO dataset")


@contextmanager
def migrated(url: str) -> Iterator[None]:
    """Name another revision in the database, as after a migration of another release."""
    with psycopg.connect(url, autocommit=True) as connection:
        (own,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        try:
            yield
        finally:
            connection.execute("UPDATE alembic_version SET version_num = %s", (own,))


@contextmanager
def emptied(url: str) -> Iterator[None]:
    """Empty the tables as `alembic upgrade` does for a migration that changes how the data are stored."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS TABLE dataset")
        connection.execute("DELETE FROM dataset")
        try:
            yield
        finally:
            connection.execute("INSERT INTO dataset TABLE kept")
            connection.execute("DROP TABLE kept")


@contextmanager
def locked(url: str) -> Iterator[None]:
    """The server is well, but every read of the list waits, until there are more of them than connections."""
    with psycopg.connect(url) as blocking:
        blocking.execute("LOCK TABLE regions IN ACCESS EXCLUSIVE MODE")
        yield


def faults(output: list[str]) -> Counter[str]:
    """Return how often each kind of fault was written."""
    lines = [line for line in output if line.startswith(("ERROR", "WARNING", "CRITICAL", "Traceback"))]
    return Counter(":".join(line.split(":")[:2]).partition(" (and ")[0] for line in lines)


def written(running: Process) -> list[str]:
    """Return all that the process wrote, once it was told to end."""
    running.terminate()
    running.wait()
    return running.output()


def reader(url: str) -> str:
    return url.replace("tests@", "reader:right@")


@contextmanager
def loaded(running: Process, clients: int = 8) -> Iterator[list[Load]]:
    """Clients at work; at the end none of them must have seen anything wrong."""
    with running.client() as client:
        expected = {}
        for path in CACHED:
            client.get(path)
            answer = client.get(path)
            assert answer.status_code == 200
            assert "Age" not in answer.headers
            expected[path] = answer.headers["ETag"], answer.content
    loads = [Load(running.url, expected) for _ in range(clients)]
    for load in loads:
        load.start()
    try:
        time.sleep(0.5)
        yield loads
    finally:
        for load in loads:
            load.done.set()
        for load in loads:
            load.join()
    assert [load.wrong for load in loads if load.wrong] == []


def recovered(loads: list[Load]) -> None:
    """Waits until everybody is answered, and nothing is old any longer."""
    began = time.monotonic()

    def well(load: Load) -> bool:
        (moment, status), (_, aged, age) = load.statuses[-1], load.ages[-1]
        return min(moment, aged) > began and (status, age) == (200, None)

    until(lambda: all(map(well, loads)))


def found_away(loads: list[Load]) -> float:
    """Wait until everybody is told that the database is away; return the moment."""

    def is_told(load: Load) -> bool:
        return bool(load.statuses and load.ages) and load.statuses[-1][1] == 503 and load.ages[-1][2] is not None

    until(lambda: all(map(is_told, loads)))
    return time.monotonic()
