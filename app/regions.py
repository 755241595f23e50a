"""The regions, the main resource."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path
from sqlalchemy import bindparam, select
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response

from app import formats, openapi, paging, search
from app.database import Read
from app.inquiry import Inquiry
from app.models import Region
from app.paging import Page
from app.parameters import Query
from app.regions_query import RegionQuery, count_regions, select_regions
from app.tables import RegionRow

router = APIRouter(tags=["regions"])

_REGION = select(col(RegionRow.number), col(RegionRow.document)).where(
    col(RegionRow.number) == bindparam("region_number")
)


def publish(number: int, document: str, inquiry: Inquiry[Query], matches: bytes = b"[]") -> bytes:
    """The stored document with what depends on the request."""
    link = inquiry.url(f"/v1/regions/{number}")
    return b'%b,"matches":%b,"links":{"self":"%b"}}' % (document[:-1].encode(), matches, link.encode())


def _matches(document: str, query: RegionQuery) -> bytes:
    return orjson.dumps(search.marks(orjson.loads(document), query.terms, query.fields_searched)) if query.q else b"[]"


def fetch_regions(read: Read, inquiry: Inquiry[RegionQuery]) -> paging.Slice:
    query = inquiry.query
    total = read.rows(count_regions(query.shape), query.values)[0].total
    rows = read.rows(select_regions(query.shape), query.values)
    records = [publish(row.number, row.document, inquiry, _matches(row.document, query)) for row in rows]
    return paging.Slice(records, total, read.edition.version)


@router.get(
    "/v1/regions",
    summary="List the regions",
    response_model=Page[Region],
    **openapi.operation("list-regions", RegionQuery),
)
async def list_regions(request: Request) -> Response:
    """The regions that match every parameter; of several values of one parameter any may match."""
    return await formats.send_page(request, RegionQuery, fetch_regions)


@router.get(
    "/v1/regions/{region_number}",
    summary="Get a region",
    response_model=Region,
    **openapi.operation("get-region", Query, 404),
)
async def get_region(
    request: Request,
    region_number: Annotated[str, Path(description="Number in the list", examples=["7"], pattern="^[1-9][0-9]{0,8}$")],
) -> Response:
    """One region by its number."""

    def fetch(read: Read, inquiry: Inquiry[Query]) -> bytes | None:
        row = read.row(_REGION, {"region_number": int(region_number)})
        return publish(row.number, row.document, inquiry) if row else None

    return await formats.send_record(request, fetch)
