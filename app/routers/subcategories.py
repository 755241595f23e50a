"""The subcategories, named by the labels in the list."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import REGION_COUNT, ProgramRow, RegionCountRow, SubcategoryRow
from app.http import openapi, pagination, responses, routes
from app.http.pagination import ListQuery, Page
from app.http.parsed_request import ParsedRequest
from app.http.query_string import RecordQuery
from app.http.request_context import Context
from app.routers import gone
from app.schemas.records import Subcategory

router = APIRouter(route_class=routes.Route, tags=["programs"])

ROWS = Statement(
    select(
        col(SubcategoryRow.id),
        col(SubcategoryRow.name),
        col(SubcategoryRow.label),
        col(SubcategoryRow.label_en),
        col(SubcategoryRow.corrections),
        col(ProgramRow.id).label("program_id"),
        col(ProgramRow.name).label("program_name"),
        select(REGION_COUNT)
        .where(col(RegionCountRow.prefecture_code) == "", col(RegionCountRow.subcategory_id) == col(SubcategoryRow.id))
        .scalar_subquery()
        .label("region_count"),
    )
    .join_from(SubcategoryRow, ProgramRow)
    .order_by(col(SubcategoryRow.position))
)
"""The subcategories, each with its programme and its number of regions."""


def _read_subcategories(read: Read, parsed: ParsedRequest[RecordQuery]) -> dict[str, dict[str, Any]]:
    return {
        row.id: {
            "id": row.id,
            "name": row.name,
            "label": row.label,
            "label_en": row.label_en,
            "program": {"id": row.program_id, "name": row.program_name},
            "region_count": row.region_count,
            "corrections": row.corrections,
            "links": {
                "self": parsed.url(f"/v1/subcategories/{row.id}"),
                "regions": parsed.url("/v1/regions", {"subcategory": row.id}),
            },
        }
        for row in read.rows(ROWS)
    }


def read_page(read: Read, parsed: ParsedRequest[ListQuery]) -> pagination.Slice:
    return pagination.cut([*_read_subcategories(read, parsed).values()], parsed.query)


SUBCATEGORIES = responses.Collection("/v1/subcategories", ListQuery, Subcategory, read_page)


@router.get(
    "/v1/subcategories",
    summary="List the subcategories",
    operation_id="list-subcategories",
    response_model=Page[Subcategory],
)
async def list_subcategories(context: Context, query: Annotated[ListQuery, Query()]) -> Response:
    """The subcategories in the order of the list, with the printed label and the programme."""
    return await responses.page(context, SUBCATEGORIES, query)


@router.get(
    "/v1/subcategories/{subcategory_id}",
    summary="Get a subcategory",
    operation_id="get-subcategory",
    response_model=Subcategory,
    responses=openapi.responses(404, 410),
)
async def get_subcategory(
    context: Context,
    query: Annotated[RecordQuery, Query()],
    subcategory_id: Annotated[str, Path(description="Subcategory id", examples=["global-phase-1"])],
) -> Response:
    """One subcategory."""

    def fetch(read: Read, parsed: ParsedRequest[RecordQuery]) -> dict[str, Any] | None:
        subcategory = _read_subcategories(read, parsed).get(subcategory_id)
        if subcategory is None:
            gone.refuse(read, "subcategories", subcategory_id)
        return subcategory

    return await responses.record(context, query, fetch)
