"""Following every link of random requests gives what the link promised."""

import random
from typing import Any

import httpx
import pytest

from tests.api.test_problems import problem

VALUES: dict[str, list[str]] = {
    "type": ["global", "city-area"],
    "subcategory": ["global-phase-1", "global-hub-development", "city-area-general", "city-area-advanced"],
    "prefecture": ["01", "石川", "福岡", "13"],
    "fiscal_year": ["H19", "2010", "平成25年度", "2020"],
    "fiscal_year_from": ["H20", "2012"],
    "fiscal_year_to": ["H24", "2013"],
    "number": ["1", "7", "29"],
    "q": ["医療", "クラスター", "ばいお", "LSI", "nowhere"],
}
FACETS = ("type", "subcategory", "prefecture", "fiscal_year")


def random_query(choose: random.Random) -> dict[str, Any]:
    query: dict[str, Any] = {}
    for name in choose.sample(sorted(VALUES), choose.randint(0, 4)):
        scalar = name.startswith("fiscal_year_") or name == "q"
        query[name] = ",".join(choose.sample(VALUES[name], 1 if scalar else choose.randint(1, 2)))
    query |= {"limit": choose.randint(1, 30), "fields": "number"}
    if choose.random() < 0.3:
        query["offset"] = choose.randint(0, 30)
    if "q" in query and choose.random() < 0.5:
        query |= {"sort": "relevance,-page", "q_in": "title,theme"}
    return query


@pytest.mark.parametrize("seed", range(12))
def test_every_facet_page_and_relax_link_gives_the_promised_count(client: httpx.Client, seed: int) -> None:
    choose = random.Random(seed)
    query = random_query(choose) | {"facets": ",".join(choose.sample(FACETS, 2))}
    page = client.get("/v1/regions", params=query).json()
    for name, values in page["facets"].items():
        chosen = page["query"][name]
        for value in values:
            followed = client.get(value["url"]).json()
            assert followed["total"] == value["count"], value
            assert followed["query"] == page["query"] | {
                name: [type(chosen[0])(value["value"])] if chosen else followed["query"][name],
                "offset": 0,
            }
            assert value["selected"] == (value["value"] in map(str, chosen))
    for offer in page["relax"]:
        assert client.get(offer["url"]).json()["total"] == offer["total"] > 0
    for link in ("self", "first", "prev", "next", "last"):
        if page["links"][link]:
            assert client.get(page["links"][link]).json()["total"] == page["total"]


def test_a_facet_counts_as_if_its_own_filter_were_not_set(client: httpx.Client) -> None:
    chosen = client.get("/v1/regions?type=global&fiscal_year=H19&facets=type,fiscal_year").json()
    counts = {value["value"]: value["count"] for value in chosen["facets"]["type"]}
    assert counts == {"global": 6, "city-area": 0}
    by_year = {value["value"]: value["count"] for value in chosen["facets"]["fiscal_year"]}
    assert by_year == {"2007": 6, "2008": 9, "2009": 13, "2010": 17, "2011": 17, "2012": 11, "2013": 4}


def test_facets_keep_zero_counts_and_their_order(client: httpx.Client) -> None:
    facets = client.get("/v1/regions?q=nowhere&facets=prefecture,type").json()["facets"]
    assert list(facets) == ["prefecture", "type"]
    assert [value["value"] for value in facets["prefecture"]] == [f"{code:02}" for code in range(1, 48)]
    assert {value["count"] for value in facets["prefecture"]} == {0}


@pytest.mark.parametrize(
    ("lang", "labels"),
    [("ja", ["グローバル型", "北海道", "平成19年度"]), ("en", ["Global Type", "Hokkaido", "FY2007"])],
)
def test_labels_are_in_the_language_of_the_answer(client: httpx.Client, lang: str, labels: list[str]) -> None:
    url = "/v1/regions?facets=type,prefecture,fiscal_year&limit=1"
    by_parameter = client.get(f"{url}&lang={lang}", headers={"Accept-Language": "en"})
    by_header = client.get(url, headers={"Accept-Language": lang})
    for answer in (by_parameter, by_header):
        assert answer.headers["Content-Language"] == lang
        assert [values[0]["label"] for values in answer.json()["facets"].values()] == labels


def test_where_something_was_found_nothing_is_to_be_dropped(client: httpx.Client) -> None:
    assert client.get("/v1/regions").json()["relax"] == []
    assert client.get("/v1/regions?offset=100").json()["relax"] == []
    filtered = client.get("/v1/regions?type=city-area&q=医療").json()
    assert filtered["total"] > 0
    assert filtered["relax"] == []


def test_what_to_drop_is_said_where_nothing_was_found(client: httpx.Client) -> None:
    page = client.get("/v1/regions?type=city-area&q=LSI&sort=relevance&fields=number").json()
    assert [(offer["parameter"], offer["total"], offer["url"]) for offer in page["relax"]] == [
        ("type", 1, "/v1/regions?fields=number&q=LSI&sort=relevance"),
        ("q", 12, "/v1/regions?fields=number&type=city-area"),
    ]
    page = client.get("/v1/regions?type=city-area&q=LSI&sort=-relevance,page&q_in=title,theme&offset=3").json()
    assert page["relax"][-1]["url"] == "/v1/regions?sort=page&type=city-area"


@pytest.mark.parametrize(
    "query", ["facets=typ", "facets=type,type", "facets=", "facets=number", "facets=type&facets=type"]
)
def test_a_facet_that_is_not_there_is_an_error(client: httpx.Client, query: str) -> None:
    (error,) = problem(client.get(f"/v1/regions?{query}"), 422, "invalid-parameter")["errors"]
    assert error["parameter"] == "facets"
