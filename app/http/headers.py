"""Make the headers of a response: its own and those that all have (freshness, origins, what a browser may do)."""

from collections.abc import Mapping

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
"""For data and failures: opened as a document they run and frame nothing. A page brings its own policy."""

PREFLIGHT: Headers = [
    *EVERYWHERE,
    *POLICY,
    (b"allow", ALLOW),
    (b"access-control-allow-methods", ALLOW),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
]
_OF_THE_BODY = {b"content-type", b"content-length", b"content-encoding", b"content-disposition", b"link"}
"""What a 304 leaves out."""


def complete(own: Mapping[str, str], status: int = 200) -> Headers:
    """Return every header of a response but those that depend on how its body is encoded; `own` in lower case."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in own.items() if name != "vary"]
    headers.append((b"vary", f"{own['vary']}, Accept-Encoding".encode() if own.get("vary") else b"Accept-Encoding"))
    if status in (200, 304) and "cache-control" not in own:
        headers.append((b"cache-control", PUBLIC))
    headers += EVERYWHERE if "content-security-policy" in own else [*EVERYWHERE, *POLICY]
    return not_modified(headers) if status == 304 else headers


def not_modified(headers: Headers) -> Headers:
    """Return those that a 304 has instead of the response (RFC 9110, section 15.4.5)."""
    return [(name, value) for name, value in headers if name not in _OF_THE_BODY]
