"""`/`: the explorer, a page without inline scripts, and the files that pages load."""

import re
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.http import assets, problems, responses, routes
from app.http.assets import Asset
from app.http.request_context import Context
from app.pages import layout
from app.pages.bundle import BUNDLE, FILES

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)
files = APIRouter(route_class=routes.Route, include_in_schema=False)

PATHS = layout.by_parameter("")

_PAGE = re.sub(
    r"(?<=\"explorer/)[\w.-]+", lambda name: BUNDLE.hashed(name[0]), (FILES / "index.html").read_text(encoding="utf-8")
)


def prepare_files() -> dict[str, Asset]:
    """Return the files that pages load, by hashed name, each read at its first request."""
    return {name: Asset(file.load) for name, file in BUNDLE.files.items()}


@router.get("/")
async def get_explorer(context: Context) -> Response:
    return layout.respond(context, _PAGE, "ja")


@files.get("/explorer/{name}")
async def get_file(context: Context, name: Annotated[str, Path()]) -> Response:
    file = BUNDLE.files.get(name)
    if file is None:
        raise problems.NotFound("route")
    return await assets.respond(context, context.state.page_files[name], file.media_type, responses.IMMUTABLE)


router.routes += files.routes
