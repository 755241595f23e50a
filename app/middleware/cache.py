"""Keep whole, successful responses with all their headers, and send them again.

A response is kept by its path, its sorted query string, and what was chosen for it: media type, language and encoding,
each only if the response varies by it. How a request header is spelt makes no difference. Another edition empties the
cache. Beyond a bound in bytes the oldest paths are dropped first. While the database is away the cache goes on, with an
`Age`.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db.database import Database
from app.http import conditional, headers, negotiation
from app.http.request_context import KEY, RequestContext

_CHOSEN = {b"accept-language", b"accept-encoding"}
"""What a kept response may vary by, besides `Accept`."""

KEPT_CHOICES = 256
"""Combinations of `Accept`, `Accept-Language` and `Accept-Encoding` whose choice is kept, 3 kB each at most."""

OVERHEAD_BYTES = 4_000
"""What a response costs besides its body and its key: two lists of headers, and what the allocator cannot use again."""

_READING = ("GET", "HEAD")
_EMPTY: Message = {"type": "http.response.body", "body": b""}

Choice = tuple[str | None, str, str]
"""Media type, language, encoding; empty if the response does not vary by it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A whole response, ready to be sent, with its validators and the path template of its route."""

    start: Message
    body: Message
    not_modified: Message
    tag: bytes
    """Empty in a failure, which is neither kept nor answered with 304."""
    modified: bytes
    varies: bytes
    route: str


@dataclass(slots=True)
class _Variants:
    """The responses to one path and query, by media type, language and encoding."""

    offered: tuple[str, ...] = ()
    """The media types among which `Accept` chooses; none if it does not matter."""
    by_language: bool = False
    responses: dict[Choice, Stored] = field(default_factory=dict)
    size: int = 0

    def add(self, context: RequestContext, stored: Stored) -> int:
        """Keep a response under what it varies by and return the bytes that it costs."""
        self.offered = context.outcome.get("offered", self.offered)
        self.by_language |= b"accept-language" in stored.varies
        choice = self.choice(context)
        if choice in self.responses:  # another client asked the same at the same time
            return 0
        self.responses[choice] = stored
        size = len(stored.body["body"]) + OVERHEAD_BYTES
        self.size += size
        return size

    def choice(self, context: RequestContext) -> Choice:
        """Return what a request chooses among these."""
        return _choice(context.accept, context.accept_language, context.accept_encoding, self.offered, self.by_language)


@lru_cache(maxsize=KEPT_CHOICES)
def _choice(accept: bytes, language: bytes, encoding: bytes, offered: tuple[str, ...], by_language: bool) -> Choice:
    """Return what these headers choose, in one look-up."""
    return (
        negotiation.media_type(accept, offered) if offered else "",
        negotiation.language(language) if by_language else "",
        negotiation.encoding(encoding),
    )


class Cache:
    """ASGI middleware: answer from what is kept; else ask the application and keep what may be kept."""

    def __init__(self, app: ASGIApp, database: Database, max_bytes: int) -> None:
        self.app = app
        self._database = database
        self._max_bytes = max_bytes
        self._kept: dict[tuple[str, bytes], _Variants] = {}
        self._bytes = 0
        self._version: str | None = None
        self._hits = self._misses = 0

    def numbers(self) -> dict[str, float]:
        """Return what the metrics tell of the cache."""
        asked = {"cache_hits_total": self._hits, "cache_misses_total": self._misses}
        return {**asked, "cache_bytes": self._bytes, "cache_limit_bytes": self._max_bytes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        context: RequestContext = scope[KEY]
        if self._version != self._database.version:
            self._clear()
        stored = None
        if scope["method"] in _READING and (variants := self._kept.get((context.path, context.query_string))):
            stored = variants.responses.get(variants.choice(context))
        if stored is None:
            self._misses += 1
            collector = _Collector(send)
            await self.app(scope, receive, collector.take)
            if not collector.is_whole:
                return
            stored = collector.response(context.outcome.get("route", ""))
            self._keep(context, stored)
        else:
            self._hits += 1
            context.outcome["route"] = stored.route
        start, body = stored.start, stored.body
        if (context.if_none_match or context.if_modified_since) and conditional.is_not_modified(
            context, stored.tag, stored.modified
        ):
            start, body = stored.not_modified, _EMPTY
        if self._database.away_since is not None and stored.tag:
            start = _aged(start, self._database.away_since)
        await send(start)
        await send(body)

    def _keep(self, context: RequestContext, stored: Stored) -> None:
        """Keep a response if it may be kept and is of the present edition; drop the oldest to make room."""
        if self._version != self._database.version:
            self._clear()  # the response may be the first of its edition
        outcome = context.outcome
        version = outcome.get("version", self._version)
        if not stored.tag or version != self._version or outcome.get("kept_elsewhere"):
            return
        # `Accept` only if it is known among what it chose
        known = _CHOSEN | {b"accept"} if "offered" in outcome else _CHOSEN
        if not {name.strip() for name in stored.varies.split(b",")} <= known:
            return
        if len(stored.body["body"]) + OVERHEAD_BYTES > self._max_bytes:
            return
        key = (context.path, context.query_string)
        variants = self._kept.get(key)
        if variants is None:
            size = len(key[0]) + len(key[1]) + OVERHEAD_BYTES
            variants = self._kept[key] = _Variants(size=size)
            self._bytes += size
        self._bytes += variants.add(context, stored)
        while self._bytes > self._max_bytes:
            oldest = next(iter(self._kept))
            self._bytes -= self._kept.pop(oldest).size

    def _clear(self) -> None:
        self._kept.clear()
        self._bytes = 0
        self._version = self._database.version


class _Collector:
    """Take the messages of one response: hold one that is whole, pass a stream on piece by piece."""

    def __init__(self, send: Send) -> None:
        self.is_whole = False
        self._send = send
        self._start: Message = {}
        self._body: Message = _EMPTY
        self._streams = False

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message.get("more_body") or self._streams:
            if not self._streams:
                self._streams = True
                await self._send(self._start)
            await self._send(message)
        else:
            self._body, self.is_whole = message, True

    def response(self, route: str) -> Stored:
        start, named = self._start, dict(self._start["headers"])
        return Stored(
            start,
            self._body,
            {"type": "http.response.start", "status": 304, "headers": headers.not_modified(start["headers"])},
            named.get(b"etag", b"") if start["status"] == 200 else b"",
            named.get(b"last-modified", b""),
            named[b"vary"].lower(),
            route,
        )


def _aged(start: Message, since: float) -> Message:
    """Return the start with the seconds since the response was known to be current (RFC 9111, section 5.1)."""
    return {**start, "headers": [*start["headers"], (b"age", str(int(monotonic() - since)).encode())]}
