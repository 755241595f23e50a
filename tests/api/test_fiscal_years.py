"""Fiscal years as filters and as a resource, against sets of years."""

import itertools
import random
from collections.abc import Iterator

import httpx
import pytest

from tests.support.reading import Ask, asking
from tests.unit.test_eras import notations


@pytest.fixture(scope="module")
def spans(client: httpx.Client) -> dict[int, set[int]]:
    """The years of each region, read off the printed label."""
    regions = client.get("/v1/regions").json()["items"]
    labels = {region["number"]: region["fiscal_years_label"].replace("H", "").split("-") for region in regions}
    return {number: set(range(1988 + int(first), 1989 + int(last))) for number, (first, last) in labels.items()}


@pytest.fixture(scope="module")
def ask(database_url: str) -> Iterator[Ask]:
    with asking(database_url) as ask:
        yield ask


def active(spans: dict[int, set[int]], years: set[int]) -> list[int]:
    return [number for number, own in spans.items() if own & years]


def test_a_span_is_the_intersection_of_years_for_all_pairs(ask: Ask, spans: dict[int, set[int]]) -> None:
    for first, last in itertools.combinations_with_replacement(range(1985, 2036), 2):
        expected = active(spans, set(range(first, last + 1)))
        assert ask(fiscal_year_from=first, fiscal_year_to=last) == expected, (first, last)


def test_every_notation_of_a_bound_is_the_same_bound(ask: Ask, spans: dict[int, set[int]]) -> None:
    for year in range(1985, 2036):
        for written in notations(year):
            assert ask(fiscal_year_from=written) == active(spans, set(range(year, 2200))), written
            assert ask(fiscal_year_to=written) == active(spans, set(range(1886, year + 1))), written
            assert ask(fiscal_year=written) == active(spans, {year}), written


def test_notations_mix_over_the_wire(client: httpx.Client, spans: dict[int, set[int]]) -> None:
    choose = random.Random(5)
    for _ in range(150):
        first, last = sorted(choose.choices(range(1985, 2036), k=2))
        query = {
            "fiscal_year_from": choose.choice(notations(first)),
            "fiscal_year_to": choose.choice(notations(last)),
        }
        found = client.get("/v1/regions", params=query).json()["items"]
        assert [region["number"] for region in found] == active(spans, set(range(first, last + 1))), query


def test_several_years_mean_any_of_them(ask: Ask, spans: dict[int, set[int]]) -> None:
    assert ask(fiscal_year="H19,2013") == active(spans, {2007, 2013})
    everything = ",".join(map(str, range(1950, 2050)))
    assert ask(fiscal_year=everything) == list(spans)


def test_the_fiscal_years_count_the_active_regions(client: httpx.Client, spans: dict[int, set[int]]) -> None:
    years = client.get("/v1/fiscal-years").json()["items"]
    assert [year["year"] for year in years] == sorted(set.union(*spans.values()))
    for year in years:
        listed = client.get(year["links"]["regions"]).json()
        assert year["region_count"] == len(active(spans, {year["year"]})) == listed["total"]
        for program in year["programs"]:
            counted = [region for region in listed["items"] if region["program"]["id"] == program["id"]]
            assert program["region_count"] == len(counted)


def test_a_fiscal_year_is_written_in_both_notations(client: httpx.Client) -> None:
    first = client.get("/v1/fiscal-years").json()["items"][0]
    written = {key: first[key] for key in ("year", "label", "era", "start", "end")}
    assert written == {"year": 2007, "label": "H19", "era": "平成19年度", "start": "2007-04-01", "end": "2008-03-31"}
