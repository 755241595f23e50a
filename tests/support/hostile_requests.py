"""Every kind of request that the hostile suite sends, as bytes; a `Request-Id` tells each from the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support import nasty
from tests.support.generated import Generator
from tests.support.raw import Headers, request

MARK = b"the-id-of-this-request"
"""Stands for the request id in a sample, and is as long as one."""

LINE = b"GET /v1/regions/7 HTTP/1.1\r\n"
BROKEN = {
    "nothing but an end of line": b"\r\n\r\n\r\nX\r\n\r\n",
    "HTTP/9.9": b"GET / HTTP/9.9\r\nhost: x\r\n\r\n",
    "HTTP/2.0": LINE.replace(b"1.1", b"2.0") + b"host: x\r\n\r\n",
    "HTTP/1.2": LINE.replace(b"1.1", b"1.2") + b"host: x\r\n\r\n",
    "another protocol": b"GET / FTP/1.1\r\nhost: x\r\n\r\n",
    "RTSP": b"GET / RTSP/1.0\r\nhost: x\r\n\r\n",
    "ICE": b"SOURCE / ICE/1.0\r\nhost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 300,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "a blank": b" \r\n\r\n",
    "an answer": b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "a blank before the target": LINE.replace(b" /", b"  /") + b"host: x\r\n\r\n",
    "a blank after the version": LINE.replace(b"\r", b" \r") + b"host: x\r\n\r\n",
    "blanks in the target": b"GET /v1/regions?q=a b HTTP/1.1\r\nhost: x\r\n\r\n",
    "NUL in the target": b"GET /v1/regions?q=\0 HTTP/1.1\r\nhost: x\r\n\r\n",
    "a tab in the target": b"GET /v1/regions?q=\t HTTP/1.1\r\nhost: x\r\n\r\n",
    "a carriage return in the target": b"GET /v1/regions?q=\rx HTTP/1.1\r\nhost: x\r\n\r\n",
    "a header without a colon": LINE + b"host: x\r\nnonsense\r\n\r\n",
    "a header without a name": LINE + b"host: x\r\n: x\r\n\r\n",
    "a blank before the colon": LINE + b"host : x\r\n\r\n",
    "a folded header": LINE + b"host: x\r\nx-a: b\r\n c\r\n\r\n",
    "a header that begins folded": LINE + b" host: x\r\n\r\n",
    "NUL in a header": LINE + b"host: x\r\naccept: a\0b\r\n\r\n",
    "a carriage return in a header": LINE + b"host: x\r\naccept: a\rb\r\n\r\n",
    "bytes in the name of a header": LINE + b"host: x\r\n\xe5\x8c\xbb: x\r\n\r\n",
    "line feeds alone": b"GET /v1/regions/7 HTTP/1.1\nhost: x\n\n",
    "a line feed alone after the line": LINE.replace(b"\r", b"") + b"host: x\r\n\r\n",
    "a line feed alone after a header": LINE + b"host: x\nx-a: b\r\n\r\n",
    "a line feed alone at the end": LINE + b"host: x\r\n\nGET / HTTP/1.1\r\n\r\n",
    "a carriage return alone at the end": LINE + b"host: x\r\n\rGET / HTTP/1.1\r\n\r\n",
    "two lengths": LINE + b"host: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "the same length twice": LINE + b"host: x\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nab",
    "length and chunks": LINE + b"host: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "an empty length": LINE + b"host: x\r\ncontent-length:\r\n\r\n",
    "a negative length": LINE + b"host: x\r\ncontent-length: -1\r\n\r\n",
    "a length with a sign": LINE + b"host: x\r\ncontent-length: +1\r\n\r\na",
    "a length that is no number": LINE + b"host: x\r\ncontent-length: ten\r\n\r\n",
    "a length beyond 64 bits": LINE + b"host: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
    "no host": LINE + b"accept: */*\r\n\r\n",
    "two hosts": LINE + b"host: x\r\nhost: x\r\n\r\n",
    "a fragment in the target": b"GET /v1/regions?q=a#b HTTP/1.1\r\nhost: x\r\n\r\n",
    "chunked twice over": LINE + b"host: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "not chunked": LINE + b"host: x\r\ntransfer-encoding: identity\r\n\r\n",
    "an empty coding": LINE + b"host: x\r\ntransfer-encoding:\r\n\r\n",
}
"""What is not HTTP/1.1."""

SMALL = b"/v1/regions/7?fields=number"
INNER = request(b"/metrics") + request(b"/v1/regions/7")


def line_that_grows(inner: bytes) -> bytes:
    """Return a body that begins like a request line. Percent-encoded, it would grow and push `inner` out of itself."""
    return b"A /" + b"\xff" * (len(inner) // 2) + b"\r\n" + inner


BODIES = [INNER, line_that_grows(INNER), b"\r\n\r\n" + INNER, request("/v1/regions?q=医療".encode()), b"{}", b"\0"]

UPGRADES: list[Headers] = [
    [(b"connection", b"Upgrade, HTTP2-Settings"), (b"upgrade", b"h2c"), (b"http2-settings", b"AAMAAABkAAQAAP__")],
    [(b"connection", b"Upgrade"), (b"upgrade", b"websocket"), (b"sec-websocket-version", b"13")],
    [(b"connection", b"upgrade"), (b"upgrade", b"TLS/1.0, x")],
]


@dataclass(frozen=True)
class Sample:
    content: bytes
    method: str = "GET"

    def named(self, request_id: bytes) -> bytes:
        """Return the request with this id."""
        return self.content.replace(MARK, request_id.rjust(len(MARK), b"-"), 1)


def sample(target: bytes, headers: Headers = (), method: str = "GET", body: bytes = b"") -> Sample:
    return Sample(request(target, [(b"request-id", MARK), *headers], method.encode(), body), method)


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def good() -> Iterator[Sample]:
    """Requests that a client may send, each with an answer of its own."""
    for number in range(1, 30):
        yield sample(b"/v1/regions/%d?fields=number,name" % number)
    for word in ("医療", "バイオ", "ものづくり", "é"):
        yield sample(f"/v1/regions?q={word}&fields=number".encode())
        yield sample(f"/v1/regions?q={word}&fields=number".encode(), [(b"x-raw", word.encode())], "HEAD")
    for path in (b"/v1", b"/livez", b"/v1/programs", b"/v1/regions.csv?number=1", b"/v1/regions.ndjson?number=2"):
        yield sample(path)
        yield sample(path, [(b"accept-encoding", b"gzip")])
        yield sample(path, method="HEAD")
        yield sample(path, method="OPTIONS")
        yield sample(path, [(b"if-none-match", b"*")])
    yield sample(b"http://evil.example/v1/regions/3?fields=number")
    yield Sample(b"\r\n" + sample(b"/v1/regions/4?fields=number").content)
    yield Sample(b"GET /v1/regions/5?fields=number HTTP/1.0\r\nrequest-id: " + MARK + b"\r\n\r\n")
    yield sample(b"/v1/regions/6?fields=number", [(b"connection", b"close")])
    for fields in UPGRADES:
        yield sample(b"/v1/regions/8?fields=number", fields)


def with_bodies() -> Iterator[Sample]:
    for body in BODIES:
        length = (b"content-length", b"%d" % len(body))
        for method, target in (("GET", SMALL), ("POST", b"/v1"), ("HEAD", SMALL), ("OPTIONS", b"/v1")):
            yield sample(target, [length], method, body)
        yield sample(b"/v1", [length, (b"expect", b"100-continue")], "POST", body)
        yield sample(SMALL, [length, *UPGRADES[0]], body=body)
        yield sample(b"/v1", [(b"transfer-encoding", b"chunked")], "POST", chunked(body))
    yield sample(SMALL, [(b"content-length", b"0")], "POST")


def bad() -> Iterator[Sample]:
    """Requests that are refused, or hold what is ignored."""
    yield from with_bodies()
    for content in BROKEN.values():
        if content.endswith(b"\r\n\r\n") and content.count(b" HTTP/1.1") < 2:  # two requests to nginx
            yield Sample(content)
    for parameter in nasty.NAMES:
        yield sample(b"/v1/regions?%b=1" % parameter.encode())
    for path in nasty.PATHS:
        yield sample(path.encode())
    for raw in nasty.NOT_UTF8.values():
        yield from (sample(b"/v1/regions?q=" + nasty.escaped(raw)), sample(b"/v1/programs/" + nasty.escaped(raw)))
        if min(raw) > 0x20:
            yield sample(b"/v1/regions?q=" + raw)
    for raw in nasty.BROKEN_PERCENT:
        yield sample(b"/v1/regions?type=" + raw)
    for text in nasty.TEXTS:
        yield sample(b"/v1/regions?fields=number&q=" + nasty.encodings(text)[0])
    for text in (*nasty.NO_INTEGER, *nasty.HUGE):
        yield sample(b"/v1/regions?limit=" + nasty.escaped(text.encode()))
    for name, values in {
        b"accept": nasty.ACCEPT_JUNK,
        b"accept-encoding": nasty.ENCODING_JUNK,
        b"accept-language": nasty.LANGUAGE_JUNK,
        b"if-none-match": nasty.TAG_JUNK,
        b"if-modified-since": nasty.DATE_JUNK,
        b"request-id": nasty.BAD_REQUEST_IDS,
    }.items():
        yield from (sample(SMALL, [(name, value)]) for value in values)
    for header in nasty.FORGED:
        yield sample(SMALL, [header])
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "M-SEARCH", "BREW", "get", "PRI"):
        yield sample(b"/v1/regions", method=method)
    yield sample(b"/v1/regions?q=" + b"a" * 9_000)
    yield sample(b"/v1/regions?q=" + b"\xff" * 4_000)


def corpus(lists: dict[str, list[dict[str, Any]]], seed: int, count: int = 300) -> list[Sample]:
    """Return every sample, and `count` requests that are recombined from valid and hostile values."""
    generator = Generator(seed, lists)
    cases = (generator.case() for _ in range(count))
    recombined = [sample(case.target, case.headers, case.method) for case in cases]
    return list(dict.fromkeys([*good(), *bad(), *recombined]))
