"""Give each request its id, count it and log it."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.request_context import KEY, RequestContext
from app.middleware import tracing
from app.middleware.draining import Drain
from app.middleware.metrics import Metrics

LOGGED_PATH_BYTES = 200

Write = Callable[[bytes], object]


class AccessLog:
    """ASGI middleware around all others: add `Request-Id`, and `Connection: close` while the service drains.

    Count every request and, if `write` is given, pass it a line of JSON. The line holds nothing that the client sent
    but method, path, request id and trace id. `middleware.entry`, further inside, builds the context.
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
        status = sent = 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                context: RequestContext = scope[KEY]
                headers = [*message["headers"], (b"request-id", context.request_id.encode())]
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
            context = scope[KEY]
            self._metrics.count(context.outcome.get("route", ""), scope["method"], status, sent, seconds)
            if self._write:
                self._write(access_line(scope, status, sent, seconds))


def access_line(scope: Scope, status: int, sent: int, seconds: float) -> bytes:
    """Return the JSON of a request whose response had `sent` bytes of body and took so many seconds."""
    context: RequestContext = scope[KEY]
    line = {
        "time": datetime.now(UTC),
        "request_id": context.request_id,
        "trace_id": context.outcome.get("trace_id") or tracing.trace_id(scope["headers"]),
        "method": scope["method"],
        "path": scope["raw_path"][:LOGGED_PATH_BYTES].decode("ascii", "replace"),
        "status": status,
        "bytes": sent,
        "milliseconds": round(seconds * 1000, 3),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
