"""Test what the second edition brought: English texts, places, points, areas, and what confirms each of them."""

import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.db import thresholds
from app.settings import Settings
from tests.support.oracle import at, folded
from tests.support.service import serving

SOURCE = json.loads((Path(__file__).parents[2] / "seed" / "annotations.json").read_bytes())


@pytest.fixture(scope="module")
def regions(client: httpx.Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/v1/regions").json()["items"]
    return items


ENGLISH = {
    "food": [1, 18, 22, 23, 26, 29],
    "medical": [5, 11, 15, 16, 17, 24],
    "medicine": [5, 13],
    "cancer": [11, 16],
    "genome": [25],
    "energy": [10, 20],
    "nano": [3, 4, 8, 9, 20, 21],
    "device": [3, 15, 20, 24],
    "agri": [26],
    "agriculture": [],
    "fermentation": [18],
    "automotive": [21],
    "diabetes": [13],
    "aquaculture": [19],
    "lifescience": [1, 4, 5, 7, 18, 22, 23, 24, 25, 26],
}


@pytest.mark.parametrize("word", ENGLISH)
def test_a_reader_of_english_finds_what_there_is_and_where_it_stands(client: httpx.Client, word: str) -> None:
    page = client.get("/v1/regions", params={"q": word}).json()
    assert [region["number"] for region in page["items"]] == ENGLISH[word]
    for region in page["items"]:
        assert region["matches"]
        for match in region["matches"]:
            path = [int(step) if step.isdigit() else step for step in match["field"].split(".")]
            text = region
            for step in path:
                text = text[step]
            piece = str(text)[match["start"] : match["end"]]
            assert folded(piece) == folded(match["term"])
        paths = {match["field"].rstrip(".0123456789") for match in region["matches"]}
        assert paths & {f"annotations.{name}" for name in ("theme_en", "title_en", "research_fields_en")}


def test_the_search_index_finds_the_same(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thresholds, "SHORT_LIST", 0)
    words = {**ENGLISH, "第Ⅱ期": [*range(1, 10)], "中部": [], "GeoNames": [], "米子市": [29]}
    with serving(settings.model_copy(update={"cache_bytes": 0})) as client:
        for word, numbers in words.items():
            page = client.get("/v1/regions", params={"q": word}).json()
            assert [region["number"] for region in page["items"]] == numbers, word
            assert page["total"] == len(numbers)
        areas = client.get("/v1/regions", params={"prefecture": "九州", "q": "medical"}).json()
        assert [region["number"] for region in areas["items"]] == [11]


def test_every_theme_has_its_translation(regions: list[dict[str, Any]]) -> None:
    for region in regions:
        annotations = region["annotations"]
        assert annotations["theme_en"].isprintable()
        assert (annotations["title_en"] is None) == (region["title"] is None)
        fields = annotations["research_fields"]
        assert (annotations["research_fields_en"] is None) == (fields is None)
        assert fields is None or len(annotations["research_fields_en"]) == len(fields)
    confirmed = {
        name: [region["number"] for region in regions if name not in region["annotations"]["editorial"]]
        for name in ("theme_en", "name_en", "title_en", "research_fields_en")
    }
    with_fields = [region["number"] for region in regions if region["annotations"]["research_fields"]]
    assert confirmed["theme_en"] == [11]
    assert confirmed["name_en"] == [2, 7, 11, 21]
    assert {7, 11, 13} <= {*confirmed["title_en"]} <= {7, 11, 13, *range(18, 30)}  # which have no title
    assert [number for number in with_fields if number not in confirmed["research_fields_en"]] == [18]


def test_readings_are_in_kana_and_governments_are_separated_alike(regions: list[dict[str, Any]]) -> None:
    for region in regions:
        annotations = region["annotations"]
        for reading in (annotations["name_kana"], annotations["title_kana"]):
            assert reading is None or not any(character.isascii() and character.isalpha() for character in reading)
        assert "・" not in annotations["local_governments"]
        names = [place["name"] for place in annotations["local_government_codes"]]
        assert annotations["local_governments"].split("、") == names
    fields = {field for region in regions for field in region["annotations"]["research_fields"] or ()}
    assert fields == {"ライフサイエンス", "情報通信", "環境", "ナノテクノロジー・材料", "製造技術"}


def test_prefectures_ascend_and_are_those_of_the_governments_in_charge(regions: list[dict[str, Any]]) -> None:
    for region in regions:
        codes = [place["code"] for place in region["annotations"]["local_government_codes"]]
        prefectures = [place["code"] for place in region["annotations"]["prefectures"]]
        assert prefectures == sorted({code[:2] for code in codes})
    assert at(regions[7], ["annotations", "prefectures", "code"]) == ["21", "23"]


def test_a_place_has_one_code_and_the_name_of_a_region_names_it(regions: list[dict[str, Any]]) -> None:
    places: dict[str, set[str]] = {}
    for region in regions:
        annotations = region["annotations"]
        own = (*annotations["municipalities"], *annotations["local_government_codes"], annotations["point"]["of"])
        for place in own:
            places.setdefault(place["code"], set()).add(place["name"])
    assert all(len(names) == 1 for names in places.values())
    assert (places["31204"], places["22130"]) == ({"境港市"}, {"浜松市"})
    named = {region["number"]: region["annotations"]["municipalities"] for region in regions}
    assert named[29] == [{"code": "31202", "name": "米子市"}, {"code": "31204", "name": "境港市"}]
    for region in regions:
        for place in named[region["number"]]:
            assert place["name"].removesuffix("市") in region["name"]


def test_a_point_is_of_the_municipality_that_its_rule_says(client: httpx.Client, regions: list[dict[str, Any]]) -> None:
    rules = {rule["rule"]: rule for rule in client.get("/v1/dataset").json()["point_rules"]}
    assert [*rules] == ["R1", "R2", "R3", "R4"]
    assert all(rule["en"] and rule["ja"] for rule in rules.values())
    used: dict[tuple[float, float], list[int]] = {}
    for region in regions:
        annotations = region["annotations"]
        point, named = annotations["point"], annotations["municipalities"]
        governing = [place for place in annotations["local_government_codes"] if not place["code"].endswith("000")]
        assert 122 < point["longitude"] < 154
        assert 20 < point["latitude"] < 46
        assert point["of"]["code"][:2] in {place["code"] for place in annotations["prefectures"]}
        assert (point["rule"] == "R1") == bool(named)
        assert (point["rule"] == "R2") == (not named and bool(governing))
        if point["rule"] in ("R1", "R2"):
            assert point["of"] == (named or governing)[0]
        used.setdefault((point["longitude"], point["latitude"]), []).append(region["number"])
    assert [numbers for numbers in used.values() if len(numbers) > 1] == [[6, 21]]
    assert [region["number"] for region in regions if region["annotations"]["point"]["rule"] == "R4"] == [19]


def test_what_is_not_ours_is_credited(client: httpx.Client, regions: list[dict[str, Any]]) -> None:
    dataset = client.get("/v1/dataset").json()
    known = {each["name"]: each for each in dataset["credits"]}
    assert known["GeoNames"]["license"] == "CC BY 4.0"
    assert known["GeoNames"]["license_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert known["Natural Earth"]["license_url"] is None
    for region in regions:
        (of_point,) = (group for group in region["annotations"]["provenance"] if "point" in group["fields"])
        assert of_point == {
            "fields": ["point"],
            "status": "editorial",
            "evidence": [],
            "source": "GeoNames, CC BY 4.0",
        }
    for path in ("/v1/dataset", "/v1/dataset.jsonld", "/terms/ja", "/terms/en"):
        text = client.get(path).text
        assert "GeoNames" in text, path
        assert "own work" not in text, path


def test_the_list_has_its_title_its_note_and_its_purposes_in_english(client: httpx.Client) -> None:
    dataset = client.get("/v1/dataset").json()
    assert dataset["title_en"] == SOURCE["title_en"]["value"]
    assert dataset["note_en"] == SOURCE["note_en"]["value"]
    assert dataset["publisher_en"].endswith("(MEXT)")
    programs = client.get("/v1/programs").json()["items"]
    assert [program["name_en"] for program in programs] == ["Global Type", "City Area Type"]
    assert [program["purpose_en"] for program in programs] == [
        program["purpose_en"]["value"] for program in SOURCE["programs"]
    ]
    labels = [each["label_en"] for each in client.get("/v1/subcategories").json()["items"]]
    assert labels == [
        "Global Type (First Stage)",
        "Global Type (Global Hub Development)",
        "City Area Type (General)",
        "City Area Type (Development)",
    ]


AREAS = {
    "北海道": ["01"],
    "北海道地方": ["01"],
    "北海道地域": ["01"],
    "Hokkaido Region": ["01"],
    "東北地域": [f"{code:02}" for code in range(2, 8)],
    "Tohoku region": [f"{code:02}" for code in range(2, 8)],
    "関西地方": [f"{code}" for code in range(24, 31)],
    "九州・沖縄地方": [f"{code}" for code in range(40, 48)],
    "九州沖縄地域": [f"{code}" for code in range(40, 48)],
    "九州 地域": [f"{code}" for code in range(40, 48)],
    "Kyushu and Okinawa Region": [f"{code}" for code in range(40, 48)],
    "東北": [f"{code:02}" for code in range(2, 8)],
    "東北地方": [f"{code:02}" for code in range(2, 8)],
    "関東": [f"{code:02}" for code in range(8, 15)],
    "中部": [f"{code}" for code in range(15, 24)],
    "近畿": [f"{code}" for code in range(24, 31)],
    "近畿地方": [f"{code}" for code in range(24, 31)],
    "関西": [f"{code}" for code in range(24, 31)],
    "ＫＡＮＳＡＩ": [f"{code}" for code in range(24, 31)],
    "中国": [f"{code}" for code in range(31, 36)],
    "四国地方": [f"{code}" for code in range(36, 40)],
    "Shikoku": [f"{code}" for code in range(36, 40)],
    "九州・沖縄": [f"{code}" for code in range(40, 48)],
    "九州沖縄": [f"{code}" for code in range(40, 48)],
    "九州": [f"{code}" for code in range(40, 48)],
    "九州地方": [f"{code}" for code in range(40, 48)],
    "kyushu": [f"{code}" for code in range(40, 48)],
    "Kyushu and Okinawa": [f"{code}" for code in range(40, 48)],
}


@pytest.mark.parametrize("name", AREAS)
def test_an_area_means_its_prefectures(client: httpx.Client, regions: list[dict[str, Any]], name: str) -> None:
    codes = AREAS[name]
    page = client.get("/v1/regions", params={"prefecture": name}).json()
    assert page["query"]["prefecture"] == codes
    assert page["links"]["self"] == f"/v1/regions?prefecture={','.join(codes)}"
    expected = [
        region["number"]
        for region in regions
        if {place["code"] for place in region["annotations"]["prefectures"]} & {*codes}
    ]
    assert [region["number"] for region in page["items"]] == expected
    more = client.get("/v1/regions", params={"prefecture": f"{codes[-1]},{name},沖縄", "facets": "prefecture"}).json()
    assert more["query"]["prefecture"] == [*dict.fromkeys([codes[-1], *codes, "47"])]
    assert [value["value"] for value in more["facets"]["prefecture"] if value["selected"]] == sorted({*codes, "47"})


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        *(
            (name, None)
            for name in ("東海", "東海地方", "東海地域", "Tokai", "Tokai Region", "Tokai prefecture", "北陸地方")
        ),
        *((name, None) for name in ("地方", "region", "Chuo Region", "きゅうしゅう", "東北地方地方")),
        *((name, "九州・沖縄") for name in ("九州地区", "Kyushuu", "Kyushuu Region", "Kyushu district")),
        *((name, "01") for name in ("北海道地区", "Hokkaidoo Region", "北海")),
    ],
)
def test_what_is_no_area_is_refused_and_only_what_is_near_is_suggested(
    client: httpx.Client, written: str, suggestion: str | None
) -> None:
    answer = client.get("/v1/regions", params={"prefecture": written})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["parameter"], error["code"]) == (422, "prefecture", "not-allowed")
    assert error.get("suggestion") == suggestion


@pytest.mark.parametrize(
    ("query", "language", "words"),
    [
        ("prefecture=Tokai", "en", ["“Tokai”", "name", "prefecture", "area"]),
        ("prefecture=東海", "ja", ["「東海」", "都道府県", "地方", "英語"]),
        ("type=x", "en", ["“x”", "name"]),
        ("type=x", "ja", ["「x」", "名称", "英語"]),
        ("subcategory=x", "en", ["“x”", "name"]),
        ("subcategory=x", "ja", ["「x」", "名称", "英語"]),
    ],
)
def test_a_refusal_says_that_names_are_taken_too(
    client: httpx.Client, query: str, language: str, words: list[str]
) -> None:
    (error,) = client.get(f"/v1/regions?{query}&lang={language}").json()["errors"]
    assert error["code"] == "not-allowed"
    assert all(word in error["detail"] for word in words), error["detail"]
    assert ("地方" in error["detail"] or "area" in error["detail"]) == query.startswith("prefecture")


def test_areas_are_not_searched(client: httpx.Client) -> None:
    for word, numbers in (("九州", [6]), ("沖縄", []), ("中部", []), ("Kyushu", [6]), ("近畿", [])):
        page = client.get("/v1/regions", params={"q": word}).json()
        assert [region["number"] for region in page["items"]] == numbers, word


def test_the_whole_list_is_small_enough(client: httpx.Client) -> None:
    answer = client.get("/v1/regions", headers={"Accept-Encoding": "identity"})
    assert len(answer.content) <= 72_000
    assert len(gzip.compress(answer.content, 6)) <= 12_000
