"""The order of a stop: no longer ready, still answering for a while; then the server closes as it always does."""

import signal
import threading
from asyncio import get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

AGAIN_SECONDS = 2.0
"""A second SIGTERM that comes sooner is the first one once more: a supervisor and what stops its group both send it."""

LIMIT_SECONDS = 5
"""How long the process may take to end, once its requests were finished or given up."""


class Drain:
    """Whether the service is about to stop; a load balancer learns it from `/readyz` before connections are refused.

    The server's own handler of SIGTERM, which closes the listener at once, is called `seconds` later. Another SIGTERM
    ends the process at once, and so does the clock if it has not ended `finish_seconds` and `LIMIT_SECONDS` after that.
    """

    def __init__(self, seconds: float = 0, finish_seconds: float = 0) -> None:
        self.begun = False
        self._seconds = seconds
        self._limit = round(finish_seconds) + LIMIT_SECONDS

    @contextmanager
    def on_signal(self) -> Iterator[None]:
        """Within this, inside the server's loop, SIGTERM drains. Only the main thread of a process gets signals."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop, since, server = get_running_loop(), 0.0, signal.getsignal(signal.SIGTERM)

        def close() -> None:
            signal.alarm(self._limit)
            if callable(server):
                server(signal.SIGTERM, None)

        def terminated(_number: int, _frame: FrameType | None) -> None:
            nonlocal since
            if not self.begun:
                self.begun, since = True, monotonic()
                loop.call_soon_threadsafe(loop.call_later, self._seconds, close)
            elif monotonic() - since > AGAIN_SECONDS:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                signal.raise_signal(signal.SIGTERM)

        signal.signal(signal.SIGTERM, terminated)
        yield
