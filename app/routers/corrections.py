"""Suspected misprints of the source, published beside the printed text and never applied."""

from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import CorrectionRow, RegionCorrectionRow
from app.http import pagination, responses, routes
from app.http.pagination import ListQuery, Page
from app.http.parsed_request import ParsedRequest
from app.http.request_context import Context
from app.schemas.records import Correction

router = APIRouter(route_class=routes.Route, tags=["dataset"])

_CORRECTIONS = Statement(
    select(
        col(CorrectionRow.id),
        col(CorrectionRow.field),
        col(CorrectionRow.printed),
        col(CorrectionRow.likely),
        col(CorrectionRow.corrected),
        col(CorrectionRow.certainty),
        col(CorrectionRow.subcategory_id).label("applies_to"),  # to which `read_page` adds the regions
        col(CorrectionRow.note),
        col(CorrectionRow.note_en),
        col(CorrectionRow.evidence),
    ).order_by(col(CorrectionRow.position))
)

_REGIONS = Statement(
    select(col(RegionCorrectionRow.correction_id), col(RegionCorrectionRow.region_number)).order_by(
        col(RegionCorrectionRow.region_number)
    )
)


def read_page(read: Read, parsed: ParsedRequest[ListQuery]) -> pagination.Slice:
    regions: defaultdict[str, list[int]] = defaultdict(list)
    for row in read.rows(_REGIONS):
        regions[row.correction_id].append(row.region_number)
    records = [
        row._asdict() | {"applies_to": {"subcategory": row.applies_to, "regions": regions[row.id]}}
        for row in read.rows(_CORRECTIONS)
    ]
    return pagination.cut(records, parsed.query)


CORRECTIONS = responses.Collection("/v1/corrections", ListQuery, Correction, read_page)


@router.get(
    "/v1/corrections",
    summary="List the suspected misprints",
    operation_id="list-corrections",
    response_model=Page[Correction],
)
async def list_corrections(context: Context, query: Annotated[ListQuery, Query()]) -> Response:
    """List what is misprinted and what was likely meant, with certainty and evidence."""
    return await responses.page(context, CORRECTIONS, query)
