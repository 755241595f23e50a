"""The regions, the main resource."""

import re
from typing import Annotated, ClassVar, cast

import orjson
from fastapi import APIRouter, Path, Query
from pydantic import Field, WithJsonSchema
from sqlalchemy import bindparam, select
from starlette.responses import Response

from app.db.edition import Edition
from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import DOCUMENT
from app.http import openapi, pagination, responses, routes
from app.http.formats import GEOJSON, OF_RECORDS, Format
from app.http.parsed_request import ParsedRequest
from app.http.query_string import RecordQuery
from app.http.request_context import Context
from app.routers import gone
from app.routers.regions import facets, hints, planner
from app.routers.regions.facets import FacetValue, Relaxation
from app.routers.regions.filters import MAX_NUMBER
from app.routers.regions.hints import Hint
from app.routers.regions.parameters import RegionQuery
from app.routers.regions.statements import NUMBER
from app.schemas.records import Region
from app.search import highlights

router = APIRouter(route_class=routes.Route, tags=["regions"])


class RegionPage(pagination.Page[Region]):
    facets: Annotated[dict[str, list[FacetValue]], Field(description="By name; those that were asked for")]
    relax: Annotated[
        list[Relaxation], Field(description="Where nothing was found: which single filter to drop to find something")
    ]
    hints: Annotated[list[Hint], Field(description="Other parameters that a term of `q`, or all of `q`, is a value of")]


_NUMBER = re.compile("[1-9][0-9]{0,8}")

_REGION = Statement(select(DOCUMENT).where(bindparam("region_number") == NUMBER))


_END = b'"matches":[],"links":{"self":"/v1/regions/'
"""The end of a stored document, before its number: the part that depends on the request."""


def publish(document: bytes, parsed: ParsedRequest[RecordQuery], query: RegionQuery | None = None) -> bytes:
    """Return the published record: the stored document, with highlights of `q` and links below the base URL."""
    terms = query.terms if query else ()
    if not terms and not parsed.base_url:
        return document
    start, _, number = document.rpartition(_END)
    matches = b"[]"
    if query and terms:
        found, more = highlights.find(document, terms, query.q_in)
        matches = orjson.dumps(found) + (b',"matches_truncated":true' if more else b"")
    links = b'"links":{"self":"%b/v1/regions/%b' % (parsed.base_url.encode(), number)
    return b'%b"matches":%b,%b' % (start, matches, links)


def read_document(read: Read, number: str) -> bytes | None:
    """Return the stored document of the region that a path names, `None` if none can be or is; `problems.Gone`."""
    if not _NUMBER.fullmatch(number):
        return None
    row = read.row(_REGION, {"region_number": int(number)})
    if row is None:
        gone.refuse(read, "regions", number)
        return None
    return cast(bytes, row.document)


def read_page(read: Read, parsed: ParsedRequest[RegionQuery]) -> pagination.Slice:
    documents, total = planner.page(read, parsed.query)
    return pagination.Slice(
        [publish(document, parsed, parsed.query) for document in documents],
        total,
        {
            "facets": facets.count(read, parsed),
            "relax": [] if total else facets.relax(read, parsed),
            "hints": hints.find(read, parsed, total),
        },
    )


def read_batch(read: Read, parsed: ParsedRequest[RegionQuery], after: responses.After | None) -> responses.Batch:
    documents, rest = planner.batch(read, parsed.query, after)
    return responses.Batch([publish(document, parsed, parsed.query) for document in documents], rest)


def _has_labels(query: RegionQuery, edition: Edition) -> bool:
    return bool(query.facets or (query.q and hints.interpret(edition, query.q)))


REGIONS = responses.Collection("/v1/regions", RegionQuery, Region, read_page, read_batch, _has_labels)


@router.get(
    "/v1/regions",
    summary="List the regions",
    operation_id="list-regions",
    response_model=RegionPage,
)
async def list_regions(context: Context, query: Annotated[RegionQuery, Query()]) -> Response:
    """The regions that match every parameter; of several values of one parameter any may match."""
    return await responses.page(context, REGIONS, query)


class RegionRecordQuery(RecordQuery):
    formats: ClassVar[tuple[Format, ...]] = (*OF_RECORDS, GEOJSON)


@router.get(
    "/v1/regions/{region_number}",
    summary="Get a region",
    operation_id="get-region",
    response_model=Region,
    responses=openapi.responses(404, 410),
)
async def get_region(
    context: Context,
    query: Annotated[RegionRecordQuery, Query()],
    region_number: Annotated[
        str,  # an endpoint gets it as it is written: `07` names no region
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_NUMBER, "examples": [7]}),
        Path(description="Number in the list"),
    ],
) -> Response:
    """One region by its number."""

    def fetch(read: Read, parsed: ParsedRequest[RecordQuery]) -> bytes | None:
        document = read_document(read, region_number)
        return publish(document, parsed) if document else None

    return await responses.record(context, query, fetch)
