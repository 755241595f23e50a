"""Describe parameters: those of a query string, from its model, and the headers of a conditional request."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from pydantic import BaseModel

from app.http import field_selection, json_schema
from app.http.query_string import QueryModel

Say = Callable[[str], str]
"""Returns a text of the description in the language of the description."""

FIELDS = "fields"
_CONDITIONAL = {
    "IfNoneMatch": {
        "name": "If-None-Match",
        "description": "ETags of answers that the client has: if one is still right, the answer is 304 (RFC 9110, "
        "section 13.1.2).",
        "example": '"3d8688daf5804fb5cc563adc"',
    },
    "IfModifiedSince": {
        "name": "If-Modified-Since",
        "description": "Date of the answer that the client has, where it has no ETag (RFC 9110, section 13.1.3).",
        "example": "Mon, 01 Jan 2024 00:00:00 GMT",
    },
}


def conditional(say: Say) -> dict[str, Any]:
    """Return the request headers of a conditional request, as components."""
    plain = {"in": "header", "required": False, "schema": {"type": "string"}}
    return {key: {**entry, **plain, "description": say(entry["description"])} for key, entry in _CONDITIONAL.items()}


def refer_conditional(headers: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return references to the headers that make a request conditional, for the validators among response headers."""
    needed = {"ETag": "IfNoneMatch", "Last-Modified": "IfModifiedSince"}
    return [{"$ref": f"#/components/parameters/{key}"} for validator, key in needed.items() if validator in headers]


def of_query(
    model: type[QueryModel], record: type[BaseModel], say: Say, *, csv: bool = False, without: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Return the parameters of a query string for lists of that record."""
    return [
        _query_parameter(name, schema, record, say, csv=csv)
        for name, schema in model.model_json_schema()["properties"].items()
        if name not in without
    ]


def _query_parameter(
    name: str, schema: dict[str, Any], record: type[BaseModel], say: Say, *, csv: bool
) -> dict[str, Any]:
    schema = json_schema.not_null(orjson.loads(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)))
    description = schema.pop("description")
    examples = schema.pop("examples", [list(record.model_fields)[:2]])  # `fields` names keys of its own record
    schema.pop("title", None)
    if schema.get("type") == "array":
        schema["minItems"] = 1  # none would be an empty value, which is an error
    if name == FIELDS:
        schema["items"] = {"$ref": f"#/components/schemas/{_enumeration(record, csv=csv)[0]}"}
    if schema["type"] == "array" or schema.get("default") is None:
        schema.pop("default", None)  # no filter; of a list it is said in words: Bruno sends it as JSON
    parameter = {"name": name, "in": "query", "required": False, "description": say(description)}
    if schema["type"] == "array":  # several values by comma; repeating the parameter works as well
        parameter |= {"style": "form", "explode": False}
    return parameter | {"schema": schema, "example": examples[0]}


def _enumeration(record: type[BaseModel], *, csv: bool) -> tuple[str, tuple[str, ...]]:
    """Return the name of the schema of `fields`, and the values: of a CSV, the keys that make columns."""
    keys, columns = (field_selection.names(record, tabular=tabular) for tabular in (False, True))
    return (f"{record.__name__}Column", columns) if csv and columns != keys else (f"{record.__name__}Field", keys)


def fields(record: type[BaseModel]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas that list what `fields` may name of a record, by name."""
    for csv in (False, True):
        name, values = _enumeration(record, csv=csv)
        yield name, {"title": name, "type": "string", "enum": values}
