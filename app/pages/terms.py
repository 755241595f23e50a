"""`/terms`: what is known of the terms of use, in Japanese and English."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from app.http import responses
from app.pages import layout

router = APIRouter(route_class=responses.Route, include_in_schema=False)

_TEXT = layout.Text("terms", {"ja": "利用条件", "en": "Terms of use"})


@router.get("/terms")
async def get_terms(request: Request) -> Response:
    return layout.text_page(request, _TEXT)


@router.get("/terms/{language}")
async def get_terms_in(request: Request, language: Annotated[str, Path()]) -> Response:
    return layout.text_page(request, _TEXT, language)
