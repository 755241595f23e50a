"""Read bounds and types from the JSON schema of a model of parameters."""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel


@lru_cache
def bounds(model: type[BaseModel], name: str) -> str:
    """Return the bounds of a number: `1–100`."""
    schema = not_null(model.model_json_schema()["properties"][name])
    schema = schema.get("items", schema)
    return f"{schema['minimum']}–{schema['maximum']}"


def not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema without the `None` that a model has for what is left out: no client can send a null."""
    alone = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return {name: value for name, value in schema.items() if name != "anyOf"} | alone[0] if len(alone) == 1 else schema
