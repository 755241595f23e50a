"""The smaller resources."""

import re
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import httpx
import pytest

from app.db.tables import SCHEMA_REVISION
from app.routers.catalogue import RESOURCES, Resource
from tests.support.lists import LISTS, walked

PROJECT = Path(__file__).parents[2]


def test_of_every_list_it_is_known_how_many_records_it_has() -> None:
    assert [each.path for each in RESOURCES] == [*LISTS], "add the list to tests/support/lists.py"


@pytest.mark.parametrize(("path", "total"), LISTS.items())
def test_a_list_has_the_envelope_and_all_its_records(client: httpx.Client, path: str, total: int) -> None:
    page = client.get(path).json()
    assert page["total"] == len(walked(client, path)) == total
    assert (page["limit"], page["offset"]) == (100, 0)
    assert page["dataset_version"] == client.get("/v1/dataset").json()["version"]


def test_the_index_leads_to_everything(client: httpx.Client) -> None:
    index = client.get("/v1").json()
    assert index["dataset_version"] == client.get("/v1/dataset").json()["version"]
    assert {client.get(link).status_code for link in index["links"].values()} == {200}


def test_programs_have_their_purpose_their_subcategories_and_their_regions(client: httpx.Client) -> None:
    programs = client.get("/v1/programs").json()["items"]
    assert [(program["id"], program["name"]) for program in programs] == [
        ("global", "グローバル型"),
        ("city-area", "都市エリア型"),
    ]
    for program in programs:
        assert client.get(program["links"]["self"]).json() == program
        assert client.get(program["links"]["regions"]).json()["total"] == program["region_count"]
        assert sum(each["region_count"] for each in program["subcategories"]) == program["region_count"]


def test_subcategories_have_their_label_their_programme_and_their_regions(client: httpx.Client) -> None:
    subcategories = client.get("/v1/subcategories").json()["items"]
    assert [(each["id"], each["label"], each["region_count"]) for each in subcategories] == [
        ("global-phase-1", "グローバル型 (第Ⅰ期)", 9),
        ("global-hub-development", "グローバル型 (グローバル拠点育成)", 8),
        ("city-area-general", "都市エリア型 (一般)", 5),
        ("city-area-advanced", "都市エリア型 (発展)", 7),
    ]
    for each in subcategories:
        assert client.get(each["links"]["self"]).json() == each
        assert client.get(each["links"]["regions"]).json()["total"] == each["region_count"]


def test_prefectures_are_those_of_jis_with_their_regions(client: httpx.Client) -> None:
    prefectures = client.get("/v1/prefectures").json()["items"]
    assert [each["code"] for each in prefectures] == [f"{code:02}" for code in range(1, 48)]
    assert (prefectures[0]["name"], prefectures[-1]["name_kana"]) == ("北海道", "おきなわけん")
    for each in prefectures:
        assert client.get(each["links"]["regions"]).json()["total"] == each["region_count"]
    assert sum(each["region_count"] for each in prefectures) == 32
    assert {each["iso_3166_2"] for each in prefectures} == {f"JP-{code:02}" for code in range(1, 48)}
    assert all(re.fullmatch("Q[1-9][0-9]+", each["wikidata"]) for each in prefectures)
    assert [prefectures[index]["wikidata"] for index in (0, 16)] == ["Q1037393", "Q131281"]


def test_prefectures_belong_to_the_eight_areas_with_their_regions(client: httpx.Client) -> None:
    prefectures = client.get("/v1/prefectures").json()["items"]
    areas = {each["area"]["id"]: each["area"] for each in prefectures}
    assert [*areas] == ["hokkaido", "tohoku", "kanto", "chubu", "kinki", "chugoku", "shikoku", "kyushu"]
    names = ["北海道", "東北", "関東", "中部", "近畿", "中国", "四国", "九州・沖縄"]
    assert [area["name"] for area in areas.values()] == names
    assert prefectures[23]["area"]["id"] == "kinki"  # 三重県
    counts = {each["area"]["id"]: each["area_region_count"] for each in prefectures}
    for id_, area in areas.items():
        for name in area.values():
            assert client.get("/v1/regions", params={"prefecture": name}).json()["total"] == counts[id_], name
    assert sum(counts.values()) == 29  # none lies in two of them


def test_corrections_say_what_is_printed_and_why_it_is_doubted(client: httpx.Client) -> None:
    corrections = {each["id"]: each for each in client.get("/v1/corrections").json()["items"]}
    assert corrections.keys() == {
        "region-7-title",
        "global-phase-1-label",
        "region-23-subcategory",
        "region-9-name",
    }
    label = corrections["global-phase-1-label"]
    assert label["applies_to"] == {"subcategory": "global-phase-1", "regions": list(range(1, 10))}
    assert {id_: each["field"] for id_, each in corrections.items()} == {
        "region-7-title": "title",
        "global-phase-1-label": "subcategory.label",
        "region-23-subcategory": "subcategory",
        "region-9-name": "name",
    }
    assert {each["certainty"] for each in corrections.values()} == {"confirmed"}
    for each in corrections.values():
        assert each["evidence"]
        assert re.search("[ぁ-ん]", each["note"])
        assert re.match(r"[A-Z][^。]+\.$", each["note_en"])


def test_a_correction_of_what_regions_share_stands_on_each_of_them_and_on_the_subcategory(client: httpx.Client) -> None:
    label = {
        "id": "global-phase-1-label",
        "field": "subcategory.label",
        "printed": "第Ⅰ期",
        "likely": "第Ⅱ期",
        "corrected": "グローバル型 (第Ⅱ期)",
        "certainty": "confirmed",
    }
    found = client.get("/v1/regions", params={"q": "第Ⅱ期"}).json()["items"]
    assert [region["number"] for region in found] == [*range(1, 10)]
    for region in found:
        assert label in region["annotations"]["corrections"]
        assert region["matches"]
    corrections = {each["id"]: each["corrections"] for each in client.get("/v1/subcategories").json()["items"]}
    assert corrections.pop("global-phase-1") == [label]
    assert [*corrections.values()] == [[], [], []]


def test_the_data_set_describes_itself(client: httpx.Client) -> None:
    dataset = client.get("/v1/dataset").json()
    assert dataset["publisher"] == "文部科学省"
    assert dataset["counts"] == {
        "programs": 2,
        "subcategories": 4,
        "regions": 29,
        "prefectures": 25,
        "corrections": 4,
    }
    assert dataset["license"] is None
    assert {client.get(file["url"]).status_code for file in dataset["files"]} == {200}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_what_operators_ask_for_is_never_stored(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_readiness_names_the_schema_and_the_data(client: httpx.Client) -> None:
    version = client.get("/v1").json()["dataset_version"]
    expected = {"status": "ok", "schema_revision": SCHEMA_REVISION, "dataset_version": version}
    assert client.get("/readyz").json() == expected
    assert client.get("/livez").json() == {"status": "ok"}


@pytest.mark.slow
def test_a_list_that_is_added_to_the_catalogue_is_found_everywhere(database_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.added_resource", database_url, str(tmp_path)]
    tried = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert tried.returncode == 0, tried.stderr[-3_000:]


def test_of_a_list_nothing_may_be_left_unsaid() -> None:
    declared = {field.name for field in fields(Resource) if field.default is MISSING}
    assert declared == {"collection", "router", "key", "count"}
    for each in RESOURCES:
        assert each.key is None or each.key in each.collection.record.model_fields, each.name
