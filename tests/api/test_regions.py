import json
import random
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from app.db.session import Read
from app.db.statement import Statement
from app.http import query_string
from app.http.parsed_request import ParsedRequest
from app.http.responses import Collection
from app.routers.catalogue import MAIN, RESOURCES
from app.routers.regions.endpoints import read_page
from app.routers.regions.parameters import RegionQuery
from app.schemas.records import Region
from tests.support.reading import Ask, asking, reading

RELEASE = "http://www.mext.go.jp/b_menu/houdou/20/07/08071509.htm"
BROCHURE = "https://docslib.org/doc/3755136/kurume-region-o-fukuoka-industrial-technology-center-fitc-v"
CLUSTER = "https://hiac.or.jp/cluster/en/project/index.html"
CHUBU = {"id": "chubu", "name": "中部", "name_en": "Chubu"}

REGION_7 = {
    "number": 7,
    "name": "富山・石川地域",
    "program": {"id": "global", "name": "グローバル型"},
    "subcategory": {"id": "global-phase-1", "name": "第Ⅰ期", "label": "グローバル型 (第Ⅰ期)"},
    "fiscal_year_start": 2008,
    "fiscal_year_end": 2012,
    "fiscal_years_label": "H20-H24",
    "period": {"start": "2008-04-01", "end": "2013-03-31"},
    "title": "ほくろく健康創造クラスター",
    "theme": "バイオ系先端機器の開発による予防と健康のライフサイエンス",
    "source": {"page": 14, "page_label": "P14", "row": 7},
    "annotations": {
        "theme_en": "Life science for disease prevention and health through the development of advanced "
        "bio-instruments",
        "research_fields_en": ["Life sciences"],
        "name_kana": "とやま・いしかわちいき",
        "name_romaji": "Toyama, Ishikawa chiiki",
        "name_en": "Toyama / Ishikawa Region",
        "title_kana": "ほくろくけんこうそうぞうくらすたー",
        "title_en": "Hokuriku Innovation Cluster for Health Science",
        "prefectures": [
            {"code": "16", "name": "富山県", "name_en": "Toyama", "area": CHUBU},
            {"code": "17", "name": "石川県", "name_en": "Ishikawa", "area": CHUBU},
        ],
        "municipalities": [],
        "local_government_codes": [{"code": "16000", "name": "富山県"}, {"code": "17000", "name": "石川県"}],
        "point": {
            "longitude": 137.2167,
            "latitude": 36.7,
            "of": {"code": "16201", "name": "富山市"},
            "rule": "R3",
        },
        "local_governments": "富山県、石川県",
        "research_fields": ["ライフサイエンス"],
        "editorial": ["theme_en", "name_kana", "name_romaji", "title_kana", "municipalities", "point"],
        "evidence": [RELEASE, BROCHURE, CLUSTER],
        "corrections": [
            {
                "id": "region-7-title",
                "field": "title",
                "printed": "ほくろく",
                "likely": "ほくりく",
                "corrected": "ほくりく健康創造クラスター",
                "certainty": "confirmed",
            },
            {
                "id": "global-phase-1-label",
                "field": "subcategory.label",
                "printed": "第Ⅰ期",
                "likely": "第Ⅱ期",
                "corrected": "グローバル型 (第Ⅱ期)",
                "certainty": "confirmed",
            },
        ],
        "provenance": [
            {
                "fields": ["theme_en", "name_kana", "name_romaji", "title_kana", "municipalities"],
                "status": "editorial",
                "evidence": [],
                "source": None,
            },
            {"fields": ["research_fields_en"], "status": "confirmed", "evidence": [BROCHURE], "source": None},
            {"fields": ["name_en", "title_en"], "status": "confirmed", "evidence": [CLUSTER], "source": None},
            {
                "fields": ["prefectures", "local_government_codes", "local_governments", "research_fields"],
                "status": "confirmed",
                "evidence": [RELEASE],
                "source": None,
            },
            {"fields": ["point"], "status": "editorial", "evidence": [], "source": "GeoNames, CC BY 4.0"},
        ],
    },
    "matches": [],
    "links": {"self": "/v1/regions/7"},
}


@pytest.fixture(scope="module")
def regions(client: httpx.Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/v1/regions").json()["items"]
    return items


@pytest.fixture(scope="module")
def ask(database_url: str) -> Iterator[Ask]:
    with asking(database_url) as ask:
        yield ask


def test_a_region_is_as_the_contract_prints_it(client: httpx.Client) -> None:
    assert json.dumps(client.get("/v1/regions/7").json()) == json.dumps(REGION_7)


def test_a_list_carries_whole_records(client: httpx.Client, regions: list[dict[str, Any]]) -> None:
    assert [region["number"] for region in regions] == list(range(1, 30))
    for region in regions:
        assert region == client.get(region["links"]["self"]).json()
        assert json.dumps(region) == json.dumps(Region.model_validate(region).model_dump())


def test_only_the_global_type_has_titles(regions: list[dict[str, Any]]) -> None:
    assert {region["number"] for region in regions if region["title"] is not None} == set(range(1, 18))


FILTERS: list[tuple[dict[str, str], Callable[[dict[str, Any]], bool]]] = [
    ({"type": "global"}, lambda region: region["program"]["id"] == "global"),
    ({"type": "都市エリア型"}, lambda region: region["program"]["id"] == "city-area"),
    ({"type": "ｸﾞﾛｰﾊﾞﾙ型,city-area"}, lambda _: True),
    ({"subcategory": "グローバル型 (第Ⅰ期)"}, lambda region: region["number"] <= 9),
    (
        {"subcategory": "city-area-general,global-phase-1"},
        lambda region: region["number"] in {*range(1, 10), *range(18, 23)},
    ),
    ({"prefecture": "01"}, lambda region: "北海道" in str(region["annotations"]["prefectures"])),
    ({"prefecture": "石川"}, lambda region: region["number"] in {7, 18}),
    ({"prefecture": "石川県"}, lambda region: region["number"] in {7, 18}),
    ({"prefecture": "いしかわ"}, lambda region: region["number"] in {7, 18}),
    ({"prefecture": "ISHIKAWA"}, lambda region: region["number"] in {7, 18}),
    ({"prefecture": "Hokkaido,大阪"}, lambda region: region["number"] in {1, 5, 12, 26}),
    ({"prefecture": "京都府"}, lambda region: region["number"] == 9),
    ({"prefecture": "１７"}, lambda region: region["number"] in {7, 18}),
    ({"prefecture": "13"}, lambda _: False),
    ({"number": "7"}, lambda region: region["number"] == 7),
    ({"number": "２９,1,1,999999999"}, lambda region: region["number"] in {1, 29}),
    ({"type": "global", "fiscal_year": "H21", "prefecture": "福岡"}, lambda region: region["number"] in {6, 11}),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=[str(query) for query, _ in FILTERS])
def test_filters_keep_what_they_say(
    ask: Ask, regions: list[dict[str, Any]], query: dict[str, str], expected: Callable[[dict[str, Any]], bool]
) -> None:
    assert ask(**query) == [region["number"] for region in regions if expected(region)]


def test_a_prefecture_goes_by_every_name_people_give_it(client: httpx.Client, ask: Ask) -> None:
    for prefecture in client.get("/v1/prefectures").json()["items"]:
        name, kana = prefecture["name"], prefecture["name_kana"]
        ending = {"都": "と", "府": "ふ", "県": "けん", "道": ""}[name[-1]]
        short = name if name == "北海道" else name[:-1]
        expected = ask(prefecture=prefecture["code"])
        for written in (
            name,
            short,
            kana,
            kana.removesuffix(ending),
            prefecture["name_en"],
            prefecture["name_en"].upper(),
        ):
            assert ask(prefecture=written) == expected, written


def test_a_list_parameter_may_be_repeated_instead_of_using_commas(client: httpx.Client) -> None:
    repeated = client.get("/v1/regions?number=3&number=1").json()
    assert repeated == client.get("/v1/regions?number=3,1").json()
    assert repeated["links"]["self"] == "/v1/regions?number=3,1"


def test_any_order_is_the_order_of_its_keys_and_then_of_the_numbers(ask: Ask, regions: list[dict[str, Any]]) -> None:
    values: dict[str, Callable[[dict[str, Any]], int]] = {
        "number": lambda region: region["number"],
        "fiscal_year_start": lambda region: region["fiscal_year_start"],
        "fiscal_year_end": lambda region: region["fiscal_year_end"],
        "page": lambda region: region["source"]["page"],
    }
    choose = random.Random(3)
    for _ in range(100):
        keys = choose.sample(sorted(values), choose.randint(1, 4))
        signs = [choose.choice(("", "-")) for _ in keys]

        def rank(region: dict[str, Any], keys: list[str] = keys, signs: list[str] = signs) -> list[int]:
            signed = zip(keys, signs, strict=True)
            return [*((-1 if sign else 1) * values[key](region) for key, sign in signed), region["number"]]

        sort = ",".join(sign + key for key, sign in zip(keys, signs, strict=True))
        assert ask(sort=sort) == [region["number"] for region in sorted(regions, key=rank)], sort


class Counting(Read):
    """Counts its statements."""

    count = 0

    def rows(self, statement: Statement, values: dict[str, Any] | None = None) -> list[Any]:
        Counting.count += 1
        return super().rows(statement, values)


@pytest.mark.parametrize(
    ("path", "query", "statements"),
    [
        ("/v1/regions", "", 1),
        ("/v1/regions", "type=global&fiscal_year_from=H21&q=医療&sort=relevance&prefecture=福岡&limit=3", 2),
        ("/v1/regions", "q=nowhere", 2),
        ("/v1/regions", "limit=10", 1),
        ("/v1/regions", "facets=type,subcategory,prefecture,fiscal_year", 5),
        *((each.path, "", 2) for each in RESOURCES if each.name != MAIN),
    ],
)
def test_a_list_costs_few_statements_however_long_it_is(
    database_url: str, path: str, query: str, statements: int
) -> None:
    collection: Collection[Any] = next(each.collection for each in RESOURCES if each.path == path)
    with reading(database_url) as read:
        context = query_string.Basis(read.edition, collection.record)
        parsed: ParsedRequest[Any] = ParsedRequest(query_string.parse(query.encode(), collection.query, context), path)
        Counting.count = 0
        collection.page(Counting(read.edition, read._connection), parsed)
    assert Counting.count <= statements


def test_the_total_of_any_filters_is_how_many_regions_pass_them_all(database_url: str) -> None:
    with reading(database_url) as read:
        context = query_string.Basis(read.edition, Region)

        def numbers(given: dict[str, str]) -> set[int]:
            query = query_string.parse(urlencode(given).encode(), RegionQuery, context)
            page = read_page(read, ParsedRequest(query, "/v1/regions"))
            found = {json.loads(record)["number"] for record in page.records}
            assert page.total == len(found), given
            return found

        kinds = {
            "type": ["global", "city-area", "global,city-area"],
            "subcategory": ["city-area-general", "global-phase-1,city-area-advanced"],
            "prefecture": ["01", "17,27"],
            "fiscal_year": ["2009", "1886,2008"],
            "fiscal_year_from": ["1886", "2010", "2199"],
            "fiscal_year_to": ["1886", "2009", "2199"],
        }
        alone = {(name, value): numbers({name: value}) for name, values in kinds.items() for value in values}
        for choice in product(*([None, *values] for values in kinds.values())):
            given = {name: value for name, value in zip(kinds, choice, strict=True) if value}
            first, last = given.get("fiscal_year_from", "1886"), given.get("fiscal_year_to", "2199")
            if first <= last:
                expected = set(range(1, 30)).intersection(*(alone[each] for each in given.items()))
                assert numbers(given) == expected, given
