"""The regions, the main resource."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path
from pydantic import Field
from sqlalchemy import bindparam, select
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response

from app import answer, facets, openapi, paging, search
from app.database import Read
from app.facets import FacetValue, Relaxation
from app.inquiry import Inquiry
from app.models import Region
from app.parameters import Query, RecordQuery
from app.regions_query import RegionQuery
from app.regions_select import count_regions, select_batch, select_regions
from app.tables import RegionRow

router = APIRouter(tags=["regions"])

BATCH = 1_000
"""Regions of an export that are read at once."""


class RegionPage(paging.Page[Region]):
    facets: Annotated[dict[str, list[FacetValue]], Field(description="By name; those that were asked for")]
    relax: Annotated[
        list[Relaxation], Field(description="Where nothing was found: which single filter to drop to find something")
    ]


_REGION = select(col(RegionRow.number), col(RegionRow.document)).where(
    col(RegionRow.number) == bindparam("region_number")
)


def publish(number: int, document: str, inquiry: Inquiry[Query], query: RegionQuery | None = None) -> bytes:
    """The stored document with what depends on the request."""
    link = inquiry.url(f"/v1/regions/{number}").encode()
    matches = b"[]"
    if query and query.q:
        matches = orjson.dumps(search.marks(orjson.loads(document), query.terms, query.shape.fields))
    return b'%b,"matches":%b,"links":{"self":"%b"}}' % (document[:-1].encode(), matches, link)


def read_page(read: Read, inquiry: Inquiry[RegionQuery]) -> paging.Slice:
    query = inquiry.query
    total = read.rows(count_regions(query.shape), query.values)[0].total
    rows = read.rows(select_regions(query.shape), query.values) if total > query.offset else ()
    return paging.Slice(
        [publish(row.number, row.document, inquiry, query) for row in rows],
        total,
        {"facets": facets.count(read, inquiry), "relax": [] if total else facets.relax(read, inquiry)},
    )


def read_batch(read: Read, inquiry: Inquiry[RegionQuery], after: answer.After | None) -> answer.Batch:
    """`after`: how many are still wanted, and the keys of the last row that was read."""
    query = inquiry.query
    wanted, *keys = after or (query.limit,)
    values: dict[str, Any] = {f"key_{index}": key for index, key in enumerate(keys)}
    values |= {"limit": min(wanted, BATCH)}
    rows = read.rows(select_batch(query.shape, first=after is None), query.values | values)
    records = [publish(row.number, row.document, inquiry, query) for row in rows]
    left = wanted - len(rows)
    more = left > 0 and len(rows) == BATCH
    return answer.Batch(records, (left, *rows[-1][2:-1]) if more else None)


REGIONS = answer.Collection("/v1/regions", RegionQuery, Region, read_page, read_batch)


@router.get(
    "/v1/regions",
    summary="List the regions",
    response_model=RegionPage,
    **openapi.operation("list-regions", RegionQuery, Region),
)
async def list_regions(request: Request) -> Response:
    """The regions that match every parameter; of several values of one parameter any may match."""
    return await answer.collection(request, REGIONS)


@router.get(
    "/v1/regions/{region_number}",
    summary="Get a region",
    response_model=Region,
    **openapi.operation("get-region", RecordQuery, Region, 404),
)
async def get_region(
    request: Request,
    region_number: Annotated[str, Path(description="Number in the list", examples=["7"], pattern="^[1-9][0-9]{0,8}$")],
) -> Response:
    """One region by its number."""

    def fetch(read: Read, inquiry: Inquiry[Query]) -> bytes | None:
        row = read.row(_REGION, {"region_number": int(region_number)})
        return publish(row.number, row.document, inquiry) if row else None

    return await answer.record(request, Region, fetch)
