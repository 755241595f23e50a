"""`/changelog`: CHANGELOG.md as a page."""

import pathlib
from html import escape

from fastapi import APIRouter
from starlette.responses import Response

from app.http import routes
from app.http.request_context import Context
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

_CHANGELOG = (pathlib.Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")


@router.get("/changelog")
async def get_changelog(context: Context) -> Response:
    return layout.page(context, layout.framed("Changelog", f'<pre tabindex="0">{escape(_CHANGELOG)}</pre>', "en", ""))
