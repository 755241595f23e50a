"""Do once what several requests may wait for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Do the work when it is first asked for, and keep its result."""

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._task: asyncio.Future[T] | None = None

    async def result(self) -> T:
        """Return the result of the work, or raise its exception, the same for everybody who waits.

        After an exception the next caller starts the work again. A caller that is cancelled does not stop it.
        """
        if self._task is None or (self._task.done() and (self._task.cancelled() or self._task.exception())):
            self._task = asyncio.ensure_future(self._work())
        return await asyncio.shield(self._task)

    @property
    def kept(self) -> T | None:
        """The result if the work is done."""
        task = self._task
        return task.result() if task and task.done() and not task.cancelled() and not task.exception() else None
