"""Pure ASGI around the application: answers with all their headers, compressed once and kept.

An answer is kept by its path, its query in the order of the names and the request headers that may change it, for the
edition it was made of; another edition empties the cache. Only whole, successful answers are kept, up to a bound in
bytes, the oldest given up first. While the database is away they go on, with an `Age`.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from time import monotonic
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import conditional, headers, negotiation
from app.coding import ENCODERS, Encoder
from app.database import Database

Key = tuple[str, bytes, bytes, bytes, bytes]

NO_BODY: Message = {"type": "http.response.body", "body": b""}

VARYING = ("/v1", "/problems", "/guide", "/terms")
"""The paths below which `Accept` and `Accept-Language` may change an answer that is kept."""

KEY_BYTES = 1_000
"""How much of such a header is read; nobody who means it writes more, and it is kept with the answer."""

OVERHEAD_BYTES = 2_000
"""What an entry costs besides its body and its key: two lists of headers, roughly."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole answer, ready to be sent, and the template of its route."""

    start: Message
    body: Message
    not_modified: Message
    tag: bytes
    modified: bytes
    template: str = ""

    def is_known(self, none_match: bytes, modified_since: bytes) -> bool:
        """Whether a 304 will do: never for a failure, which has no tag."""
        return self.tag != b"" and (none_match == self.tag or self._is_fresh(none_match, modified_since))

    def _is_fresh(self, none_match: bytes, modified_since: bytes) -> bool:
        return conditional.is_fresh(self.tag, self.modified, none_match, modified_since)


class Cache:
    """Answers what it knows; else asks the application and keeps what may be kept."""

    def __init__(self, app: ASGIApp, database: Database, max_bytes: int) -> None:
        self.app = app
        self._database = database
        self._max_bytes = max_bytes
        self._entries: dict[Key, Entry] = {}
        self._bytes = 0
        self._version: str | None = None
        self._hits = self._misses = 0

    def numbers(self) -> dict[str, float]:
        """For the metrics."""
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
                accept = accept + b"," + value if accept else value
            elif name == b"accept-encoding":
                encoding = encoding + b"," + value if encoding else value
            elif name == b"accept-language":
                language = language + b"," + value if language else value
            elif name == b"if-none-match":
                none_match = none_match + b"," + value if none_match else value
            elif name == b"if-modified-since":
                modified_since = value
        query = scope["query_string"]
        if b"&" in query:
            query = _sorted(query) if len(query) <= KEY_BYTES else _sort(query)
        if self._version != self._database.version:
            self._empty()
        path: str = scope["path"]
        accept, language, encoding = accept[:KEY_BYTES], language[:KEY_BYTES], encoding[:KEY_BYTES]
        if (accept or language) and not path.startswith(VARYING):
            key = (path, query, b"", b"", encoding)
        else:
            key = (path, query, accept, language, encoding)
        entry = self._entries.get(key) if method in ("GET", "HEAD") else None
        if entry is None:
            self._misses += 1
            wishes = negotiation.Wishes(accept, language, encoding, none_match, modified_since)
            inner = {**scope, "query_string": query, "wishes": wishes}
            try:
                entry = await self._ask(inner, receive, send, key)
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

    async def _ask(self, scope: Scope, receive: Receive, send: Send, key: Key) -> Entry | None:
        """The application's answer if it is whole; a stream is passed on piece by piece."""
        scope["path"], scope["suffix"] = negotiation.split_suffix(scope["path"])
        if scope["method"] == "HEAD":
            scope["method"], scope["head"] = "GET", True
        answer = _Answer(send, negotiation.coding(key[4]))
        await self.app(scope, receive, answer.take)
        entry = answer.entry
        if self._version != self._database.version:
            self._empty()  # the answer may be the first of its edition
        if entry and entry.tag and scope.get("edition", self._version) == self._version:
            self._keep(key, replace(entry, template=_template(scope)))
        return entry

    def _keep(self, key: Key, entry: Entry) -> None:
        size = _size(key, entry)
        if size > self._max_bytes or key in self._entries:  # somebody may have asked the same at the same time
            return
        self._entries[key] = entry
        self._bytes += size
        while self._bytes > self._max_bytes:
            oldest = next(iter(self._entries))
            self._bytes -= _size(oldest, self._entries.pop(oldest))

    def _empty(self) -> None:
        self._entries.clear()
        self._bytes = 0
        self._version = self._database.version


class _Answer:
    """What the application sends: a whole answer becomes an `entry`, a stream goes on to the client."""

    def __init__(self, send: Send, coding: str) -> None:
        self.entry: Entry | None = None
        self._send = send
        self._coding = coding
        self._start: Message = {}
        self._encoder: Encoder | None = None

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._encoder is None:
            if not more:
                self.entry = _entry(self._start, body, self._coding)
                return
            self._encoder = ENCODERS[self._coding]()
            await self._send({**self._start, "headers": headers.of_an_answer(self._start, self._coding)})
        piece = self._encoder.compress(body) + (b"" if more else self._encoder.flush())
        if piece or not more:
            await self._send({"type": "http.response.body", "body": piece, "more_body": more})


def _aged(start: Message, since: float) -> Message:
    """With the seconds that have passed since the answer was known to be right (RFC 9111, section 5.1)."""
    return {**start, "headers": [*start["headers"], (b"age", str(int(monotonic() - since)).encode())]}


def _template(scope: Scope) -> str:
    """The path of the route that was found, as it was written; empty if there was none."""
    route = scope.get("route")
    return route.path if route else ""


def _size(key: Key, entry: Entry) -> int:
    return sum(map(len, key)) + len(entry.body["body"]) + OVERHEAD_BYTES


def _entry(start: Message, body: bytes, coding: str) -> Entry:
    if not body:
        coding = "identity"
    encoder = ENCODERS[coding]()
    body = encoder.compress(body) + encoder.flush()
    own = headers.of_an_answer(start, coding)
    if start["status"] == 304:
        own = headers.of_a_304(own)
    else:
        own.append((b"content-length", str(len(body)).encode()))
    named = dict(own)
    return Entry(
        start={**start, "headers": own},
        body={"type": "http.response.body", "body": body},
        not_modified={
            "type": "http.response.start",
            "status": 304,
            "headers": headers.of_a_304(own),
        },
        tag=named.get(b"etag", b"") if start["status"] == 200 else b"",
        modified=named.get(b"last-modified", b""),
    )


@lru_cache(maxsize=4_096)
def _sorted(query: bytes) -> bytes:
    return _sort(query)


def _sort(query: bytes) -> bytes:
    """In the order of the names; those of one name stay in theirs, which may mean something."""
    pairs: list[bytes] = query.split(b"&")
    pairs.sort(key=lambda pair: unquote_to_bytes(pair.partition(b"=")[0]) if b"%" in pair else pair.partition(b"=")[0])
    return b"&".join(pairs)
