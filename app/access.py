"""Around everything else, pure ASGI and thin: the request id. Around the routes: the limit of the request target."""

import logging
import re
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import problems

MAX_TARGET_BYTES = 8192
"""Path and query together; what a proxy in front usually allows as well."""

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
        complete = False

        async def with_id(message: Message) -> None:
            nonlocal complete
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"request-id", request_id)]}
            else:
                complete = not message.get("more_body")
            await send(message)

        try:
            await self.app(scope, receive, with_id)
        except Exception:
            log.exception("request %s failed", scope["request_id"])
            if not complete:  # an answer that breaks off must be seen to break off
                raise


class TargetLimit:
    """Refuses request targets that are too long to be meant."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self.base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and len(scope["raw_path"]) + len(scope["query_string"]) >= MAX_TARGET_BYTES:
            app = problems.response(problems.UriTooLong(limit=MAX_TARGET_BYTES), scope, self.base_url)
        await app(scope, receive, send)
