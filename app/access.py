"""Around everything else, pure ASGI and thin: the log, the request id. Around the routes: the limit of the target."""

import logging
import re
from datetime import UTC, datetime
from secrets import token_hex
from time import perf_counter

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import problems

MAX_TARGET_BYTES = 8192
"""Path and query together; what a proxy in front usually allows as well."""

LOGGED_PATH_BYTES = 200

log = logging.getLogger("app.access")

_WELL_FORMED = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")


class RequestId:
    """Takes over a well-formed `Request-Id`, else makes one: `scope["request_id"]` inside, a header outside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = b""
        for name, value in scope["headers"]:
            if name == b"request-id":
                given = value
        request_id = given if given and _WELL_FORMED.fullmatch(given) else token_hex(16).encode()
        scope["request_id"] = request_id.decode()

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"request-id", request_id)]}
            await send(message)

        await self.app(scope, receive, with_id)


class Log:
    """A line of JSON for each request. Of what the client sent: method, path, request id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

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
            else:
                sent += len(message.get("body", b""))
            await send(message)

        path = scope["raw_path"][:LOGGED_PATH_BYTES].decode("ascii", "replace")
        try:
            await self.app(scope, receive, counted)
        finally:
            line = {
                "time": datetime.now(UTC),
                "request_id": scope.get("request_id"),
                "method": scope["method"],
                "path": path,
                "status": status,
                "bytes": sent,
                "milliseconds": round((perf_counter() - began) * 1000, 3),
            }
            log.info(orjson.dumps(line).decode())


class TargetLimit:
    """Refuses request targets that are too long to be meant."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and len(scope["raw_path"]) + len(scope["query_string"]) >= MAX_TARGET_BYTES:
            raise problems.UriTooLong(limit=MAX_TARGET_BYTES)
        await self.app(scope, receive, send)
