"""`/terms`: what is known of the terms of use, in Japanese and English."""

from fastapi import APIRouter
from starlette.responses import Response

from app.http import routes
from app.http.messages import Language
from app.http.request_context import RequestContext
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

PATHS = layout.in_each_language("terms")


async def _page(context: RequestContext, language: Language, vary: tuple[str, ...]) -> Response:
    return layout.page(context, f"terms.{language}.html", language, PATHS, vary=vary)


layout.serve(router, "terms", _page)
