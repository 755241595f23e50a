import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.http import openapi_texts
from app.routers import dataset_files
from app.routers.catalogue import RESOURCES
from app.settings import Settings
from tests.support.service import serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the description knows no database

COMMITTED = Path(__file__).parents[2] / "openapi.json"

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    served: dict[str, Any] = client.get("/openapi.json").json()
    return served


@pytest.fixture
def operations(document: dict[str, Any]) -> dict[str, Operation]:
    """The operations by path, with their parameters as the references name them."""
    components = document["components"]["parameters"]
    found = {path: {**item["get"]} for path, item in document["paths"].items()}
    for operation in found.values():
        named = ((each.get("$ref", "").rpartition("/")[2], each) for each in operation["parameters"])
        operation["parameters"] = [components.get(name, each) for name, each in named]
    return found


def test_the_committed_description_is_the_served_one(document: dict[str, Any]) -> None:
    committed = json.loads(COMMITTED.read_text())
    assert committed == document, "run `make openapi`"
    assert [*committed["paths"]] == [*document["paths"]], "the order of the documentation: run `make openapi`"


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
        for parameter in operation["parameters"]:
            assert parameter["description"]
            assert "example" in parameter or "examples" in parameter["schema"]
            assert "anyOf" not in parameter["schema"]
            if parameter["schema"]["type"] == "integer":
                assert parameter["schema"]["minimum"] < parameter["schema"]["maximum"]


def test_the_examples_of_all_parameters_together_find_something(
    client: httpx.Client, operations: dict[str, Operation]
) -> None:
    present = dataset_files.url_version(client.get("/v1/dataset").json()["version"])  # which no example can know
    for path, operation in operations.items():
        query, headers = {}, {}
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                example = present if parameter["name"] == "version" else parameter["schema"]["examples"][0]
                path = path.replace(f"{{{parameter['name']}}}", str(example))
            elif parameter["in"] == "header":
                headers[parameter["name"]] = parameter["example"]
            else:
                example = parameter["example"]
                query[parameter["name"]] = ",".join(map(str, example)) if isinstance(example, list) else example
        answer = client.get(path, params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        nothing = f"{path}: nothing found for {query}: choose an example that fits the others"
        assert len(answer.text.splitlines()) > 1 if path.endswith(".csv") else answer.text, nothing
        if path.startswith("/v1") and path.endswith("s"):
            assert answer.json()["total"] > 0, nothing


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


def test_a_list_is_described_in_json_and_each_of_its_files_at_a_path_of_its_own(
    client: httpx.Client, operations: dict[str, Operation]
) -> None:
    for resource in RESOURCES:
        for form in resource.collection.query.formats:
            path = resource.path + form.suffix * form.exports
            operation = operations[path]
            assert operation["responses"]["200"]["content"].keys() == {form.media_type}
            assert ("facets" in names(operation, "query")) == (path == "/v1/regions")
            assert ("bom" in names(operation, "query")) == path.endswith(".csv")
            by_accept = client.get(resource.path, headers={"Accept": form.media_type}, params={"limit": 1})
            assert by_accept.headers["Content-Type"].partition(";")[0] == form.media_type
    assert {path for path in operations if path.endswith(".geojson")} == {
        "/v1/regions.geojson",
        "/v1/regions/{region_number}.geojson",
    }


def names(operation: Operation, place: str) -> set[str]:
    return {each["name"] for each in operation["parameters"] if each["in"] == place}


def test_who_has_validators_may_ask_whether_they_are_still_right(operations: dict[str, Operation]) -> None:
    for path, operation in operations.items():
        headers = operation["responses"]["304"]["headers"].keys() & {"ETag", "Last-Modified"}
        asked = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        unstored = path in ("/livez", "/readyz", "/metrics")
        assert names(operation, "header") == (set() if unstored else {asked[name] for name in headers}), path


def test_fields_lists_its_values_each_of_which_is_taken(
    client: httpx.Client, document: dict[str, Any], operations: dict[str, Operation]
) -> None:
    present = dataset_files.url_version(client.get("/v1/dataset").json()["version"])
    for path, operation in operations.items():
        if "fields" not in names(operation, "query"):
            continue
        schema = next(each["schema"] for each in operation["parameters"] if each["name"] == "fields")
        values = document["components"]["schemas"][schema["items"]["$ref"].rpartition("/")[2]]["enum"]
        assert len(values) <= 100
        path = path.format(program_id="global", subcategory_id="global-phase-1", region_number=7, version=present)
        for value in values:
            assert client.get(path, params={"fields": value}).status_code == 200, (path, value)
        assert client.get(path, params={"fields": "nope"}).json()["errors"][0]["allowed"] == values


def test_the_number_in_a_path_is_as_the_parameter_is(operations: dict[str, Operation]) -> None:
    in_path = operations["/v1/regions/{region_number}"]["parameters"][0]["schema"]
    number = next(each for each in operations["/v1/regions"]["parameters"] if each["name"] == "number")["schema"]
    assert {name: in_path[name] for name in ("type", "minimum", "maximum")} == number["items"]


@pytest.fixture(scope="module")
def in_japanese(client: httpx.Client) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json", params={"lang": "ja"}).json()
    return document


def told(document: dict[str, Any]) -> Iterator[str]:
    """Yield what a description says of operations, parameters and tags, and of the service."""
    yield from (document["info"]["summary"], document["info"]["description"], document["servers"][0]["description"])
    yield from (tag["description"] for tag in document["tags"])
    for component in ("parameters", "headers"):
        yield from (each["description"] for each in document["components"][component].values())
    for item in document["paths"].values():
        operation = item["get"]
        yield operation["summary"]
        yield operation["description"]
        yield from (each["description"] for each in operation["parameters"] if "$ref" not in each)
        yield from (each["description"] for each in operation["responses"].values())


def test_everything_but_the_schemas_is_described_in_japanese_too(
    document: dict[str, Any], in_japanese: dict[str, Any]
) -> None:
    pairs = list(zip(told(document), told(in_japanese), strict=True))
    assert len(pairs) > 400
    assert {english for english, japanese in pairs if english == japanese} == set(), "see app/http/openapi.ja.json"
    assert in_japanese["paths"]["/v1/regions.csv"]["get"]["summary"] == "地域を CSV で書き出す"
    assert in_japanese["paths"].keys() == document["paths"].keys()
    assert in_japanese["components"]["schemas"] == document["components"]["schemas"]
    assert list(OpenAPIV31SpecValidator(in_japanese).iter_errors()) == []


def test_no_translation_is_left_of_what_is_no_longer_said(document: dict[str, Any]) -> None:
    text = "\n".join(told(document))
    patterns = {
        openapi_texts.EXPORT,
        openapi_texts.AS_FORMAT,
        *openapi_texts.OTHER_FORMATS.values(),
        openapi_texts.LICENSE,
    }
    names = {resource.path.rpartition("/")[2] for resource in RESOURCES}
    assert [
        english for english in openapi_texts.japanese() if english not in text and english not in patterns | names
    ] == []


@pytest.mark.parametrize(
    ("query", "accepted", "language", "vary"),
    [
        ("", "", "en", "Accept-Language, Accept-Encoding"),
        ("", "ja, en;q=.5", "ja", "Accept-Language, Accept-Encoding"),
        ("?lang=ja", "en", "ja", "Accept-Encoding"),
        ("?lang=en", "ja", "en", "Accept-Encoding"),
    ],
)
def test_the_description_is_in_the_language_of_the_reader(
    client: httpx.Client, query: str, accepted: str, language: str, vary: str
) -> None:
    answer = client.get(f"/openapi.json{query}", headers={"Accept-Language": accepted})
    assert answer.json()["tags"][0]["description"].startswith("地域" if language == "ja" else "The regions")
    assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (language, vary)
    again = client.get(
        f"/openapi.json{query}", headers={"Accept-Language": accepted, "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert client.get("/openapi.json?lang=fr").status_code == 422


def test_names_of_schemas_are_letters(document: dict[str, Any]) -> None:
    assert "PageChange" in document["components"]["schemas"]
    assert all(name.isalpha() for name in document["components"]["schemas"])


def test_the_description_names_the_public_address(settings: Settings) -> None:
    with serving(settings) as plain:
        assert plain.get("/openapi.json").json()["servers"][0]["url"] == "/"
    public = settings.model_copy(update={"public_base_url": "https://example.jp/clusters"})
    with serving(public) as client:
        document = client.get("/openapi.json").json()
    assert [each["url"] for each in document["servers"]] == ["https://example.jp/clusters"]
    terms = "https://example.jp/clusters/terms/en"
    assert document["info"]["termsOfService"] == document["info"]["license"]["url"] == terms
    assert document["info"]["contact"]["url"] == terms
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


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
