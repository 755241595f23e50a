"""Compress response bodies as `Accept-Encoding` prefers."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http import request_context
from app.http.encodings import ENCODERS, Encoder, encode


class Compression:
    """ASGI middleware: add `Content-Encoding` and, if the body is sent whole, `Content-Length`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _Compressor(send, request_context.of(scope).encoding).take
        await self.app(scope, receive, send)


class _Compressor:
    """Take the messages of one response and send them compressed."""

    def __init__(self, send: Send, encoding: str) -> None:
        self._send = send
        self._encoding = encoding
        self._start: Message = {}
        self._encoder: Encoder | None = None

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": [*message["headers"]]}
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if begins := self._encoder is None:
            self._encoder = self._choose_encoder(is_empty=not (body or more))
        body = await encode(self._encoder, body, last=not more)
        if begins:
            if not more and self._start["status"] != 304:
                self._start["headers"].append((b"content-length", b"%d" % len(body)))
            await self._send(self._start)
        if begins or body or not more:  # the first piece, though empty, says that this is a stream
            await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _choose_encoder(self, *, is_empty: bool) -> Encoder:
        headers = self._start["headers"]
        if is_empty or any(name == b"content-encoding" for name, _ in headers):  # nothing to encode, or it has been
            self._encoding = "identity"
        elif self._encoding != "identity":
            headers.append((b"content-encoding", self._encoding.encode()))
        return ENCODERS[self._encoding]()
