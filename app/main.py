"""Wiring, top to bottom. Only what starts the service imports this module."""

import functools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from anyio import create_task_group
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.db.database import Database
from app.http import openapi, problems
from app.middleware import access_log, cache, tracing
from app.middleware.draining import Drain
from app.middleware.metrics import Metrics
from app.pages import api_docs, layout, llms
from app.routers import (
    catalogue,
    changes,
    corrections,
    dataset,
    fiscal_years,
    index,
    prefectures,
    programs,
    subcategories,
)
from app.routers.regions import endpoints
from app.settings import Settings


def create_api(
    settings: Settings, database: Database, counted: Metrics | None = None, drain: Drain | None = None
) -> FastAPI:
    """The routes and their failures."""
    counted, drain = counted or Metrics(), drain or Drain()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with create_task_group() as tasks:
            tasks.start_soon(database.watch)
            tasks.start_soon(counted.share)
            yield
            tasks.cancel_scope.cancel()
        await database.close()

    api = FastAPI(
        title=openapi.TITLE,
        version=__version__,
        lifespan=lifespan,
        redirect_slashes=False,
        openapi_url=None,  # `docs` serves it, and the explorers
    )
    api.state.settings = settings
    api.state.database = database
    edition_files = dataset.EditionFiles(database)
    counted.sources.append(edition_files.numbers)
    api.state.files = edition_files
    api.state.metrics = counted
    api.state.drain = drain
    api.state.not_ready_because = None
    resources = (endpoints, programs, subcategories, prefectures, fiscal_years, corrections, changes, dataset)
    for resource in (*resources, index, api_docs, layout, llms):
        api.router.routes.extend(resource.router.routes)  # flat: a router in a router is matched twice
    api.openapi = functools.cache(lambda: openapi.describe(api.routes, catalogue.COLLECTIONS))  # type: ignore[method-assign]  # the hook
    api.state.assets = api_docs.prepare_assets(api.openapi)
    return api


class _Routes:
    """The routes without the framework's own middleware, whose work `problems` and `caching` do."""

    def __init__(self, api: FastAPI) -> None:
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path", "").endswith("\n"):  # the framework's patterns end in `$`, which lets a line end pass
            raise problems.NotFound("route")
        scope["app"] = self.api
        await self.api.router(scope, receive, send)


def create_service(
    settings: Settings | None = None, counted: Metrics | None = None, drain: Drain | None = None
) -> ASGIApp:
    """The service without what stands around each request; `database.Missing` if its SQLite file is not there."""
    settings, counted = settings or Settings.from_environment(), counted or Metrics()
    traced = tracing.provider(settings) if settings.otel_exporter_otlp_endpoint else None
    database = tracing.TracedDatabase(settings, traced) if traced else Database(settings)
    database.require_file()
    routes = access_log.TargetLimit(_Routes(create_api(settings, database, counted, drain)))
    cached = cache.Cache(problems.Failures(routes, settings.public_base_url), database, settings.cache_bytes)
    counted.sources += (cached.numbers, database.numbers)
    counted.version = lambda: database.version
    return tracing.Tracing(cached, traced) if traced else cached


def create_app(
    settings: Settings | None = None,
    shared: Path | None = None,
    write: access_log.Write | None = None,
    drain: Drain | None = None,
    log_numbers: Callable[[], Mapping[str, float]] | None = None,
) -> ASGIApp:
    """Return the service as an ASGI application, with request ids and counts.

    The other arguments come from the process that serves, `app.server.supervisor`. Several workers share their counts
    in the folder `shared`. `write` gets a line of JSON for each request. `drain` says whether the process is about to
    stop. `log_numbers` returns counts of the log for `/metrics`.
    """
    settings = settings or Settings.from_environment()
    counted = Metrics(shared, settings.workers)
    if log_numbers:
        counted.sources.append(log_numbers)
    drain = drain or Drain()
    service = create_service(settings, counted, drain)
    if urlsplit(settings.public_base_url).path:
        service = access_log.Prefix(service, settings.public_base_url)
    return access_log.Access(service, counted, drain, write)


@functools.cache
def __getattr__(name: str) -> ASGIApp:
    """Make `app` when a server asks for it: `uvicorn app.main:app`. README says what that lacks."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return create_app()
