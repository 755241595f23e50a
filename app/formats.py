"""From a request to the bytes of its answer: parse, read, write."""

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app import paging, parameters, problems
from app.database import Database, Read
from app.inquiry import Inquiry
from app.settings import Settings

Q = TypeVar("Q", bound=parameters.Query)
P = TypeVar("P", bound=paging.PageQuery)

JSON = "application/json"


async def send_page(request: Request, model: type[P], fetch: Callable[[Read, Inquiry[P]], paging.Slice]) -> Response:
    """The page of a list that `fetch` reads."""
    inquiry = await _understand(request, model)
    page = await _database(request).read(lambda read: fetch(read, inquiry))
    envelope = orjson.dumps(
        {
            "total": page.total,
            "limit": inquiry.query.limit,
            "offset": inquiry.query.offset,
            "links": paging.links(inquiry, page.total),
            "dataset_version": page.dataset_version,
        }
    )
    return Response(b'{"items":[%b],%b' % (b",".join(page.records), envelope[1:]), media_type=JSON)


async def send_record(
    request: Request, fetch: Callable[[Read, Inquiry[parameters.Query]], dict[str, Any] | bytes | None]
) -> Response:
    """The record that `fetch` reads; `problems.NotFound` if there is none."""
    inquiry = await _understand(request, parameters.Query)
    record = await _database(request).read(lambda read: fetch(read, inquiry))
    if record is None:
        raise problems.NotFound("record", collection=inquiry.path.rpartition("/")[0])
    return Response(record if isinstance(record, bytes) else orjson.dumps(record), media_type=JSON)


def send_static(request: Request, record: dict[str, Any]) -> Response:
    """A record that needs no data."""
    return send_bytes(request, orjson.dumps(record), JSON)


def send_bytes(request: Request, content: bytes, media_type: str) -> Response:
    parameters.parse(request.scope["query_string"], parameters.Query)
    return Response(content, media_type=media_type)


async def _understand(request: Request, model: type[Q]) -> Inquiry[Q]:
    query = parameters.parse(request.scope["query_string"], model, await _database(request).edition())
    return Inquiry(query, request.scope["path"], _base_url(request))


def _base_url(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.public_base_url


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
