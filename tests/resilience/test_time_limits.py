"""The seconds that are promised while PostgreSQL is away or busy, measured while no other test runs."""

import threading
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from tests.support import away
from tests.support.away import LINES, MARGIN, SOON, faults, loaded, reader, recovered, written
from tests.support.service import process
from tests.support.waiting import until
from tools import postgres

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with away.guarded() as url:
        yield url


def test_a_database_that_says_nothing_is_found_away_within_two_seconds(url: str) -> None:
    """The very figure that is promised; nothing else is at work here."""
    with process(DATABASE_URL=reader(url), READ_TIMEOUT="30", ACCESS_LOG="0") as running:
        assert running.answers("/v1/regions/7")
        with postgres.frozen(url):
            frozen = time.monotonic()
            until(lambda: "Age" in running.get("/v1/regions/7").headers)
            assert time.monotonic() - frozen < SOON + 0.5
        until(lambda: "Age" not in running.get("/v1/regions/7").headers)
        with postgres.frozen(url):
            for number in (8, 9):
                began = time.monotonic()
                assert running.get(f"/v1/regions/{number}").status_code == 503
                assert time.monotonic() - began < SOON + 0.5


def test_more_slow_reads_than_connections_leave_the_cached_and_the_others_alone(url: str) -> None:
    with process(DATABASE_URL=reader(url), DATABASE_POOL_SIZE="4", READ_TIMEOUT="2", ACCESS_LOG="0") as running:
        with loaded(running, clients=16) as loads:
            with away.locked(url):
                time.sleep(3.5)
                began = time.monotonic()
                assert running.get("/v1/programs").status_code == 200
                assert time.monotonic() - began < SOON + 1
            recovered(loads)
        output = written(running)
    assert max(load.slowest for load in loads) < SOON + MARGIN
    assert {age for load in loads for _, _, age in load.ages} == {None}, "the database is there"
    assert len(output) <= LINES, output


def test_a_database_that_is_only_busy_for_a_second_is_not_away(url: str) -> None:
    with process(DATABASE_URL=reader(url), ACCESS_LOG="0") as running:
        with psycopg.connect(url) as blocking:
            until(lambda: running.answers("/readyz"))
            blocking.execute("LOCK TABLE dataset IN ACCESS EXCLUSIVE MODE")
            asking = threading.Timer(0.1, httpx.get, [f"{running.url}/v1/regions/7"])
            asking.start()
            time.sleep(1)
            blocking.rollback()
            asking.join()
        assert running.get("/v1/regions/7").status_code == 200
        assert not faults(written(running))
