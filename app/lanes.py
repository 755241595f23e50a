"""Work in threads, so much of it at a time: a place is taken until the thread is done, whoever waits for it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class Lane:
    def __init__(self, places: int) -> None:
        self._limiter = CapacityLimiter(places)

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`. Who is cancelled leaves the thread to itself, and the place to the thread."""
        place, loop, begun = object(), asyncio.get_running_loop(), False
        await self._limiter.acquire_on_behalf_of(place)

        def leave() -> None:
            with suppress(RuntimeError):  # was left already
                self._limiter.release_on_behalf_of(place)

        def occupy() -> T:
            nonlocal begun
            begun = True
            try:
                return work()
            finally:
                with suppress(RuntimeError):  # the loop is closed, and nobody waits
                    loop.call_soon_threadsafe(leave)

        try:
            return await to_thread.run_sync(occupy, limiter=CapacityLimiter(inf), abandon_on_cancel=True)
        finally:
            if not begun:
                leave()
