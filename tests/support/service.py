"""The service: a real uvicorn around the application in a thread of the suite, or the process as it is started."""

import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app
from app.middleware.access_log import Write
from app.server import logging as output
from app.server.protocol import Protocol
from app.settings import Settings
from tests.support.waiting import WAIT_SECONDS, until
from tools.postgres import free_port

FINISH_SECONDS = 10
"""How long a server of the suite waits for requests when it stops."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients, each of which would else load the certificates of the machine for 20 ms."""


def behind(prefix: str, app: ASGIApp) -> ASGIApp:
    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and prefix:
            assert scope["path"].startswith(prefix), scope["path"]
            scope = {**scope, "path": scope["path"].removeprefix(prefix)}
        await app(scope, receive, send)

    return proxy


@contextmanager
def serving(
    settings: Settings,
    port: int | None = None,
    prefix: str = "",
    protocol: type[Protocol] = Protocol,
    write: Write | None = None,
) -> Iterator[httpx.Client]:
    """Yield a client of a server with these settings.

    `prefix` is what a proxy in front would take off the path. `write` gets each access line.
    """
    with (
        running(
            behind(prefix, create_app(settings, write=write, sources=(output.numbers,))), port or free_port(), protocol
        ) as url,
        httpx.Client(base_url=url + prefix, timeout=WAIT_SECONDS, verify=NO_TLS) as client,
    ):
        yield client


@contextmanager
def running(app: ASGIApp, port: int, protocol: type[Protocol], **options: Any) -> Iterator[str]:
    """Yield the address of a server of that application, with options of uvicorn."""
    config = uvicorn.Config(
        app,
        port=port,
        http=protocol,
        ws="none",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=FINISH_SECONDS,
        **options,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started or not thread.is_alive(), message="the server did not start in time")
    assert server.started, "the server did not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


Stream = int | IO[bytes]


class Process:
    """`python -m app` with these variables, on a free port; its output is read at its end, if it goes nowhere else."""

    def __init__(
        self,
        environment: dict[str, str],
        within: Sequence[str] = (),
        stdout: Stream = subprocess.PIPE,
        stderr: Stream = subprocess.STDOUT,
    ) -> None:
        self.port = int(environment["PORT"]) if environment.get("PORT", "").isdigit() else free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._running = subprocess.Popen(
            [*within, sys.executable, "-m", "app"],
            cwd=Path(__file__).parents[2],
            env={"PATH": os.environ["PATH"], "PORT": str(self.port), **environment},
            stdout=stdout,
            stderr=stderr,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._running.pid

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Ask by a connection of its own."""
        return httpx.get(self.url + path, headers=headers, timeout=WAIT_SECONDS, verify=NO_TLS)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=WAIT_SECONDS, verify=NO_TLS)

    def answers(self, path: str) -> bool:
        """Return whether there is a 200."""
        try:
            return self.get(path).status_code == 200
        except httpx.TransportError:
            return False

    def children(self) -> list[int]:
        """The workers among them, the youngest last; multiprocessing has a process of its own."""
        return [int(child) for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def is_running(self) -> bool:
        return self._running.poll() is None

    def terminate(self) -> None:
        self._running.terminate()

    def signal(self, number: int) -> None:
        self._running.send_signal(number)

    def wait(self, seconds: float = WAIT_SECONDS) -> int:
        """Its exit code."""
        return self._running.wait(seconds)

    def output(self, seconds: float = WAIT_SECONDS) -> list[str]:
        """Return all lines, when it has ended."""
        return self._running.communicate(timeout=seconds)[0].splitlines()

    def kill(self) -> None:
        """Kill it with its workers."""
        for each in self.children() if self.is_running() else []:
            os.kill(each, 9)
        self._running.kill()
        self._running.communicate(timeout=20)  # longer only if somebody else still writes to its output


@contextmanager
def process(*, ready: bool = True, within: Sequence[str] = (), **environment: str) -> Iterator[Process]:
    """Waits until it is ready, if it will ever be. It is run by another program, if need be."""
    with watched(Process(environment, within), ready=ready) as running:
        yield running


@contextmanager
def watched(running: Process, *, ready: bool = True) -> Iterator[Process]:
    """Wait until the service is ready, and kill it at the end."""
    try:
        if ready:
            until(lambda: running.answers("/readyz") or not running.is_running(), message="the service is not ready")
            assert running.is_running(), running.output()
        yield running
    finally:
        running.kill()
