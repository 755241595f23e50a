"""`hints`: a term of `q` that is a value of another parameter, and a text with commas that finds nothing."""

from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.support.oracle import Oracle, Region, folded
from tests.unit.test_eras import notations

Lists = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def lists(client: httpx.Client) -> Lists:
    names = ("programs", "subcategories", "prefectures", "fiscal-years", "corrections", "regions")
    return {name: client.get(f"/v1/{name}").json()["items"] for name in names}


@pytest.fixture(scope="module")
def oracle(lists: Lists) -> Oracle:
    return Oracle(lists["regions"])


def hints(client: httpx.Client, **parameters: str) -> list[dict[str, Any]]:
    page = client.get("/v1/regions", params=parameters).json()
    found: list[dict[str, Any]] = page["hints"]
    for hint in found:
        assert hint.keys() == {"parameter", "value", "label", "total", "url"}
        assert client.get(hint["url"]).json()["total"] == hint["total"], hint
    return found


def short(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(hint["parameter"], hint["value"], hint["label"]) for hint in found]


GLOBAL, CITY = ("type", "global", "グローバル型"), ("type", "city-area", "都市エリア型")
GENERAL = ("subcategory", "city-area-general", "都市エリア型 (一般)")
PHASE = ("subcategory", "global-phase-1", "グローバル型 (第Ⅰ期)")
HUB = ("subcategory", "global-hub-development", "グローバル型 (グローバル拠点育成)")
FY2012 = ("fiscal_year", "2012", "平成24年度")
KYUSHU = ("prefecture", "40,41,42,43,44,45,46,47", "九州・沖縄")
KINKI = ("prefecture", "24,25,26,27,28,29,30", "近畿")
HOKKAIDO = ("prefecture", "01", "北海道")
ISHIKAWA, TOKYO = ("prefecture", "17", "石川県"), ("prefecture", "13", "東京都")


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        *(
            (q, [FY2012])
            for q in ("2012", "FY2012", "2012年度", "H24", "ｈ２４", "平成24", "平成24年度", "平成二十四年度")
        ),
        *((q, [FY2012]) for q in ("平成 24 年度", '"平成 24 年度"', "FY 2012")),
        *((q, [ISHIKAWA]) for q in ("石川", "石川県", "ISHIKAWA", "いしかわ", "ｲｼｶﾜ", '"石川県"')),
        *((q, [TOKYO]) for q in ("東京", "Tokyo", "Tōkyō")),
        *((q, [GLOBAL]) for q in ("グローバル型", "ｸﾞﾛｰﾊﾞﾙ型", "グロ−バル型", "global type", "GLOBAL", '"Global Type"')),
        *((q, [CITY]) for q in ("都市エリア型", "City Area Type", "都市 エリア 型", "city-area")),
        *((q, [GENERAL]) for q in ("一般", "都市エリア型（一般）")),
        *((q, [PHASE]) for q in ("第Ⅰ期", "第I期", "第Ⅱ期", "グローバル型(第Ⅱ期)")),
        *((q, [GENERAL]) for q in ("都市エリア型 一般", "City Area Type (General)", "City Area Type General nano")),
        *(
            (q, [CITY])
            for q in ("City Area Type food", "food city area type", "food City Area Type nano", "city area nano")
        ),
        *(
            (q, [GLOBAL])
            for q in ("Global Type cancer", "cancer global type", "ｇｌｏｂａｌ　Type がん", "がん グローバル 型")
        ),
        *((q, [PHASE]) for q in ("First Stage", "First Stage nano", "nano Global Type (First Stage)", "医療 第 Ⅱ 期")),
        *((q, [HUB]) for q in ("Global Hub Development bio", "bio Global Type (Global Hub Development)")),
        *(
            (q, [ISHIKAWA])
            for q in ("Ishikawa Prefecture", "Ishikawa Prefecture nano", "nano 石川 県", '"石川 県" nano')
        ),
        *((q, [FY2012]) for q in ("平成 24 年度 医療", "医療 FY 2012", '医療 "平成 24 年度" bio')),
        ("Global Type nano City Area", [GLOBAL, CITY]),
        ("food Global Hub Development Kyushu and Okinawa H24 Ishikawa", [HUB, KYUSHU, FY2012, ISHIKAWA]),
        ("Okinawa Kyushu", [("prefecture", "47", "沖縄県"), KYUSHU]),
        ("石川 H24 医療", [ISHIKAWA, FY2012]),
        ("石川 いしかわ", [ISHIKAWA]),
        *((q, [KYUSHU]) for q in ("九州", "九州地方", "九州・沖縄", "KYUSHU", '"九州 沖縄"')),
        *((q, [KYUSHU]) for q in ("Kyushu and Okinawa", "Kyushu and Okinawa medical", "medical 九州 沖縄 bio")),
        *((q, [KYUSHU]) for q in ("九州・沖縄地方", "九州地域 医療", "Kyushu Region medical")),
        *((q, [KINKI]) for q in ("近畿", "関西", "Kansai", "近畿地方", "関西地方", "近畿 地方")),
        ("医療 九州 H24", [KYUSHU, FY2012]),
        ("九州 石川", [KYUSHU, ISHIKAWA]),
        *((q, [HOKKAIDO]) for q in ("北海道", "Hokkaido", "ほっかいどう", "北海道地方", "北海道地域 医療")),
        *((q, []) for q in ("医療", "17", "01", "2009年", "24", "石", "型", "グローバル", "平成40年度", "H24度", "a")),
        *((q, []) for q in ("Type", "Area Type food", "City food Area", "Development", "Hub Development", "東海地方")),
    ],
)
def test_a_term_or_all_of_q_that_is_a_value_of_another_parameter_is_told(
    client: httpx.Client, q: str, expected: list[tuple[str, str, str]]
) -> None:
    assert short(hints(client, q=q, lang="ja")) == expected


@pytest.mark.parametrize(
    ("q", "rests"),
    [
        ("City Area Type food", ["food"]),
        ("food City Area Type nano", ["food nano"]),
        ("Global Type cancer", ["cancer"]),
        ("First Stage nano", ["nano"]),
        ("Global Hub Development bio", ["bio"]),
        ("Global Type (Global Hub Development) bio", ["bio"]),
        ("Kyushu and Okinawa medical", ["medical"]),
        ("Kyushu and Okinawa", [None]),
        ("Aichi Prefecture nano", ["nano"]),
        ('"new drug" 平成 24 年度', ['"new drug"']),
        ("Global Type nano H24", ["nano H24", "Global Type nano"]),
    ],
)
def test_all_terms_of_a_name_are_moved_and_no_other(client: httpx.Client, q: str, rests: list[str | None]) -> None:
    asked = [parse_qs(urlsplit(hint["url"]).query) for hint in hints(client, q=q)]
    assert [each.get("q", [None])[0] for each in asked] == rests


def test_a_value_that_finds_nothing_is_told_too(client: httpx.Client) -> None:
    assert [(hint["value"], hint["total"]) for hint in hints(client, q="鯨 石川")] == [("17", 0)]


def test_the_hint_of_an_area_leads_to_its_prefectures(client: httpx.Client) -> None:
    (hint,) = hints(client, q="医療 Kyushu", lang="en")
    assert (hint["label"], hint["total"]) == ("Kyushu and Okinawa", 1)
    assert parse_qs(urlsplit(hint["url"]).query) == {
        "lang": ["en"],
        "prefecture": ["40,41,42,43,44,45,46,47"],
        "q": ["医療"],
    }
    (hint,) = hints(client, q="東北", prefecture="石川")
    assert hint["url"] == "/v1/regions?prefecture=02,03,04,05,06,07"


def test_without_q_there_are_no_hints(client: httpx.Client) -> None:
    assert hints(client) == hints(client, prefecture="石川") == []


def test_the_request_of_a_hint_has_the_term_moved_and_nothing_else_changed(client: httpx.Client) -> None:
    given = {"type": "city-area", "limit": "2", "offset": "1", "facets": "type", "sort": "-page", "fields": "number"}
    (hint,) = hints(client, q="医療 H24", q_in="title,theme", lang="en", **given)
    assert (hint["label"], hint["value"]) == ("FY2012", "2012")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(hint["url"]).query).items()}
    del given["offset"]
    assert asked == given | {"q": "医療", "q_in": "title,theme", "lang": "en", "fiscal_year": "2012"}


def test_what_needs_q_goes_with_it(client: httpx.Client) -> None:
    (hint,) = hints(client, q="H24", q_in="name", sort="relevance,-page", prefecture="17")
    assert hint["url"] == "/v1/regions?fiscal_year=2012&prefecture=17&sort=-page"
    (hint,) = hints(client, q="H24", sort="-relevance,-page")
    assert hint["url"] == "/v1/regions?fiscal_year=2012&sort=-page"
    (hint,) = hints(client, q="H24", sort="relevance")
    assert hint["url"] == "/v1/regions?fiscal_year=2012"


def test_the_value_stands_alone_as_in_a_facet(client: httpx.Client) -> None:
    hint = next(each for each in hints(client, q="グローバル型", type="city-area", fiscal_year="2008,2009"))
    assert hint["url"] == "/v1/regions?fiscal_year=2008,2009&type=global"


def meant(lists: Lists) -> dict[tuple[str, str], list[str]]:
    """The names of every value of every parameter that a hint may name."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in lists["programs"]:
        found["type", each["id"]] = [each["name"], each["name_en"], each["id"]]
    for each in lists["subcategories"]:
        found["subcategory", each["id"]] = [each["label"], each["label_en"], each["name"], each["id"]]
    for each in lists["corrections"]:
        if id_ := each["applies_to"]["subcategory"]:
            found["subcategory", id_] += [each["corrected"], each["likely"]]
    for each in lists["prefectures"]:
        found["prefecture", each["code"]] = [each["name"], each["name_en"], each["name_kana"]]
    for each in lists["fiscal-years"]:
        written = [text for text in notations(each["year"]) if len(text) > 1]
        found["fiscal_year", str(each["year"])] = [each["label"], each["era"], *written[::7]]
    return found


def test_every_value_is_hinted_by_each_of_its_names(client: httpx.Client, lists: Lists, oracle: Oracle) -> None:
    for (parameter, value), names in meant(lists).items():
        total = len(oracle.numbers({parameter: [int(value) if parameter == "fiscal_year" else value]}))
        for name in names:
            if len(name) <= 100:
                found = client.get("/v1/regions", params={"q": name, "fields": "number"}).json()["hints"]
                assert (parameter, value, total) in [
                    (each["parameter"], each["value"], each["total"]) for each in found
                ]


def test_the_rest_of_q_is_still_looked_for(client: httpx.Client, lists: Lists, oracle: Oracle) -> None:
    for (parameter, value), term in product(meant(lists), ("医療", "バイオ", "の")):
        canonical: Any = [int(value) if parameter == "fiscal_year" else value]
        name = next(iter(meant(lists)[parameter, value]))
        page = client.get("/v1/regions", params={"q": f'{term} "{name}"', "fields": "number"}).json()
        totals = {(each["parameter"], each["value"]): each["total"] for each in page["hints"]}
        assert totals[parameter, value] == len(oracle.numbers({parameter: canonical, "q": [folded(term)]}))


@pytest.mark.parametrize(
    ("q", "spaced"),
    [
        ("健康、バイオ", "健康 バイオ"),
        ("健康,バイオ", "健康 バイオ"),
        ("健康，バイオ､産業", "健康 バイオ 産業"),
        ("、健康、、バイオ、", "健康 バイオ"),
        ('"健康、バイオ" 産業', "健康 バイオ 産業"),
        ("健康、-バイオ", '健康 "-バイオ"'),
        ('"バイオ、健康 科学"', 'バイオ "健康 科学"'),
    ],
)
def test_a_text_with_commas_that_finds_nothing_is_offered_with_spaces(
    client: httpx.Client, q: str, spaced: str
) -> None:
    (hint,) = hints(client, q=q, limit="1", offset="3")
    assert (hint["parameter"], hint["value"], hint["label"]) == ("q", spaced, spaced)
    assert hint["total"] > 0
    assert parse_qs(urlsplit(hint["url"]).query) == {"q": [spaced], "limit": ["1"]}


@pytest.mark.parametrize("q", ["予防、健康", "鯨、象", "健康 バイオ", "、".join("あいうえおかきくけこさ")])
def test_a_text_is_not_offered_with_spaces_where_that_does_not_help(client: httpx.Client, q: str) -> None:
    assert hints(client, q=q) == []


def test_a_region_of_each_prefecture_is_found_by_following_the_hint(client: httpx.Client, lists: Lists) -> None:
    regions: list[Region] = lists["regions"]
    for region in regions:
        for prefecture in region["annotations"]["prefectures"]:
            (hint,) = hints(client, q=prefecture["name"], lang="ja", fields="number")
            found = client.get(hint["url"]).json()["items"]
            assert region["number"] in {each["number"] for each in found}
