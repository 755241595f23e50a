from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from app.http.pagination import ListQuery, links
from app.http.parsed_request import ParsedRequest


def offsets(total: int, **given: int) -> dict[str, int | None]:
    """The links of a page by their offsets."""
    made = links(ParsedRequest(ListQuery.model_validate({k: str(v) for k, v in given.items()}), "/v1/regions"), total)
    return {
        name: None if link is None else int(dict(parse_qsl(urlsplit(link).query)).get("offset", 0))
        for name, link in made.items()
        if name not in ("self", "all")
    }


@pytest.mark.parametrize(
    ("total", "given", "expected"),
    [
        (0, {}, {"first": 0, "prev": None, "next": None, "last": 0}),
        (29, {}, {"first": 0, "prev": None, "next": None, "last": 0}),
        (29, {"limit": 10}, {"first": 0, "prev": None, "next": 10, "last": 20}),
        (30, {"limit": 10, "offset": 10}, {"first": 0, "prev": 0, "next": 20, "last": 20}),
        (29, {"limit": 10, "offset": 20}, {"first": 0, "prev": 10, "next": None, "last": 20}),
        (29, {"limit": 10, "offset": 3}, {"first": 0, "prev": 0, "next": 13, "last": 23}),
        (29, {"limit": 10, "offset": 29}, {"first": 0, "prev": 19, "next": None, "last": 20}),
        (29, {"limit": 10, "offset": 500}, {"first": 0, "prev": 20, "next": None, "last": 20}),
        (20_000, {"limit": 100, "offset": 9_900}, {"first": 0, "prev": 9_800, "next": 10_000, "last": None}),
        (20_000, {"limit": 100, "offset": 10_000}, {"first": 0, "prev": 9_900, "next": None, "last": None}),
        (10_001, {"limit": 100}, {"first": 0, "prev": None, "next": 100, "last": 10_000}),
    ],
)
def test_links_lead_to_the_pages_that_exist_within_the_bound_of_offset(
    total: int, given: dict[str, int], expected: dict[str, int | None]
) -> None:
    assert offsets(total, **given) == expected


@pytest.mark.parametrize("limit", range(1, 30))
def test_walking_gives_each_region_once_in_order_there_and_back(client: httpx.Client, limit: int) -> None:
    page = client.get("/v1/regions", params={"limit": limit, "sort": "page"}).json()
    pages, walked = 1, [region["source"]["page"] for region in page["items"]]
    while page["links"]["next"]:
        page = client.get(page["links"]["next"]).json()
        pages += 1
        walked += [region["source"]["page"] for region in page["items"]]
    assert walked == sorted(set(walked))
    assert len(walked) == page["total"] == 29
    assert page["links"]["self"] == page["links"]["last"]
    while page["links"]["prev"]:
        page = client.get(page["links"]["prev"]).json()
        pages -= 1
    assert pages == 1
    assert page["links"]["first"] == page["links"]["self"].replace("&offset=0", "")


@pytest.mark.parametrize("text", ["R&D", "a+b", "50%", "a#b", "x=y", "a;b", "健康 医療", "a/b?c"])
def test_every_link_keeps_the_text_that_was_searched(client: httpx.Client, text: str) -> None:
    page = client.get("/v1/regions", params={"q": text, "type": "global", "facets": "type"}).json()
    kept = page["query"]["q"]
    offered = [page["links"]["self"], page["links"]["all"], *(each["url"] for each in page["facets"]["type"])]
    for link in offered:
        assert dict(parse_qsl(urlsplit(link).query))["q"] == kept, link
        assert client.get(link).status_code == 200
    assert client.get(offered[0]).json()["query"] == page["query"]


def test_a_value_that_is_given_twice_is_echoed_and_linked_once(client: httpx.Client) -> None:
    page = client.get("/v1/regions?number=7,1,7&fiscal_year=2009,H21").json()
    assert (page["query"]["number"], page["query"]["fiscal_year"]) == ([7, 1], [2009])
    assert page["links"]["self"] == "/v1/regions?fiscal_year=2009&number=7,1"


def test_a_page_beyond_the_end_is_empty_and_leads_back(client: httpx.Client) -> None:
    page = client.get("/v1/regions?offset=10000&limit=10").json()
    assert (page["items"], page["total"], page["links"]["next"]) == ([], 29, None)
    assert page["links"]["prev"] == page["links"]["last"] == "/v1/regions?limit=10&offset=20"


def test_links_are_canonical_with_their_parameters_in_order(client: httpx.Client) -> None:
    page = client.get("/v1/regions?type=グローバル型&limit=１&fiscal_year=H21&prefecture=石川").json()
    assert page["links"]["self"] == "/v1/regions?fiscal_year=2009&limit=1&prefecture=17&type=global"
