"""From a request to its answer: parse, negotiate, see whether the client has it already, read, write."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app import __version__
from app.db.database import Database
from app.db.edition import Edition
from app.db.errors import EditionChanged
from app.db.session import Read
from app.http import conditional, formats, negotiation, pagination, problems, query_string
from app.http.formats import CSV, JSON, Format
from app.http.query_string import RecordQuery
from app.http.request_context import Inquiry
from app.settings import Settings

P = TypeVar("P", bound=pagination.PageQuery)
Q = TypeVar("Q", bound=RecordQuery)
T = TypeVar("T")

After = tuple[Any, ...]
"""The place in an order at which the next batch begins."""

ATTEMPTS = 3
"""How often an answer is begun anew because the data changed under it."""

_NOTHING: Mapping[Any, Any] = {}

REVALIDATED = {"cache-control": "no-cache"}
"""The header of what names things that go with the next edition or release: it is asked about each time, by its tag."""


class Route(APIRoute):
    """A route of FastAPI's, with its description, that calls its endpoint itself.

    The framework's way there (exit stacks, dependencies, path parameters validated once more) costs more than the read.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            raise problems.MethodNotAllowed
        for _ in range(ATTEMPTS):
            with suppress(EditionChanged):
                response: Response = await self.endpoint(Request(scope, receive), **scope["path_params"])
                break
        else:
            raise problems.Unavailable
        await response(scope, receive, send)


class Whole(Response):
    """A response whose headers are complete; Starlette's own constructor would look for what is missing."""

    def __init__(self, body: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.body, self.status_code, self.background = body, status, None
        self.raw_headers = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


@dataclass(frozen=True)
class Batch:
    """A part of an export; `after` is `None` if it is the last."""

    records: Sequence[bytes]
    after: After | None = None


@dataclass(frozen=True)
class Collection(Generic[P]):
    """A list: its parameters, its records, how to read a page and, where that is long, everything in batches."""

    path: str
    query: type[P]
    record: type[BaseModel]
    page: Callable[[Read, Inquiry[P]], pagination.Slice]
    batch: Callable[[Read, Inquiry[P], After | None], Batch] | None = None

    def read_batch(self, read: Read, inquiry: Inquiry[P], after: After | None) -> Batch:
        return self.batch(read, inquiry, after) if self.batch else Batch(self.page(read, inquiry).records)


async def collection(request: Request, collection: Collection[P]) -> Response:
    """The list, in the format that was asked for."""
    scope, database = request.scope, _database(request)
    form = _format(scope, formats.OF_LISTS)
    model = pagination.exported(collection.query, csv=form is CSV) if form.exports else collection.query
    edition = await database.edition()
    inquiry = _inquiry(request, model, query_string.Context(edition, collection.record, form.exports))
    wishes: negotiation.Wishes = scope["wishes"]
    if wishes.if_none_match or wishes.if_modified_since:
        headers = _headers(inquiry, form, edition, scope)
        tag, modified = headers["etag"].encode(), headers["last-modified"].encode()
        if conditional.is_fresh(tag, modified, wishes.if_none_match, wishes.if_modified_since):
            return Whole(b"", headers, 304)
    write = _export if form.exports else _page
    return await write(request, collection, inquiry, form, edition)


async def record(
    request: Request,
    model: type[BaseModel],
    fetch: Callable[[Read, Inquiry[RecordQuery]], dict[str, Any] | bytes | None],
    others: Mapping[Format, Callable[[Any], bytes]] = _NOTHING,
    more: Mapping[str, str] = _NOTHING,
) -> Response:
    """Answer with the record that `fetch` reads, in JSON or written by one of `others`, and with `more` headers.

    `problems.NotFound` if there is none.
    """
    scope, database = request.scope, _database(request)
    form = _format(scope, (*formats.OF_RECORDS, *others))
    edition = await database.edition()
    inquiry = _inquiry(request, RecordQuery, query_string.Context(edition, model))
    if form in others and inquiry.query.fields:
        raise problems.InvalidParameters(problems.Flaw("fields", "whole-only"))
    headers = {**_headers(inquiry, form, edition, scope), **more}
    tags = scope["wishes"].if_none_match
    if tags and conditional.names(tags, headers["etag"].encode()):
        return Whole(b"", headers, 304)
    found = await database.read(lambda read: fetch(read, inquiry), edition)
    if found is None:
        raise problems.NotFound("record", collection=inquiry.path.rpartition("/")[0])
    if form in others:
        return Whole(others[form](found), headers)
    body = found if isinstance(found, bytes) else orjson.dumps(found)
    return Whole(formats.chosen([body], inquiry.query.fields)[0], headers)


async def read(request: Request, work: Callable[[Read], T]) -> T:
    """What `work` reads, for an answer that is not data."""
    return await _database(request).read(work)


def static(
    request: Request,
    content: bytes | dict[str, Any],
    media_type: str = JSON.media_type,
    more: Mapping[str, str] = _NOTHING,
) -> Response:
    """Answer with what needs no data and takes no parameters."""
    query_string.parse(request.scope["query_string"], query_string.Query)
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    tag = conditional.etag(body, negotiation.coding_of(request.scope))
    return Whole(body, {"content-type": media_type, "etag": tag, **more})


async def _page(
    request: Request, collection: Collection[P], inquiry: Inquiry[P], form: Format, edition: Edition
) -> Response:
    page = await _database(request).read(lambda read: collection.page(read, inquiry), edition)
    links = pagination.links(inquiry, page.total)
    envelope = {
        "total": page.total,
        "limit": inquiry.query.limit,
        "offset": inquiry.query.offset,
        "query": inquiry.query.model_dump(),
        **page.extra,
        "links": links,
        "dataset_version": edition.version,
    }
    headers = _headers(inquiry, form, edition, request.scope)
    paged = [f'<{url}>; rel="{name}"' for name, url in links.items() if url and name not in ("self", "all")]
    headers["link"] = ", ".join([*paged, headers["link"]])
    return Whole(formats.page(page.records, inquiry.query.fields, envelope), headers)


async def _export(
    request: Request, collection: Collection[P], inquiry: Inquiry[P], form: Format, edition: Edition
) -> Response:
    """If the data change before the last batch, the answer breaks off, and is seen to."""
    names = inquiry.query.fields

    def write(read: Read, after: After | None) -> tuple[bytes, After | None]:
        batch = collection.read_batch(read, inquiry, after)
        if form is CSV:
            return formats.rows(batch.records, names, collection.record), batch.after
        return formats.lines(batch.records, names), batch.after

    async def piece(after: After | None) -> tuple[bytes, After | None]:
        return await _database(request).read(lambda read: write(read, after), edition)

    first, after = await piece(None)
    if form is CSV:
        first = formats.head(names, collection.record, bom=getattr(inquiry.query, "bom", True)) + first
    headers = _headers(inquiry, form, edition, request.scope)
    name = inquiry.path.rpartition("/")[2].partition(".")[0]
    headers["content-disposition"] = f'attachment; filename="{name}{form.suffix}"'
    if after is None:
        return Whole(first, headers)

    async def pieces() -> AsyncIterator[bytes]:
        yield first
        rest: After | None = after
        while rest is not None:
            more, rest = await piece(rest)
            yield more

    body = iter((b"",)) if request.scope.get("head") else pieces()
    return StreamingResponse(body, headers=headers)


def _format(scope: Scope, offered: Sequence[Format]) -> Format:
    """Return the format that the path's suffix names, else the one that `Accept` prefers."""
    if scope["suffix"]:
        form = next((form for form in offered if form.suffix == scope["suffix"]), None)
        if form is None:
            raise problems.NotFound("route")
        return form
    media_type = negotiation.choose(scope, tuple(form.media_type for form in offered))
    if media_type is None:
        raise problems.NotAcceptable(available=", ".join(form.media_type for form in offered))
    return next(form for form in offered if form.media_type == media_type)


def _inquiry(request: Request, model: type[Q], context: query_string.Context) -> Inquiry[Q]:
    scope = request.scope
    query = query_string.parse(scope["query_string"], model, context)
    settings: Settings = request.app.state.settings
    path = scope["path"] + scope["suffix"]
    language = query.lang or negotiation.language(scope["wishes"].accept_language)
    return Inquiry(query, path, settings.public_base_url, language)


def _headers(inquiry: Inquiry[RecordQuery], form: Format, edition: Edition, scope: Scope) -> dict[str, str]:
    """Return the headers that depend on the request and on the edition."""
    scope["edition"] = edition.version
    parts = (inquiry.like_this(), form.suffix, inquiry.language, negotiation.coding_of(scope))
    vary = [] if scope["suffix"] else ["Accept"]
    vary += [] if inquiry.query.lang else ["Accept-Language"]
    return {
        "content-type": form.content_type,
        "content-language": inquiry.language,
        "etag": conditional.etag(__version__, edition.version, *parts),
        "last-modified": conditional.http_date(edition.modified),
        "vary": ", ".join(vary),
        "link": f'<{inquiry.base_url}/openapi.json>; rel="service-desc", <{inquiry.base_url}/docs>; rel="service-doc"',
    }


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
