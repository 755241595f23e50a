"""`/changelog`: CHANGELOG.md as a page."""

import pathlib
from html import escape

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.http import responses
from app.pages import layout

router = APIRouter(route_class=responses.Route, include_in_schema=False)

_CHANGELOG = (pathlib.Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")


@router.get("/changelog")
async def get_changelog(request: Request) -> Response:
    return layout.page(request, layout.framed("Changelog", f'<pre tabindex="0">{escape(_CHANGELOG)}</pre>', "en", ""))
