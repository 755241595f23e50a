"""`/guide`: how to use the API, with samples to copy, in Japanese and English."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.http import routes
from app.http.request_context import Context
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

_TEXT = layout.Text("guide", {"ja": "使い方", "en": "Guide"})

EXAMPLE_BASE_URL = "http://127.0.0.1:8000"
"""The address in the samples; the public base URL replaces it where one is configured."""

_SAMPLES = {
    f"{{{file.name}}}": file.read_text(encoding="utf-8").strip()
    for file in (layout.FILES / "samples").iterdir()
    if file.is_file()
}


@router.get("/guide")
async def get_guide(context: Context) -> Response:
    return _page(context)


@router.get("/guide/{language}")
async def get_guide_in(context: Context, language: Annotated[str, Path()]) -> Response:
    return _page(context, language)


def _page(context: Context, language: str | None = None) -> Response:
    base_url = context.state.settings.public_base_url or EXAMPLE_BASE_URL
    samples = {place: escape(code.replace(EXAMPLE_BASE_URL, base_url), quote=False) for place, code in _SAMPLES.items()}
    return layout.text_page(context, _TEXT, language, samples)
