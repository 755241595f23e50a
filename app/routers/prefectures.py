"""The 47 prefectures (JIS X 0401)."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import REGION_COUNT, AreaRow, PrefectureRow, RegionCountRow
from app.http import pagination, responses, routes
from app.http.pagination import ListQuery, Page
from app.http.parsed_request import ParsedRequest
from app.http.request_context import Context
from app.schemas.records import Prefecture

router = APIRouter(route_class=routes.Route, tags=["vocabularies"])

_PREFECTURES = Statement(
    select(
        col(PrefectureRow.code),
        col(PrefectureRow.name),
        col(PrefectureRow.name_en),
        col(PrefectureRow.name_kana),
        col(PrefectureRow.iso_3166_2),
        col(PrefectureRow.wikidata),
        col(AreaRow.id).label("area_id"),
        col(AreaRow.name).label("area_name"),
        col(AreaRow.name_en).label("area_name_en"),
        col(AreaRow.regions).label("area_region_count"),
        select(REGION_COUNT)
        .where(col(RegionCountRow.prefecture_code) == col(PrefectureRow.code))
        .scalar_subquery()
        .label("region_count"),
    )
    .join_from(PrefectureRow, AreaRow)
    .order_by(col(PrefectureRow.code))
)


def read_page(read: Read, parsed: ParsedRequest[ListQuery]) -> pagination.Slice:
    records = [
        {
            "code": row.code,
            "name": row.name,
            "name_en": row.name_en,
            "name_kana": row.name_kana,
            "area": {"id": row.area_id, "name": row.area_name, "name_en": row.area_name_en},
            "iso_3166_2": row.iso_3166_2,
            "wikidata": row.wikidata,
            "region_count": row.region_count,
            "area_region_count": row.area_region_count,
            "links": {"regions": parsed.url("/v1/regions", {"prefecture": row.code})},
        }
        for row in read.rows(_PREFECTURES)
    ]
    return pagination.cut(records, parsed.query)


PREFECTURES = responses.Collection("/v1/prefectures", ListQuery, Prefecture, read_page)


@router.get(
    "/v1/prefectures",
    summary="List the prefectures",
    operation_id="list-prefectures",
    response_model=Page[Prefecture],
)
async def list_prefectures(context: Context, query: Annotated[ListQuery, Query()]) -> Response:
    """All prefectures by JIS code, each with the number of regions that lie in it."""
    return await responses.page(context, PREFECTURES, query)
