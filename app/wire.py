"""What the server itself does with the bytes of a request, where the application cannot.

Request targets as people type them: `curl '…?q=医療'` sends bytes that RFC 9112 does not allow in a target, and the
parser refuses them. They are percent-encoded before it sees them, as a browser would have done (WHATWG URL).
What the parser refuses all the same is answered as every failure is, with a problem document (RFC 9457).
Slow and silent clients: the server itself would wait for the end of a request, or for one who does not read, for ever.
"""

import re
from asyncio import TimerHandle, Transport
from collections import deque
from secrets import token_hex
from typing import Any

import orjson
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app import headers, problems

MAX_HEAD_BYTES = 65_536
"""Of what comes before there is a whole head, or some of a body; the parser would keep all. It splits no longer target
either."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")

_REQUEST_LINE = re.compile(rb"[A-Z]+ (?:https?:/)?/")
"""How a request begins. A body that begins so may be changed, too: nothing here reads one."""

_UNREAD: Any = deque(maxlen=0)
"""Keeps nothing: the fields that may follow a body are read by nobody."""

_BAD_REQUEST = (400, b"Bad Request", "about:blank", "This is not a request of HTTP/1.1 (RFC 9112).")
_TIMEOUT = (408, b"Request Timeout", "about:blank", "The request did not come to its end in time.")
_URI_TOO_LONG = (414, b"URI Too Long", "/problems/uri-too-long", "The path and query are too long.")
_FIELDS_TOO_LARGE = (431, b"Request Header Fields Too Large", "about:blank", "The header fields are too large.")


class Protocol(HttpToolsProtocol):
    """uvicorn's, lenient about a request line. Of requests sent without waiting only the first is helped.

    It waits for its client only so long: `patience_seconds` for the first request, and no more than twice as long
    for the end of any other or for a client that does not read. Of more than `max_connections` of a worker the one that
    is worth least is closed.
    """

    patience_seconds: float = 10
    max_connections = 900
    """Below the 1024 descriptors that a process may have where nobody set more."""

    url = b""
    _pending_bytes = 0
    _refusal: bytes | None = None
    _since = 0.0
    _seen: tuple[object, bool, int] = (None, True, 0)
    _timer: TimerHandle | None = None
    _running: RequestResponseCycle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in the server's own
        HttpToolsProtocol.connection_made(self, transport)
        self._since = self.loop.time()
        self._timer = self.loop.call_later(self.patience_seconds, self._look)
        if len(self.connections) > self.max_connections:
            waiting = [each for each in self.connections if isinstance(each, Protocol) and each.is_waiting()]
            min(waiting, key=Protocol._worth).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        if self._running:  # of several requests the server itself tells the last one only, and the others fail to write
            self._running.disconnected = True
        HttpToolsProtocol.connection_lost(self, exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        HttpToolsProtocol._start_asgi_task(self, cycle, app)

    def is_waiting(self) -> bool:
        """For its client: to ask or to read; not for the application."""
        return not self._running or self._running.response_complete or self.transport.get_write_buffer_size() > 0

    def _worth(self) -> tuple[bool, bool, float]:
        """Least if it never asked anything, most if it is being answered; else by how long it has waited."""
        return self._running is not None, self.transport.get_write_buffer_size() > 0, self._since

    def _look(self) -> None:
        """Ends a connection on which nothing has happened since the last look."""
        seen = (self._running, self.is_waiting(), self.transport.get_write_buffer_size())
        self._timer = self.loop.call_later(self.patience_seconds, self._look)
        if seen != self._seen or not self.is_waiting():
            self._seen, self._since = seen, self.loop.time()
        elif seen[2] or self._refusal:
            self.transport.abort()
        elif self._is_in_head():
            self._refuse(*_TIMEOUT)
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        if self._refusal:
            return  # read and thrown away: a client that is sending would not see the refusal else
        if not data.isascii() and _REQUEST_LINE.match(data):
            line, end, rest = data.partition(b"\r\n")
            data = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line) + end + rest
        self._pending_bytes += len(data)
        HttpToolsProtocol.data_received(self, data)
        if self._pending_bytes <= MAX_HEAD_BYTES or self._refusal:
            return
        if self._is_in_head():
            self._refuse(*_URI_TOO_LONG if self._is_long() else _FIELDS_TOO_LARGE)
        else:
            self.transport.abort()  # after a body, for which nobody waits

    def on_headers_complete(self) -> None:
        self._pending_bytes = hosts = 0
        for name, _ in self.headers:
            if name == b"host":
                hosts += 1
        if hosts != 1 and self.parser.get_http_version() == "1.1":
            raise ValueError("RFC 9112, section 3.2")
        if b"#" in self.url:
            raise ValueError("a fragment, which nobody would see")
        HttpToolsProtocol.on_headers_complete(self)
        self.headers = _UNREAD

    def on_body(self, body: bytes) -> None:
        self._pending_bytes = 0
        HttpToolsProtocol.on_body(self, body)

    def on_response_complete(self) -> None:
        HttpToolsProtocol.on_response_complete(self)
        if self._refusal:
            self._say_refusal()

    def _is_long(self) -> bool:
        return len(self.url) >= MAX_HEAD_BYTES

    def _is_in_head(self) -> bool:
        """Whether a request has begun whose line and fields are not complete."""
        return self.scope is not None and (self.cycle is None or self.cycle.scope is not self.scope)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # the server's own name for it, and its own words
        self._refuse(*_URI_TOO_LONG if self._is_long() else _BAD_REQUEST)

    def _refuse(self, status: int, phrase: bytes, kind: str, detail: str) -> None:
        """The last answer, after those to the requests before."""
        request_id = token_hex(16)
        problem = {"type": kind, "title": phrase.decode(), "status": status, "detail": detail, "instance": request_id}
        body = orjson.dumps(problem)
        fields = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"content-language", b"en"),
            (b"cache-control", b"no-store"),
            (b"request-id", request_id.encode()),
            (b"connection", b"close"),
            *headers.EVERYWHERE,
            *headers.POLICY,
        ]
        lines = b"".join(b"%b: %b\r\n" % header for header in fields)
        self._refusal = b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (status, phrase, lines, body)
        self._say_refusal()

    def _say_refusal(self) -> None:
        if self._refusal and not self.transport.is_closing() and (not self._running or self._running.response_complete):
            self.transport.write(self._refusal)
            self.transport.write_eof()
