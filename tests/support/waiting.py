"""Wait until something is so, and so long that only what hangs is given up, however busy the machine is."""

import time
from collections.abc import Callable

WAIT_SECONDS = 60
"""No promise of the product. Below `faulthandler_timeout`, so that the test says what it waited for."""


def until(condition: Callable[[], bool], seconds: float = WAIT_SECONDS, message: str = "") -> None:
    """Return as soon as the condition holds; `AssertionError` after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, message
        time.sleep(0.02)
