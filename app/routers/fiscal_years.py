"""Fiscal years, as a list and as the type of parameters."""

from collections import Counter
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import ProgramRow, RegionCountRow
from app.http import pagination, query_string, responses, routes, suggestions
from app.http.pagination import ListQuery, Page
from app.http.parsed_request import ParsedRequest
from app.http.request_context import Context
from app.japanese import fiscal_years, mistyped_years
from app.schemas.records import FiscalYearRecord

router = APIRouter(route_class=routes.Route, tags=["vocabularies"])


def _parse(text: str) -> int:
    try:
        return fiscal_years.parse(text)
    except fiscal_years.NoFiscalYear as invalid:
        shown = query_string.shown(text)
        raise query_string.Refused(invalid.reason, fiscal_years.FORMS, partial(_suggest, text), value=shown) from None


def _suggest(text: str) -> str | None:
    if len(text) > suggestions.TYPED_CHARACTERS:
        return None
    match mistyped_years.meant(text):
        case (first, last):
            ends = {"fiscal_year_from": first, "fiscal_year_to": last}
            return "&".join(f"{name}={year}" for name, year in ends.items() if year)
        case single:
            return single


FISCAL_YEAR = BeforeValidator(_parse, json_schema_input_type=Annotated[str, Field(min_length=2, max_length=10)])
"""Parses a fiscal year in any notation of `japanese.fiscal_years`; the value is its western year."""

_SPANS = Statement(
    select(
        col(RegionCountRow.program_id),
        col(RegionCountRow.fiscal_year_start),
        col(RegionCountRow.fiscal_year_end),
        col(RegionCountRow.regions).label("region_count"),
    ).where(col(RegionCountRow.prefecture_code) == "")
)
_PROGRAMS = Statement(select(col(ProgramRow.id), col(ProgramRow.name)).order_by(col(ProgramRow.position)))


def read_page(read: Read, parsed: ParsedRequest[ListQuery]) -> pagination.Slice:
    programs = read.rows(_PROGRAMS)
    active: Counter[tuple[int, str]] = Counter()
    for span in read.rows(_SPANS):
        for year in range(span.fiscal_year_start, span.fiscal_year_end + 1):
            active[year, span.program_id] += span.region_count
    records: list[dict[str, Any]] = []
    for year in sorted({year for year, _ in active}):
        per_program = [
            {"id": program.id, "name": program.name, "region_count": active[year, program.id]} for program in programs
        ]
        records.append(
            {
                "year": year,
                "label": fiscal_years.label(year),
                "era": fiscal_years.era(year),
                "start": fiscal_years.start(year),
                "end": fiscal_years.end(year),
                "region_count": sum(active[year, program.id] for program in programs),
                "programs": per_program,
                "links": {"regions": parsed.url("/v1/regions", {"fiscal_year": str(year)})},
            }
        )
    return pagination.cut(records, parsed.query)


FISCAL_YEARS = responses.Collection("/v1/fiscal-years", ListQuery, FiscalYearRecord, read_page)


@router.get(
    "/v1/fiscal-years",
    summary="List the fiscal years",
    operation_id="list-fiscal-years",
    response_model=Page[FiscalYearRecord],
)
async def list_fiscal_years(context: Context, query: Annotated[ListQuery, Query()]) -> Response:
    """Each fiscal year in which a region was active, with the number of those regions."""
    return await responses.page(context, FISCAL_YEARS, query)
