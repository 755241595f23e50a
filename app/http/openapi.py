"""Complete the description that FastAPI derives from the routes: parameters, problems, headers, exports."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from starlette.routing import BaseRoute

from app import __version__
from app.http import messages, openapi_examples, openapi_parameters, openapi_texts, pagination, problems
from app.http.formats import CSV, GEOJSON, JSON, JSON_LD, NDJSON, Format
from app.http.messages import Language
from app.http.openapi_texts import TITLE as TITLE
from app.http.page_parameters import PageParameters
from app.http.query_string import RecordQuery
from app.http.routes import Route
from app.schemas.geojson import Feature, FeatureCollection

_OF_DATA = ("Request-Id", "ETag", "Last-Modified", "Cache-Control", "Age", "Content-Language", "Vary", "Link")
_OF_PROBLEMS = ("Request-Id", "Cache-Control", "Content-Language", "Vary")
_OF_VALIDATORS = ("Request-Id", "ETag", "Cache-Control", "Age", "Vary")
_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
_KINDS = {CSV: "CSV", NDJSON: "NDJSON", GEOJSON: "GeoJSON", JSON_LD: "JSON-LD"}


def responses(*statuses: int, media_types: tuple[str, ...] = ()) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route: more media types of its success, and failures besides those of all routes."""
    content = {media_type: {"schema": _TEXT} for media_type in media_types}
    return {200: {"content": content}, **{status: {} for status in statuses}}


def describe(
    routes: Sequence[BaseRoute],
    lists: Sequence[str],
    base_url: str = "",
    settings: Mapping[str, Any] | None = None,
    language: Language = "en",
) -> dict[str, Any]:
    """Return the document of `/openapi.json`: what FastAPI derives from the routes, and the exports of the lists.

    `settings`: those of this service that change what its responses hold, if they differ from their defaults. Schemas
    are described in English in each language.
    """
    return _Description(base_url, language).document(routes, lists) | ({"x-settings": settings} if settings else {})


class _Description:
    """Hold what the parts of a description have in common."""

    def __init__(self, base_url: str, language: Language) -> None:
        self.base_url, self.language = base_url, language
        self.say = openapi_texts.translate(language)

    def document(self, routes: Sequence[BaseRoute], lists: Sequence[str]) -> dict[str, Any]:
        described = [route for route in routes if isinstance(route, Route) and route.include_in_schema]
        terms = {"url": f"{self.base_url}/terms/{self.language}"} if self.base_url else {}  # none may be relative
        document = get_openapi(
            title=openapi_texts.TITLES[self.language],
            version=__version__,
            summary=openapi_texts.SUMMARIES[self.language],
            description=openapi_texts.DESCRIPTION[self.language],
            tags=[{**tag, "description": self.say(tag["description"])} for tag in openapi_texts.TAGS],
            servers=[{"url": self.base_url or "/", "description": self.say(openapi_texts.SERVER)}],
            terms_of_service=terms.get("url"),
            contact={"name": openapi_texts.EDITION_PUBLISHER, **terms},
            license_info={"name": self.say(openapi_texts.LICENSE), **terms},
            routes=described,
            separate_input_output_schemas=False,
        )
        paths = document["paths"]
        for route in described:
            paths[route.path]["get"] = self._operation(route, paths[route.path]["get"])
        by_path = {route.path: route for route in described}
        for path in lists:
            paths |= self._exports(by_path[path])
        for route in described:
            if route.path not in lists:
                for form in route.formats[1:]:
                    paths |= self._in_other_format(route, form, paths[route.path]["get"])
        for item in paths.values():
            openapi_examples.attach(item["get"], self.base_url, self.language)
        document["components"] = {
            "schemas": _schemas(described),
            "parameters": openapi_parameters.conditional(self.say),
            "headers": {
                name: {**header, "description": self.say(header["description"])}
                for name, header in openapi_texts.HEADERS.items()
            },
        }
        document["security"] = []  # none is needed, and that is said
        return document

    def _operation(self, route: Route, derived: dict[str, Any]) -> dict[str, Any]:
        """Complete the operation that FastAPI derived."""
        told = {name: self.say(derived[name]) for name in ("summary", "description")}
        parameters = [each for each in derived.get("parameters", ()) if each["in"] == "path"]
        for each in parameters:
            each["description"] = self.say(each["description"])
        if issubclass(route.query, RecordQuery | PageParameters):
            parameters += openapi_parameters.of_query(route.query, route.record, self.say)
        answers = self._responses(route, route.response_model and _refer_schema(route.response_model))
        if "operations" not in route.tags:  # what operators ask has no validators
            parameters += openapi_parameters.refer_conditional(answers["200"]["headers"])
        return derived | told | {"parameters": parameters, "responses": answers}

    def _responses(self, route: Route, schema: dict[str, Any] | None, form: Format | None = None) -> dict[str, Any]:
        """Return the responses: JSON of that schema and what the route declares, or at a suffix only `form`."""
        data = issubclass(route.query, RecordQuery)
        more = [*([503] if data else ()), *([406] if data and not form else ())]
        failures = {414, 422, 500, *more, *(int(status) for status in route.responses if status != 200)}
        content = {(form or JSON).media_type: {"schema": schema}} if schema else {}
        if not form:
            content |= route.responses.get(200, {}).get("content", {})
        headers = _refer(_OF_DATA if data else _OF_VALIDATORS)
        unchanged = _refer([name for name in headers if name != "Link"])
        return {
            "200": {"description": self.say("Success"), "headers": headers, "content": content},
            "304": {"description": self.say("Not modified"), "headers": unchanged},
            **{str(status): self._problem(status) for status in sorted(failures)},
        }

    def _problem(self, status: int) -> dict[str, Any]:
        failure = next(failure for failure in problems.TYPES.values() if failure.status == status)
        return {
            "description": messages.TITLES[failure.type][self.language],
            "headers": _refer([*_OF_PROBLEMS, *(["Retry-After"] if status == 503 else [])]),
            "content": {problems.MEDIA_TYPE: {"schema": _refer_schema(problems.Problem)}},
        }

    def _exports(self, route: Route) -> dict[str, Any]:
        """Describe the paths at which a list can be had whole, as files."""
        paths = {}
        name = route.path.rpartition("/")[2]
        for form in route.formats:
            if not form.exports:
                continue
            csv = form is CSV
            query = pagination.exported(route.query, csv=csv)
            schema = _refer_schema(_of_record(FeatureCollection, route)) if form is GEOJSON else _TEXT
            answers = self._responses(route, schema, form)
            answers["200"]["headers"] |= _refer(["Content-Disposition"])
            parameters = openapi_parameters.of_query(query, route.record, self.say, csv=csv, without=("facets",))
            title = {"name": self.say(name).replace("-", " "), "kind": _KINDS[form]}
            operation = {
                "operationId": f"export-{name}-{form.suffix.removeprefix('.')}",
                "summary": self.say(openapi_texts.EXPORT).format_map(title),
                "description": self.say("Everything that matches, in one answer, streamed."),
                "tags": ["exports"],
                "parameters": parameters + openapi_parameters.refer_conditional(answers["200"]["headers"]),
                "responses": answers,
            }
            paths[f"{route.path}{form.suffix}"] = {"get": operation}
        return paths

    def _in_other_format(self, route: Route, form: Format, operation: dict[str, Any]) -> dict[str, Any]:
        """Describe the path at which a record can be had in a format; `operation`: of its JSON."""
        schema = _refer_schema(_of_record(Feature, route)) if form is GEOJSON else _OBJECT
        described = {"summary": openapi_texts.AS_FORMAT, "description": openapi_texts.OTHER_FORMATS[form.suffix]}
        told = {
            name: self.say(text).format(**{name: operation[name]}, kind=_KINDS[form])
            for name, text in described.items()
        }
        whole = form is JSON_LD  # of which no fields can be chosen
        own = {
            "operationId": f"{operation['operationId']}-{form.suffix.removeprefix('.')}",
            "parameters": [each for each in operation["parameters"] if not (whole and each.get("name") == "fields")],
            "responses": self._responses(route, schema, form),
        }
        return {f"{route.path}{form.suffix}": {"get": operation | told | own}}


def _schemas(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the schemas of the answers, by name, and those of the values of `fields`."""
    models = {problems.Problem, *(route.response_model for route in routes if route.response_model)}
    models |= {_of_record(FeatureCollection, route) for route in routes if GEOJSON in route.formats}
    _, definitions = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template="#/components/schemas/{model}",
        schema_generator=_PlainNames,
    )
    records: list[type[BaseModel]] = [route.record for route in routes if issubclass(route.query, RecordQuery)]
    fields = dict(each for record in records for each in openapi_parameters.fields(record))
    return dict(sorted((definitions["$defs"] | fields).items()))


def _of_record(generic: Any, route: Route) -> type[BaseModel]:
    """Return a generic model for the record of a route."""
    return cast(type[BaseModel], generic[route.record])


class _PlainNames(GenerateJsonSchema):
    """Name the schema of `Page[Change]` `PageChange`: generators mangle what is no letter."""

    def normalize_name(self, name: str) -> str:
        return _plain(name)


def _plain(name: str) -> str:
    return re.sub(r"\W", "", name)


def _refer_schema(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{_plain(model.__name__)}"}


def _refer(names: Sequence[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
