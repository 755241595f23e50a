"""What SIGTERM does: `/readyz` says no, requests are answered for DRAIN_SECONDS, then uvicorn stops."""

import os
import signal
from asyncio import get_running_loop
from types import FrameType

from app.middleware.draining import Drain


def drain_on_sigterm(drain: Drain, seconds: float, *, supervised: bool) -> None:
    """Put a handler of SIGTERM before the present one, uvicorn's, which closes the listener at once.

    The first SIGTERM sets `drain.begun`, and uvicorn's handler is called `seconds` later. Another SIGTERM ends the
    process at once. A `supervised` worker ignores it, since it may get the first one twice: from its supervisor, and
    from whatever stops the whole process group. Call this in the main thread, inside the server's event loop.
    """
    loop, server = get_running_loop(), signal.getsignal(signal.SIGTERM)

    def close() -> None:
        if callable(server):
            server(signal.SIGTERM, None)

    def terminate(number: int, _frame: FrameType | None) -> None:
        if not drain.begun:
            drain.begun = True
            loop.call_soon_threadsafe(loop.call_later, seconds, close)
        elif not supervised:
            os._exit(128 + number)  # raising the signal again would do nothing in process 1 of a container

    signal.signal(signal.SIGTERM, terminate)
