"""Answer operators: `/livez`, `/readyz`, `/metrics`. These responses are never stored."""

import logging
from typing import Any

from fastapi import APIRouter
from sqlalchemy import String, column, select, table
from starlette.datastructures import State
from starlette.responses import Response

from app.db.errors import DatabaseUnavailable
from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import SCHEMA_REVISION
from app.http import formats, openapi, problems, responses, routes
from app.http.request_context import Context
from app.schemas.dataset import Health, Readiness

log = logging.getLogger("app.readiness")

router = APIRouter(route_class=routes.Route, tags=["operations"])

_REVISION = Statement(select(column("version_num", String)).select_from(table("alembic_version")))


class NotReady(problems.Unavailable):
    """The service is not ready; `reason` tells operators why, `sentence` names the detail for clients."""

    def __init__(self, reason: str, sentence: str | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason


def fetch_readiness(read: Read) -> dict[str, Any]:
    """Return the body of `/readyz`; `NotReady` if the tables are not those of this release."""
    row = read.row(_REVISION)
    revision = row.version_num if row else None
    if revision != SCHEMA_REVISION:
        raise NotReady(f"the database has schema {revision}, not {SCHEMA_REVISION}")
    return {"status": "ok", "schema_revision": SCHEMA_REVISION, "dataset_version": read.edition.version}


@router.get("/livez", summary="Check the process", operation_id="check-liveness", response_model=Health)
async def check_liveness() -> Response:
    """The process answers. Never touches the database."""
    return responses.unstored({"status": "ok"})


@router.get(
    "/readyz",
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
        body = await responses.read(context, fetch_readiness)
    except NotReady as failure:
        _log_readiness(state, failure.reason)
        raise
    except DatabaseUnavailable:
        _log_readiness(state, f"the database cannot be read: {state.database.fault}")
        raise
    _log_readiness(state, None)
    return responses.unstored(body)


def _log_readiness(state: State, reason: str | None) -> None:
    """Log a change: why the service is not ready, or that it is ready again."""
    if reason != state.not_ready_because:
        state.not_ready_because = reason
        log.warning(f"not ready: {reason}" if reason else "ready again")


@router.get(
    "/metrics",
    summary="Get the metrics",
    operation_id="get-metrics",
    response_model=None,
    responses=openapi.responses(media_types=(formats.PROMETHEUS,)),
)
async def get_metrics(context: Context) -> Response:
    """Requests by route, durations, cache, connections, data set: in the text format of Prometheus."""
    return responses.unstored(context.state.metrics.exposition(), formats.PROMETHEUS)
