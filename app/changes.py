"""The changelog of the data: what each edition added, corrected and withdrew."""

from fastapi import APIRouter
from sqlalchemy import select
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response

from app import answer, openapi, paging
from app.inquiry import Inquiry
from app.models import Change
from app.paging import Page, PageQuery
from app.read import Read
from app.statement import Statement
from app.tables import ChangeRow

router = APIRouter(route_class=answer.Route, tags=["dataset"])

_CHANGES = Statement(
    select(
        col(ChangeRow.edition).label("number"),  # `edition` is what every row carries of its own
        col(ChangeRow.date),
        col(ChangeRow.action),
        col(ChangeRow.collection),
        col(ChangeRow.record_id).label("id"),
        col(ChangeRow.field),
        col(ChangeRow.old),
        col(ChangeRow.new),
    ).order_by(col(ChangeRow.edition).desc(), col(ChangeRow.position))
)


def read_page(read: Read, inquiry: Inquiry[PageQuery]) -> paging.Slice:
    records = [
        {"edition": row.number} | {name: getattr(row, name) for name in Change.model_fields if name != "edition"}
        for row in read.rows(_CHANGES)
    ]
    return paging.cut(records, inquiry.query)


CHANGES = answer.Collection("/v1/changes", PageQuery, Change, read_page)


@router.get(
    "/v1/changes",
    summary="List the changes of the data",
    **openapi.operation("list-changes", PageQuery, Page[Change]),
)
async def list_changes(request: Request) -> Response:
    """What each edition added, corrected and withdrew, by record and field; the newest edition first."""
    return await answer.collection(request, CHANGES)
