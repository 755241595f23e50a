"""HTTP/1.1 on a connection: where a request begins and ends, what is refused, when the connection is closed.

uvicorn's protocol gives its parser all bytes that arrive. This one gives it one complete request head at a time, and no
body. Only the first line of a head is ever changed, so nothing that a body holds can become a request.

- Request targets as people type them: `curl '…?q=医療'` sends bytes that RFC 9112 does not allow in a target. They are
  percent-encoded, as a browser does it (WHATWG URL).
- A request that brings a body is answered, its body is discarded, and the connection is closed.
- Requests that are sent without waiting for answers (pipelining) wait as bytes; few of them may.
- Slow and silent clients are closed; uvicorn would wait for ever.
- What is not HTTP/1.1 is answered as every failure is, with a problem document (RFC 9457).
"""

import re
from asyncio import TimerHandle, Transport

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.server import refusals
from app.server.refusals import Refusal

MAX_HEAD_BYTES = 65_536
"""Of a request head, and of its first line once that is percent-encoded."""

MAX_WAITING_REQUESTS = 20
"""Requests of one connection that may wait behind the one that is being answered; a connection with more is closed."""

MAX_WAITING_BYTES = 131_072
"""Bytes that these may have together. A head that is too large fits, and is refused when its turn comes."""

MAX_DISCARDED_BYTES = 1_048_576
"""Bytes that are discarded after the last answer, so that a client which is still sending comes to read it."""

_HEAD_END = b"\r\n\r\n"

_REQUEST_LINE = re.compile(rb"[A-Z-]{1,20} [^\x00- #\x7f]++ HTTP/1\.[01]\r\n")
"""RFC 9112, section 3, without a fragment (3.2) and with bytes beyond ASCII in the target. `++` keeps it linear."""

_ENCODED = [(bytes([byte]), b"%%%02X" % byte) for byte in range(128, 256)]


def _may_begin_request(received: bytes) -> bool:
    """Return whether the parser knows a method that begins so, so that a client of another protocol need not wait."""
    try:
        httptools.HttpRequestParser(None).feed_data(received[:20].partition(b" ")[0] or b" ")
    except httptools.HttpParserError:
        return False
    return True


class HalfClosing(Transport):
    """The transport of a connection's last response: `close` says that nothing more will be sent, and goes on reading.

    A socket that is closed while it receives is reset, and the client may lose the response (RFC 9112, section 9.6).
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._transport.write(data)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        if not self._transport.is_closing():
            self._transport.write_eof()


class Protocol(HttpToolsProtocol):
    """Answers the requests of one connection, one after the other.

    A client has `patience_seconds` to send its first request, and at most twice as long to send the end of any other or
    to read. When a worker has more than `max_connections`, the connection that is worth least is closed.
    """

    patience_seconds: float = 10
    max_connections = 900
    """Below the 1024 descriptors that a process may have where nobody set more."""

    _received = b""
    """Bytes from the beginning of a request head on; behind it, if it is complete, those that wait."""
    _has_ended = False
    """Whether the last request of this connection was read; what follows is discarded."""
    _is_at_eof = False
    """Whether the client has said that it sends no more."""
    _has_body = False
    _discarded_bytes = 0
    _parsed: tuple[RequestResponseCycle, ASGI3Application] | None = None
    _since = 0.0
    _seen: tuple[object, bool, int] = (None, True, 0)
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in the server's own
        HttpToolsProtocol.connection_made(self, transport)
        self._since = self.loop.time()
        self._timer = self.loop.call_later(self.patience_seconds, self._check_progress)
        if len(self.connections) > self.max_connections:
            waiting = [each for each in self.connections if isinstance(each, Protocol) and each.is_waiting()]
            min(waiting, key=Protocol._worth).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        HttpToolsProtocol.connection_lost(self, exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def is_waiting(self) -> bool:
        """Whether the client has to send or to read something, not the application."""
        return not self._is_answering() or self.transport.get_write_buffer_size() > 0

    def _worth(self) -> tuple[bool, bool, float]:
        """Order connections: least is one that never sent a request, most one that reads; else the longest waiting."""
        return self.cycle is not None, self.transport.get_write_buffer_size() > 0, self._since

    def _check_progress(self) -> None:
        """End the connection if nothing has happened on it since the last check."""
        seen = (self.cycle, self.is_waiting(), self.transport.get_write_buffer_size())
        self._timer = self.loop.call_later(self.patience_seconds, self._check_progress)
        if seen != self._seen or not self.is_waiting():
            self._seen, self._since = seen, self.loop.time()
        elif seen[2] or self._has_ended:
            self.transport.abort()
        elif self._received:
            self._refuse(refusals.TIMEOUT)
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        if self._has_ended:
            if not self._is_answering():
                self._discarded_bytes += len(data)
            if self._discarded_bytes > MAX_DISCARDED_BYTES:
                self.transport.abort()
            return
        self._unset_keepalive_if_required()
        self._received += data
        self._read_request()
        if self._received and self._is_answering():
            waiting = self._received.count(_HEAD_END)
            if waiting > MAX_WAITING_REQUESTS or len(self._received) > MAX_WAITING_BYTES:
                self.transport.abort()

    def on_response_complete(self) -> None:
        HttpToolsProtocol.on_response_complete(self)
        if self._received and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._read_request()
        if self._is_at_eof and not self._is_answering():
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]  # as in asyncio
        """Keep the connection while there is something to answer: its client may still read (RFC 9112, section 9.6)."""
        self._is_at_eof = True
        return self._is_answering()

    def _read_request(self) -> None:
        """Start the answer to the next request, if its head is complete and no other is being answered."""
        received = self._received = self._received.lstrip(b"\r\n")  # empty lines before a request: RFC 9112, 2.2
        if not received or self._is_answering():
            return
        line = _REQUEST_LINE.match(received) if b"\n" in received else None
        end = received.find(_HEAD_END)
        if line and 0 <= end <= MAX_HEAD_BYTES - len(_HEAD_END):
            end += len(_HEAD_END)
            self._received = received[end:]
            self._parse_head(received[:end], line.end())
        elif len(received) > MAX_HEAD_BYTES and b"\n" not in received[:MAX_HEAD_BYTES]:
            self._refuse(refusals.URI_TOO_LONG)
        elif not line and (b"\n" in received or not _may_begin_request(received)):
            self._refuse(refusals.BAD_REQUEST)
        elif len(received) > MAX_HEAD_BYTES:
            self._refuse(refusals.FIELDS_TOO_LARGE)

    def _parse_head(self, head: bytes, line_end: int) -> None:
        line = head[:line_end]
        if not line.isascii():
            for byte, encoded in _ENCODED:  # 128 steps however long the line is
                line = line.replace(byte, encoded)
            if len(line) > MAX_HEAD_BYTES:
                self._refuse(refusals.URI_TOO_LONG)
                return
            head = line + head[line_end:]
        self._has_body = line.startswith(b"CONNECT ")  # what follows would be another protocol
        self._parsed = None
        try:
            self.parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            pass  # to another protocol, which a server may ignore (RFC 9110, section 7.8)
        except httptools.HttpParserError:
            self._parsed = None
        if not self._parsed or self.pipeline:  # the parser must see one request here, neither none nor two
            self._refuse(refusals.BAD_REQUEST)
            return
        cycle, app = self._parsed
        if self._has_body or not cycle.keep_alive:
            self._has_ended, self._received = True, b""
            cycle.keep_alive = False
            cycle.transport = HalfClosing(self.transport)
            self.on_message_complete()  # to the application the body is empty
        HttpToolsProtocol._start_asgi_task(self, cycle, app)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field. `Expect: 100-continue` is ignored: the answer is given at once (RFC 9110, section 10.1.1)."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        names = [name for name, _ in self.headers]
        if names.count(b"host") != 1 and self.parser.get_http_version() == "1.1":
            raise ValueError("RFC 9112, section 3.2")
        if b"content-length" in names:
            self._has_body |= bool(dict(self.headers)[b"content-length"].strip(b"\t 0"))
        self._has_body |= b"transfer-encoding" in names
        HttpToolsProtocol.on_headers_complete(self)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Keep the request until the parser has accepted all of its head."""
        self._parsed = cycle, app

    def _refuse(self, refusal: Refusal) -> None:
        """Write the last answer of this connection. Nothing else may be being answered."""
        self._has_ended, self._received, self.cycle = True, b"", None  # type: ignore[assignment]  # as before a request
        self.transport.write(refusals.response(refusal))
        HalfClosing(self.transport).close()
