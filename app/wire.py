"""What the server itself does with the bytes of a request, where the application cannot.

Request targets as people type them: `curl '…?q=医療'` sends bytes that RFC 9112 does not allow in a target, and the
parser refuses them. They are percent-encoded before it sees them, as a browser would have done (WHATWG URL).
What the parser refuses all the same is answered as every failure is, with a problem document (RFC 9457).
"""

import re
from secrets import token_hex

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app import caching, problems

MAX_REQUEST_LINE_BYTES = 32_768
"""More than the application would take, less than the parser would."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")

_REQUEST_LINE = re.compile(rb"[A-Z]+ /")
"""How a request begins. A body that begins so may be changed, too: nothing here reads one."""

_BAD_REQUEST = (400, b"Bad Request", "about:blank", "This is not a request of HTTP/1.1 (RFC 9112).")
_URI_TOO_LONG = (414, b"URI Too Long", "/problems/uri-too-long", "The path and query are too long.")


class Protocol(HttpToolsProtocol):
    """uvicorn's, lenient about a request line. Of requests sent without waiting only the first is helped."""

    def data_received(self, data: bytes) -> None:
        if not data.isascii() and _REQUEST_LINE.match(data):
            line, end, rest = data.partition(b"\r\n")
            data = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line) + end + rest
        if len(data) > MAX_REQUEST_LINE_BYTES and _is_line_without_end(data):
            self._refuse(*_URI_TOO_LONG)
        else:
            HttpToolsProtocol.data_received(self, data)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # the server's own name for it, and its own words
        self._refuse(*_BAD_REQUEST)

    def _refuse(self, status: int, phrase: bytes, kind: str, detail: str) -> None:
        request_id = token_hex(16)
        problem = {"type": kind, "title": phrase.decode(), "status": status, "detail": detail, "instance": request_id}
        body = orjson.dumps(problem)
        headers = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"content-language", b"en"),
            (b"cache-control", b"no-store"),
            (b"request-id", request_id.encode()),
            (b"connection", b"close"),
            *caching.EVERYWHERE,
            *caching.POLICY,
        ]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.transport.write(b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (status, phrase, lines, body))
        self.transport.close()


def _is_line_without_end(data: bytes) -> bool:
    return bool(_REQUEST_LINE.match(data)) and data.find(b"\r\n", 0, MAX_REQUEST_LINE_BYTES) < 0
