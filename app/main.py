"""Wiring, top to bottom. Nobody imports this module."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from app import (
    __version__,
    access,
    corrections,
    docs,
    fiscal_years,
    meta,
    openapi,
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
        yield
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
    problems.install(api, settings.public_base_url)
    for resource in (regions, programs, subcategories, prefectures, fiscal_years, corrections, meta, docs):
        api.include_router(resource.router)
    return api


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The service as an ASGI application; `database.Missing` if its SQLite file is not there."""
    settings = settings or Settings.from_environment()
    database = Database(settings)
    database.require_file()
    return access.Access(create_api(settings, database), settings)
