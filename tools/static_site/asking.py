"""Asks the application itself, in process, so that a file cannot differ from an answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

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


class Answer(NamedTuple):
    status: int
    media_type: str
    """Without its parameters."""
    body: bytes


async def ask(app: ASGIApp, path: str) -> bytes:
    """The body of `GET path`; `Refused` if there is none."""
    answer = await exchange(app, path)
    if answer.status != 200:
        raise Refused(f"{path}: {answer.status}")
    return answer.body


async def exchange(app: ASGIApp, target: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
    """The answer to `GET target`; names of headers are in lower case."""
    status, content_type, body = 0, b"", b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, content_type, body
        status = message.get("status", status)
        content_type = dict(message.get("headers", ())).get(b"content-type", content_type)
        body += message.get("body", b"")

    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": quote(query, safe="=&,%").encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await app(scope, receive, send)
    return Answer(status, content_type.decode().partition(";")[0], body)
