"""PostgreSQL goes away in every way, under load: what is cached goes on, the rest is a 503 soon, and it comes back."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

from app.db.tables import SCHEMA_REVISION
from tests.support import away
from tests.support.away import LINES, MARGIN, READ_TIMEOUT, SOON, faults, found_away, loaded, reader, recovered, written
from tests.support.service import process
from tests.support.waiting import until
from tools import postgres

OFTEN = 10
"""Seconds after which a line of the same kind may be written again."""

Fault = Callable[[str], AbstractContextManager[None]]
GONE: list[Fault] = [
    *(postgres.stopped, postgres.frozen),
    *(away.other_password, away.without_rights, away.refused, away.renamed),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with away.guarded() as url:
        yield url


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [*((fault, 1.5) for fault in GONE), pytest.param(postgres.stopped, OFTEN + 5, id="stopped-for-long")],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_while_the_database_is_away_what_is_cached_tells_its_age_and_the_rest_is_a_503_soon(
    url: str, fault: Fault, seconds: float
) -> None:
    environment = {"DATABASE_URL": reader(url), "READ_TIMEOUT": str(READ_TIMEOUT), "ACCESS_LOG": "0"}
    with process(**environment) as running:  # type: ignore[arg-type]  # none of them is called `ready`
        started = time.monotonic()
        with loaded(running) as loads:
            with fault(url):
                began = time.monotonic()
                found = found_away(loads)
                time.sleep(seconds)
                assert running.answers("/livez")
                assert running.get("/readyz").status_code == 503
                ended = time.monotonic()
            recovered(loads)
        lasted = time.monotonic() - started
        output = written(running)
    for load in loads:
        assert load.slowest < SOON + MARGIN
        assert {status for moment, status in load.statuses if found < moment < ended} <= {503}
        ages = [
            (asked, answered, int(age) if age else -1)
            for asked, answered, age in load.ages
            if found < asked < answered < ended
        ]
        assert ages
        for asked, answered, age in ages:
            assert int(asked - began) <= age < answered - began + SOON + MARGIN, "what is old must not look young"
    often = faults(output)
    assert often
    assert max(often.values()) <= 1 + lasted // OFTEN, output
    assert len(output) - often.total() + len(often) <= LINES, output


@pytest.mark.parametrize("fault", [away.restarted, away.terminated], ids=lambda fault: fault.__name__)
def test_connections_that_are_cut_under_load_are_a_503_at_the_most_and_new_ones_are_made(
    url: str, fault: Fault
) -> None:
    with process(DATABASE_URL=reader(url), ACCESS_LOG="0") as running:
        with loaded(running) as loads:
            with fault(url):
                pass
            recovered(loads)
        output = written(running)
    assert max(load.slowest for load in loads) < SOON + MARGIN
    assert len(output) <= LINES, output


def test_with_the_tables_of_another_release_it_is_not_ready_until_its_own_are_back_and_says_why(url: str) -> None:
    with process(DATABASE_URL=reader(url), ACCESS_LOG="0") as running:
        with away.migrated(url):
            until(lambda: not running.answers("/readyz"))
            for _ in range(20):
                assert running.get("/readyz").status_code == 503
            assert running.answers("/livez")
        until(lambda: running.answers("/readyz"))
        with away.emptied(url):
            until(lambda: not running.answers("/readyz"))
        until(lambda: running.answers("/readyz"))
        output = written(running)
    told = [line.partition(" app.readiness: ")[2] for line in output if " app.readiness: " in line]
    assert told[:2] == [f"not ready: the database has schema 9999, not {SCHEMA_REVISION}", "ready again"]
    # it may be locked while it is emptied
    assert told[-1] in {
        f"not ready: the database cannot be read: {why}" for why in ("it holds no data", "TimeoutError")
    }


def test_a_stop_that_waits_says_why_it_is_not_ready(url: str) -> None:
    with process(DATABASE_URL=reader(url), ACCESS_LOG="0", DRAIN_SECONDS="2") as running:
        running.terminate()
        until(lambda: not running.answers("/readyz"))
        running.wait(15)
        assert "WARNING app.readiness: not ready: it was told to stop" in running.output()


@pytest.mark.parametrize("fault", [postgres.stopped, postgres.frozen], ids=lambda fault: fault.__name__)
def test_a_service_that_starts_before_its_database_answers_as_soon_as_that_is_there(url: str, fault: Fault) -> None:
    with ExitStack() as stack:
        with fault(url):
            starting = process(ready=False, DATABASE_URL=reader(url), ACCESS_LOG="0")
            running = stack.enter_context(starting)
            until(lambda: running.answers("/livez"))
            began = time.monotonic()
            assert running.get("/v1/regions/7").status_code == 503
            assert time.monotonic() - began < SOON + MARGIN
        until(lambda: running.answers("/readyz"))
        answer = running.get("/v1/regions/7")
        assert (answer.status_code, answer.headers.get("Age")) == (200, None)
