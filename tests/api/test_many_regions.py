"""The same oracles on a list of ten thousand: what is found by index is what is found by reading everything."""

import csv
import random
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest

from app.db.session import Read
from app.http import query_string
from app.http.parsed_request import ParsedRequest
from app.http.responses import After
from app.routers.regions.endpoints import read_batch, read_page
from app.routers.regions.parameters import RegionQuery
from app.routers.regions.statements import BY_NUMBERS, COUNTS, NUMBERS, Access
from app.schemas.records import Region
from app.settings import Settings
from tests.api.test_search import simplified
from tests.conftest import fill
from tests.support.oracle import RANKS, searched
from tests.support.reading import reading
from tests.support.service import serving
from tools.bench.size.generate import PLANTED, generate
from tools.postgres import new_postgresql

COUNT = 10_007

Record = dict[str, Any]


@pytest.fixture(scope="module")
def urls(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The same ten thousand regions in each database."""
    folder = tmp_path_factory.mktemp("many")
    files = generate(folder, COUNT)
    with new_postgresql(postgres_url) as postgresql:
        found = {"sqlite": f"sqlite:///{folder / 'many.sqlite'}", "postgresql": postgresql}
        for url in found.values():
            fill(url, "--list", str(files.list), "--annotations", str(files.annotations))
        yield found


@pytest.fixture(scope="module")
def reads(urls: dict[str, str]) -> Iterator[dict[str, Read]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(reading(url)) for name, url in urls.items()}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def read(request: pytest.FixtureRequest, reads: dict[str, Read]) -> Read:
    return reads[str(request.param)]


@pytest.fixture(scope="module")
def regions(reads: dict[str, Read]) -> list[Record]:
    return [orjson.loads(record) for record in exported(reads["sqlite"], {})]


@pytest.fixture(scope="module")
def folded(regions: list[Record]) -> dict[str, list[str]]:
    """Return the folded texts of every region by field; the texts of one region are joined by line feeds."""
    known: dict[str, str] = {}
    columns: dict[str, list[str]] = {field: [] for field in RANKS}
    for region in regions:
        own: dict[str, list[str]] = {field: [] for field in RANKS}
        for path, text in searched(region):
            if text not in known:
                known[text] = simplified(text)
            own[path.partition(".")[0]].append(known[text])
        for field, texts in own.items():
            columns[field].append("\n".join(texts))
    return columns


def parsed(read: Read, given: dict[str, Any]) -> ParsedRequest[RegionQuery]:
    context = query_string.Basis(read.edition, Region)
    return ParsedRequest(query_string.parse(urlencode(given).encode(), RegionQuery, context), "/v1/regions")


def asked(read: Read, given: dict[str, Any]) -> tuple[int, list[bytes], dict[str, Any]]:
    page = read_page(read, parsed(read, given))
    return page.total, list(page.records), page.extra


def exported(read: Read, given: dict[str, Any]) -> list[bytes]:
    """Return everything that matches, batch by batch."""
    asked_for = parsed(read, given)
    query = asked_for.query.model_copy(update={"limit": 999_999_999})
    records: list[bytes] = []
    after: After | None = None
    while True:
        batch = read_batch(read, ParsedRequest(query, "/v1/regions.ndjson"), after)
        records += batch.records
        after = batch.after
        if after is None:
            return records


def numbers(records: list[bytes]) -> list[int]:
    return [orjson.loads(record)["number"] for record in records]


def pieces(folded: dict[str, list[str]], count: int) -> list[str]:
    """Pieces of 1 to 5 characters and the planted words, the rare ones as likely as the common ones."""
    lines = sorted({line for texts in folded.values() for text in texts for line in text.split("\n") if line})
    choose = random.Random(17)
    found = {*map(simplified, PLANTED)}
    while len(found) < count:
        line = choose.choice(lines)
        start = choose.randrange(len(line))
        found.add(line[start : start + choose.randint(1, 5)])
    return sorted(found)


def test_pieces_are_found_exactly_where_they_are(read: Read, folded: dict[str, list[str]]) -> None:
    everything = ["\n".join(texts) for texts in zip(*folded.values(), strict=True)]
    for piece in pieces(folded, 120):
        expected = [number for number, text in enumerate(everything, 1) if piece in text]
        total, records, _ = asked(read, {"q": piece})
        assert (total, numbers(records)) == (len(expected), expected[:100]), piece


def test_no_match_reaches_across_the_end_of_a_text(read: Read, folded: dict[str, list[str]]) -> None:
    everything = ["\n".join(texts) for texts in zip(*folded.values(), strict=True)]
    neighbours = [pair for text in everything[:300] for pair in pairwise(text.split("\n"))]
    ends = sorted({before[-2:] + after[:2] for before, after in neighbours})
    for across in random.Random(19).sample(ends, 60):
        expected = sum(across in text for text in everything)
        assert asked(read, {"q": across})[0] == expected, across


def test_several_terms_in_some_fields(read: Read, folded: dict[str, list[str]]) -> None:
    choose = random.Random(23)
    known = pieces(folded, 300)
    for _ in range(60):
        terms = choose.sample(known, choose.randint(1, 3))
        fields = choose.sample(sorted(RANKS), choose.randint(1, 4))
        ranks: dict[int, int] = {}
        for index in range(COUNT):
            best = [min((RANKS[f] for f in fields if term in folded[f][index]), default=9) for term in terms]
            if max(best) < 9:
                ranks[index + 1] = max(best)
        given = {"q": " ".join(terms), "q_in": ",".join(fields)}
        total, records, _ = asked(read, given)
        assert (total, numbers(records)) == (len(ranks), sorted(ranks)[:100]), given
        _, records, _ = asked(read, given | {"sort": "-relevance"})
        assert numbers(records) == sorted(ranks, key=lambda number: (-ranks[number], number))[:100]


def test_fiscal_years_overlap_as_they_should(read: Read, regions: list[Record]) -> None:
    spans = [(each["number"], each["fiscal_year_start"], each["fiscal_year_end"]) for each in regions]
    for first in range(2000, 2021):
        for last in (None, first, first + 1, first + 4, 2199):
            for begin in (first, None) if last else (first,):
                given = {"fiscal_year_from": begin, "fiscal_year_to": last}
                low, high = begin or 0, last or 9999
                expected = [number for number, start, end in spans if start <= high and low <= end]
                total, records, _ = asked(read, {name: value for name, value in given.items() if value})
                assert (total, numbers(records)) == (len(expected), expected[:100]), given


SORTS = ("number", "-number", "fiscal_year_start", "-fiscal_year_start", "fiscal_year_end", "-page", "page")


def requests(folded: dict[str, list[str]], count: int) -> Iterator[dict[str, Any]]:
    choose = random.Random(31)
    known = pieces(folded, 300)
    kinds: dict[str, list[Any]] = {
        "type": ["global", "city-area", "global,city-area"],
        "subcategory": ["global-phase-1", "city-area-general,global-hub-development"],
        "prefecture": ["01", "17", "27,28", "13"],
        "fiscal_year": ["2009", "H18,H30", "2018"],
        "fiscal_year_from": ["1886", "2005", "2016"],
        "fiscal_year_to": ["2017", "2018", "2199"],
        "number": ["1,500,9999", "7"],
    }
    for _ in range(count):
        given = {name: choose.choice(kinds[name]) for name in choose.sample(sorted(kinds), choose.randint(0, 3))}
        given |= {"limit": choose.choice([1, 5, 20]), "offset": choose.choice([0, 0, 0, 3, 2_000])}
        sorts = [*SORTS, "fiscal_year_start,-page"]
        if choose.random() < 0.6:
            given["q"] = " ".join(choose.sample(known, choose.randint(1, 2)))
            sorts.append("relevance")
            if choose.random() < 0.3:
                given["q_in"] = choose.choice(["name", "title,theme", "annotations"])
        given["sort"] = choose.choice(sorts)
        if choose.random() < 0.2:
            given["facets"] = "type,subcategory,prefecture,fiscal_year"
        yield given


def test_both_databases_answer_generated_requests_with_the_same_bytes(
    reads: dict[str, Read], folded: dict[str, list[str]]
) -> None:
    for given in requests(folded, 700):
        assert asked(reads["sqlite"], given) == asked(reads["postgresql"], given), given


def test_a_facet_counts_what_its_url_finds(read: Read, folded: dict[str, list[str]]) -> None:
    for given in [each for each in requests(folded, 400) if "facets" in each][:12]:
        for name, values in asked(read, given)[2]["facets"].items():
            for value in values[:6]:
                alone = {key: each for key, each in given.items() if key not in ("facets", "offset")}
                assert asked(read, alone | {name: value["value"]})[0] == value["count"], (given, name, value)


@pytest.mark.parametrize("sort", ["number", "-number", "-page"])
@pytest.mark.parametrize("given", [{}, {"q": "鯨"}, {"type": "global", "fiscal_year": "2009"}])
def test_an_export_is_everything_in_order(read: Read, regions: list[Record], given: dict[str, Any], sort: str) -> None:
    found = numbers(exported(read, given | {"sort": sort}))
    assert len(found) == len(set(found)) == asked(read, given)[0]
    down, name = sort.startswith("-"), sort.removeprefix("-")
    keys = {each["number"]: each["source"]["page"] if name == "page" else each[name] for each in regions}
    assert found == sorted(found, key=lambda number: (-keys[number] if down else keys[number], number))


def test_what_is_published_of_each_region_is_what_the_generator_printed(regions: list[Record], tmp_path: Path) -> None:
    with generate(tmp_path, COUNT).list.open(encoding="utf-8", newline="") as file:
        printed = [line for line in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if len(line) == 5]
    texts = [" ".join(filter(None, (region["title"], region["theme"]))) for region in regions]
    assert texts == [line[4] for line in printed]


@pytest.mark.parametrize("suffix", ["csv", "ndjson"])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_export_stops_when_the_client_goes_away(
    urls: dict[str, str], database: str, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    written: list[bytes] = []
    path = f"/v1/regions.{suffix}"
    with serving(Settings(database_url=urls[database]), write=written.append) as client:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)  # the kernel must not take it all
            connection.connect((client.base_url.host, client.base_url.port))
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert connection.recv(2**12).startswith(b"HTTP/1.1 200")
        whole = len(client.get(path, headers={"accept-encoding": "identity"}).content)
    lines = [orjson.loads(line) for line in written]
    assert [line["path"] for line in lines] == [path, path]
    broken_off, complete = sorted(line["bytes"] for line in lines)
    assert broken_off < complete == whole
    assert [record for record in caplog.records if record.levelname not in ("INFO", "DEBUG")] == []


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize("suffix", ["csv", "ndjson", "geojson"])
def test_an_export_is_the_same_after_a_request_for_its_headers(
    urls: dict[str, str], server_of: Callable[[Settings], httpx.Client], suffix: str, encoding: str
) -> None:
    """A stream that has no body is none that is kept."""
    client = server_of(Settings(database_url=urls["sqlite"]))
    path = f"/v1/regions.{suffix}?subcategory=global-phase-1"
    before, head, after = (
        client.request(each, path, headers={"Accept-Encoding": encoding}) for each in ("GET", "HEAD", "GET")
    )
    assert before.content == after.content
    assert len(before.content) > 100_000
    assert head.content == b""
    assert [each.headers["ETag"] for each in (head, after)] == [before.headers["ETag"]] * 2


def test_an_export_that_the_client_has_is_not_sent_again(
    urls: dict[str, str], server_of: Callable[[Settings], httpx.Client]
) -> None:
    client = server_of(Settings(database_url=urls["sqlite"], cache_bytes=0))
    whole = client.get("/v1/regions.csv")
    for known in (
        *({"If-None-Match": tag} for tag in (whole.headers["ETag"], f"W/{whole.headers['ETag']}", "*")),
        {"If-Modified-Since": whole.headers["Last-Modified"]},
    ):
        again = client.get("/v1/regions.csv", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == whole.headers["ETag"]
    assert client.get("/v1/regions.csv", headers={"If-None-Match": '"another"'}).content == whole.content


def test_sqlite_looks_regions_up_by_their_numbers(reads: dict[str, Read]) -> None:
    """It would look at every row if the condition were compared with 1."""
    connection = reads["sqlite"]._connection
    driver: Any = connection.connection.driver_connection
    for statement in (BY_NUMBERS, NUMBERS[Access.NUMBERS], COUNTS[Access.NUMBERS]):
        compiled = statement.compile(connection.dialect)
        parameters = dict.fromkeys(re.findall(r":(\w+)", compiled.sql)) | {"number": "[1, 2]", "numbers": "[1, 2]"}
        plan = [step[3] for step in driver.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", parameters)]
        assert any(re.match(r"SEARCH regions USING .*\((rowid|number)=\?\)", step) for step in plan), plan
        assert not any("SCAN regions" in step for step in plan), plan
