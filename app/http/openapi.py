"""Complete the description that FastAPI derives from the routes: parameters, problems, headers, exports."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from app import __version__
from app.http import json_schema, messages, pagination, problems, query_string
from app.http.formats import CSV, GEOJSON, JSON, NDJSON, Format
from app.http.routes import Route
from app.schemas.geojson import Feature, FeatureCollection

TITLE = "Cluster regions 継続地域一覧"
DESCRIPTION = """\
The list *地域クラスターの持続的な発展に向けて（継続地域一覧）* of Japan's Ministry of Education, Culture, Sports,
Science and Technology (MEXT): programmes, subcategories, and regions with fiscal years, cluster title, theme and
brochure page.

What the list prints is published verbatim. What we add stands in `annotations`, with its evidence.

この API は文部科学省の継続地域一覧をそのまま公開します。
本サービスで補った情報は `annotations` に根拠とともに示します。
"""

TAGS = [
    {"name": "regions", "description": "The regions, the main resource"},
    {"name": "programs", "description": "The programmes and their subcategories"},
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
    "Content-Language": {
        "description": "Of labels and messages; both where there are none and `lang` is not given",
        "schema": {"type": "string", "enum": ["en", "ja", "ja, en"]},
    },
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


def responses(*statuses: int, media_types: tuple[str, ...] = ()) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route: more media types of its success, and failures besides those of all routes."""
    content = {media_type: {"schema": _TEXT} for media_type in media_types}
    return {200: {"content": content}, **{status: {} for status in statuses}}


def _responses(route: Route, query: type[query_string.QueryModel]) -> dict[str, Any]:
    data = issubclass(query, query_string.RecordQuery)
    declared = {status for status in route.responses if status != 200}
    content: dict[str, Any] = {}
    if route.response_model:
        content[JSON.media_type] = {"schema": _refer_schema(route.response_model)}
    if issubclass(query, pagination.PageQuery):
        content |= {media_type: {"schema": _TEXT} for media_type in (CSV.media_type, NDJSON.media_type)}
    content |= route.responses.get(200, {}).get("content", {})
    headers = _refer(_OF_DATA if data else _OF_VALIDATORS)
    return {
        "200": {"description": "Success", "headers": headers, "content": content},
        "304": {"description": "Not modified", "headers": _refer([name for name in headers if name != "Link"])},
        **{
            str(status): _problem(status)
            for status in sorted({*declared, 414, 422, 500, *((406, 503) if data else ())})
        },
    }


_TEXT = {"type": "string"}
_KINDS = {CSV: "CSV", NDJSON: "NDJSON", GEOJSON: "GeoJSON"}


def _responses_in(
    form: Format, schema: dict[str, Any], route: Route, query: type[query_string.QueryModel]
) -> dict[str, Any]:
    """Return the responses at a path whose suffix names the format."""
    responses = _responses(route, query)
    responses["200"]["content"] = {form.media_type: {"schema": schema}}
    del responses["406"]
    return responses


def _refer_schema(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{_name(model)}"}


def _name(model: type[BaseModel]) -> str:
    """Return the name that pydantic gives a model in a schema."""
    return re.sub(r"[^\w]", "_", model.__name__)


def _refer(names: Sequence[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _query_parameter(name: str, schema: dict[str, Any], record: type[BaseModel]) -> dict[str, Any]:
    """Describe a parameter of the query string, given the JSON schema of its field."""
    schema = json_schema.not_null(orjson.loads(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)))
    description = schema.pop("description")
    examples = schema.pop("examples", [list(record.model_fields)[:2]])  # `fields` names keys of its own record
    schema.pop("title", None)
    if schema.get("type") == "array":
        schema["minItems"] = 1  # none would be an empty value, which is an error
    if not schema.get("default", True):
        del schema["default"]  # left out means: no filter
    parameter = {"name": name, "in": "query", "required": False, "description": description}
    if schema["type"] == "array":  # several values by comma; repeating the parameter works as well
        parameter |= {"style": "form", "explode": False}
    return parameter | {"schema": schema, "example": examples[0]}


def _problem(status: int) -> dict[str, Any]:
    failure = next(failure for failure in problems.TYPES.values() if failure.status == status)
    return {
        "description": messages.TITLES[failure.type]["en"],
        "headers": _refer([*_OF_PROBLEMS, *(["Retry-After"] if status == 503 else [])]),
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _exports(route: Route) -> dict[str, Any]:
    """Describe the paths at which a list can be had whole, as files."""
    paths = {}
    name = route.path.rpartition("/")[2]
    for each in route.formats:
        if not each.exports:
            continue
        kind = each.suffix.removeprefix(".")
        query = pagination.exported(route.query, csv=each is CSV)
        schema = _refer_schema(FeatureCollection[route.record]) if each is GEOJSON else _TEXT  # type: ignore[name-defined]
        responses = _responses_in(each, schema, route, query)
        responses["200"]["headers"] |= _refer(["Content-Disposition"])
        properties = query.model_json_schema()["properties"].items()
        paths[f"{route.path}{each.suffix}"] = {
            "get": {
                "operationId": f"export-{name}-{kind}",
                "summary": f"Export the {name} as {_KINDS[each]}",
                "description": "Everything that matches, in one answer, streamed.",
                "tags": ["exports"],
                "parameters": [
                    _query_parameter(name, schema, route.record) for name, schema in properties if name != "facets"
                ],
                "responses": responses,
            }
        }
    return paths


def _feature(route: Route, operation: dict[str, Any]) -> dict[str, Any]:
    """Describe the path at which a record can be had as a feature of GeoJSON; `operation` is the one of its JSON."""
    schema = _refer_schema(Feature[route.record])  # type: ignore[name-defined]
    same = {name: operation[name] for name in ("tags", "parameters")}
    own = {
        "operationId": f"{operation['operationId']}-geojson",
        "summary": f"{operation['summary']} as {_KINDS[GEOJSON]}",
        "description": f"{operation['description']} It is a feature (RFC 7946), for a map.",
        "responses": _responses_in(GEOJSON, schema, route, route.query),
    }
    return {f"{route.path}{GEOJSON.suffix}": {"get": own | same}}


def describe(
    routes: Sequence[BaseRoute], lists: Sequence[str], settings: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """Return the document of `/openapi.json`: what FastAPI derives from the routes, and the exports of the lists.

    `settings`: those of this service that change what its responses hold, if they differ from their defaults.
    """
    described = [route for route in routes if isinstance(route, Route) and route.include_in_schema]
    document = get_openapi(
        title=TITLE,
        version=__version__,
        summary=messages.SUMMARY,
        description=DESCRIPTION,
        tags=TAGS,
        servers=[{"url": "/", "description": "The service that this description came from"}],
        routes=described,
        separate_input_output_schemas=False,
    )
    for route in described:
        operation = document["paths"][route.path]["get"]
        parameters = [
            _query_parameter(each["name"], each["schema"], route.record) if each["in"] == "query" else each
            for each in operation.get("parameters", ())
        ]
        if issubclass(route.query, query_string.PageParameters):  # no endpoint of a page declares them
            properties = route.query.model_json_schema()["properties"].items()
            parameters += [_query_parameter(name, schema, route.record) for name, schema in properties]
        if not route.param_convertors:
            operation.pop("parameters", None)  # behind the responses, as always: the file stays the same to the byte
        operation |= {"responses": _responses(route, route.query), "parameters": parameters}
    by_path = {route.path: route for route in described}
    for path in lists:
        document["paths"] |= _exports(by_path[path])
    models: list[type[BaseModel]] = [problems.Problem, *(each.response_model for each in described)]
    for route in described:
        if GEOJSON in route.formats:
            models.append(FeatureCollection[route.record])  # type: ignore[name-defined]
            if route.path not in lists:
                document["paths"] |= _feature(route, document["paths"][route.path]["get"])
    _, definitions = models_json_schema(
        [(model, "serialization") for model in models if model], ref_template="#/components/schemas/{model}"
    )
    document["components"] = {"schemas": definitions["$defs"], "headers": HEADERS}
    document["security"] = []  # none is needed, and that is said
    return document | ({"x-settings": dict(settings)} if settings else {})
