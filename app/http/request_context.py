"""The request context: what is read off a request, once, and what its response tells the middleware.

`middleware.entry` builds it under one key of the scope. Where no middleware ran, `of` builds a plain one: suffix, HEAD,
compression and 304 are the middleware's.
"""

import re
from functools import lru_cache
from os import urandom
from typing import Annotated, NamedTuple, TypedDict, cast

from fastapi import Depends, Request
from starlette.datastructures import State
from starlette.types import Scope

from app.db.edition import Edition
from app.http import formats, negotiation, query_pairs
from app.http.messages import Language

KEY = "request_context"
"""The only key that this application adds to the scope."""

TAGS_BYTES = 8_192
"""Bytes that are read of `If-None-Match`; a client that sends more may get a whole response instead of a 304."""

SORTED_QUERIES = 500
"""Query strings whose sorted form is kept, each of at most `negotiation.HEADER_BYTES`."""

HEADER_BYTES = negotiation.HEADER_BYTES  # a global of this module: read with every request
_READ = {
    *(b"accept", b"accept-language", b"accept-encoding", b"if-none-match", b"if-modified-since"),
    b"request-id",
}
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_LANG = re.compile(rb"(?:^|&)lang=(ja|en)(?:&|$)")


class Outcome(TypedDict, total=False):
    """Carry facts from the code that answers a request to the middleware around it. Every key may be missing."""

    route: str
    """Path template of the route that was found."""
    offered: tuple[str, ...]
    """Media types among which `Accept` chose."""
    version: str
    """Version of the data that the response was made of."""
    kept_elsewhere: bool
    """Whether the bytes of the response are kept already, so that the cache need not."""
    trace_id: str


class RequestContext(NamedTuple):
    """Hold what is read off a request. The last three fields are set for the endpoint, by its route."""

    path: str
    """The requested path, with its suffix."""
    suffix: str
    """Format suffix of `path`: `.csv`; empty without one. `middleware.entry.Rewrite` takes it off the scope's path."""
    query_string: bytes
    """The query string, with its parameters sorted by name."""
    accept: bytes
    accept_language: bytes
    accept_encoding: bytes
    if_none_match: bytes
    if_modified_since: bytes
    request_id: str
    """A well-formed `Request-Id` of the client, else a new one."""
    is_head: bool
    """Whether the method was HEAD; `middleware.entry.Rewrite` puts GET into the scope."""
    outcome: Outcome
    state: State = State()
    """The application's state: settings, database, metrics."""
    format: formats.Format = formats.JSON
    """Named by the suffix, else negotiated."""
    edition: Edition | None = None
    """The edition that the parameters were checked against."""

    @property
    def encoding(self) -> str:
        """The content encoding that the client prefers."""
        return negotiation.encoding(self.accept_encoding)

    @property
    def given_language(self) -> Language | None:
        """The language of a plain `lang=`; the query string need not be valid otherwise."""
        given = _LANG.search(self.query_string)
        return given and ("ja" if given[1] == b"ja" else "en")

    @property
    def language(self) -> Language:
        """The given language, else that of `Accept-Language`."""
        return self.given_language or negotiation.language(self.accept_language)

    def media_type(self, offered: tuple[str, ...]) -> str | None:
        """Return the offered media type that `Accept` prefers, `None` if it accepts none.

        The response must have `Vary: Accept`. The cache learns from `outcome` what was offered.
        """
        self.outcome["offered"] = offered
        return negotiation.media_type(self.accept, offered)


def read(scope: Scope) -> RequestContext:
    """Read a request. Several lines of a list are one list (RFC 9110, section 5.3), cut to a bound."""
    accept = language = encoding = none_match = modified_since = request_id = b""
    for name, value in scope["headers"]:
        if name not in _READ:
            continue
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
        else:
            request_id = value
    path, query = scope["path"], scope["query_string"]
    if b"&" in query:
        query = _sorted(query) if len(query) <= HEADER_BYTES else query_pairs.sort(query)
    return RequestContext(
        path,
        _suffix(path) if "." in path else "",
        query,
        accept[:HEADER_BYTES],
        language[:HEADER_BYTES],
        encoding[:HEADER_BYTES],
        none_match[:TAGS_BYTES],
        modified_since,
        request_id.decode() if request_id and _REQUEST_ID.fullmatch(request_id) else urandom(16).hex(),
        scope["method"] == "HEAD",
        {},
    )


def of(scope: Scope) -> RequestContext:
    """Return the context of a request; where no middleware built it, a plain one."""
    if KEY not in scope:
        scope[KEY] = read(scope)._replace(suffix="", accept_encoding=b"", if_none_match=b"", if_modified_since=b"")
    return cast(RequestContext, scope[KEY])


def of_request(request: Request) -> RequestContext:
    """Return the context of a request with the application's state, as a dependency of FastAPI."""
    return of(request.scope)._replace(state=request.app.state)


Context = Annotated[RequestContext, Depends(of_request)]
"""The annotation of an endpoint that takes the context."""


def _suffix(path: str) -> str:
    """Return the format suffix of a path of the API; empty if it has none."""
    return next((each for each in formats.SUFFIXES if path.startswith("/v1") and path.endswith(each)), "")


_sorted = lru_cache(maxsize=SORTED_QUERIES)(query_pairs.sort)
