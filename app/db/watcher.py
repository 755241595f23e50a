"""Notice within seconds that the data changed or that the database is away, and give up those who wait for it."""

import logging
from asyncio import ensure_future, wait
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import TypeVar

from anyio import CancelScope, fail_after, sleep

from app.db import thresholds
from app.db.errors import DatabaseUnavailable

T = TypeVar("T")

log = logging.getLogger("app.database")


class Watcher:
    """Watch whether a database answers, and tell a silent database from a process too busy to listen."""

    def __init__(self) -> None:
        self.away_since: float | None = None
        """When the data were last known to be current (`time.monotonic`); `None` while they are."""
        self._answers = 0
        self._waiting: set[CancelScope] = set()

    def note_answer(self, result: T) -> T:
        """Note that the database answered somebody; return the result."""
        self._answers += 1
        return result

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Raise `TimeoutError` after so long, or soon after the database is found to be away."""
        with fail_after(seconds if self.away_since is None else min(seconds, thresholds.AWAY_SECONDS)) as scope:
            self._waiting.add(scope)
            try:
                yield
            finally:
                self._waiting.discard(scope)

    async def unless_silent(self, question: Coroutine[None, None, T]) -> T:
        """Return what the coroutine returns; `TimeoutError` after AWAY_SECONDS in which nobody was answered.

        Turns of the event loop that take twice as long as they should are not counted as silence: the process is then
        too busy to hear what the database may have said in time.
        """
        asked = ensure_future(question)
        silent = 0.0
        try:
            while silent < thresholds.AWAY_SECONDS:
                began, answers = monotonic(), self._answers
                await wait([asked], timeout=thresholds.TURN_SECONDS)
                if asked.done():
                    return asked.result()
                if answers != self._answers:
                    silent = 0
                elif monotonic() - began < 2 * thresholds.TURN_SECONDS:
                    silent += thresholds.TURN_SECONDS
            raise TimeoutError
        finally:
            asked.cancel()

    async def watch(self, check: Callable[[], Awaitable[None]], drop_connections: Callable[[], None]) -> None:
        """Check for ever. After a `DatabaseUnavailable` fail those who wait, and drop the connections.

        Connections to a server that does not answer are dropped so that another one of its hosts can be asked.
        """
        current = monotonic()
        while True:
            await sleep(thresholds.WATCH_SECONDS)
            began = monotonic()
            try:
                await check()
            except DatabaseUnavailable as fault:
                if self.away_since is None:
                    log.error("the database is away: %s", fault)
                    self.away_since = current
                    for scope in [*self._waiting]:
                        scope.deadline = -inf
                drop_connections()
            except Exception:
                log.exception("the data cannot be watched")
            else:
                if self.away_since is not None:
                    log.warning("the database is back after %.0f seconds", began - self.away_since)
                current, self.away_since = began, None
