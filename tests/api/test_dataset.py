"""The data set as a whole: its description, also for catalogues, its files, and what language models are told."""

import csv
import hashlib
import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyld import jsonld
from rdflib import DCTERMS, FOAF, RDF, SDO, XSD, Graph, Literal, Namespace, URIRef

from app.routers import dataset_files
from app.routers.catalogue import RESOURCES
from tests.api.test_problems import problem

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # that of rdflib is of DCAT 2
SPDX = Namespace("http://spdx.org/rdf/terms#")
BASE = "https://example.org"


def refuse(url: str, _: Any) -> None:
    """The network, as far as JSON-LD is concerned."""
    raise AssertionError(f"{url} was asked for")


@pytest.fixture(scope="module")
def dataset(client: httpx.Client) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/v1/dataset").json()
    return described


@pytest.fixture(scope="module")
def graph(client: httpx.Client) -> Graph:
    answer = client.get("/v1/dataset", headers={"Accept": "application/ld+json"})
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert answer.content == client.get("/v1/dataset.jsonld").content
    options = {"base": f"{BASE}/v1/dataset", "documentLoader": refuse, "format": "application/n-quads"}
    return Graph().parse(data=jsonld.to_rdf(answer.json(), options), format="nt")


def test_it_says_that_it_is_edited_how_to_cite_it_and_that_the_licence_is_not_known(dataset: dict[str, Any]) -> None:
    assert "加工して作成" in dataset["derivation"]["ja"]
    assert dataset["version"] in dataset["citation"]["en"]
    assert dataset["version"] in dataset["citation"]["ja"]
    assert dataset["publisher"] != dataset["edition_publisher"]
    assert dataset["license"] is None
    assert dataset["temporal"] == {"start": "2007-04-01", "end": "2014-03-31"}
    assert dataset["issued"] <= dataset["modified"]


def test_every_file_has_the_bytes_and_the_hash_that_are_said_of_it(
    client: httpx.Client, dataset: dict[str, Any]
) -> None:
    assert len(dataset["files"]) == len(RESOURCES) + 7
    for file in dataset["files"]:
        answer = client.get(file["url"])
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == file["media_type"]
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{file["name"]}"'
        assert len(answer.content) == file["bytes"]
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(file["url"], headers=tag).status_code == 304
    assert {file["media_type"] for file in dataset["files"]} == set(dataset_files.MEDIA_TYPES)


def test_it_says_what_each_count_counts(client: httpx.Client, dataset: dict[str, Any]) -> None:
    assert dataset["counted"].keys() == dataset["counts"].keys()
    for texts in dataset["counted"].values():
        assert texts["en"] != texts["ja"]
    prefectures = client.get("/v1/prefectures").json()
    assert dataset["counts"]["prefectures"] == sum(each["region_count"] > 0 for each in prefectures["items"])
    assert dataset["counted"]["prefectures"]["en"].startswith("Prefectures with at least one region")
    assert dataset["counts"]["regions"] == client.get("/v1/regions").json()["total"]
    assert dataset["counts"]["corrections"] == client.get("/v1/corrections").json()["total"]


def test_a_csv_among_the_files_begins_as_every_csv_does(client: httpx.Client, dataset: dict[str, Any]) -> None:
    files = {file["name"]: client.get(file["url"]).content for file in dataset["files"]}
    csvs = {name.removesuffix(".csv"): content for name, content in files.items() if name.endswith(".csv")}
    assert csvs.keys() == {each.name for each in RESOURCES} | {"region_prefectures", "region_municipalities"}
    assert all(content.startswith(b"\xef\xbb\xbf") for content in csvs.values())
    for resource in RESOURCES:
        content, export = csvs[resource.name], client.get(f"{resource.path}.csv").content
        header = export.partition(b"\r\n")[0].split(b",")
        assert content.partition(b"\r\n")[0].split(b",") == [name for name in header if not name.startswith(b"links_")]


def test_no_file_is_at_another_version_or_name(client: httpx.Client, dataset: dict[str, Any]) -> None:
    url = dataset["files"][0]["url"]
    for path in (url.replace(dataset["version"], "0" * 16), f"{url}.csv", url.replace("regions", "nothing")):
        assert "/v1/dataset" in problem(client.get(path), 404, "not-found")["detail"]


def test_the_files_are_the_same_made_anew(uncached: httpx.Client, dataset: dict[str, Any]) -> None:
    assert uncached.get("/v1/dataset").json()["files"] == dataset["files"]


def test_the_sqlite_file_has_plain_columns(client: httpx.Client, dataset: dict[str, Any], tmp_path: Path) -> None:
    url = next(file["url"] for file in dataset["files"] if file["name"] == "regions.sqlite")
    (tmp_path / "regions.sqlite").write_bytes(client.get(url).content)
    connection = sqlite3.connect(tmp_path / "regions.sqlite")
    query = (
        "SELECT r.number, r.title, r.fiscal_year_start FROM regions r"
        " JOIN region_prefectures p ON p.region_number = r.number WHERE p.prefecture_code = '16'"
    )
    assert connection.execute(query).fetchall() == [(7, "ほくろく健康創造クラスター", 2008)]
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


@pytest.fixture(scope="module")
def files(client: httpx.Client, dataset: dict[str, Any]) -> dict[str, bytes]:
    return {file["name"]: client.get(file["url"]).content for file in dataset["files"]}


def test_tables_join_regions_with_places(client: httpx.Client, files: dict[str, bytes], tmp_path: Path) -> None:
    regions = client.get("/v1/regions").json()["items"]
    places = [
        [str(region["number"]), place["code"]] for region in regions for place in region["annotations"]["prefectures"]
    ]
    named = [
        [str(region["number"]), place["code"], place["name"], place["code"][:2]]
        for region in regions
        for place in region["annotations"]["municipalities"]
    ]
    head = ["region_number", "municipality_code", "municipality_name", "prefecture_code"]
    assert rows(files["region_prefectures.csv"]) == [["region_number", "prefecture_code"], *places]
    assert rows(files["region_municipalities.csv"]) == [head, *named]
    assert (len(places), len(named)) == (32, 14)
    package = json.loads(files["datapackage.json"])
    assert [each["path"] for each in package["sources"]] == [
        "https://www.geonames.org/",
        "https://www.naturalearthdata.com/",
    ]
    assert package["sources"][0]["title"].startswith("GeoNames (CC BY 4.0): Coordinates")
    schemas = {each["name"]: each["schema"] for each in package["resources"]}
    for name, key in (("region_prefectures", "prefecture_code"), ("region_municipalities", "municipality_code")):
        assert schemas[name]["primaryKey"] == ["region_number", key]
        assert schemas[name]["foreignKeys"] == [
            {"fields": "region_number", "reference": {"resource": "regions", "fields": "number"}},
            {"fields": "prefecture_code", "reference": {"resource": "prefectures", "fields": "code"}},
        ]
    path = tmp_path / "regions.sqlite"
    path.write_bytes(files["regions.sqlite"])
    connection = sqlite3.connect(path)
    query = (
        "SELECT name, municipality_name FROM regions JOIN region_municipalities ON region_number = number"
        " WHERE municipality_code = '31204'"
    )
    assert connection.execute(query).fetchall() == [("米子・境港エリア", "境港市")]
    kinds = connection.execute(
        "SELECT typeof(annotations_point_longitude), typeof(number) FROM regions LIMIT 1"
    ).fetchall()
    assert kinds == [("real", "integer")]
    connection.close()


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_file_of_the_map_is_the_one_of_the_api(client: httpx.Client, files: dict[str, bytes]) -> None:
    assert files["regions.geojson"] == client.get("/v1/regions.geojson").content


def test_as_json_ld_it_cannot_be_cut(client: httpx.Client) -> None:
    errors = problem(client.get("/v1/dataset.jsonld?fields=title"), 422, "invalid-parameter")["errors"]
    assert (errors[0]["parameter"], errors[0]["code"]) == ("fields", "whole-only")
    problem(client.get("/v1/regions/7.jsonld"), 404, "not-found")


def test_the_json_ld_expands_without_a_network_and_loses_nothing(client: httpx.Client) -> None:
    document = client.get("/v1/dataset.jsonld").json()
    options = {"base": f"{BASE}/v1/dataset", "documentLoader": refuse}
    (node,) = jsonld.expand(document, options)
    assert len(node) == len(document) - 1  # but for the context
    assert node["@id"] == f"{BASE}/v1/dataset"


REQUIRED = {"title", "description"}
RECOMMENDED = {"publisher", "spatial", "temporal", "identifier", "issued", "modified", "language", "provenance"}


def test_it_is_a_data_set_of_dcat_ap(graph: Graph) -> None:
    node = URIRef(f"{BASE}/v1/dataset")
    assert {DCAT.Dataset, SDO.Dataset} <= set(graph.objects(node, RDF.type))
    for name in REQUIRED | RECOMMENDED:
        assert list(graph.objects(node, DCTERMS[name])), name
    for name in ("contactPoint", "distribution", "keyword", "theme", "version", "landingPage"):
        assert list(graph.objects(node, DCAT[name])), name
    assert not list(graph.objects(node, DCTERMS.license))  # which is not known
    for publisher in graph.objects(None, DCTERMS.publisher):
        assert (publisher, RDF.type, FOAF.Agent) in graph
        assert graph.value(publisher, FOAF.name)


def test_it_names_its_prefectures_and_whom_to_credit(client: httpx.Client, graph: Graph) -> None:
    node = URIRef(f"{BASE}/v1/dataset")
    own = {
        URIRef(f"http://www.wikidata.org/entity/{each['wikidata']}")
        for each in client.get("/v1/prefectures").json()["items"]
        if each["region_count"]
    }
    japan = URIRef("http://publications.europa.eu/resource/authority/country/JPN")
    assert len(own) == 25
    assert set(graph.objects(node, DCTERMS.spatial)) == {japan, *own}
    for place in own:
        assert (place, RDF.type, DCTERMS.Location) in graph
    geonames = URIRef("https://www.geonames.org/")
    assert geonames in graph.objects(node, DCTERMS.source)
    assert graph.value(geonames, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    titles = {each.language for each in graph.objects(node, DCTERMS.title) if isinstance(each, Literal)}
    assert titles == {"ja", "en"}
    english = [each for each in graph.objects(None, FOAF.name) if isinstance(each, Literal) and each.language == "en"]
    assert english
    assert all("(MEXT)" in each for each in english)


def test_its_distributions_are_those_of_dcat_ap_with_size_and_hash(graph: Graph, dataset: dict[str, Any]) -> None:
    known = {f"{BASE}{file['url']}": file for file in dataset["files"]}
    nodes = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert {str(node) for node in nodes} == known.keys()
    for node in nodes:
        file = known[str(node)]
        assert graph.value(node, DCAT.accessURL) == graph.value(node, DCAT.downloadURL) == node
        assert graph.value(node, DCAT.byteSize) == Literal(str(file["bytes"]), datatype=XSD.nonNegativeInteger)
        checksum = graph.value(node, SPDX.checksum)
        assert graph.value(checksum, SPDX.checksumValue) == Literal(file["sha256"], datatype=XSD.hexBinary)
        assert str(graph.value(node, SDO.sha256)) == file["sha256"]
        assert graph.value(node, DCTERMS.description)
        assert graph.value(node, DCTERMS.format)


def without_examples(value: Any) -> Any:
    """The value without real answers, which are quoted in it."""
    if isinstance(value, dict):
        return {key: without_examples(inner) for key, inner in value.items() if key not in ("example", "examples")}
    return [without_examples(inner) for inner in value] if isinstance(value, list) else value


def test_no_text_that_is_served_counts_the_regions_of_one_list(client: httpx.Client) -> None:
    for path in ("/openapi.json", "/llms.txt", "/guide/ja", "/guide/en", "/terms/ja", "/terms/en"):
        text = client.get(path).text
        if path == "/openapi.json":
            text = json.dumps(without_examples(client.get(path).json()), ensure_ascii=False)
        assert not re.search(r"\b29 (regions|regional)|29 地域", text), path
    total = client.get("/v1/regions?limit=1").json()["total"]
    assert f"{total} regional clusters" in client.get("/v1").json()["description"]
