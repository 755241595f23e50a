"""Around everything else, pure ASGI and thin: the request id. Around the routes: the limit of the request target."""

import re
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import problems

MAX_TARGET_BYTES = 8192
"""Path and query together; what a proxy in front usually allows as well."""

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


class TargetLimit:
    """Refuses request targets that are too long to be meant."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and len(scope["raw_path"]) + len(scope["query_string"]) >= MAX_TARGET_BYTES:
            raise problems.UriTooLong(limit=MAX_TARGET_BYTES)
        await self.app(scope, receive, send)
