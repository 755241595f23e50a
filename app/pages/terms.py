"""`/terms`: what is known of the terms of use, in Japanese and English."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.http import routes
from app.http.request_context import Context
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

_TEXT = layout.Text("terms", {"ja": "利用条件", "en": "Terms of use"})


@router.get("/terms")
async def get_terms(context: Context) -> Response:
    return layout.text_page(context, _TEXT)


@router.get("/terms/{language}")
async def get_terms_in(context: Context, language: Annotated[str, Path()]) -> Response:
    return layout.text_page(context, _TEXT, language)
