"""The changes of the data: what each edition added, corrected and withdrew."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from sqlalchemy import Integer, bindparam, func, select
from sqlmodel import col
from starlette.responses import Response

from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import ChangeRow
from app.http import pagination, responses, routes
from app.http.pagination import ListQuery, Page
from app.http.parsed_request import ParsedRequest
from app.http.request_context import Context
from app.schemas.records import Change

router = APIRouter(route_class=routes.Route, tags=["dataset"])

_CHANGES = Statement(
    select(
        col(ChangeRow.edition),
        col(ChangeRow.date),
        col(ChangeRow.action),
        col(ChangeRow.collection),
        col(ChangeRow.record_id).label("id"),
        col(ChangeRow.field),
        col(ChangeRow.old),
        col(ChangeRow.new),
    )
    .order_by(col(ChangeRow.edition).desc(), col(ChangeRow.position))
    .limit(bindparam("limit", type_=Integer()))
    .offset(bindparam("offset", type_=Integer()))
)
"""A page; the list grows with every edition."""

_COUNT = Statement(select(func.count(col(ChangeRow.position)).label("total")))


def read_page(read: Read, parsed: ParsedRequest[ListQuery]) -> pagination.Slice:
    page = {"limit": parsed.query.limit, "offset": parsed.query.offset}
    records = [orjson.dumps(row._asdict()) for row in read.rows(_CHANGES, page)]
    return pagination.Slice(records, read.rows(_COUNT)[0].total)


CHANGES = responses.Collection("/v1/changes", ListQuery, Change, read_page)


@router.get(
    "/v1/changes",
    summary="List the changes of the data",
    operation_id="list-changes",
    response_model=Page[Change],
)
async def list_changes(context: Context, query: Annotated[ListQuery, Query()]) -> Response:
    """List what each edition added, corrected and withdrew, by record and field; the newest edition first."""
    return await responses.page(context, CHANGES, query)
