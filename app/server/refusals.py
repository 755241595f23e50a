"""Responses of the server itself to bytes that are no request, or a request that is too large or too slow."""

from secrets import token_hex
from typing import NamedTuple

import orjson

from app.http import headers, problems


class Refusal(NamedTuple):
    """The members of a problem document (RFC 9457) but `instance`."""

    status: int
    title: str
    type: str
    detail: str


BAD_REQUEST = Refusal(400, "Bad Request", "about:blank", "This is not a request of HTTP/1.1 (RFC 9112).")
TIMEOUT = Refusal(408, "Request Timeout", "about:blank", "The request did not come to its end in time.")
URI_TOO_LONG = Refusal(414, "URI Too Long", "/problems/uri-too-long", "The path and query are too long.")
FIELDS_TOO_LARGE = Refusal(431, "Request Header Fields Too Large", "about:blank", "The header fields are too large.")


def response(refusal: Refusal) -> bytes:
    """Return a whole HTTP/1.1 response with a problem document, after which the connection is closed."""
    request_id = token_hex(16)
    body = orjson.dumps({**refusal._asdict(), "instance": request_id})
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
    lines = b"".join(b"%b: %b\r\n" % field for field in fields)
    return b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (refusal.status, refusal.title.encode(), lines, body)
