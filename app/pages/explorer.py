"""`/`: the explorer, a page without inline scripts, and the files that it loads."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.http import problems, responses, routes
from app.http.request_context import Context
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)
files = APIRouter(route_class=routes.Route, include_in_schema=False)

_MEDIA_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_FILES = {
    file.name: (media_type, file.read_bytes())
    for file in layout.FILES.iterdir()
    if (media_type := _MEDIA_TYPES.get(file.name.rpartition(".")[2]))
}
_PAGE = (layout.FILES / "index.html").read_text(encoding="utf-8")


@router.get("/")
async def get_explorer(context: Context) -> Response:
    return layout.respond(context, _PAGE, "ja")


@files.get("/explorer/{name}")
async def get_file(context: Context, name: Annotated[str, Path()]) -> Response:
    if name not in _FILES:
        raise problems.NotFound("route")
    media_type, content = _FILES[name]
    return responses.static(context, content, media_type, responses.REVALIDATED)


router.routes += files.routes
