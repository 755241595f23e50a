"""A real uvicorn around the application, in a thread of the suite."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app
from app.settings import Settings
from app.wire import Protocol
from tests.postgres import free_port


def behind(prefix: str, app: ASGIApp) -> ASGIApp:
    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and prefix:
            assert scope["path"].startswith(prefix), scope["path"]
            scope = {**scope, "path": scope["path"].removeprefix(prefix)}
        await app(scope, receive, send)

    return proxy


@contextmanager
def serving(settings: Settings, port: int | None = None, prefix: str = "") -> Iterator[httpx.Client]:
    """A client of a server with these settings; `prefix` is what a proxy in front would take off the path."""
    port = port or free_port()
    config = uvicorn.Config(
        behind(prefix, create_app(settings)), port=port, http=Protocol, log_config=None, server_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.005)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}{prefix}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
