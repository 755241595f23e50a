"""Wiring, top to bottom. Only what starts the service imports this module."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from anyio import create_task_group
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app import (
    __version__,
    access,
    caching,
    catalogue,
    changes,
    corrections,
    dataset,
    docs,
    fiscal_years,
    llms,
    meta,
    openapi,
    pages,
    prefectures,
    problems,
    programs,
    regions,
    subcategories,
)
from app.database import Database
from app.settings import Settings


def create_api(settings: Settings, database: Database) -> FastAPI:
    """The routes and their failures."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with create_task_group() as tasks:
            tasks.start_soon(database.watch)
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
    api.state.files = {}
    resources = (regions, programs, subcategories, prefectures, fiscal_years, corrections, changes, dataset)
    for resource in (*resources, meta, docs, pages, llms):
        api.router.routes.extend(resource.router.routes)  # flat: a router in a router is matched twice
    api.openapi = cache(lambda: openapi.describe(api.routes, catalogue.COLLECTIONS))  # type: ignore[method-assign]  # the hook
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


def create_service(settings: Settings | None = None) -> ASGIApp:
    """The service without what stands around each request; `database.Missing` if its SQLite file is not there."""
    settings = settings or Settings.from_environment()
    database = Database(settings)
    database.require_file()
    routes = access.TargetLimit(_Routes(create_api(settings, database)))
    return caching.Cache(problems.Failures(routes, settings.public_base_url), database, settings.cache_bytes)


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The service as an ASGI application, with its request ids and its log."""
    settings = settings or Settings.from_environment()
    app: ASGIApp = access.RequestId(create_service(settings))
    return access.Log(app) if settings.access_log else app
