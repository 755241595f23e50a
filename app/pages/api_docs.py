"""Swagger UI, ReDoc, the OpenAPI file and the API catalog. Every asset is local; no page has an inline script."""

import pathlib
from collections.abc import Callable
from functools import partial
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path
from starlette.responses import Response

from app.http import assets, problems, responses, routes
from app.http.assets import Asset
from app.http.formats import JSON
from app.http.request_context import Context
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)
files = APIRouter(route_class=routes.Route, include_in_schema=False)

_PACKAGE = find_spec("fastapi_offline")  # its files only: importing it would make every start slower
_SHIPPED = pathlib.Path(_PACKAGE.origin if _PACKAGE and _PACKAGE.origin else "").parent / "static"
_FOREIGN_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
"""ReDoc loads its logo from another host; the icon of the explorer replaces it."""

_ASSETS = {
    "swagger-ui.js": ("text/javascript", _SHIPPED / "swagger-ui-bundle.js"),
    "swagger-ui.css": ("text/css", _SHIPPED / "swagger-ui.css"),
    "redoc.js": ("text/javascript", _SHIPPED / "redoc.standalone.js"),
    "init.js": ("text/javascript", layout.FILES / "docs.js"),
}

_POLICIES = {
    "swagger-ui": layout.POLICY | {"img-src": "'self' data:"},  # the icons in its style sheet
    "redoc": layout.POLICY
    | {
        "img-src": "'self' data:",  # icons that its script makes
        "style-src": "'self' 'unsafe-inline'",  # its script writes <style> elements, and fails where it may not
        "worker-src": "blob:",  # its search
    },
}


def prepare_assets(description: Callable[[], dict[str, Any]]) -> dict[str, Asset]:
    """Return the assets of the pages by file name, each read at its first request; `description` makes openapi.json."""
    read: dict[str, Callable[[], bytes]] = {name: partial(_read, file) for name, (_, file) in _ASSETS.items()}
    read["openapi.json"] = lambda: orjson.dumps(description())
    return {name: Asset(load) for name, load in read.items()}


def _read(file: Traversable) -> bytes:
    return file.read_bytes().replace(_FOREIGN_LOGO, b"explorer/icon.svg")


@files.get("/openapi.json")
async def get_openapi(context: Context) -> Response:
    return await assets.respond(context, context.state.assets["openapi.json"], JSON.media_type, {})


@files.get("/.well-known/api-catalog")
async def get_api_catalog(context: Context) -> Response:
    """Return the API catalog (RFC 9727), a link set (RFC 9264) to the API, its description and its documentation."""
    base_url = context.state.settings.public_base_url
    api = {
        "anchor": f"{base_url}/v1",
        "service-desc": [{"href": f"{base_url}/openapi.json", "type": "application/json"}],
        "service-doc": [{"href": f"{base_url}/docs", "type": "text/html"}],
        "service-meta": [{"href": f"{base_url}/v1/dataset", "type": "application/json"}],
        "status": [{"href": f"{base_url}/readyz", "type": "application/json"}],
    }
    return responses.static(context, {"linkset": [api]}, "application/linkset+json")


@router.get("/docs")
async def get_docs(context: Context) -> Response:
    return _page(context, "docs", "swagger-ui")


@router.get("/redoc")
async def get_redoc(context: Context) -> Response:
    return _page(context, "redoc", "redoc")


@files.get("/docs/{name}")
async def get_asset(context: Context, name: Annotated[str, Path()]) -> Response:
    if name not in _ASSETS:
        raise problems.NotFound("route")
    media_type, _ = _ASSETS[name]
    return await assets.respond(context, context.state.assets[name], media_type, responses.REVALIDATED)


def _page(context: Context, path: str, explorer: str) -> Response:
    return layout.page(
        context,
        "api_docs.html",
        context.language,
        {each: f"{path}?lang={each}" for each in layout.LANGUAGES},
        vary=("Accept-Language",),
        policy=_POLICIES[explorer],
        explorer=explorer,
    )


router.routes += files.routes
