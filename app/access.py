"""Around everything else, pure ASGI: the request id, the methods that every resource has, the limit of the target."""

import logging
import re
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import problems
from app.settings import Settings

MAX_TARGET_BYTES = 8192
"""Path and query together; what a proxy in front usually allows as well."""

log = logging.getLogger("app.access")

_WELL_FORMED = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_ALLOW_HEADERS = "Accept, Accept-Language, If-Modified-Since, If-None-Match, Request-Id"
_EXPOSED_HEADERS = "Content-Disposition, ETag, Link, Request-Id, Retry-After"


class Access:
    """Takes over a well-formed `Request-Id`, else makes one; `scope["request_id"]` inside, a header outside.

    HEAD is a GET without its body (RFC 9110, section 9.3.2), OPTIONS the same answer everywhere; any origin may read.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.base_url = settings.public_base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"request-id"), b"")
        request_id = given.decode() if _WELL_FORMED.fullmatch(given) else uuid4().hex
        scope["request_id"] = request_id
        head = scope["method"] == "HEAD"
        if head:
            scope["method"] = "GET"

        complete = False

        async def with_headers(message: Message) -> None:
            nonlocal complete
            complete = message["type"] == "http.response.body" and not message.get("more_body")
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Request-Id"] = request_id
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app_for(scope)(scope, receive, with_headers)
        except Exception:
            log.exception("request %s failed", request_id)
            if not complete:  # an answer that breaks off must be seen to break off
                raise

    def _app_for(self, scope: Scope) -> ASGIApp:
        if len(scope["raw_path"]) + len(scope["query_string"]) >= MAX_TARGET_BYTES:
            failure = problems.UriTooLong(limit=MAX_TARGET_BYTES)
            return problems.response(failure, scope, self.base_url)
        if scope["method"] == "OPTIONS":
            headers = {
                "Allow": problems.ALLOW,
                "Access-Control-Allow-Methods": problems.ALLOW,
                "Access-Control-Allow-Headers": _ALLOW_HEADERS,
                "Access-Control-Max-Age": "86400",
            }
            return Response(status_code=204, headers=headers)
        return self.app
