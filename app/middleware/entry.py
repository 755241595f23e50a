"""Read a request once, before everything that answers it, and rewrite it for what the cache does not answer."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http import headers
from app.http.page_parameters import PageParameters
from app.http.request_context import KEY, of, read
from app.middleware.target_limit import is_too_long


class Entry:
    """ASGI middleware: build the request context, answer OPTIONS, leave the body out for HEAD.

    Of the query string of a page only what the page knows goes on, so that nothing else is part of the cache's key.
    `page_parameters` returns the parameters of the page at a path.
    """

    def __init__(
        self, app: ASGIApp, page_parameters: Callable[[str], type[PageParameters] | None] = lambda _: None
    ) -> None:
        self.app = app
        self._page_parameters = page_parameters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        context = read(scope)
        may_be_page = context.query_string and not context.path.startswith("/v1") and not is_too_long(scope)
        if may_be_page and (page := self._page_parameters(context.path)):
            context = context._replace(query_string=page.known(context.query_string))
        scope[KEY] = context
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": headers.PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, _without_body(send) if context.is_head else send)


class Rewrite:
    """ASGI middleware inside the cache, where a copy of the scope costs little: hand on GET for HEAD, the path without
    its suffix, the sorted query string.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            context = of(scope)
            path = context.path.removesuffix(context.suffix)
            scope = {**scope, "path": path, "query_string": context.query_string}
            if context.is_head:
                scope["method"] = "GET"
        await self.app(scope, receive, send)


def _without_body(send: Send) -> Send:
    """Return a `send` that leaves bodies out."""

    async def send_empty(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_empty
