"""`/llms.txt`: the API on a page, for language models, in the format of llmstxt.org; `/llms-full.txt`: the whole."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from app.db.edition import Names
from app.http import messages, openapi, responses, routes
from app.http.request_context import Context, RequestContext
from app.pages import guide, layout
from app.routers.regions.parameters import RegionQuery

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

MEDIA_TYPE = "text/plain; charset=utf-8"


@router.get("/llms.txt")
async def get_llms(context: Context) -> Response:
    return await _respond(context, "llms.txt")


@router.get("/llms-full.txt")
async def get_llms_full(context: Context) -> Response:
    base_url = context.state.settings.public_base_url or guide.SAMPLES_URL
    return await _respond(
        context,
        "llms-full.txt",
        samples={name: code.replace(guide.SAMPLES_URL, base_url) for name, code in guide.SAMPLES.items()},
        questions=zip(guide.questions("en"), guide.questions("ja"), strict=True),
        api=context.state.describe(),
        shape=_shape,
    )


async def _respond(context: RequestContext, template: str, **values: Any) -> Response:
    """Respond with a text that names the ids of the edition."""
    edition = await context.state.database.edition()
    text = layout.template_named(template).render(
        title=openapi.TITLE,
        summary=messages.SUMMARY,
        base=context.state.settings.public_base_url,
        parameters=_parameters(),
        programs=_listed(edition.names["type"]),
        subcategories=_listed(edition.names["subcategory"]),
        **values,
    )
    return responses.static(context, text.encode(), MEDIA_TYPE, responses.REVALIDATED)


@cache
def _parameters() -> dict[str, Any]:
    """Return the schemas of the parameters; making them takes milliseconds."""
    return cast(dict[str, Any], RegionQuery.model_json_schema()["properties"])


def _shape(schema: Mapping[str, Any]) -> str:
    """Return a schema as JSON without its texts: types, bounds, values, defaults."""
    return orjson.dumps({key: value for key, value in schema.items() if key not in _TEXTS}).decode()


_TEXTS = ("title", "description", "examples")


def _listed(names: Names) -> str:
    return ", ".join(f"`{id_}` ({label['ja']}, {label['en']})" for id_, label in names.labels.items())
