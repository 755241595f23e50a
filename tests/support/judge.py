"""Judge any answer by the contract alone, whatever was asked."""

import gzip
import re
import socket
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import brotli
import orjson
import zstandard

FAILURES = {
    "invalid-parameter": 422,
    "not-found": 404,
    "gone": 410,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "uri-too-long": 414,
    "internal-error": 500,
    "unavailable": 503,
}
WITHOUT_TYPE = {400, 408, 431}
"""What the server itself refuses; its name is all there is to say (RFC 9457, section 4.2.1)."""

TO_READERS = {200, 304, 404, 406, 410, 414, 422}
"""What a GET or a HEAD may be answered; 400 besides, where it is no HTTP at all."""

EVERYWHERE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Content-Disposition, ETag, Link, Request-Id, Retry-After",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""Of data and failures; a page has its own."""

ONCE = ("content-type", "content-length", "content-encoding", "etag", "request-id", "cache-control", "vary", "location")
CODINGS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}
WELL_FORMED_ID = re.compile("[A-Za-z0-9._:/+=-]{1,128}")

LEAKS = [
    *("Traceback", 'File "', ".py", "sqlite3", "psycopg", "sqlalchemy", "SELECT", "pydantic", "starlette", "uvicorn"),
    *("fastapi", "httptools", "site-packages", "/usr/lib", "/tmp/", "libpq", "OperationalError", "127.0.0.1"),
    *(str(Path(__file__).parents[2]), str(Path.home()), socket.gethostname()),
]
"""What no failure may show."""


@dataclass(frozen=True)
class Answer:
    """An answer and what was asked, as bytes."""

    method: str
    target: bytes
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    @property
    def content(self) -> bytes:
        """The body without its coding."""
        coding = self.header("content-encoding")
        return CODINGS[coding](self.body) if coding and self.body else self.body

    def json(self) -> Any:
        return orjson.loads(self.content)

    def wrong(self) -> set[str]:
        """The parameters that a 422 names."""
        return {error["parameter"] for error in self.json()["errors"]}

    def comparable(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """The answer without what is of this request alone."""
        own = self.header("request-id") or ""
        headers = sorted((key, value) for key, value in self.headers if key not in ("request-id", "date"))
        body = self.content if self.status < 400 else self.content.replace(own.encode(), b"the id")
        return self.status, [pair for pair in headers if pair[0] != "content-length"], body


def judge(answer: Answer, allowed: Collection[int] | None = None) -> Answer:
    """The answer, once everything that must be true of it was seen to be."""
    method, status = answer.method, answer.status
    may = {204} if method == "OPTIONS" else TO_READERS if method in ("GET", "HEAD") else {404, 405, 414}
    assert status in (may if allowed is None else allowed), (status, answer.target[:300], answer.body[:500])
    counts = Counter(key for key, _ in answer.headers)
    assert [name for name in ONCE if counts[name] > 1] == []
    assert answer.header("location") is None, "nothing redirects"
    assert answer.header("server") is None, "what answers is nobody's business"
    assert {name: [value for key, value in answer.headers if key == name] for name in EVERYWHERE} == {
        name: [value] for name, value in EVERYWHERE.items()
    }
    assert answer.header("access-control-allow-credentials") is None
    is_page = status in (200, 304) and (answer.header("content-type") or "text/html").startswith("text/html")
    policies = [value for key, value in answer.headers if key == "content-security-policy"]
    assert len(policies) == 1 if is_page else policies == [POLICY]
    assert WELL_FORMED_ID.fullmatch(answer.header("request-id") or "")
    assert all(value.isprintable() and value.isascii() for _, value in answer.headers)
    shown = "\n".join(value for _, value in answer.headers)
    assert "evil.example" not in shown
    if method == "HEAD" or status in (204, 304):
        assert answer.body == b""
    elif length := answer.header("content-length"):
        assert len(answer.body) == int(length)
    if status >= 400:
        _failure(answer, shown)
    elif status in (200, 304):
        assert answer.header("cache-control") == "no-store" or answer.header("etag"), "kept, so it needs a validator"
        assert answer.header("content-type") if status == 200 else answer.header("content-encoding") is None
    return answer


def _failure(answer: Answer, headers: str) -> None:
    assert answer.header("content-type") == "application/problem+json"
    assert answer.header("cache-control") == "no-store"
    assert answer.header("etag") is None
    assert (answer.header("allow") == "GET, HEAD, OPTIONS") == (answer.status == 405)
    assert (answer.header("retry-after") is not None) == (answer.status == 503)
    if answer.method == "HEAD":
        return
    document = answer.json()
    kind = document["type"].rpartition("/")[2]
    assert answer.status == document["status"]
    assert answer.status == FAILURES[kind] if kind in FAILURES else answer.status in WITHOUT_TYPE
    assert kind in FAILURES or kind == "about:blank"
    assert document.keys() - {"errors"} == {"type", "title", "status", "detail", "instance"}
    assert document["instance"] == answer.header("request-id")
    assert document["title"]
    assert document["detail"]
    assert ("errors" in document) == (answer.status == 422)
    for error in document.get("errors", []):
        assert (
            {"parameter", "code", "detail"} <= error.keys() <= {"parameter", "code", "detail", "allowed", "suggestion"}
        )
        assert re.fullmatch("[a-z]+(-[a-z]+)*", error["code"])
        assert error["detail"]
        assert len(error["parameter"]) <= 101
        assert len(error["detail"]) < 400
        assert error.get("suggestion") != ""
        assert error.get("allowed") != []
    text = answer.content.decode()
    assert all(character.isprintable() for string in strings(document) for character in string)
    sent = unquote(answer.target.decode("latin-1")) + answer.target.decode("latin-1")
    assert [leak for leak in LEAKS if leak in text + headers and leak not in sent] == []


def strings(value: Any) -> list[str]:
    """Every text in a document, keys too."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *strings(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []
