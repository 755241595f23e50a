"""A request for regions against a scan of all of them: items, total, order, facets, relax, exports."""

from typing import Any
from urllib.parse import urlencode

import orjson

from app.db.session import Read
from app.http import query_string
from app.http.parsed_request import ParsedRequest
from app.routers.regions.endpoints import read_batch, read_page
from app.routers.regions.parameters import FACETS, RegionQuery
from app.schemas.records import Region
from tests.support.oracle import KEEPS, Oracle, folded

YEARS = [1886, 2004, 2007, 2009, 2012, 2015, 2018, 2199]
VALUES: dict[str, list[Any]] = {
    "type": ["global", "city-area"],
    "subcategory": ["global-phase-1", "global-hub-development", "city-area-general", "city-area-advanced"],
    "prefecture": ["01", "13", "17", "27", "28", "40", "47"],
    "number": [1, 7, 29, 500, 1_999, 999_999_999],
    "fiscal_year": YEARS,
    "fiscal_year_from": YEARS,
    "fiscal_year_to": YEARS,
}
"""Canonical values of the filters. A right value that is also a nasty text (`true`, `0`) must be among them."""

SORTS = ("number", "-page", "fiscal_year_end,-page")


def written(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def asked(read: Read, given: dict[str, Any]) -> ParsedRequest[RegionQuery]:
    """`given`: by parameter, of `q` the terms."""
    pairs = {name: " ".join(value) if name == "q" else written(value) for name, value in given.items()}
    context = query_string.Basis(read.edition, Region)
    return ParsedRequest(query_string.parse(urlencode(pairs).encode(), RegionQuery, context), "/v1/regions")


def exported(read: Read, given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return everything that matches, batch by batch."""
    parsed = asked(read, given)
    query = parsed.query.model_copy(update={"limit": 999_999_999})
    records: list[bytes] = []
    batch = read_batch(read, ParsedRequest(query, "/v1/regions.ndjson"), None)
    while True:
        records += batch.records
        if batch.after is None:
            return [orjson.loads(record) for record in records]
        batch = read_batch(read, ParsedRequest(query, "/v1/regions.ndjson"), batch.after)


_ORACLES: dict[str, Oracle] = {}
"""By the version of the edition."""


def oracle_of(read: Read) -> Oracle:
    version = read.edition.version
    if version not in _ORACLES:
        _ORACLES[version] = Oracle(exported(read, {}))
    return _ORACLES[version]


def check(read: Read, given: dict[str, Any]) -> None:
    """Assert that the filters given, alone and in every order, keep what the oracle keeps."""
    oracle = oracle_of(read)
    if "q" in given:
        given = given | {"q": [folded(term) for term in given["q"]]}
    for sort in SORTS:
        numbers = oracle.numbers(given | {"sort": [*sort.split(","), *(() if "number" in sort else ["number"])]})
        for limit, offset in ((100, 0), (5, 3)):
            more = {"sort": sort, "limit": limit, "offset": offset}
            page = read_page(read, asked(read, given | more))
            found = [orjson.loads(record)["number"] for record in page.records]
            assert (page.total, found) == (len(numbers), numbers[offset : offset + limit]), (given, more)
        everything = [record["number"] for record in exported(read, given | {"sort": sort})]
        assert everything == numbers, (given, sort)
    page = read_page(read, asked(read, given | {"facets": list(FACETS)}))
    for facet, values in page.extra["facets"].items():
        numbers = oracle.numbers({name: value for name, value in given.items() if name != facet})
        for value in values:
            alone = [int(value["value"]) if facet == "fiscal_year" else value["value"]]
            count = sum(KEEPS[facet](oracle.regions[number], alone) for number in numbers)
            assert value["count"] == count, (given, facet, value)
    dropped = {each["parameter"]: each["total"] for each in page.extra["relax"]}
    without = {name: len(oracle.numbers({key: each for key, each in given.items() if key != name})) for name in given}
    expected = {} if page.total else {name: count for name, count in without.items() if count}
    assert dropped == expected, given
