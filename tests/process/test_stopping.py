"""SIGTERM: first not ready, then closed, and nobody gets half an answer. Real processes, real signals."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from app.server.supervisor import IGNORED
from app.settings import Settings
from tests.conftest import fill
from tests.support.service import NO_TLS, Process, process
from tests.support.waiting import WAIT_SECONDS, until
from tools import postgres

PAUSE = 0.01
"""Between two requests of a client: the machine has other things to do."""

GRACE = 5.0
"""Long enough for a few requests on a busy machine."""

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'regions'::regclass"

SHARED = Path("/dev/shm")
"""Where workers share their counts, in a folder for each service."""


def folders_of_counts(worker: int) -> set[Path]:
    """Return the folders below `SHARED` in which this process has a file open."""
    opened = [link.readlink() for link in Path(f"/proc/{worker}/fd").iterdir() if link.exists()]
    return {path.parent for path in opened if path.is_relative_to(SHARED)}


class Load(threading.Thread):
    """A client that asks again and again, on a connection that it keeps, until it is refused one."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.answers: list[tuple[float, int]] = []
        self.broken: list[tuple[float, str]] = []
        self.refused = 0.0
        self.start()

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=WAIT_SECONDS, verify=NO_TLS) as client:
            while not self.refused:
                number = len(self.answers) % 29 + 1
                try:
                    answer = client.get(f"/v1/regions?number={number}&limit={len(self.answers) % 100 + 1}")
                    assert answer.json()["total"] == 1
                    self.answers.append((time.monotonic(), answer.status_code))
                    time.sleep(PAUSE)
                except httpx.ConnectError:
                    self.refused = time.monotonic()
                except (httpx.TransportError, ValueError) as error:
                    self.broken.append((time.monotonic(), repr(error)))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_under_load_it_is_first_not_ready_then_drains_then_closes(sqlite_settings: Settings, workers: str) -> None:
    url = sqlite_settings.database_url
    with process(DATABASE_URL=url, WORKERS=workers, DRAIN_SECONDS=str(GRACE), ACCESS_LOG="0") as running:
        loads = [Load(running.url) for _ in range(8)]
        until(lambda: all(len(load.answers) > 20 for load in loads))
        stopped = time.monotonic()
        running.terminate()
        until(lambda: not running.answers("/readyz"))
        unready = running.get("/readyz")
        assert unready.status_code == 503
        assert "about to stop" in unready.json()["detail"]
        assert unready.headers["Connection"] == "close"
        assert running.answers("/livez")
        assert running.get("/v1/regions/7").status_code == 200
        assert running.wait() == 0
        for load in loads:
            load.join()
            assert {status for _, status in load.answers} == {200}
            assert [each for each in load.broken if each[0] < stopped + GRACE] == []
            assert load.refused > stopped + GRACE - 0.1
            assert load.answers[-1][0] > stopped + GRACE / 2


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_request_in_flight_is_finished_after_the_listener_was_closed(postgres_url: str, workers: str) -> None:
    fill(postgres_url)
    with process(DATABASE_URL=postgres_url, WORKERS=workers, CACHE_BYTES="0", READ_TIMEOUT="60") as running:
        with psycopg.connect(postgres_url) as blocking, psycopg.connect(postgres_url, autocommit=True) as watch:
            blocking.execute("LOCK TABLE regions IN ACCESS EXCLUSIVE MODE")
            answers: list[httpx.Response] = []
            ask = threading.Thread(target=lambda: answers.append(running.get("/v1/regions/7")))
            ask.start()
            until(lambda: watch.execute(WAITING).fetchone() != (0,))
            running.terminate()
            until(lambda: refuses(running))
            assert running.is_running()
            assert not answers
        ask.join()
        assert answers[0].json()["number"] == 7
        assert answers[0].headers["Connection"] == "close"
        assert running.wait() == 0


def refuses(running: Process) -> bool:
    try:
        socket.create_connection(("127.0.0.1", running.port), timeout=WAIT_SECONDS).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_request_that_does_not_end_is_given_up_after_a_bounded_time(postgres_url: str, workers: str) -> None:
    fill(postgres_url)
    with (
        process(DATABASE_URL=postgres_url, WORKERS=workers, CACHE_BYTES="0", READ_TIMEOUT="1") as running,
        socket.create_connection(("127.0.0.1", running.port)) as silent,
    ):
        silent.sendall(b"GET /v1/regions HTTP/1.1\r\nHost: x\r\n\r\n" * 200)  # more than fits, and never read
        time.sleep(1)
        running.terminate()
        assert running.wait() == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_second_signal_stops_at_once(sqlite_settings: Settings, workers: str) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url, WORKERS=workers, DRAIN_SECONDS="300") as running:
        running.terminate()
        until(lambda: not running.answers("/readyz"))
        assert running.answers("/livez")
        if workers != "1":
            time.sleep(2)  # a supervisor looks for signals now and then; two at once are one for it
        running.terminate()
        assert running.wait() in (0, 128 + signal.SIGTERM)
        assert refuses(running)


def test_a_stop_of_the_whole_group_still_drains(sqlite_settings: Settings) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url, WORKERS="2", DRAIN_SECONDS=str(GRACE)) as running:
        until(lambda: "\nworkers 2.0" in running.get("/metrics").text)
        for worker in running.children():
            os.kill(worker, signal.SIGTERM)
        running.terminate()
        running.signal(signal.SIGWINCH)  # as when somebody resizes the terminal
        time.sleep(1)
        for _ in range(10):
            assert running.answers("/livez")
        assert running.wait() == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_signals_that_are_none_of_a_stop_change_nothing(sqlite_settings: Settings, workers: str) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url, WORKERS=workers, ACCESS_LOG="0") as running:
        until(lambda: running.get("/metrics").text.count(f"\nworkers {workers}.0") == 1)
        before = running.children()
        for number in IGNORED:
            for process_id in (running.pid, *before[1:]):  # the first of several is multiprocessing's own
                os.kill(process_id, number)
            time.sleep(0.7)  # a supervisor looks for signals now and then
        assert running.children() == before
        for process_id in (running.pid, *before):
            assert "State:\tT" not in Path(f"/proc/{process_id}/status").read_text(), "is halted"
        for _ in range(20):
            assert running.answers("/livez")
        assert f"\nworkers {workers}.0" in running.get("/metrics").text
        running.terminate()
        assert running.wait(15) == 0


@pytest.mark.parametrize("told", [signal.SIGKILL, signal.SIGQUIT], ids=lambda told: told.name)
def test_workers_without_a_supervisor_end_and_free_the_port(sqlite_settings: Settings, told: signal.Signals) -> None:
    url = sqlite_settings.database_url
    with process(DATABASE_URL=url, WORKERS="2", DRAIN_SECONDS="60", ACCESS_LOG="0") as running:
        until(lambda: "\nworkers 2.0" in running.get("/metrics").text)
        workers = running.children()
        (folder,) = {folder for worker in workers for folder in folders_of_counts(worker)}
        running.signal(told)
        running.wait(5)
        until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers), 15)
        assert not folder.exists()
        with process(DATABASE_URL=url, WORKERS="2", PORT=str(running.port)) as next_one:
            assert next_one.answers("/v1/regions/7")


def test_a_request_in_flight_is_finished_by_a_worker_without_a_supervisor(postgres_url: str) -> None:
    fill(postgres_url)
    with (
        process(DATABASE_URL=postgres_url, WORKERS="2", CACHE_BYTES="0", READ_TIMEOUT="10") as running,
        psycopg.connect(postgres_url, autocommit=True) as watch,
    ):
        answers: list[httpx.Response] = []
        with psycopg.connect(postgres_url) as blocking:
            blocking.execute("LOCK TABLE regions IN ACCESS EXCLUSIVE MODE")
            ask = threading.Thread(target=lambda: answers.append(running.get("/v1/regions/7")))
            ask.start()
            until(lambda: watch.execute(WAITING).fetchone() != (0,))
            running.signal(signal.SIGKILL)
            until(lambda: refuses(running))
            assert not answers
        ask.join()
        assert answers[0].json()["number"] == 7


def test_without_a_grace_it_stops_soon(database_url: str) -> None:
    with process(DATABASE_URL=database_url, READ_TIMEOUT="60") as running:
        running.terminate()
        assert running.wait(30) == 0
        assert any("Finished server process" in line for line in running.output())


@pytest.mark.parametrize(
    ("told", "workers"), [(signal.SIGTERM, "1"), (signal.SIGINT, "2")], ids=lambda value: getattr(value, "name", value)
)
def test_a_read_that_hangs_for_ever_does_not_keep_the_process(told: signal.Signals, workers: str) -> None:
    with postgres.server() as url:
        fill(url)
        with process(DATABASE_URL=url, WORKERS=workers, CACHE_BYTES="0", READ_TIMEOUT="1") as running:
            with postgres.frozen(url):
                asking = threading.Thread(target=lambda: running.answers("/v1/regions"))
                asking.start()
                time.sleep(0.5)
                running.signal(told)
                assert running.wait() == 0
            asking.join()
