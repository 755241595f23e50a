"""HTTP/1.1 on one connection: finds the requests, refuses malformed ones, closes slow connections.

uvicorn's protocol passes all received bytes to its parser. This one passes one complete request head at a time and no
body. It changes only the request line, so that no part of a body can be taken for a request.

- Raw bytes beyond ASCII in a request target, as `curl '…?q=医療'` sends them, are percent-encoded, as browsers do
  (WHATWG URL); RFC 9112 does not allow them.
- A request with a body is answered, the body is discarded, and the connection is closed.
- Pipelined requests wait as unparsed bytes, a limited number of them.
- Connections of slow and silent clients are closed; uvicorn would wait without limit.
- Anything but HTTP/1.1 gets a problem document (RFC 9457), as every failure does.
"""

import re
from asyncio import TimerHandle, Transport
from functools import lru_cache

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.server import refusals
from app.server.refusals import Refusal

MAX_HEAD_BYTES = 65_536
"""Longest request head; longest request line after percent-encoding."""

MAX_PIPELINED_REQUESTS = 20
"""Pipelined requests that may wait behind the one that is being answered; a connection with more is closed."""

MAX_PIPELINED_BYTES = 131_072
"""Bytes of all these requests. More than a head may have, so that one that is too large gets its own refusal."""

MAX_DISCARDED_BYTES = 1_048_576
"""Bytes that are discarded after the last response, so that a client that is still sending can read it."""

_HEAD_END = b"\r\n\r\n"

_REQUEST_LINE = re.compile(rb"[A-Z-]{1,20} [^\x00- #\x7f]++ HTTP/1\.[01]\r\n")
"""RFC 9112, section 3, without a fragment (3.2) and with bytes beyond ASCII in the target. `++` keeps it linear."""

_ENCODED = [(bytes([byte]), b"%%%02X" % byte) for byte in range(128, 256)]


@lru_cache
def _may_be_method(start: bytes) -> bool:
    """Return whether a method can begin so, so that other protocols are refused without waiting."""
    try:
        httptools.HttpRequestParser(None).feed_data(start or b" ")
    except httptools.HttpParserError:
        return False
    return True


class HalfClosing(Transport):
    """A transport for the last response of a connection: `close` ends sending only, and reading goes on.

    Closing a socket that still receives resets it, and the client may lose the response (RFC 9112, section 9.6).
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
    """Answers the requests of one connection, one after another.

    A client must send its first request within `timeout_seconds`, complete any other and read a response within at most
    twice that time. With more than `max_connections` a worker closes the least valuable connection.
    """

    timeout_seconds: float = 10
    max_connections = 900
    """Below 1024, the usual limit of descriptors of a process."""

    _received = b""
    """Bytes that are not parsed yet; they start with a request head, complete or not."""
    _has_ended = False
    """Whether the last request of this connection was read; further bytes are discarded."""
    _is_at_eof = False
    """Whether the client has ended its sending (half-close)."""
    _has_body = False
    """Whether a body follows the head that was parsed last, or another protocol."""
    _discarded_bytes = 0
    _parsed: tuple[RequestResponseCycle, ASGI3Application] | None = None
    """The request of the head that was parsed last, not yet started; `None` if the parser found none in it."""
    _since = 0.0
    """Time of the loop at which the connection last made progress."""
    _seen: tuple[object, bool, int] = (None, True, 0)
    """What the last check saw: the request, whether the client was waited for, bytes that it has not read."""
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in uvicorn
        HttpToolsProtocol.connection_made(self, transport)
        self._since = self.loop.time()
        self._timer = self.loop.call_later(self.timeout_seconds, self._check_progress)
        if len(self.connections) > self.max_connections:
            closable = [each for each in self.connections if isinstance(each, Protocol) and each.is_waiting()]
            min(closable, key=Protocol._value).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        HttpToolsProtocol.connection_lost(self, exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def is_waiting(self) -> bool:
        """Return whether the connection waits for its client, to send or to read, and not for the application."""
        return not self._is_answering() or self.transport.get_write_buffer_size() > 0

    def _value(self) -> tuple[bool, bool, float]:
        """Return the sort key for closing: first those that never sent a request, last those that read a response.

        Among equals, the one without progress for longest comes first.
        """
        return self.cycle is not None, self.transport.get_write_buffer_size() > 0, self._since

    def _check_progress(self) -> None:
        """Close the connection if it waits for its client and nothing has changed since the last check."""
        unread = self.transport.get_write_buffer_size()
        seen = (self.cycle, self.is_waiting(), unread)
        self._timer = self.loop.call_later(self.timeout_seconds, self._check_progress)
        if seen != self._seen or not self.is_waiting():
            self._seen, self._since = seen, self.loop.time()
        elif unread or self._has_ended:
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
        self._received += data
        self._read_request()
        if self._received and self._is_answering():
            pipelined = self._received.count(_HEAD_END)
            if pipelined > MAX_PIPELINED_REQUESTS or len(self._received) > MAX_PIPELINED_BYTES:
                self.transport.abort()

    def on_response_complete(self) -> None:
        """Go on with the next request. uvicorn would set a timer after each response; `_check_progress` is enough."""
        if self._received and not self.transport.is_closing():
            self._read_request()
        if self._is_at_eof and not self._is_answering():
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]  # as in asyncio
        """Keep the connection while a request is being answered: the client may still read (RFC 9112, section 9.6)."""
        self._is_at_eof = True
        return self._is_answering()

    def _read_request(self) -> None:
        """Start answering the next request, if its head is complete and no other is being answered."""
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
        elif not line and (b"\n" in received or not _may_be_method(received[:20].partition(b" ")[0])):
            self._refuse(refusals.BAD_REQUEST)
        elif len(received) > MAX_HEAD_BYTES:
            self._refuse(refusals.FIELDS_TOO_LARGE)

    def _parse_head(self, head: bytes, line_end: int) -> None:
        line = head[:line_end]
        if not line.isascii():
            for byte, encoded in _ENCODED:  # 128 replacements, however long the line is
                line = line.replace(byte, encoded)
            if len(line) > MAX_HEAD_BYTES:
                self._refuse(refusals.URI_TOO_LONG)
                return
            head = line + head[line_end:]
        self._has_body = line.startswith(b"CONNECT ")  # another protocol would follow
        self._parsed = None
        try:
            self.parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            pass  # a server may ignore `Upgrade` (RFC 9110, section 7.8)
        except httptools.HttpParserError:
            self._parsed = None
        if not self._parsed or self.pipeline:  # the parser found no request, or a second one
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
        """Keep a field. Ignore `Expect: 100-continue`: the response is sent at once (RFC 9110, section 10.1.1)."""
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
        """Do not start yet: the parser may still refuse the rest of the head. `_parse_head` starts the task."""
        self._parsed = cycle, app

    def _refuse(self, refusal: Refusal) -> None:
        """Write a refusal and end the connection; call it only while no request is being answered."""
        self._has_ended, self._received, self.cycle = True, b"", None  # type: ignore[assignment]  # uvicorn: before any request
        self.transport.write(refusals.response(refusal))
        HalfClosing(self.transport).close()
