"""Wire the application, top to bottom. Only what starts the service imports this module."""

import functools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from anyio import CapacityLimiter, create_task_group
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.db.database import Database
from app.http import openapi, problems, routes
from app.http.assets import Asset
from app.http.nearest_path import NearestPath
from app.middleware import errors, tracing
from app.middleware.access_log import AccessLog, Write
from app.middleware.cache import Cache
from app.middleware.compression import Compression
from app.middleware.draining import Drain
from app.middleware.entry import Entry, Rewrite
from app.middleware.errors import Errors
from app.middleware.metrics import Metrics, Source
from app.middleware.path_prefix import PathPrefix
from app.middleware.target_limit import TargetLimit
from app.pages import (
    api_docs,
    changelog,
    changes,
    corrections,
    explorer,
    guide,
    llms,
    problem_types,
    regions,
    sitemap,
    terms,
)
from app.routers import dataset, health, index
from app.routers.catalogue import MAIN, RESOURCES
from app.settings import Settings


def create_api(
    settings: Settings, database: Database, metrics: Metrics | None = None, drain: Drain | None = None
) -> FastAPI:
    """Return the routes and their failures, which work without the middleware of `create_service`."""
    metrics, drain = metrics or Metrics(), drain or Drain()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with create_task_group() as tasks:
            tasks.start_soon(database.watch)
            tasks.start_soon(metrics.share)
            with drain.on_signal():
                yield
            tasks.cancel_scope.cancel()
        await database.close()

    api = FastAPI(
        title=openapi.TITLE,
        version=__version__,
        lifespan=lifespan,
        redirect_slashes=False,
        openapi_url=None,  # `pages.api_docs` serves it, and the viewers
        exception_handlers=dict.fromkeys((problems.Failure, 404, 405, Exception), errors.handle),
    )
    edition_files = dataset.EditionFiles(database)
    metrics.sources.append(edition_files.numbers)
    api.state.settings = settings
    api.state.database = database
    api.state.files = edition_files
    api.state.metrics = metrics
    api.state.drain = drain
    api.state.not_ready_because = None
    lists = sorted(RESOURCES, key=lambda resource: resource.name != MAIN)  # the main one first, else as they stand
    pages = (explorer, regions, corrections, changes, guide, terms, changelog, llms, sitemap)
    others = (dataset, index, problem_types, health, api_docs, *pages)
    for router in (*(each.router for each in lists), *(module.router for module in others)):
        api.router.routes.extend(router.routes)  # flat: a router in a router is matched twice
    api.state.nearest_path = NearestPath(api.routes)
    described = (api.routes, [each.path for each in RESOURCES], settings.public_base_url, settings.changing_answers)
    api.openapi = functools.cache(lambda: openapi.describe(*described))  # type: ignore[method-assign]  # as FastAPI documents
    api.state.describe = api.openapi
    api.state.descriptions = {
        "en": Asset(lambda: orjson.dumps(api.openapi())),
        "ja": Asset(lambda: orjson.dumps(openapi.describe(*described, language="ja"))),
    }
    api.state.page_files = explorer.prepare_files()
    api.state.page_writer = CapacityLimiter(1)  # for the one page that takes milliseconds; more would only wait in turn
    return api


class _Router:
    """The router of the API without the middleware of FastAPI, whose work `middleware.errors` does."""

    def __init__(self, api: FastAPI) -> None:
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path", "").endswith("\n"):  # the patterns of FastAPI end in `$`, which lets a line end pass
            raise problems.NotFound("route")
        scope["app"] = self.api
        await self.api.router(scope, receive, send)


def create_service(
    settings: Settings | None = None, metrics: Metrics | None = None, drain: Drain | None = None
) -> ASGIApp:
    """Return the service without access log and path prefix; raise `db.errors.Missing` if the SQLite file is."""
    settings, metrics = settings or Settings.from_environment(), metrics or Metrics()
    provider = tracing.provider(settings) if settings.otel_exporter_otlp_endpoint else None
    database = tracing.TracedDatabase(settings, provider) if provider else Database(settings)
    database.require_file()
    api = create_api(settings, database, metrics, drain)
    answers = Rewrite(Compression(Errors(TargetLimit(_Router(api)), settings.public_base_url)))
    cache = Cache(answers, database, settings.cache_bytes)
    metrics.sources += (cache.numbers, database.numbers)
    metrics.version = lambda: database.version
    entry = Entry(cache, routes.page_parameters(api.routes))
    return tracing.Tracing(entry, provider) if provider else entry


def create_app(
    settings: Settings | None = None,
    shared: Path | None = None,
    write: Write | None = None,
    drain: Drain | None = None,
    sources: Sequence[Source] = (),
) -> ASGIApp:
    """Return the whole application, as a server runs it.

    Several workers share their counts in the folder `shared`. `write` gets a line of JSON for each request. `drain`
    and `sources`, further numbers for the metrics, come from the server.
    """
    settings, drain = settings or Settings.from_environment(), drain or Drain()
    metrics = Metrics(shared, settings.workers)
    metrics.sources += sources
    service = create_service(settings, metrics, drain)
    if urlsplit(settings.public_base_url).path:
        service = PathPrefix(service, settings.public_base_url)
    return AccessLog(service, metrics, drain, write)


@functools.cache
def __getattr__(name: str) -> ASGIApp:
    """Make `app` when a server asks for it: `uvicorn app.main:app`. docs/configuration.md says what that lacks."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return create_app()
