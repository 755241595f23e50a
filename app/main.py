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


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The service as an ASGI application; `database.Missing` if its SQLite file is not there."""
    settings = settings or Settings.from_environment()
    database = Database(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    app = FastAPI(
        title=openapi.TITLE,
        version=__version__,
        lifespan=lifespan,
        redirect_slashes=False,
        openapi_url=None,  # `docs` serves it, and the explorers
    )
    app.state.settings = settings
    app.state.database = database
    problems.install(app, settings.public_base_url)
    for resource in (regions, programs, subcategories, prefectures, fiscal_years, corrections, meta, docs):
        app.include_router(resource.router)
    return access.Access(app, settings)
