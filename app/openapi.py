"""The OpenAPI description: what FastAPI cannot know of our parameters, problems and headers."""

from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from app import __version__, messages, paging, parameters, problems
from app.answer import Collection
from app.formats import CSV, NDJSON

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
    {"name": "exports", "description": "The lists as files: everything that matches, in one answer"},
    {"name": "operations", "description": "For operators"},
]

HEADERS: dict[str, dict[str, Any]] = {
    "Request-Id": {
        "description": "The id of this request: the one it brought along if that was well formed, else a new one",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait (RFC 9110, section 10.2.3)", "schema": {"type": "integer"}},
    "ETag": {"description": "Strong validator (RFC 9110, section 8.8.3)", "schema": {"type": "string"}},
    "Last-Modified": {"description": "Date of the data (RFC 9110, section 8.8.2)", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long to keep the answer (RFC 9111)", "schema": {"type": "string"}},
    "Content-Language": {"description": "Of labels and messages", "schema": {"type": "string", "enum": ["en", "ja"]}},
    "Vary": {"description": "Request headers that may change the answer", "schema": {"type": "string"}},
    "Link": {
        "description": "The links of the page; `service-desc`, `service-doc` (RFC 8288)",
        "schema": {"type": "string"},
    },
    "Content-Disposition": {"description": "A file name (RFC 6266)", "schema": {"type": "string"}},
}
_OF_DATA = ("Request-Id", "ETag", "Last-Modified", "Cache-Control", "Content-Language", "Vary", "Link")
_OF_VALIDATORS = ("Request-Id", "ETag", "Cache-Control", "Vary")


def operation(
    operation_id: str,
    query: type[parameters.Query],
    record: type[BaseModel],
    *statuses: int,
    media_types: Sequence[str] = (),
) -> dict[str, Any]:
    """The arguments of a route: its id (verb-noun), its parameters, its answers.

    A route of the data (`/v1`) takes `RecordQuery`; the others need no database. `media_types`: besides JSON.
    """
    data = issubclass(query, parameters.RecordQuery)
    failures = (*statuses, 414, 422, 500, *((406, 503) if data else ()))
    responses: dict[int | str, dict[str, Any]] = {status: _problem(status) for status in sorted(failures)}
    responses[200] = {"headers": _refer(_OF_DATA if data else _OF_VALIDATORS)}
    responses[304] = {"description": "Not modified", "headers": _refer(_OF_VALIDATORS)}
    if issubclass(query, paging.PageQuery):
        media_types = (CSV.media_type, NDJSON.media_type)
    if media_types:
        responses[200]["content"] = {media_type: {"schema": _TEXT} for media_type in media_types}
    return {
        "operation_id": operation_id,
        "openapi_extra": {"parameters": _parameters(query, record)} if query.model_fields else {},
        "responses": responses,
    }


_TEXT = {"type": "string"}


def _refer(names: Sequence[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _parameters(query: type[parameters.Query], record: type[BaseModel]) -> list[dict[str, Any]]:
    documented = []
    for name, schema in query.model_json_schema()["properties"].items():
        description = schema.pop("description")
        examples = schema.pop(
            "examples", [list(record.model_fields)[:2]]
        )  # of `fields`, which every record has its own of
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
    return {
        "description": messages.TITLES[failure.type]["en"],
        "headers": _refer(["Request-Id", *(["Retry-After"] if status == 503 else [])]),
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _exports(collection: Collection[Any]) -> dict[str, Any]:
    """The paths at which a list can be had whole, as files."""
    paths = {}
    name = collection.path.rpartition("/")[2]
    query: type[paging.PageQuery] = collection.query
    for form in (CSV, NDJSON):
        kind = form.suffix.removeprefix(".")
        exported = paging.exported(query, csv=form is CSV)
        described = operation(f"export-{name}-{kind}", exported, collection.record)
        given = [each for each in described["openapi_extra"]["parameters"] if each["name"] != "facets"]
        answers: dict[str, Any] = {str(status): answer for status, answer in described["responses"].items()}
        answers["200"] |= {
            "description": "Successful Response",
            "content": {form.media_type: {"schema": _TEXT}},
            "headers": answers["200"]["headers"] | _refer(["Content-Disposition"]),
        }
        del answers["406"]
        paths[f"{collection.path}{form.suffix}"] = {
            "get": {
                "operationId": described["operation_id"],
                "summary": f"Export the {name} as {kind.upper()}",
                "description": "Everything that matches, in one answer, streamed.",
                "tags": ["exports"],
                "parameters": given,
                "responses": answers,
            }
        }
    return paths


def describe(routes: Sequence[BaseRoute], collections: Sequence[Collection[Any]]) -> dict[str, Any]:
    """The document of `/openapi.json`."""
    document = get_openapi(
        title=TITLE,
        version=__version__,
        summary=SUMMARY,
        description=DESCRIPTION,
        tags=TAGS,
        servers=[{"url": "/", "description": "The service that this description came from"}],
        routes=routes,
        separate_input_output_schemas=False,
    )
    for collection in collections:
        document["paths"] |= _exports(collection)
    _, definitions = models_json_schema(
        [(problems.Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    document["components"]["schemas"] |= definitions["$defs"]
    document["components"]["headers"] = HEADERS
    document["security"] = []  # none is needed, and that is said
    return document
