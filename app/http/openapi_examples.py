"""Examples of answers: real ones, which `tools.examples` asked for, and problems that no request can provoke."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, cast

import orjson

from app.http import problems
from app.http.messages import Language

FILE = "openapi.examples.json"
REQUEST_ID = "3f2a9c71d04be586a1c7d2e90b4f6a58"
"""The `instance` of each problem."""

ANY = "*"
"""Stands in the file for every operation."""

_UNPROVOKED = (problems.Gone, problems.Failure, problems.Unavailable)
_LINK = re.compile(rb'(?<=")/|(?<=,)/(?=v1/)')
"""The beginning of a link: a text of JSON, or a cell of a CSV."""


def attach(operation: dict[str, Any], base_url: str, language: Language) -> None:
    """Give the answers of an operation their examples."""
    found = _recorded(base_url)
    for status, response in operation["responses"].items():
        recorded = found.get(operation["operationId"], {}).get(status) or found.get(ANY, {}).get(status, {})
        for media_type, content in response.get("content", {}).items():
            if media_type == problems.MEDIA_TYPE:
                example = recorded.get(language) or _unprovoked(int(status), base_url, language)
            else:
                example = recorded.get(media_type)
            if example:
                content["examples"] = {"example": example}


@cache
def _recorded(base_url: str) -> dict[str, Any]:
    """Return the examples by operation, status, and media type or, of a problem, language."""
    text = (files("app.http") / FILE).read_bytes()
    return cast(dict[str, Any], orjson.loads(_LINK.sub(base_url.encode() + b"/", text) if base_url else text))


def _unprovoked(status: int, base_url: str, language: Language) -> dict[str, Any] | None:
    failure = next((failure() for failure in _UNPROVOKED if failure.status == status), None)
    return {"value": problems.document(failure, language, base_url, REQUEST_ID)} if failure else None
