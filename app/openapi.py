"""The OpenAPI description: what FastAPI cannot know of our parameters, problems and headers."""

from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from app import __version__, messages, parameters, problems

TITLE = "Cluster regions 継続地域一覧"
SUMMARY = "A ministry's list of 29 regional clusters, exact and searchable"
DESCRIPTION = """\
The list *地域クラスターの持続的な発展に向けて（継続地域一覧）* of Japan's science ministry: 2 programmes,
4 subcategories, 29 regions with fiscal years, cluster title, theme and brochure page.

What the list prints is published verbatim. What we add stands in `annotations`, with its evidence.

この API は文部科学省の継続地域一覧（29 地域）をそのまま公開します。
当方で補った情報は `annotations` に根拠とともに示します。
"""

TAGS = [
    {"name": "regions", "description": "The 29 regions, the main resource"},
    {"name": "programs", "description": "The 2 programmes and their 4 subcategories"},
    {"name": "vocabularies", "description": "Prefectures and fiscal years, with region counts"},
    {"name": "dataset", "description": "The data set as a whole, its misprints, the index"},
    {"name": "operations", "description": "For operators"},
]

HEADERS = {
    "Request-Id": {
        "description": "The id of this request: the one it brought along if that was well formed, else a new one",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait (RFC 9110, section 10.2.3)",
        "schema": {"type": "integer"},
    },
}


def operation(operation_id: str, query: type[parameters.Query], *statuses: int, reads: bool = True) -> dict[str, Any]:
    """The arguments of a route: its id (verb-noun), its parameters, its failures besides those of every route.

    `reads` says whether it needs the database.
    """
    statuses_of_all = (414, 422, 500, *([503] if reads else []))
    return {
        "operation_id": operation_id,
        "openapi_extra": {"parameters": _parameters(query)} if query.model_fields else {},
        "responses": {status: _problem(status) for status in (*statuses, *statuses_of_all)},
    }


def _parameters(query: type[parameters.Query]) -> list[dict[str, Any]]:
    documented = []
    for name, schema in query.model_json_schema()["properties"].items():
        examples, description = schema.pop("examples"), schema.pop("description")
        schema.pop("title", None)
        if not schema.get("default", True):
            del schema["default"]  # left out means: no filter
        parameter = {"name": name, "in": "query", "required": False, "description": description}
        if schema["type"] == "array":  # several values by comma; repeating the parameter works as well
            parameter |= {"style": "form", "explode": False}
        documented.append(parameter | {"schema": schema, "example": examples[0]})
    return documented


def _problem(status: int) -> dict[str, Any]:
    failure = next(failure for failure in problems.TYPES.values() if failure.status == status)
    headers: dict[str, Any] = {"Request-Id": {"$ref": "#/components/headers/Request-Id"}}
    if status == 503:
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    return {
        "description": messages.TITLES[failure.type]["en"],
        "headers": headers,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def describe(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The document of `/openapi.json`."""
    document = get_openapi(
        title=TITLE,
        version=__version__,
        summary=SUMMARY,
        description=DESCRIPTION,
        tags=TAGS,
        routes=routes,
        separate_input_output_schemas=False,
    )
    for path in document["paths"].values():
        path["get"]["responses"]["200"]["headers"] = {"Request-Id": {"$ref": "#/components/headers/Request-Id"}}
    components = document["components"]
    _, definitions = models_json_schema(
        [(problems.Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    components["schemas"] |= definitions["$defs"]
    components["headers"] = HEADERS
    return document
