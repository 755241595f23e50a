import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.routers import dataset_files

COMMITTED = Path(__file__).parents[2] / "openapi.json"

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    served: dict[str, Any] = client.get("/openapi.json").json()
    return served


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, Operation]:
    return {path: item["get"] for path, item in document["paths"].items()}


def test_the_committed_description_is_the_served_one(document: dict[str, Any]) -> None:
    assert json.loads(COMMITTED.read_text()) == document, "run `make openapi`"


def test_the_description_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_operation_has_an_id_of_verb_and_noun_and_says_what_it_is(operations: dict[str, Operation]) -> None:
    for operation in operations.values():
        assert re.fullmatch("(list|get|check|export)(-[a-z]+)+", operation["operationId"])
        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]


def test_every_parameter_is_described_bounded_and_has_an_example(operations: dict[str, Operation]) -> None:
    for operation in operations.values():
        for parameter in operation.get("parameters", []):
            assert parameter["description"]
            assert "example" in parameter or "examples" in parameter["schema"]
            assert "anyOf" not in parameter["schema"]
            if parameter["schema"]["type"] == "integer":
                assert parameter["schema"]["minimum"] < parameter["schema"]["maximum"]


def test_the_examples_of_all_parameters_together_find_something(
    client: httpx.Client, operations: dict[str, Operation]
) -> None:
    present = dataset_files.version(client.get("/v1/dataset").json()["version"])  # which no example can know
    for path, operation in operations.items():
        query = {}
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                example = present if parameter["name"] == "version" else parameter["schema"]["examples"][0]
                path = path.replace(f"{{{parameter['name']}}}", example)
            else:
                example = parameter["example"]
                query[parameter["name"]] = ",".join(map(str, example)) if isinstance(example, list) else example
        answer = client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        assert len(answer.text.splitlines()) > 1 if path.endswith(".csv") else answer.text
        if path.startswith("/v1") and path.endswith("s"):
            assert answer.json()["total"] > 0


def test_every_answer_names_its_media_type_schema_and_headers(operations: dict[str, Operation]) -> None:
    for path, operation in operations.items():
        assert {"200", "304", "414", "422", "500"} <= operation["responses"].keys()
        assert path.startswith("/v1") == ("503" in operation["responses"]) or path == "/readyz"
        for status, answer in operation["responses"].items():
            assert answer["description"]
            assert "Request-Id" in answer["headers"]
            assert ("Retry-After" in answer["headers"]) == (status == "503")
            assert ("ETag" in answer["headers"]) == (status in ("200", "304"))
            if status == "200":
                assert all(content["schema"] for content in answer["content"].values())
            elif status != "304":
                assert answer["content"].keys() == {"application/problem+json"}


def test_a_list_can_be_had_in_three_formats(operations: dict[str, Operation]) -> None:
    contents = operations["/v1/regions"]["responses"]["200"]["content"]
    assert contents.keys() == {"application/json", "text/csv", "application/x-ndjson"}
    assert operations["/v1/regions.csv"]["responses"]["200"]["content"].keys() == {"text/csv"}
    assert "facets" not in {each["name"] for each in operations["/v1/regions.csv"]["parameters"]}


def test_every_published_key_is_required_and_described(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        if "properties" in schema and name not in ("Problem", "ParameterError"):
            optional = {"matches_truncated"} if name == "Region" else set()
            assert set(schema["required"]) == schema["properties"].keys() - optional, name


RECORDS = {
    "Region": "/v1/regions/7",
    "Program": "/v1/programs/global",
    "Subcategory": "/v1/subcategories/global-phase-1",
    "Prefecture": "/v1/prefectures",
    "FiscalYearRecord": "/v1/fiscal-years",
    "Correction": "/v1/corrections",
}
"""Where a record is, or a list with one, of which the examples of a schema tell."""


def matches(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Return whether a value has every example of its schema; of a list, one of its items."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        return not value or any(matches(item, schema.get("items", {}), schemas) for item in value)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return all(matches(each, properties.get(name, {}), schemas) for name, each in value.items())
    return value in schema.get("examples", [value])


@pytest.mark.parametrize("name", RECORDS)
def test_the_examples_of_a_record_agree_with_one_another(
    client: httpx.Client, document: dict[str, Any], name: str
) -> None:
    answer, schemas = client.get(RECORDS[name]).json(), document["components"]["schemas"]
    assert any(matches(record, schemas[name], schemas) for record in answer.get("items", [answer]))
