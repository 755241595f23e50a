"""Pure ASGI around the application: keeps answers with all their headers and sends them again.

An answer is kept by its path, its query in the order of the names, and what was chosen for it: media type, language and
coding, each only where the answer varies by it. How a request header is spelt makes no difference. Another edition
empties the cache. Only whole, successful answers are kept, up to a bound in bytes; the oldest are given up first. While
the database is away they go on, with an `Age`.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import monotonic
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db.database import Database
from app.http import headers, negotiation
from app.middleware.compression import NO_BODY, Answer, Entry

HEADER_BYTES = negotiation.HEADER_BYTES  # by a name of its own, which is quicker

TAGS_BYTES = 8_192
"""The most that is read of `If-None-Match`; whoever sends more gets the whole answer."""

_CHOSEN = {b"accept-language", b"accept-encoding"}
"""What an answer may vary by besides `Accept`; it is not kept if it varies by anything else."""

SPELLINGS = 256
"""Spellings of these headers whose meaning is kept, of 3 kB at the most each."""

SORTED_QUERIES = 500
"""Queries whose sorted form is kept, of `HEADER_BYTES` at the most each."""

OVERHEAD_BYTES = 2_000
"""What an entry costs besides its body and its key: two lists of headers, roughly."""

Choice = tuple[str | None, str, str]
"""Media type, language, coding; empty where the answer does not vary by it."""


@dataclass(slots=True)
class _Variants:
    """The answers to one path and query, by media type, language and coding."""

    offered: tuple[str, ...] = ()
    """The media types among which `Accept` chooses; none if it does not matter."""
    by_language: bool = False
    entries: dict[Choice, Entry] = field(default_factory=dict)
    size: int = 0

    def add(self, wishes: negotiation.Wishes, entry: Entry, offered: tuple[str, ...]) -> int:
        """Keep the answer under what it varies by; return the bytes that it costs."""
        self.offered = offered or self.offered
        self.by_language |= b"accept-language" in entry.varies
        choice = _choice(wishes.accept, wishes.accept_language, wishes.accept_encoding, self.offered, self.by_language)
        if choice in self.entries:  # somebody asked the same at the same time
            return 0
        self.entries[choice] = entry
        size = len(entry.body["body"]) + OVERHEAD_BYTES
        self.size += size
        return size


@lru_cache(maxsize=SPELLINGS)
def _choice(accept: bytes, language: bytes, encoding: bytes, offered: tuple[str, ...], by_language: bool) -> Choice:
    """Return what these headers choose, in one look-up."""
    return (
        negotiation.media_type(accept, offered) if offered else "",
        negotiation.language(language) if by_language else "",
        negotiation.coding(encoding),
    )


class Cache:
    """Answers what it knows; else asks the application and keeps what may be kept."""

    def __init__(self, app: ASGIApp, database: Database, max_bytes: int) -> None:
        self.app = app
        self._database = database
        self._max_bytes = max_bytes
        self._known: dict[tuple[str, bytes], _Variants] = {}
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
        method = scope["method"]
        if method == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": headers.PREFLIGHT})
            await send(NO_BODY)
            return
        accept = language = encoding = none_match = modified_since = b""
        for name, value in scope["headers"]:  # several lines of a list are one list (RFC 9110, section 5.3)
            if name == b"accept":
                accept = accept[:HEADER_BYTES] + b"," + value if accept else value
            elif name == b"accept-encoding":
                encoding = encoding[:HEADER_BYTES] + b"," + value if encoding else value
            elif name == b"accept-language":
                language = language[:HEADER_BYTES] + b"," + value if language else value
            elif name == b"if-none-match":
                none_match = none_match[:TAGS_BYTES] + b"," + value if none_match else value
            elif name == b"if-modified-since":
                modified_since = value
        query = scope["query_string"]
        if b"&" in query:
            query = _sorted(query) if len(query) <= HEADER_BYTES else _sort(query)
        if self._version != self._database.version:
            self._empty()
        path, none_match = scope["path"], none_match[:TAGS_BYTES]
        accept, language, encoding = accept[:HEADER_BYTES], language[:HEADER_BYTES], encoding[:HEADER_BYTES]
        entry = None
        if variants := self._known.get((path, query)) if method in ("GET", "HEAD") else None:
            entry = variants.entries.get(_choice(accept, language, encoding, variants.offered, variants.by_language))
        if entry is None:
            self._misses += 1
            wishes = negotiation.Wishes(accept, language, encoding, none_match, modified_since)
            inner = {**scope, "query_string": query, "wishes": wishes}
            try:
                entry = await self._ask(inner, receive, send, path)
            finally:
                scope["template"] = _template(inner)
            if entry is None:
                return
        else:
            self._hits += 1
            scope["template"] = entry.template
        start, body = entry.start, entry.body
        if (none_match or modified_since) and entry.is_known(none_match, modified_since):
            start, body = entry.not_modified, NO_BODY
        if self._database.away_since is not None and entry.tag:
            start = _aged(start, self._database.away_since)
        await send(start)
        await send(NO_BODY if method == "HEAD" else body)

    async def _ask(self, scope: Scope, receive: Receive, send: Send, path: str) -> Entry | None:
        """Return the application's answer if it is whole; a stream is passed on piece by piece."""
        scope["path"], scope["suffix"] = negotiation.split_suffix(path)
        if scope["method"] == "HEAD":
            scope["method"], scope["head"] = "GET", True
        wishes: negotiation.Wishes = scope["wishes"]
        answer = Answer(send, negotiation.coding(wishes.accept_encoding))
        await self.app(scope, receive, answer.take)
        entry = answer.entry
        if self._version != self._database.version:
            self._empty()  # the answer may be the first of its edition
        current = scope.get("edition", self._version) == self._version
        if entry and entry.tag and current and not scope.get("kept_elsewhere"):
            self._keep((path, scope["query_string"]), wishes, replace(entry, template=_template(scope)), scope)
        return entry

    def _keep(self, key: tuple[str, bytes], wishes: negotiation.Wishes, entry: Entry, scope: Scope) -> None:
        offered: tuple[str, ...] = scope.get("offered", ())
        varies = {name.strip() for name in entry.varies.split(b",")} - _CHOSEN - ({b"accept"} if offered else set())
        if varies or len(entry.body["body"]) + OVERHEAD_BYTES > self._max_bytes:
            return
        variants = self._known.get(key)
        if variants is None:
            size = len(key[0]) + len(key[1]) + OVERHEAD_BYTES
            variants = self._known[key] = _Variants(size=size)
            self._bytes += size
        self._bytes += variants.add(wishes, entry, offered)
        while self._bytes > self._max_bytes:
            oldest = next(iter(self._known))
            self._bytes -= self._known.pop(oldest).size

    def _empty(self) -> None:
        self._known.clear()
        self._bytes = 0
        self._version = self._database.version


def _aged(start: Message, since: float) -> Message:
    """Return the start with the seconds since the answer was known to be right (RFC 9111, section 5.1)."""
    return {**start, "headers": [*start["headers"], (b"age", str(int(monotonic() - since)).encode())]}


def _template(scope: Scope) -> str:
    """Return the path template of the route that was found; empty if there was none."""
    route = scope.get("route")
    return route.path if route else ""


@lru_cache(maxsize=SORTED_QUERIES)
def _sorted(query: bytes) -> bytes:
    return _sort(query)


def _sort(query: bytes) -> bytes:
    """Return the pairs sorted by name; those of one name keep their order, which may mean something."""
    pairs: list[bytes] = query.split(b"&")
    pairs.sort(key=lambda pair: unquote_to_bytes(pair.partition(b"=")[0]) if b"%" in pair else pair.partition(b"=")[0])
    return b"&".join(pairs)
