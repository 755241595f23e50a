"""A client that was written for the released description goes on working."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator

from tests.support.compatibility import breaks

PROJECT = Path(__file__).parents[2]
RELEASED = json.loads((PROJECT / "openapi-released.json").read_text())
CURRENT = json.loads((PROJECT / "openapi.json").read_text())

LISTS = ("programs", "subcategories", "regions", "prefectures", "fiscal-years", "corrections", "changes")
RECORDS = ("/v1", "/v1/dataset", "/v1/programs/{program_id}", "/v1/subcategories/{subcategory_id}")
REGION = "/v1/regions/{region_number}"
FIELDS = "parameter fields: items: values gone"

ALLOWED = {
    # Described at paths of their own only; `Accept` is answered as before.
    "get /v1/dataset: 200 application/ld+json: gone",
    *(f"get /v1/{name}: 200 {kind}: gone" for name in LISTS for kind in ("text/csv", "application/x-ndjson")),
    # Its values are listed; others were always refused.
    *(f"get /v1/{name}{suffix}: {FIELDS}" for name in LISTS for suffix in ("", ".csv", ".ndjson")),
    *(f"get {path}: {FIELDS}" for path in (*RECORDS, REGION)),
    # As `number` is: the same texts, in a request.
    *(f"get {REGION}: parameter region_number: {what}" for what in ("type", "minimum", "maximum")),
}
"""What the changelog tells: changes of the description, none of which changes what the service answers."""

Change = Callable[[Any], object]


def parameters(document: Any) -> Any:
    return document["paths"]["/v1/regions"]["get"]["parameters"]


def named(document: Any, name: str) -> Any:
    return next(each for each in parameters(document) if each["name"] == name)


READS = [
    *("/v1", "/v1/programs", "/v1/programs/global", "/v1/subcategories", "/v1/subcategories/global-phase-1"),
    *("/v1/regions", "/v1/regions/7", "/v1/regions?q=food&facets=type,prefecture", "/v1/regions?q=LSI&type=city-area"),
    *("/v1/prefectures", "/v1/fiscal-years", "/v1/corrections", "/v1/dataset"),
    *(f"/v1/changes?offset={offset}" for offset in range(0, 1_252, 100)),
]


@pytest.mark.parametrize("target", READS)
def test_what_is_answered_is_what_the_released_description_says(client: httpx.Client, target: str) -> None:
    path = target.partition("?")[0]
    templates = {re.sub(r"{\w+}", "[^/]+", each): each for each in RELEASED["paths"]}
    (template,) = (each for pattern, each in templates.items() if re.fullmatch(pattern, path))
    content = RELEASED["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]
    schema = {**content["schema"], "components": RELEASED["components"]}
    assert [error.message for error in OAS31Validator(schema).iter_errors(client.get(target).json())] == []


BREAKING: dict[str, Change] = {
    "get /v1/dataset: gone": lambda document: document["paths"].pop("/v1/dataset"),
    "get /v1/regions: parameter q: gone": lambda document: parameters(document).remove(named(document, "q")),
    "get /v1/regions: parameter limit: maximum": lambda document: named(document, "limit")["schema"].update(maximum=50),
    "get /v1/regions: parameter facets: items: values gone": lambda document: named(document, "facets")["schema"][
        "items"
    ].update(enum=["type"]),
    "get /v1/regions: parameter key: new and required": lambda document: parameters(document).append(
        {"name": "key", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    "get /problems/{problem_type}: 200 text/html: gone": lambda document: document["paths"]["/problems/{problem_type}"][
        "get"
    ]["responses"]["200"]["content"].pop("text/html"),
    "get /v1/regions: operationId": lambda document: document["paths"]["/v1/regions"]["get"].update(operationId="x"),
    "Region.number: type": lambda document: document["components"]["schemas"]["Region"]["properties"]["number"].update(
        type="string"
    ),
    "Region.title: type": lambda document: document["components"]["schemas"]["Region"]["properties"].update(
        title={"type": "string"}
    ),
    "Region.theme: not always there": lambda document: document["components"]["schemas"]["Region"]["required"].remove(
        "theme"
    ),
}


def test_nothing_that_was_released_is_broken() -> None:
    assert set(breaks(RELEASED, CURRENT)) <= ALLOWED


@pytest.mark.parametrize("line", BREAKING)
def test_a_breaking_change_is_found(line: str) -> None:
    changed = copy.deepcopy(RELEASED)
    BREAKING[line](changed)
    assert line in breaks(RELEASED, changed)


def test_every_field_of_every_record_is_missed_when_it_is_deleted() -> None:
    for name, schema in RELEASED["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            changed = copy.deepcopy(RELEASED)
            del changed["components"]["schemas"][name]["properties"][field]
            assert f"{name}.{field}: gone" in breaks(RELEASED, changed)
