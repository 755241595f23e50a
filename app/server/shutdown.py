"""The order of a stop: no longer ready, still answering for a while; then the server closes as it always does."""

import os
import signal
import threading
from asyncio import get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from app.middleware.draining import Drain


class SignalDrain(Drain):
    """Drain at SIGTERM: a load balancer learns it from `/readyz` before connections are refused.

    The server's own handler of SIGTERM, which closes the listener at once, is called `seconds` later. Another SIGTERM
    ends the process at once. A `supervised` worker may get it twice, from its supervisor and from what stops the whole
    group, and goes on.
    """

    def __init__(self, seconds: float = 0, *, supervised: bool = False) -> None:
        self._seconds = seconds
        self._supervised = supervised

    @contextmanager
    def on_signal(self) -> Iterator[None]:
        """Drain at SIGTERM while the context is open. Outside the main thread, which alone gets signals, do nothing."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop, stop_server = get_running_loop(), signal.getsignal(signal.SIGTERM)

        def close() -> None:
            if callable(stop_server):
                stop_server(signal.SIGTERM, None)

        def terminated(number: int, _frame: FrameType | None) -> None:
            if not self.begun:
                self.begun = True
                loop.call_soon_threadsafe(loop.call_later, self._seconds, close)
            elif not self._supervised:
                os._exit(128 + number)  # not by the signal itself, to which the first process of a container is deaf

        signal.signal(signal.SIGTERM, terminated)
        yield
