"""`/corrections`: the suspected misprints, to read, in Japanese and English."""

from fastapi import APIRouter
from starlette.responses import Response

from app.http import responses, routes
from app.http.messages import Language
from app.http.request_context import RequestContext
from app.pages import fields, layout
from app.pages.records import read_list
from app.routers import corrections

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

PATHS = layout.in_each_language("corrections")


async def _page(context: RequestContext, language: Language, vary: tuple[str, ...]) -> Response:
    records = await responses.read(context, lambda read: read_list(read, corrections.CORRECTIONS))
    return layout.page(
        context,
        "corrections.html",
        language,
        PATHS,
        vary=vary,
        corrections=records,
        in_language=fields.in_language,
        label=fields.label,
    )


layout.serve(router, "corrections", _page)
