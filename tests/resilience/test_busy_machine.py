"""A machine that is busy is no database that is away."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import anyio

from app.db.database import Database
from app.settings import Settings
from tests.support.databases import fill

SECONDS = 4.0
"""More than twice as long as a database may say nothing."""


@contextmanager
def busy() -> Iterator[None]:
    """Let the threads of this process wait for each other, a third of a second at each turn."""
    done = threading.Event()

    def spin() -> None:
        while not done.is_set():
            pass

    threads = [threading.Thread(target=spin) for _ in range(8)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.04)
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        sys.setswitchinterval(interval)
        for thread in threads:
            thread.join()


def test_while_the_process_is_too_busy_to_listen_the_database_is_not_away(postgres_url: str) -> None:
    fill(postgres_url)
    seen: set[float | None] = set()

    async def run() -> None:
        database = Database(Settings(database_url=postgres_url, read_timeout=60))
        await database.edition()
        async with anyio.create_task_group() as group:
            group.start_soon(database.watch)
            with busy():
                end = anyio.current_time() + SECONDS
                while anyio.current_time() < end:
                    await anyio.sleep(0.05)
                    seen.add(database.away_since)
            group.cancel_scope.cancel()
        await database.close()

    with ThreadPoolExecutor(1) as pool:  # in the suite's own thread the browser's loop may be running
        pool.submit(anyio.run, run).result()
    assert seen == {None}
