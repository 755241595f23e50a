"""Make the responses of the endpoints: pages of a list, exports, records, what needs no data."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import orjson
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from app import __version__
from app.db.database import Database
from app.db.edition import Edition
from app.db.session import Read
from app.http import conditional, formats, headers, pagination, problems, query_string
from app.http.formats import CSV, GEOJSON, JSON, Format
from app.http.parsed_request import ParsedRequest
from app.http.query_string import RecordQuery
from app.http.request_context import RequestContext

P = TypeVar("P", bound=pagination.ListQuery)
Q = TypeVar("Q", bound=RecordQuery)
T = TypeVar("T")

After = tuple[Any, ...]
"""The place in an order at which the next batch begins."""

_NOTHING: Mapping[Any, Any] = {}

REVALIDATED = {"cache-control": "no-cache"}
"""For a response that names what the next release or edition replaces: clients revalidate it before each use."""


IMMUTABLE = {"cache-control": "public, max-age=31536000, immutable"}
"""For a response whose URL changes with its content."""


OF_DATA = "ja, en"
"""Value of `Content-Language` if nothing is in the language of the client: data are in Japanese, with English names."""


class BytesResponse(Response):
    """A response with a body of bytes and every header that it gets, see `headers.complete`."""

    def __init__(self, body: bytes, own_headers: Mapping[str, str], status: int = 200) -> None:
        self.body, self.status_code, self.background = body, status, None
        self.raw_headers = headers.complete(own_headers, status)


@dataclass(frozen=True)
class Batch:
    """A part of an export; `after` is `None` if it is the last."""

    records: Sequence[bytes]
    after: After | None = None


@dataclass(frozen=True)
class Collection(Generic[P]):
    """A list: its parameters, its records, how to read a page and, if it may be long, everything in batches."""

    path: str
    query: type[P]
    record: type[BaseModel]
    page: Callable[[Read, ParsedRequest[P]], pagination.Slice]
    batch: Callable[[Read, ParsedRequest[P], After | None], Batch] | None = None
    has_labels: Callable[[P, Edition], bool] = lambda _, __: False
    """Returns whether a page holds labels in the language of the client."""

    def export_of(self, edition: Edition, query: bytes = b"") -> ParsedRequest[P]:
        """Return the request for everything that matches a query string, for pages and files that show it."""
        model: type[P] = pagination.exported(self.query, csv=False)
        basis = query_string.Basis(edition, self.record, exports=True)
        return ParsedRequest(query_string.parse(query, model, basis), self.path)

    def read_batch(self, read: Read, parsed: ParsedRequest[P], after: After | None) -> Batch:
        return self.batch(read, parsed, after) if self.batch else Batch(self.page(read, parsed).records)


async def page(context: RequestContext, collection: Collection[P], query: P) -> Response:
    """Respond with a page of a list or, if the format exports, with everything that matches."""
    edition, parsed = await _edition(context), _parsed(context, query)
    is_page = not context.format.exports
    has_labels = is_page and collection.has_labels(query, edition)
    own = _headers(context, parsed, edition, has_labels=has_labels, echoes_query=is_page)
    if context.format.exports:
        return await _export(context, collection, parsed, edition, own)
    page = await _database(context).read(lambda read: collection.page(read, parsed), edition)
    links = pagination.links(parsed, page.total)
    envelope = {
        "total": page.total,
        "limit": query.limit,
        "offset": query.offset,
        "query": query.echo(),
        **page.extra,
        "links": links,
        "dataset_version": edition.version,
    }
    paged = [f'<{url}>; rel="{name}"' for name, url in links.items() if url and name not in ("self", "all")]
    own["link"] = ", ".join([*paged, own["link"]])
    return BytesResponse(formats.page(page.records, query.fields, envelope), own)


async def record(
    context: RequestContext,
    query: Q,
    fetch: Callable[[Read, ParsedRequest[Q]], dict[str, Any] | bytes | None],
    others: Mapping[Format, Callable[[Any], bytes]] = _NOTHING,
    more: Mapping[str, str] = _NOTHING,
    labels: tuple[str, ...] = (),
) -> Response:
    """Respond with the record that `fetch` reads, in JSON or written by one of `others`, and with `more` headers.

    `labels`: its keys that are in the language of the client. `problems.NotFound` if `fetch` returns `None`.
    """
    edition, parsed = await _edition(context), _parsed(context, query)
    if context.format in others and query.fields:
        raise problems.InvalidParameters(problems.Flaw("fields", "whole-only"))
    keys = {name.partition(".")[0] for name in query.fields or labels}
    has_labels = context.format not in others and not keys.isdisjoint(labels)
    own = {**_headers(context, parsed, edition, has_labels=has_labels, echoes_query=False), **more}
    found = await _database(context).read(lambda read: fetch(read, parsed), edition)
    if found is None:
        raise problems.NotFound("record", collection=context.path.rpartition("/")[0])
    if context.format in others:
        return BytesResponse(others[context.format](found), own)
    body = found if isinstance(found, bytes) else orjson.dumps(found)
    choose = formats.features if context.format is GEOJSON else formats.chosen
    return BytesResponse(choose([body], query.fields)[0], own)


async def read(context: RequestContext, work: Callable[[Read], T]) -> T:
    """Return what `work` reads, for a response that is not data; note the version that the response is made of."""

    def noted(read: Read) -> T:
        context.outcome["version"] = read.edition.version
        return work(read)

    return await _database(context).read(noted)


def static(
    context: RequestContext,
    content: bytes | dict[str, Any],
    media_type: str = JSON.media_type,
    more: Mapping[str, str] = _NOTHING,
) -> Response:
    """Respond with what needs no data."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return BytesResponse(body, {"content-type": media_type, "etag": conditional.etag(body, context.encoding), **more})


def unstored(content: bytes | dict[str, Any], media_type: str = JSON.media_type) -> Response:
    """Respond with the state of this moment, which nobody may keep."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return BytesResponse(body, {"content-type": media_type, "cache-control": "no-store"})


async def _export(
    context: RequestContext, collection: Collection[P], parsed: ParsedRequest[P], edition: Edition, own: dict[str, str]
) -> Response:
    """Respond with everything, streamed. If the data change before the last batch, `EditionChanged` breaks it off."""
    query = parsed.query
    names = query.columns(collection.record) if context.format is CSV else query.fields
    export = formats.Export(context.format, names, collection.record, bom=getattr(query, "bom", True))

    def write(read: Read, after: After | None) -> tuple[bytes, After | None]:
        batch = collection.read_batch(read, parsed, after)
        return export.part(batch.records), batch.after

    async def write_batch(after: After | None) -> tuple[bytes, After | None]:
        return await _database(context).read(lambda read: write(read, after), edition)

    first, after = await write_batch(None)
    first = export.begin + first
    name = collection.path.rpartition("/")[2]
    own["content-disposition"] = f'attachment; filename="{name}{context.format.suffix}"'
    if after is None:
        return BytesResponse(first + export.end, own)
    # the cache decides for responses that are not streamed
    if conditional.is_not_modified(context, own["etag"].encode(), own["last-modified"].encode()):
        return BytesResponse(b"", own, 304)

    async def pieces() -> AsyncIterator[bytes]:
        yield first
        rest: After | None = after
        while rest is not None:
            more, rest = await write_batch(rest)
            yield export.separator + more if more else b""
        yield export.end

    response = StreamingResponse(iter((b"",)) if context.is_head else pieces())
    response.raw_headers = headers.complete(own)
    return response


def _parsed(context: RequestContext, query: Q) -> ParsedRequest[Q]:
    return ParsedRequest(query, context.path, context.state.settings.public_base_url, query.lang or context.language)


def _headers(
    context: RequestContext, parsed: ParsedRequest[Q], edition: Edition, *, has_labels: bool, echoes_query: bool
) -> dict[str, str]:
    """Return the headers that depend on the request and on the edition.

    The ETag depends on the language only if the body has labels, and on the parameter `lang` only if the body repeats
    the query (`pagination.Page.query`).
    """
    context.outcome["version"] = edition.version
    given = parsed.query.lang
    request = parsed.like_this() if echoes_query else parsed.like_this(lang=None)
    language = parsed.language if has_labels else ""
    settings = context.state.settings.changing_answers
    parts = (request, context.format.suffix, language, context.encoding, *settings.items())
    base_url, known = parsed.base_url, f"?lang={given or language}" if given or language else ""
    vary = [] if context.suffix else ["Accept"]
    vary += ["Accept-Language"] if has_labels and not given else []
    return {
        "content-type": context.format.content_type,
        "content-language": given or language or OF_DATA,
        "etag": conditional.etag(__version__, edition.version, *parts),
        "last-modified": conditional.http_date(edition.modified),
        "vary": ", ".join(vary),
        "link": f'<{base_url}/openapi.json>; rel="service-desc", <{base_url}/docs{known}>; rel="service-doc"',
    }


async def _edition(context: RequestContext) -> Edition:
    """Return the edition that the parameters were checked against, which is the one to read."""
    return context.edition or await _database(context).edition()


def _database(context: RequestContext) -> Database:
    return cast(Database, context.state.database)
