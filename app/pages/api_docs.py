"""Swagger UI, ReDoc, the OpenAPI file and the API catalog. Every asset is local; no page has an inline script."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.http import assets, responses, routes
from app.http.formats import JSON
from app.http.query_string import LanguageParameter, QueryModel
from app.http.request_context import Context
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)
files = APIRouter(route_class=routes.Route, include_in_schema=False)

PATHS = {"swagger-ui": layout.by_parameter("docs"), "redoc": layout.by_parameter("redoc")}

_POLICIES = {
    "swagger-ui": layout.POLICY | {"img-src": "'self' data:"},  # the icons in its style sheet
    "redoc": layout.POLICY
    | {
        "img-src": "'self' data:",  # icons that its script makes
        "style-src": "'self' 'unsafe-inline'",  # its script writes <style> elements, and fails where it may not
        "worker-src": "blob:",  # its search
    },
}


class DescriptionQuery(QueryModel):
    lang: LanguageParameter = None


@files.get("/openapi.json")
async def get_openapi(context: Context, query: Annotated[DescriptionQuery, Query()]) -> Response:
    language = query.lang or context.language
    own = {"content-language": language, "vary": "" if query.lang else "Accept-Language"}
    return await assets.respond(context, context.state.descriptions[language], JSON.media_type, own)


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
    return _page(context, "swagger-ui")


@router.get("/redoc")
async def get_redoc(context: Context) -> Response:
    return _page(context, "redoc")


def _page(context: Context, viewer: str) -> Response:
    return layout.page(
        context,
        "api_docs.html",
        context.language,
        PATHS[viewer],
        vary=("Accept-Language",),
        policy=_POLICIES[viewer],
        viewer=viewer,
    )


router.routes += files.routes
