"""Request targets as people type them: `curl '…?q=医療'` sends bytes that RFC 9112 does not allow in a target, and the
parser refuses them. They are percent-encoded before it sees them, as a browser would have done (WHATWG URL)."""

import re

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class Protocol(HttpToolsProtocol):
    """uvicorn's, lenient about the request line."""

    expects_request_line = True

    def data_received(self, data: bytes) -> None:
        if self.expects_request_line and not data.isascii():
            line, end, rest = data.partition(b"\r\n")
            data = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line) + end + rest
        super().data_received(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.expects_request_line = False
        super().on_header(name, value)

    def on_message_complete(self) -> None:
        self.expects_request_line = True
        super().on_message_complete()
