"""A primary that dies under load, and a server that freezes: no wrong answer, no restart, no waiting."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
import pytest

from app.db import thresholds
from app.settings import Settings
from tests.conftest import fill
from tests.support import waiting
from tests.support.service import serving
from tools import postgres

TIMEOUT = 1.0
"""Deadline of a read, in seconds."""


class Server:
    """A cluster in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.port = folder, folder / "data", postgres.free_port()
        self.killed = False
        self.frozen: list[int] = []
        self.url = f"postgresql://tests@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        postgres.run(program, *arguments, folder=self.folder)

    def start(self) -> None:
        options = f"-F -h 127.0.0.1 -p {self.port} -k {self.folder} -c wal_level=replica -c hot_standby=on"
        log = str(self.folder / "log")
        self.run("pg_ctl", "start", "--pgdata", str(self.data), "--wait", "--log", log, "--options", options)

    def stop(self) -> None:
        self.thaw()
        if not self.killed:
            self.run("pg_ctl", "stop", "--pgdata", str(self.data), "--mode=immediate")

    def kill(self) -> None:
        """End it as when the machine loses its power."""
        self.killed = True
        for process in self.processes():
            os.kill(process, signal.SIGKILL)

    def freeze(self) -> None:
        """Stop it as when its disk does not answer: connections are accepted, and nothing is ever said on them."""
        self.frozen = self.processes()
        for process in self.frozen:
            os.kill(process, signal.SIGSTOP)

    def thaw(self) -> None:
        while self.frozen:
            os.kill(self.frozen.pop(), signal.SIGCONT)

    def processes(self) -> list[int]:
        main = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        return [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]


@contextmanager
def clusters() -> Iterator[tuple[Server, Server]]:
    """A primary, seeded, and its standby, both running."""
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(TemporaryDirectory(prefix="postgres-"))) for _ in range(2)]
        for folder in folders:
            if os.geteuid() == 0:
                shutil.chown(folder, postgres.OTHER_USER, "nogroup")
        primary, standby = map(Server, folders)
        primary.run(
            "initdb", "--pgdata", str(primary.data), "--username=tests", "--auth=trust", "--encoding=UTF8", "--no-sync"
        )
        primary.start()
        stack.callback(primary.stop)
        fill(primary.url)
        standby.run(
            *("pg_basebackup", "--dbname", primary.url, "--pgdata", str(standby.data)),
            *("--write-recovery-conf", "--no-sync", "--checkpoint=fast"),
        )
        standby.start()
        stack.callback(standby.stop)
        yield primary, standby


class Load(threading.Thread):
    """Asks for ever new pages, none of which is cached, and keeps what it is told."""

    def __init__(self, client: httpx.Client, expected: list[object]) -> None:
        super().__init__()
        self.client, self.expected = client, expected
        self.statuses: list[tuple[float, int]] = []
        self.wrong: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        count = 0
        while not self.done.is_set():
            count += 1
            offset = count % len(self.expected)
            answer = self.client.get("/v1/regions", params={"offset": offset, "limit": 1, "fields": "number"})
            self.statuses.append((time.monotonic(), answer.status_code))
            time.sleep(0.01)
            if answer.status_code == 200 and answer.json()["items"] != self.expected[offset : offset + 1]:
                self.wrong.append(answer.text)
            if answer.status_code not in (200, 503):
                self.wrong.append(f"{answer.status_code} {answer.text}")


def until(load: Load, status: int) -> None:
    """Waits until the load is answered so, with nothing from before the call."""
    began = time.monotonic()
    waiting.until(lambda: any(each == status for moment, each in load.statuses if moment > began))


def answered(client: httpx.Client, path: str) -> None:
    waiting.until(lambda: client.get(path).status_code == 200)


@pytest.mark.parametrize("fault", [Server.kill, Server.freeze], ids=lambda fault: fault.__name__)
def test_a_primary_dies_or_hangs_under_load_and_the_standby_takes_over(fault: Callable[[Server], None]) -> None:
    with clusters() as (primary, standby):
        hosts = f"host=127.0.0.1:{primary.port}&host=127.0.0.1:{standby.port}"
        url = f"postgresql://tests@/postgres?{hosts}&target_session_attrs=primary"
        settings = Settings(database_url=url, read_timeout=TIMEOUT)
        with serving(settings) as client, serving(settings.model_copy(update={"cache_bytes": 0})) as uncached:
            for each in (client, uncached):
                answered(each, "/v1/regions/7")
            cached = client.get("/v1/regions/7")
            expected = uncached.get("/v1/regions?fields=number").json()["items"]
            load = Load(uncached, expected)
            load.start()
            try:
                until(load, 200)
                fault(primary)
                until(load, 503)
                again = client.get("/v1/regions/7")
                assert (again.status_code, again.content) == (200, cached.content)
                standby.run("pg_ctl", "promote", "--pgdata", str(standby.data), "--wait")
                until(load, 200)
            finally:
                load.done.set()
                load.join()
            assert load.wrong == []
            answered(client, "/v1/regions/8")


def test_a_standby_answers_while_there_is_one_and_the_primary_when_it_is_gone() -> None:
    with clusters() as (primary, standby):
        hosts = f"host=127.0.0.1:{primary.port}&host=127.0.0.1:{standby.port}"
        url = f"postgresql://tests@/postgres?{hosts}&target_session_attrs=prefer-standby"
        with serving(Settings(database_url=url, read_timeout=TIMEOUT, cache_bytes=0)) as client:
            assert client.get("/v1/regions/7").status_code == 200
            with psycopg.connect(standby.url) as connection:
                sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cluster-regions'"
                assert connection.execute(sessions).fetchone() != (0,)
            standby.kill()
            answered(client, "/v1/regions/7")


def test_a_frozen_server_is_a_503_within_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWAY_SECONDS", "CONNECT_SECONDS"):  # the deadline alone ends a read
        monkeypatch.setattr(thresholds, name, 60)
    paths = ("/v1/regions/7", "/v1/regions?q=医療", "/v1/regions.ndjson", "/readyz")
    with postgres.server() as url:
        fill(url)
        settings = Settings(database_url=url, read_timeout=TIMEOUT, cache_bytes=0)
        with serving(settings) as client, ThreadPoolExecutor(len(paths)) as pool:
            assert [answer.status_code for answer in map(client.get, paths)] == [200] * len(paths)
            with postgres.frozen(url):
                began = time.monotonic()
                assert [answer.status_code for answer in pool.map(client.get, paths)] == [503] * len(paths)
                assert time.monotonic() - began < TIMEOUT + 10
            for path in paths:
                answered(client, path)
