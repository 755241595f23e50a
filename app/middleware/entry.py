"""Read a request once, before everything that answers it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http import headers, request_context


class Entry:
    """ASGI middleware: build the request context, answer OPTIONS, turn HEAD into GET, take the suffix off the path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        context = scope[request_context.KEY] = request_context.read(scope)
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": headers.PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return
        inner = {**scope, "path": context.path.removesuffix(context.suffix), "query_string": context.query_string}
        if context.is_head:
            inner["method"] = "GET"
            send = _without_body(send)
        await self.app(inner, receive, send)


def _without_body(send: Send) -> Send:
    """Return a `send` that leaves bodies out."""

    async def send_empty(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_empty
