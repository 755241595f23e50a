"""The service in this process: requests as uvicorn hands them over, without the wire."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope

from app.main import create_app
from app.settings import Settings
from tests.support.judge import Answer


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[ASGIApp]:
    """The application between its start and its stop."""
    app = create_app(settings)
    events: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()
    running = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, events.get, told.put))
    await events.put({"type": "lifespan.startup"})
    assert (await told.get())["type"] == "lifespan.startup.complete"
    try:
        yield app
    finally:
        await events.put({"type": "lifespan.shutdown"})
        await running


async def ask(app: ASGIApp, method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> Answer:
    raw_path, _, query = target.partition(b"?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(raw_path.decode("ascii")),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": [*headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "extensions": {},
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"\xff" * 10, "more_body": False}

    await app(scope, receive, send)
    own = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(method, target, sent[0]["status"], own, body)
