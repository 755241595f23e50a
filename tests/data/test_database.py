"""Reads that take long: they are finished, they end at the deadline, and they leave room for the others."""

import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path
from typing import Any

import anyio
import psycopg
import pytest
from sqlalchemy import Integer, func, literal, select
from sqlmodel import col

from app.db import thresholds
from app.db.database import Database
from app.db.errors import DatabaseUnavailable, EditionChanged
from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import DatasetRow
from app.settings import Settings
from tests.support.databases import fill

SEED = Path(__file__).parents[2] / "seed"


def in_a_thread(test: Callable[[str], Coroutine[Any, Any, None]]) -> Callable[[str], None]:
    """Run with an event loop of its own: in the suite's own thread the browser's may be running."""

    @wraps(test)
    def run(database_url: str) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(anyio.run, test, database_url).result()

    return run


def counting(rows: int) -> Statement:
    """Count so many rows, which takes some 50 ns a row on SQLite and more on PostgreSQL."""
    numbers = select(literal(1, Integer).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select((numbers.c.n + 1).label("n")).where(numbers.c.n < rows))
    return Statement(select(func.count().label("total")).select_from(numbers))


VERSION = Statement(select(col(DatasetRow.version)))
SLOW, ENDLESS, SHORT, QUICK = (counting(rows) for rows in (1_500_000, 2_000_000_000, 10_000, 1))


def slow(read: Read) -> Any:
    return read.rows(SLOW)[0].total


def endless(read: Read) -> Any:
    return read.rows(ENDLESS)


def quick(read: Read) -> Any:
    return read.rows(QUICK)[0].total


@in_a_thread
async def test_a_read_that_a_busy_machine_holds_up_for_milliseconds_is_not_begun_anew(database_url: str) -> None:
    database = Database(Settings(database_url=database_url))
    begun = 0

    def held_up(read: Read) -> Any:
        nonlocal begun
        begun += 1
        time.sleep(0.02)
        return read.rows(SHORT)[0].total

    assert await database.read(held_up) == 10_000
    assert begun == 1
    await database.close()


@in_a_thread
async def test_a_slow_read_is_finished(database_url: str) -> None:
    database = Database(Settings(database_url=database_url, read_timeout=30))
    assert await database.read(slow) == 1_500_000
    await database.close()


@in_a_thread
async def test_a_read_without_end_is_given_up_at_the_deadline_and_the_next_one_answers(database_url: str) -> None:
    database = Database(Settings(database_url=database_url, read_timeout=0.5))
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailable):
        await database.read(endless)
    assert 0.4 < time.monotonic() - began < 30
    assert await database.read(quick) == 1
    await database.close()


@in_a_thread
async def test_quick_reads_get_through_while_more_slow_ones_go_on_than_may(database_url: str) -> None:
    database = Database(Settings(database_url=database_url, database_pool_size=2, read_timeout=60))
    finished: list[str] = []

    async def note(name: str, work: Any) -> None:
        await database.read(work)
        finished.append(name)

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(note, "slow", slow)
        await anyio.sleep(0.2)  # all have been tried as quick ones
        await note("quick", quick)
    await database.close()
    assert finished.index("quick") < 3
    assert finished.count("slow") == 6


@in_a_thread
async def test_slow_reads_take_no_place_of_quick_ones(database_url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thresholds, "INLINE_REGIONS", 0)  # as a longer list
        database = Database(Settings(database_url=database_url, database_pool_size=2, read_timeout=4))
        finished: list[str] = []

        async def ask() -> None:
            with pytest.raises(DatabaseUnavailable):
                await database.read(endless)
            finished.append("endless")

        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(ask)
            await anyio.sleep(1)  # all have been tried as quick ones
            assert await database.read(quick) == 1
            assert finished == []
        await database.close()


@in_a_thread
async def test_reads_that_were_given_up_end_and_do_not_pile_up(database_url: str) -> None:
    database = Database(Settings(database_url=database_url, database_pool_size=2, read_timeout=1))
    going_on: list[int] = []

    def endless_and_counted(read: Read) -> Any:
        going_on.append(1)
        try:
            return read.rows(ENDLESS)
        finally:
            going_on.pop()

    most = 0

    async def ask() -> None:
        with pytest.raises(DatabaseUnavailable):
            await database.read(endless_and_counted)

    async with anyio.create_task_group() as group:
        for _ in range(12):
            group.start_soon(ask)
            await anyio.sleep(0.15)
            most = max(most, len(going_on))
    assert most <= 3  # two that may be quick, one that is slow
    assert await database.read(quick) == 1
    await database.close()


def test_a_read_sees_one_edition_while_another_one_is_committed_and_the_next_read_is_begun_anew(
    postgres_url: str,
) -> None:
    fill(postgres_url)

    def change(version: str) -> None:
        with psycopg.connect(postgres_url) as owner:
            owner.execute("UPDATE dataset SET version = %s", [version])

    def read_twice(read: Read) -> list[str]:
        first = read.rows(VERSION)[0].version
        change("another")
        return [first, read.rows(VERSION)[0].version]

    async def run() -> None:
        database = Database(Settings(database_url=postgres_url, read_timeout=30))
        edition = await database.edition()
        try:
            assert await database.read(read_twice, edition) == [edition.version] * 2
            with pytest.raises(EditionChanged):  # the next batch of an export, which breaks off
                await database.read(quick, edition)
            assert (await database.edition()).version == "another"
            with pytest.raises(EditionChanged):  # of an answer whose headers are those of the former edition
                await database.read(quick, edition)
            assert await database.read(quick) == 1
        finally:
            change(edition.version)
            await database.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, run).result()


def test_a_read_cannot_write_and_its_connection_is_given_back_without_a_transaction(postgres_url: str) -> None:
    fill(postgres_url)

    def write(read: Read) -> None:
        driver: Any = read._connection.connection.driver_connection
        driver.execute("UPDATE dataset SET version = 'another'")

    def sessions() -> list[tuple[str]]:
        with psycopg.connect(postgres_url) as connection:
            sql = "SELECT state FROM pg_stat_activity WHERE application_name = 'cluster-regions'"
            return connection.execute(f"{sql} AND datname = current_database()").fetchall()

    async def run() -> None:
        database = Database(Settings(database_url=postgres_url, read_timeout=30))
        with pytest.raises(DatabaseUnavailable, match="ReadOnlySqlTransaction"):
            await database.read(write)
        assert await database.read(quick) == 1
        assert set(await anyio.to_thread.run_sync(sessions)) == {("idle",)}
        await database.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, run).result()


def test_a_statement_with_which_a_connection_is_opened_may_take_longer_than_a_quick_read(postgres_url: str) -> None:
    fill(postgres_url)

    async def read_when_locked() -> Any:
        database = Database(Settings(database_url=postgres_url))
        try:
            return await database.read(quick)
        finally:
            await database.close()

    with psycopg.connect(postgres_url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("LOCK pg_catalog.pg_proc")  # `SELECT pg_catalog.version()` of SQLAlchemy waits for it
        reading = pool.submit(anyio.run, read_when_locked)
        time.sleep(4 * thresholds.QUICK_SECONDS)
        other.rollback()
        assert reading.result() == 1


def test_a_connection_that_is_opened_after_the_file_was_replaced_reads_nothing_as_the_former_edition(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(thresholds, "INLINE_REGIONS", 0)  # as a longer list
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    fill(url)

    async def replace_while_read() -> None:
        database = Database(Settings(database_url=url))
        replaced, read = anyio.Event(), []

        def version(each: Read) -> str:
            anyio.from_thread.run_sync(going_on.set)
            anyio.from_thread.run(replaced.wait)
            return str(each.rows(VERSION)[0].version)

        going_on = anyio.Event()

        async def first() -> None:
            read.append(await database.read(version))

        async with anyio.create_task_group() as group:
            group.start_soon(first)  # has the only connection that was opened
            await going_on.wait()
            await anyio.to_thread.run_sync(fill, url, "--list", str(changed))
            with pytest.raises(EditionChanged):
                await database.read(lambda each: each.rows(VERSION))
            replaced.set()
        edition = await database.edition()
        assert edition.version != read[0]
        assert await database.read(lambda each: each.rows(VERSION)[0].version) == edition.version
        await database.close()

    changed = tmp_path / "list.txt"
    changed.write_text((SEED / "source_list.txt").read_text().replace("広域仙台地域", "広域仙台改地域"))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, replace_while_read).result()
