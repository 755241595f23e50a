"""Regions on a map: GeoJSON (RFC 7946) as others read it."""

import json
from typing import Any

import httpx
import pandas as pd
import pytest
from geojson_pydantic import Feature, FeatureCollection, Point

from app.db import thresholds
from app.settings import Settings
from tests.api.test_problems import problem
from tests.support.service import serving

Document = dict[str, Any]


@pytest.fixture(scope="module")
def regions(client: httpx.Client) -> dict[int, Document]:
    return {region["number"]: region for region in client.get("/v1/regions").json()["items"]}


def features(answer: httpx.Response) -> list[Document]:
    """The features of an answer, once others have read it."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/geo+json"
    collection = FeatureCollection[Feature[Point, Document]].model_validate_json(answer.content)
    found: list[Document] = answer.json()["features"]
    assert len(collection.features) == len(found)
    return found


def test_a_list_is_a_collection_of_features_with_the_records_as_properties(
    client: httpx.Client, regions: dict[int, Document]
) -> None:
    by_suffix = client.get("/v1/regions.geojson")
    by_accept = client.get("/v1/regions", headers={"Accept": "application/geo+json"})
    assert by_suffix.content == by_accept.content
    assert by_suffix.headers["Content-Disposition"] == 'attachment; filename="regions.geojson"'
    assert by_suffix.json().keys() == {"type", "features"}
    found = features(by_suffix)
    assert [feature["id"] for feature in found] == [*range(1, 30)]
    for feature in found:
        assert feature["properties"] == regions[feature["id"]]
        point = feature["properties"]["annotations"]["point"]
        assert feature["geometry"] == {"type": "Point", "coordinates": [point["longitude"], point["latitude"]]}


@pytest.mark.parametrize(
    "query",
    [
        "type=city-area",
        "prefecture=九州&q=医療",
        "q=food&sort=-page",
        "fiscal_year=H25&limit=5000&offset=2",
        "subcategory=global-phase-1&sort=relevance,-number&q=健康",
        "number=7,9,29&lang=ja",
        "q=nowhere",
    ],
)
def test_it_takes_the_parameters_of_the_list(client: httpx.Client, query: str) -> None:
    lines = client.get(f"/v1/regions.ndjson?{query}").text.splitlines()
    found = features(client.get(f"/v1/regions.geojson?{query}"))
    assert [feature["properties"] for feature in found] == [json.loads(line) for line in lines]


def test_fields_choose_properties_and_leave_the_place(client: httpx.Client) -> None:
    (feature,) = features(client.get("/v1/regions.geojson?number=7&fields=name,annotations.title_en"))
    assert feature == {
        "type": "Feature",
        "id": 7,
        "geometry": {"type": "Point", "coordinates": [137.2167, 36.7]},
        "properties": {
            "name": "富山・石川地域",
            "annotations": {"title_en": "Hokuriku Innovation Cluster for Health Science"},
        },
    }
    assert client.get("/v1/regions/7.geojson?fields=name,annotations.title_en").json() == feature


def test_a_region_is_a_feature(client: httpx.Client, regions: dict[int, Document]) -> None:
    for path, headers in (("/v1/regions/7.geojson", {}), ("/v1/regions/7", {"Accept": "application/geo+json"})):
        answer = client.get(path, headers=headers)
        assert answer.headers["Content-Type"] == "application/geo+json"
        feature = Feature[Point, Document].model_validate_json(answer.content)
        assert feature.id == 7
        assert feature.properties == regions[7]
        assert client.get(path, headers={**headers, "If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert "Content-Disposition" not in answer.headers
    problem(client.get("/v1/regions/30.geojson"), 404, "not-found")
    problem(client.get("/v1/regions/7.geojson?facets=type"), 422, "invalid-parameter")


def test_only_what_has_a_place_is_on_a_map(client: httpx.Client) -> None:
    for path in ("/v1/programs", "/v1/prefectures", "/v1/programs/global", "/v1", "/v1/dataset"):
        problem(client.get(f"{path}.geojson"), 404, "not-found")
        problem(client.get(path, headers={"Accept": "application/geo+json"}), 406, "not-acceptable")
    for wrong in ("facets=type", "bom=false", "limit=0", "offset=10001"):
        problem(client.get(f"/v1/regions.geojson?{wrong}"), 422, "invalid-parameter")
    assert client.head("/v1/regions.geojson").headers["Content-Type"] == "application/geo+json"


@pytest.mark.parametrize("batch", [1, 7, 28, 29, 30])
def test_parts_make_one_document(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(thresholds, "BATCH", batch)
    with serving(sqlite_settings.model_copy(update={"cache_bytes": 0})) as client:
        for query, numbers in (("", range(1, 30)), ("?sort=-number", range(29, 0, -1)), ("?q=nowhere", ())):
            found = features(client.get(f"/v1/regions.geojson{query}"))
            assert [feature["id"] for feature in found] == [*numbers]


def test_pandas_reads_it(client: httpx.Client) -> None:
    document = client.get("/v1/regions.geojson").json()
    table = pd.json_normalize(document["features"])
    assert len(table) == 29
    assert table["properties.fiscal_year_start"].dtype == "int64"
    places = pd.DataFrame(table["geometry.coordinates"].tolist(), columns=["longitude", "latitude"])
    assert places.dtypes.tolist() == ["float64", "float64"]
    assert places["longitude"].between(129, 146).all()
    assert places["latitude"].between(31, 46).all()


def test_provenance_is_in_json_only(client: httpx.Client, regions: dict[int, Document]) -> None:
    for path in ("/v1/regions/7", "/v1/regions/7.geojson"):
        answer = client.get(path, params={"fields": "annotations.provenance"}).json()
        expected = {"annotations": {"provenance": regions[7]["annotations"]["provenance"]}}
        assert answer.get("properties", answer) == expected
    line = client.get("/v1/regions.ndjson?number=7&fields=annotations.provenance.source").json()
    assert {each["source"] for each in line["annotations"]["provenance"]} == {None, "GeoNames, CC BY 4.0"}
    assert "provenance" not in client.get("/v1/regions.csv?fields=annotations").text.partition("\r\n")[0]
    for name in ("annotations.provenance", "annotations.provenance.source"):
        answer = client.get("/v1/regions.csv", params={"fields": f"number,{name}"})
        (error,) = problem(answer, 422, "invalid-parameter")["errors"]
        assert (error["parameter"], error["code"]) == ("fields", "not-in-tables")
