"""PostgreSQL goes away in every way, under load: what is cached goes on, the rest is a 503 soon, and it comes back."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import count
from pathlib import Path

import httpx
import psycopg
import pytest

from tests import postgres
from tests.conftest import fill
from tests.service import Process, process
from tests.test_stopping import until

CACHED = ("/v1/regions/7", "/v1/regions?q=医療", "/v1/regions.csv", "/v1")
SOON = 2.0
"""Seconds after which nobody waits any longer."""
MARGIN = 1.0
"""For a machine that has more to do."""
AWAY = 3.5
LINES = 14
"""What one fault may write, with the lines of the start and of the stop."""

_numbers = count()


class Load(threading.Thread):
    """Asks for what is cached and for what nobody has asked for before, in turn, and keeps every answer."""

    def __init__(self, url: str, expected: dict[str, bytes]) -> None:
        super().__init__()
        self.url, self.expected = url, expected
        self.statuses: list[tuple[float, int]] = []
        self.ages: list[tuple[float, str | None]] = []
        self.slowest = 0.0
        self.wrong: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self.done.is_set():
                for path, body in self.expected.items():
                    answer = client.get(path)
                    self.ages.append((time.monotonic(), answer.headers.get("Age")))
                    if (answer.status_code, answer.content) != (200, body):
                        self.wrong.append(f"{path}: {answer.status_code}, {answer.text[:500]}")
                self.new(client)

    def new(self, client: httpx.Client) -> None:
        number = next(_numbers)
        began = time.monotonic()
        answer = client.get(f"/v1/regions?number={number % 29 + 1}&offset=0&limit={number // 29 % 100 + 1}&lang=en")
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
        end = time.monotonic() + AWAY
        while time.monotonic() < end:
            connection.execute(TERMINATE)
            time.sleep(0.02)
    yield


@contextmanager
def other_password(url: str) -> Iterator[None]:
    run(url, "ALTER ROLE reader PASSWORD 'another'", TERMINATE)
    yield
    run(url, "ALTER ROLE reader PASSWORD 'right'")


@contextmanager
def without_rights(url: str) -> Iterator[None]:
    run(url, "REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM reader")
    yield
    run(url, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")


@contextmanager
def refused(url: str) -> Iterator[None]:
    """As when other clients have all the connections of the server."""
    run(url, "ALTER ROLE reader CONNECTION LIMIT 0", TERMINATE)
    yield
    run(url, "ALTER ROLE reader CONNECTION LIMIT -1")


@contextmanager
def renamed(url: str) -> Iterator[None]:
    """A table is gone, as in the middle of a migration that somebody does by hand."""
    run(url, "ALTER TABLE dataset RENAME TO elsewhere")
    yield
    run(url, "ALTER TABLE elsewhere RENAME TO dataset")


@contextmanager
def locked(url: str) -> Iterator[None]:
    """The server is well, but every read of the list waits, until there are more of them than connections."""
    with psycopg.connect(url) as blocking:
        blocking.execute("LOCK TABLE regions IN ACCESS EXCLUSIVE MODE")
        yield


Fault = Callable[[str], AbstractContextManager[None]]
GONE: list[Fault] = [postgres.stopped, postgres.frozen, other_password, without_rights, refused, renamed]


def faults(output: list[str]) -> list[str]:
    return [line for line in output if line.startswith(("ERROR", "WARNING", "CRITICAL", "Traceback"))]


def reader(url: str) -> str:
    return url.replace("tests@", "reader:right@")


@contextmanager
def loaded(running: Process, clients: int = 8) -> Iterator[list[Load]]:
    """Clients at work; at the end none of them must have seen anything wrong."""
    with httpx.Client(base_url=running.url) as client:
        expected = {}
        for path in CACHED:
            client.get(path)
            answer = client.get(path)
            assert answer.status_code == 200
            assert "Age" not in answer.headers
            expected[path] = answer.content
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
    while True:
        time.sleep(0.1)
        latest = [(load.statuses[-1], load.ages[-1]) for load in loads]
        if all(min(moment, aged) > began and (status, age) == (200, None) for (moment, status), (aged, age) in latest):
            return
        assert time.monotonic() < began + 15, latest


@pytest.mark.parametrize("fault", GONE, ids=lambda fault: fault.__name__)
def test_while_the_database_is_away_what_is_cached_tells_its_age_and_the_rest_is_a_503_soon(fault: Fault) -> None:
    with guarded() as url, process(DATABASE_URL=reader(url), ACCESS_LOG="0") as running:
        with loaded(running) as loads:
            with fault(url):
                began = time.monotonic()
                time.sleep(AWAY)
                assert running.answers("/livez")
                assert httpx.get(f"{running.url}/readyz").status_code == 503
                ended = time.monotonic()
            recovered(loads)
        running.terminate()
        running.wait(15)
        output = running.output()
    for load in loads:
        assert load.slowest < SOON + MARGIN
        late = {status for moment, status in load.statuses if began + SOON < moment < ended}
        assert late <= {503}
        ages = [age for moment, age in load.ages if began + SOON + MARGIN < moment < ended]
        assert all(age is not None for age in ages)
        assert int(ages[-1] or 0) in range(1, 3 + int(ended - began))
    assert 503 in {status for load in loads for _, status in load.statuses}
    assert 1 <= len(faults(output)) <= len(output) <= LINES, output


@pytest.mark.parametrize("fault", [restarted, terminated], ids=lambda fault: fault.__name__)
def test_connections_that_are_cut_under_load_are_a_503_at_the_most_and_new_ones_are_made(fault: Fault) -> None:
    with guarded() as url, process(DATABASE_URL=reader(url), ACCESS_LOG="0") as running:
        with loaded(running) as loads:
            with fault(url):
                pass
            recovered(loads)
        running.terminate()
        running.wait(15)
        output = running.output()
    assert max(load.slowest for load in loads) < SOON + MARGIN
    assert len(output) <= LINES, output


def test_more_slow_reads_than_connections_leave_the_cached_and_the_others_alone() -> None:
    with guarded() as url:
        with process(DATABASE_URL=reader(url), DATABASE_POOL_SIZE="4", READ_TIMEOUT="2", ACCESS_LOG="0") as running:
            with loaded(running, clients=16) as loads:
                with locked(url):
                    time.sleep(AWAY)
                    began = time.monotonic()
                    assert httpx.get(f"{running.url}/v1/programs", timeout=30).status_code == 200
                    assert time.monotonic() - began < SOON
                recovered(loads)
            running.terminate()
            running.wait(15)
            output = running.output()
        assert max(load.slowest for load in loads) < SOON + MARGIN
        assert {age for load in loads for _, age in load.ages} == {None}, "the database is there"
        assert len(output) <= LINES, output


def test_a_database_that_is_only_busy_for_a_second_is_not_away() -> None:
    with guarded() as url, process(DATABASE_URL=reader(url), ACCESS_LOG="0") as running:
        with psycopg.connect(url) as blocking:
            until(lambda: running.answers("/readyz"))
            blocking.execute("LOCK TABLE dataset IN ACCESS EXCLUSIVE MODE")
            asking = threading.Timer(0.1, httpx.get, [f"{running.url}/v1/regions/7"])
            asking.start()
            time.sleep(1)
            blocking.rollback()
            asking.join()
        assert httpx.get(f"{running.url}/v1/regions/7").status_code == 200
        running.terminate()
        running.wait(15)
        assert faults(running.output()) == []


@pytest.mark.parametrize("fault", [postgres.stopped, postgres.frozen], ids=lambda fault: fault.__name__)
def test_a_service_that_starts_before_its_database_answers_as_soon_as_that_is_there(fault: Fault) -> None:
    with guarded() as url, ExitStack() as stack:
        with fault(url):
            starting = process(ready=False, DATABASE_URL=reader(url), ACCESS_LOG="0")
            running = stack.enter_context(starting)
            until(lambda: running.answers("/livez"))
            began = time.monotonic()
            assert httpx.get(f"{running.url}/v1/regions/7").status_code == 503
            assert time.monotonic() - began < SOON
        until(lambda: running.answers("/readyz"))
        answer = httpx.get(f"{running.url}/v1/regions/7")
        assert (answer.status_code, answer.headers.get("Age")) == (200, None)
