"""Refuse request targets that are too long."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.http import problems

MAX_TARGET_BYTES = 8192
"""Path and query string together, as proxies usually allow."""


def is_too_long(scope: Scope) -> bool:
    """Return whether the target of a request is longer than `MAX_TARGET_BYTES`."""
    query = scope["query_string"]
    return len(scope["raw_path"]) + bool(query) + len(query) > MAX_TARGET_BYTES


class TargetLimit:
    """ASGI middleware: raise `problems.UriTooLong` for more than `MAX_TARGET_BYTES`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_too_long(scope):
            raise problems.UriTooLong(limit=MAX_TARGET_BYTES)
        await self.app(scope, receive, send)
