"""`/terms`: what is known of the terms of use, in Japanese and English."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.http import routes
from app.http.messages import Language
from app.http.request_context import Context, RequestContext
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

PATHS = layout.in_each_language("terms")


@router.get("/terms")
async def get_terms(context: Context) -> Response:
    return _page(context, context.language, vary=("Accept-Language",))


@router.get("/terms/{language}")
async def get_terms_in(context: Context, language: Annotated[str, Path()]) -> Response:
    return _page(context, layout.named_language(language))


def _page(context: RequestContext, language: Language, vary: tuple[str, ...] = ()) -> Response:
    return layout.page(context, f"terms.{language}.html", language, PATHS, vary=vary)
