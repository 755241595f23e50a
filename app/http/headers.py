"""The headers that answers have whatever they are about: of freshness, of origins, of what a browser may do."""

from starlette.types import Message

Headers = list[tuple[bytes, bytes]]

PUBLIC = b"public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
ALLOW = b"GET, HEAD, OPTIONS"

EVERYWHERE: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Content-Disposition, ETag, Link, Request-Id, Retry-After"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
POLICY: Headers = [(b"content-security-policy", b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'")]
"""Of data and failures: whoever opens them as a document gets nothing run or framed. A page brings its own."""

PREFLIGHT: Headers = [
    *EVERYWHERE,
    *POLICY,
    (b"allow", ALLOW),
    (b"access-control-allow-methods", ALLOW),
    (b"access-control-allow-headers", b"Accept, Accept-Language, If-Modified-Since, If-None-Match, Request-Id"),
    (b"access-control-max-age", b"86400"),
]
OF_THE_BODY = {b"content-type", b"content-length", b"content-encoding", b"content-disposition", b"link"}
"""What a 304 leaves out."""


def of_a_304(headers: Headers) -> Headers:
    """What is left of those of an answer when its body is not sent."""
    return [(name, value) for name, value in headers if name not in OF_THE_BODY]


def of_an_answer(start: Message, coding: str) -> Headers:
    """Those of the application, with what every answer has, and what its coding and its freshness ask for."""
    headers = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"vary")]
    named = dict(start["headers"])
    headers.append((b"vary", b", ".join(filter(None, (named.get(b"vary"), b"Accept-Encoding")))))
    if coding != "identity":
        headers.append((b"content-encoding", coding.encode()))
    if start["status"] in (200, 304) and b"cache-control" not in named:
        headers.append((b"cache-control", PUBLIC))
    return headers + EVERYWHERE + ([] if POLICY[0][0] in named else POLICY)
