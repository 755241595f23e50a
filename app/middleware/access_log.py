"""Around everything else, pure ASGI and thin: request id, counts, log. Around the routes: the limit of the target."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from secrets import token_hex
from time import perf_counter
from urllib.parse import unquote, urlsplit

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http import problems
from app.middleware import tracing
from app.middleware.draining import Drain
from app.middleware.metrics import Metrics

MAX_TARGET_BYTES = 8192
"""Path and query together; what a proxy in front usually allows as well."""

LOGGED_PATH_BYTES = 200

Write = Callable[[bytes], object]

_WELL_FORMED = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")


class Access:
    """Give each request an id: a well-formed `Request-Id` of the client, else a new one.

    The application finds it in `scope["request_id"]`, the client in the response header. Count every request and, if
    `write` is given, pass it a line of JSON; of what the client sent only method, path, request id and trace id.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, drain: Drain, write: Write | None) -> None:
        self.app = app
        self._metrics = metrics
        self._drain = drain
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        given = b""
        for name, value in scope["headers"]:
            if name == b"request-id":
                given = value
        request_id = given if given and _WELL_FORMED.fullmatch(given) else token_hex(16).encode()
        scope["request_id"] = request_id.decode()
        status = sent = 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"request-id", request_id)]
                if self._drain.begun:
                    headers.append((b"connection", b"close"))
                message = {**message, "headers": headers}
            else:
                sent += len(message["body"])
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            seconds = perf_counter() - began
            self._metrics.count(scope.get("template", ""), scope["method"], status, sent, seconds)
            if self._write:
                self._write(access_line(scope, status, sent, seconds))


def access_line(scope: Scope, status: int, sent: int, seconds: float) -> bytes:
    """Return the JSON of a request whose response had `sent` bytes of body and took so many seconds."""
    line = {
        "time": datetime.now(UTC),
        "request_id": scope["request_id"],
        "trace_id": scope.get("trace_id") or tracing.trace_id(scope["headers"]),
        "method": scope["method"],
        "path": scope["raw_path"][:LOGGED_PATH_BYTES].decode("ascii", "replace"),
        "status": status,
        "bytes": sent,
        "milliseconds": round(seconds * 1000, 3),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


class Prefix:
    """Takes the path of the public address off, for a proxy that does not; for one that does, nothing is to be done."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self._prefix = unquote(urlsplit(base_url).path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{self._prefix}/"):
            scope["path"] = scope["path"].removeprefix(self._prefix)
        await self.app(scope, receive, send)


class TargetLimit:
    """Refuses request targets that are too long to be meant."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            query = scope["query_string"]
            if len(scope["raw_path"]) + bool(query) + len(query) > MAX_TARGET_BYTES:
                raise problems.UriTooLong(limit=MAX_TARGET_BYTES)
        await self.app(scope, receive, send)
