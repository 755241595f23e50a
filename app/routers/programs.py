"""The programmes: `global` グローバル型 and `city-area` 都市エリア型."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import ProgramRow
from app.http import openapi, pagination, responses, routes
from app.http.pagination import ListQuery, Page
from app.http.parsed_request import ParsedRequest
from app.http.query_string import RecordQuery
from app.http.request_context import Context
from app.routers import gone, subcategories
from app.schemas.records import Program

router = APIRouter(route_class=routes.Route, tags=["programs"])

_PROGRAMS = Statement(
    select(
        col(ProgramRow.id),
        col(ProgramRow.name),
        col(ProgramRow.name_en),
        col(ProgramRow.purpose),
        col(ProgramRow.purpose_en),
    ).order_by(col(ProgramRow.position))
)


def _read_programs(read: Read, parsed: ParsedRequest[RecordQuery]) -> dict[str, dict[str, Any]]:
    rows = read.rows(subcategories.ROWS)
    programs = {}
    for row in read.rows(_PROGRAMS):
        own = [
            {"id": each.id, "name": each.name, "label": each.label, "region_count": each.region_count}
            for each in rows
            if each.program_id == row.id
        ]
        programs[row.id] = row._asdict() | {
            "region_count": sum(each["region_count"] for each in own),
            "subcategories": own,
            "links": {
                "self": parsed.url(f"/v1/programs/{row.id}"),
                "regions": parsed.url("/v1/regions", {"type": row.id}),
            },
        }
    return programs


def read_page(read: Read, parsed: ParsedRequest[ListQuery]) -> pagination.Slice:
    return pagination.cut([*_read_programs(read, parsed).values()], parsed.query)


PROGRAMS = responses.Collection("/v1/programs", ListQuery, Program, read_page)


@router.get(
    "/v1/programs",
    summary="List the programmes",
    operation_id="list-programs",
    response_model=Page[Program],
)
async def list_programs(context: Context, query: Annotated[ListQuery, Query()]) -> Response:
    """The programmes in the order of the list, each with its purpose and its subcategories."""
    return await responses.page(context, PROGRAMS, query)


@router.get(
    "/v1/programs/{program_id}",
    summary="Get a programme",
    operation_id="get-program",
    response_model=Program,
    responses=openapi.responses(404, 410),
)
async def get_program(
    context: Context,
    query: Annotated[RecordQuery, Query()],
    program_id: Annotated[str, Path(description="Programme id", examples=["global"])],
) -> Response:
    """One programme."""

    def fetch(read: Read, parsed: ParsedRequest[RecordQuery]) -> dict[str, Any] | None:
        program = _read_programs(read, parsed).get(program_id)
        if program is None:
            gone.refuse(read, "programs", program_id)
        return program

    return await responses.record(context, query, fetch)
