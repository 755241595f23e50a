"""The OpenAPI description: what FastAPI cannot know of our parameters, problems and headers."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from app import __version__
from app.http import messages, pagination, problems, query_string
from app.http.formats import CSV, JSON, NDJSON
from app.http.responses import Collection

TITLE = "Cluster regions 継続地域一覧"
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
    {"name": "dataset", "description": "The data set as a whole, its files, changes and misprints, the index"},
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
    "Age": {
        "description": "Seconds since the data were last known to be current, if the database cannot be reached "
        "(RFC 9111, section 5.1)",
        "schema": {"type": "integer"},
    },
    "Content-Language": {"description": "Of labels and messages", "schema": {"type": "string", "enum": ["en", "ja"]}},
    "Vary": {"description": "Request headers that may change the answer", "schema": {"type": "string"}},
    "Link": {
        "description": "The links of the page; `service-desc`, `service-doc` (RFC 8288)",
        "schema": {"type": "string"},
    },
    "Content-Disposition": {"description": "A file name (RFC 6266)", "schema": {"type": "string"}},
}
_OF_DATA = ("Request-Id", "ETag", "Last-Modified", "Cache-Control", "Age", "Content-Language", "Vary", "Link")
_OF_PROBLEMS = ("Request-Id", "Cache-Control", "Content-Language", "Vary")
_OF_VALIDATORS = ("Request-Id", "ETag", "Cache-Control", "Age", "Vary")


class Operation(NamedTuple):
    """What the framework does not know of a route; a route of the data (`/v1`) takes `RecordQuery`."""

    query: type[query_string.Query]
    answer: type[BaseModel] | None
    """`None` if it is not to be had in JSON."""
    statuses: tuple[int, ...]
    media_types: tuple[str, ...] = ()
    """What it can be had in besides, as text."""

    @property
    def record(self) -> type[BaseModel]:
        """The record itself, or that of the list."""
        assert self.answer  # noqa: S101  # for mypy: asked of routes of the data only
        items = self.answer.model_fields.get("items")
        return get_args(items.annotation)[0] if items else self.answer


_OPERATIONS: dict[str, Operation] = {}
"""By their ids. Described when the description is asked for: it would make every start slower."""


def operation(
    operation_id: str,
    query: type[query_string.Query],
    answer: type[BaseModel] | None,
    *statuses: int,
    media_types: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The arguments of a route: its id (verb-noun); what it takes, answers, and fails with besides what all do."""
    _OPERATIONS[operation_id] = Operation(query, answer, statuses, media_types)
    return {"operation_id": operation_id}


def _responses(operation: Operation) -> dict[str, Any]:
    data = issubclass(operation.query, query_string.RecordQuery)
    failures = (*operation.statuses, 414, 422, 500, *((406, 503) if data else ()))
    contents: dict[str, Any] = {}
    if operation.answer:
        contents[JSON.media_type] = {"schema": {"$ref": f"#/components/schemas/{_name(operation.answer)}"}}
    lists = (CSV.media_type, NDJSON.media_type) if issubclass(operation.query, pagination.PageQuery) else ()
    contents |= {media_type: {"schema": _TEXT} for media_type in (*lists, *operation.media_types)}
    headers = _refer(_OF_DATA if data else _OF_VALIDATORS)
    return {
        "200": {"description": "Success", "headers": headers, "content": contents},
        "304": {"description": "Not modified", "headers": _refer([name for name in headers if name != "Link"])},
        **{str(status): _problem(status) for status in sorted(failures)},
    }


_TEXT = {"type": "string"}


def _name(model: type[BaseModel]) -> str:
    """As pydantic names it in a schema."""
    return re.sub(r"[^\w]", "_", model.__name__)


def _refer(names: Sequence[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    documented = []
    for name, property_ in operation.query.model_json_schema().get("properties", {}).items():
        schema = query_string.not_null(property_)
        description = schema.pop("description")
        examples = schema.pop("examples", [list(operation.record.model_fields)[:2]])  # of `fields`: every record's own
        schema.pop("title", None)
        if schema.get("type") == "array":
            schema["minItems"] = 1  # none would be an empty value, which is an error
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
        "headers": _refer([*_OF_PROBLEMS, *(["Retry-After"] if status == 503 else [])]),
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _exports(collection: Collection[Any]) -> dict[str, Any]:
    """The paths at which a list can be had whole, as files."""
    paths = {}
    name = collection.path.rpartition("/")[2]
    query: type[pagination.PageQuery] = collection.query
    for form in (CSV, NDJSON):
        kind = form.suffix.removeprefix(".")
        described = Operation(pagination.exported(query, csv=form is CSV), collection.record, ())
        responses = _responses(described)
        responses["200"]["content"] = {form.media_type: {"schema": _TEXT}}
        responses["200"]["headers"] |= _refer(["Content-Disposition"])
        del responses["406"]
        paths[f"{collection.path}{form.suffix}"] = {
            "get": {
                "operationId": f"export-{name}-{kind}",
                "summary": f"Export the {name} as {kind.upper()}",
                "description": "Everything that matches, in one answer, streamed.",
                "tags": ["exports"],
                "parameters": [each for each in _parameters(described) if each["name"] != "facets"],
                "responses": responses,
            }
        }
    return paths


def describe(routes: Sequence[BaseRoute], collections: Sequence[Collection[Any]]) -> dict[str, Any]:
    """The document of `/openapi.json`."""
    document = get_openapi(
        title=TITLE,
        version=__version__,
        summary=messages.DESCRIPTION["en"],
        description=DESCRIPTION,
        tags=TAGS,
        servers=[{"url": "/", "description": "The service that this description came from"}],
        routes=routes,
        separate_input_output_schemas=False,
    )
    for path in document["paths"].values():
        described = path["get"]
        operation = _OPERATIONS[described["operationId"]]
        described["parameters"] = described.get("parameters", []) + _parameters(operation)
        described["responses"] = _responses(operation)
    for collection in collections:
        document["paths"] |= _exports(collection)
    models: list[type[BaseModel]] = [problems.Problem, *(each.answer for each in _OPERATIONS.values() if each.answer)]
    _, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    document["components"] = {"schemas": definitions["$defs"], "headers": HEADERS}
    document["security"] = []  # none is needed, and that is said
    return document
