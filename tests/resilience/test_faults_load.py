"""Many clients at once, and a worker that dies or hangs among others. Real processes, real signals."""

import os
import shutil
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.db import thresholds
from app.settings import Settings
from tests.process.test_stopping import Load
from tests.support.service import process
from tests.support.waiting import until

CLIENTS = 200


def test_two_hundred_clients_at_once_are_all_answered(database_url: str) -> None:
    barrier = threading.Barrier(CLIENTS)

    def ask(number: int) -> list[int]:
        with running.client() as client:
            barrier.wait(60)
            paths = ("/v1/regions", f"/v1/regions/{number % 29 + 1}", f"/v1/regions?limit={number % 100 + 1}&q=大学")
            return [client.get(path).status_code for path in paths * 3]

    with process(DATABASE_URL=database_url, ACCESS_LOG="0") as running, ThreadPoolExecutor(CLIENTS) as clients:
        statuses = Counter(status for each in clients.map(ask, range(CLIENTS)) for status in each)
    assert statuses == {200: CLIENTS * 9}


def test_a_worker_that_is_killed_breaks_only_what_it_held_and_is_replaced(sqlite_settings: Settings) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url, WORKERS="2", ACCESS_LOG="0") as running:
        until(lambda: "\nworkers 2.0" in running.get("/metrics").text)
        loads = [Load(running.url) for _ in range(16)]
        until(lambda: all(len(load.answers) > 20 for load in loads))
        before, killed = running.children(), time.monotonic()
        os.kill(before[-1], signal.SIGKILL)
        until(lambda: before[-1] not in running.children() and len(running.children()) == len(before))
        until(lambda: all(load.answers[-1][0] > killed + 1 for load in loads))
        running.terminate()
        stopped = time.monotonic()
        assert running.wait() == 0
        for load in loads:
            load.join()
            broken = [moment for moment, _ in load.broken if moment < stopped]
            assert len(broken) <= 1, "a client holds one connection, to one of the workers"
            assert all(moment < killed + 1 for moment in broken)
            assert {status for _, status in load.answers} == {200}


def test_a_worker_that_hangs_is_replaced_and_the_other_answers_meanwhile(sqlite_settings: Settings) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url, WORKERS="2", ACCESS_LOG="0") as running:
        until(lambda: "\nworkers 2.0" in running.get("/metrics").text)
        before = running.children()
        os.kill(before[-1], signal.SIGSTOP)
        for _ in range(20):
            assert running.answers("/livez")
        until(lambda: before[-1] not in running.children() and len(running.children()) == len(before))
        until(lambda: "\nworkers 2.0" in running.get("/metrics").text)


def test_a_worker_that_cannot_be_replaced_is_missed_in_a_line_and_the_other_goes_on(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "regions.sqlite"
    shutil.copy(sqlite_settings.database_url.removeprefix("sqlite:///"), file)
    with process(DATABASE_URL=f"sqlite:///{file}", WORKERS="2", ACCESS_LOG="0") as running:
        until(lambda: "\nworkers 2.0" in running.get("/metrics").text)
        time.sleep(3 * thresholds.WATCH_SECONDS)  # by then each has opened it
        file.rename(tmp_path / "elsewhere")
        before = running.children()
        os.kill(before[-1], signal.SIGKILL)
        tried: set[int] = set()

        def tried_twice() -> bool:
            tried.update(running.children())
            return len(tried.difference(before)) > 1

        until(tried_twice)
        assert running.get("/v1/regions/7").status_code == 200
        (tmp_path / "elsewhere").rename(file)
        until(lambda: "\nworkers 2.0" in running.get("/metrics").text)
        running.terminate()
        assert running.wait() == 0
        output = running.output()
    assert any(line.startswith(f"{file}: no such file") for line in output)
    assert not any("Traceback" in line for line in output)
