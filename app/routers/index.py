"""The service about itself: the index, the problem types, health."""

import logging
from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import String, column, select, table
from sqlmodel import col
from starlette.datastructures import State
from starlette.responses import Response

from app import __version__
from app.db.errors import Unavailable
from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import SCHEMA_REVISION, DatasetRow
from app.http import formats, messages, openapi, problems, responses, routes
from app.http.parsed_request import Inquiry
from app.http.query_string import RecordQuery
from app.http.request_context import Context
from app.pages import layout
from app.schemas.dataset import Health, Index, ProblemType, Readiness

log = logging.getLogger("app.readiness")

router = APIRouter(route_class=routes.Route)

_TITLE = Statement(select(col(DatasetRow.title)))
_REVISION = Statement(select(column("version_num", String)).select_from(table("alembic_version")))

RESOURCES = {
    "programs": "/v1/programs",
    "subcategories": "/v1/subcategories",
    "regions": "/v1/regions",
    "prefectures": "/v1/prefectures",
    "fiscal_years": "/v1/fiscal-years",
    "corrections": "/v1/corrections",
    "changes": "/v1/changes",
    "dataset": "/v1/dataset",
}
PAGES = {
    "explorer": "/",
    "guide": "/guide",
    "terms": "/terms",
    "docs": "/docs",
    "redoc": "/redoc",
    "openapi": "/openapi.json",
}


def fetch_index(read: Read, inquiry: Inquiry[RecordQuery]) -> dict[str, Any]:
    paths = {"self": "/v1", **RESOURCES, **PAGES}
    return {
        "title": read.rows(_TITLE)[0].title,
        "description": messages.DESCRIPTION[inquiry.language],
        "api_version": __version__,
        "dataset_version": read.edition.version,
        "license_note": messages.LICENSE_NOTE[inquiry.language],
        "links": {name: inquiry.url(path) for name, path in paths.items()},
    }


class NotReady(problems.Unavailable):
    """The database was read, or need not be; `reason` says to operators what is wrong."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(detail)
        self.reason = reason


def fetch_readiness(read: Read) -> dict[str, Any]:
    """Return the body of `/readyz`; `NotReady` if the tables are not those of this release."""
    row = read.row(_REVISION)
    revision = row.version_num if row else None
    if revision != SCHEMA_REVISION:
        raise NotReady(f"the database has schema {revision}, not {SCHEMA_REVISION}")
    return {"status": "ok", "schema_revision": SCHEMA_REVISION, "dataset_version": read.edition.version}


@router.get(
    "/v1",
    tags=["dataset"],
    summary="Get the index",
    operation_id="get-index",
    response_model=Index,
)
async def get_index(context: Context, query: Annotated[RecordQuery, Query()]) -> Response:
    """Where everything is."""
    return await responses.record(context, query, fetch_index)


@router.get(
    "/problems/{problem_type}",
    tags=["dataset"],
    summary="Get a problem type",
    operation_id="get-problem-type",
    response_model=ProblemType,
    responses=openapi.responses(404, 406, media_types=("text/html",)),
)
async def get_problem_type(
    context: Context,
    problem_type: Annotated[str, Path(description="Name of the type", examples=["invalid-parameter"])],
) -> Response:
    """What a problem document of this type means, in English and Japanese; a page where `Accept` prefers HTML."""
    failure = problems.TYPES.get(problem_type)
    if failure is None:
        raise problems.NotFound("route")
    offered = ("application/json", "text/html")
    media_type = context.media_type(offered)
    if media_type is None:
        raise problems.NotAcceptable(available=", ".join(offered))
    if media_type == "text/html":
        return _problem_page(context, failure)
    return responses.static(
        context,
        {
            "type": f"{context.state.settings.public_base_url}/problems/{problem_type}",
            "status": failure.status,
            "title": messages.TITLES[problem_type],
            "explanation": messages.EXPLANATIONS[problem_type],
        },
        more={"vary": "Accept"},
    )


@router.get(
    "/livez",
    tags=["operations"],
    summary="Check the process",
    operation_id="check-liveness",
    response_model=Health,
)
async def check_liveness(context: Context) -> Response:
    """The process answers. Never touches the database."""
    return responses.unstored(context, {"status": "ok"})


@router.get(
    "/readyz",
    tags=["operations"],
    summary="Check the service",
    operation_id="check-readiness",
    response_model=Readiness,
    responses=openapi.responses(503),
)
async def check_readiness(context: Context) -> Response:
    """The database has the schema of this release and holds an edition that can be read; the process is to go on."""
    state = context.state
    try:
        if state.drain.begun:
            raise NotReady("it was told to stop", "draining")
        told = await responses.read(context, fetch_readiness)
    except NotReady as failure:
        _log_readiness(state, failure.reason)
        raise
    except Unavailable:
        _log_readiness(state, f"the database cannot be read: {state.database.fault}")
        raise
    _log_readiness(state, None)
    return responses.unstored(context, told)


def _log_readiness(state: State, reason: str | None) -> None:
    """Log a change: why the service is not ready, or that it is ready again."""
    if reason != state.not_ready_because:
        state.not_ready_because = reason
        log.warning(f"not ready: {reason}" if reason else "ready again")


@router.get(
    "/metrics",
    tags=["operations"],
    summary="Get the metrics",
    operation_id="get-metrics",
    response_model=None,
    responses=openapi.responses(media_types=(formats.PROMETHEUS,)),
)
async def get_metrics(context: Context) -> Response:
    """Requests by route, durations, cache, connections, data set: in the text format of Prometheus."""
    return responses.unstored(context, context.state.metrics.exposition(), formats.PROMETHEUS)


def _problem_page(context: Context, failure: type[problems.Failure]) -> Response:
    """Both languages one below the other: whoever follows the link of a problem has chosen neither."""
    name = failure.type
    sections = (
        f'<section lang="{language}"><h2>{messages.TITLES[name][language]}</h2>'
        f"<p>{escape(messages.EXPLANATIONS[name][language])}</p></section>"
        for language in ("ja", "en")
    )
    others = " · ".join(f'<a href="{other}">{other}</a>' for other in problems.TYPES)
    content = f"<p>HTTP {failure.status}</p>{''.join(sections)}<h2>/problems</h2><p>{others}</p>"
    return layout.page(context, layout.framed(name, content, "en", "../"), vary="Accept")
