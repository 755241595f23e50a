"""When a database that says nothing counts as away."""

from asyncio import ensure_future, wait
from collections.abc import Coroutine
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

AWAY_SECONDS = 1.5
"""How long a database may say nothing before it counts as away, and how long is waited for one that does."""

TURN_SECONDS = 0.1
"""Silence is counted in turns of the event loop of this length."""


class Listener:
    """Tells a database that says nothing from a process that has no time to listen."""

    def __init__(self) -> None:
        self._heard = 0

    def hear(self, answer: T) -> T:
        """Note that the database answered somebody; return the answer."""
        self._heard += 1
        return answer

    async def answer(self, question: Coroutine[None, None, T]) -> T:
        """Return the answer to the question; `TimeoutError` after AWAY_SECONDS in which nobody was answered.

        Turns of the event loop that take twice as long as they should are not counted as silence: the process is then
        too busy to hear what the database may have said in time.
        """
        asked = ensure_future(question)
        silent = 0.0
        try:
            while silent < AWAY_SECONDS:
                began, heard = monotonic(), self._heard
                await wait([asked], timeout=TURN_SECONDS)
                if asked.done():
                    return asked.result()
                if heard != self._heard:
                    silent = 0
                elif monotonic() - began < 2 * TURN_SECONDS:
                    silent += TURN_SECONDS
            raise TimeoutError
        finally:
            asked.cancel()
