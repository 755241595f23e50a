"""Asks the application itself, in process, so that a file cannot differ from an answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import Event, create_task_group
from starlette.types import ASGIApp, Message


class Refused(Exception):
    """An answer that is not 200."""


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """The application between its startup and its shutdown (ASGI lifespan)."""
    started, ending = Event(), Event()
    messages = iter(("lifespan.startup", "lifespan.shutdown"))

    async def receive() -> Message:
        kind = next(messages)
        if kind == "lifespan.shutdown":
            await ending.wait()
        return {"type": kind}

    async def send(_: Message) -> None:
        started.set()

    async def run() -> None:
        await app({"type": "lifespan", "state": {}}, receive, send)

    async with create_task_group() as tasks:
        tasks.start_soon(run)
        await started.wait()
        yield
        ending.set()


async def ask(app: ASGIApp, path: str) -> bytes:
    """The body of `GET path`; `Refused` if there is none."""
    status, body = 0, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
    }
    await app(scope, receive, send)
    if status != 200:
        raise Refused(f"{path}: {status}")
    return body
