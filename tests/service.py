"""A real uvicorn around the application, in a thread of the suite."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from app.main import create_app
from app.settings import Settings
from app.wire import Protocol
from tests.postgres import free_port


@contextmanager
def serving(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a server with these settings."""
    port = free_port()
    config = uvicorn.Config(create_app(settings), port=port, http=Protocol, log_config=None, server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.005)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
