"""Test that a supervisor of the service is answered while everything else hangs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx
import psycopg
import pytest

from app.settings import Settings
from tests.conftest import fill
from tests.support.service import serving
from tests.support.waiting import until
from tools import postgres

READS_AT_ONCE, CLIENTS = 2, 30


@contextmanager
def locked(url: str) -> Iterator[None]:
    """The server answers, but every read waits."""
    with psycopg.connect(url) as blocking:
        blocking.execute("LOCK TABLE regions, dataset, alembic_version IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("blocked", [locked, postgres.frozen])
def test_liveness_and_metrics_are_answered_while_every_read_hangs(
    blocked: Callable[[str], AbstractContextManager[None]],
) -> None:
    with postgres.server() as url:
        fill(url)
        settings = Settings(database_url=url, database_pool_size=READS_AT_ONCE, cache_bytes=0, read_timeout=30)
        with serving(settings) as client:
            client.get("/v1/regions")
            asking = [
                threading.Thread(target=lambda: httpx.get(f"{client.base_url}/v1/regions", timeout=60))
                for _ in range(CLIENTS)
            ]
            with blocked(url):
                for thread in asking:
                    thread.start()
                until(lambda: "database_reads_waiting 0.0" not in client.get("/metrics").text)
                for path in ("/livez", "/metrics", "/livez"):
                    began = time.monotonic()
                    assert client.get(path).status_code == 200
                    assert time.monotonic() - began < 10
            for thread in asking:
                thread.join()
            until(lambda: client.get("/readyz").status_code == 200)
