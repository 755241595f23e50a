"""`/v1`: the index, which links to everything there is."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from app import __version__
from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import DatasetRow
from app.http import messages, responses, routes
from app.http.parsed_request import ParsedRequest
from app.http.query_string import RecordQuery
from app.http.request_context import Context
from app.routers.catalogue import RESOURCES
from app.schemas.dataset import linking

router = APIRouter(route_class=routes.Route)

_TITLE = Statement(select(col(DatasetRow.title)))

PAGES = {
    "explorer": "/",
    "guide": "/guide",
    "terms": "/terms",
    "docs": "/docs",
    "redoc": "/redoc",
    "openapi": "/openapi.json",
}
LOCALISED = ("docs", "redoc")
"""Pages that take their language from `lang`."""

LINKS = {"self": "/v1"} | {each.name: each.path for each in RESOURCES} | {"dataset": "/v1/dataset"} | PAGES

PublishedIndex = linking(LINKS)


def fetch_index(read: Read, parsed: ParsedRequest[RecordQuery]) -> dict[str, Any]:
    return {
        "title": read.rows(_TITLE)[0].title,
        "description": messages.DESCRIPTION[parsed.language].format(regions=read.edition.regions),
        "api_version": __version__,
        "dataset_version": read.edition.version,
        "license_note": messages.LICENSE_NOTE[parsed.language],
        "links": {
            name: parsed.url(path, {"lang": parsed.language} if name in LOCALISED else {})
            for name, path in LINKS.items()
        },
    }


@router.get(
    "/v1",
    tags=["dataset"],
    summary="Get the index",
    operation_id="get-index",
    response_model=PublishedIndex,
)
async def get_index(context: Context, query: Annotated[RecordQuery, Query()]) -> Response:
    """Where everything is."""
    return await responses.record(context, query, fetch_index, labels=("description", "license_note", "links"))
