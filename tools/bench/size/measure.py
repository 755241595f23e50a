"""Ask a list, and measure how long it takes: in process, without the wire, warm, the median of several."""

import asyncio
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlencode

from app.db import engines
from app.db.database import Database
from app.db.edition import Edition
from app.db.session import Read
from app.http import query_string
from app.http.parsed_request import ParsedRequest
from app.http.responses import After
from app.routers.regions.endpoints import read_batch, read_page
from app.routers.regions.parameters import RegionQuery
from app.routers.regions.planner import _long_page, page, total
from app.schemas.records import Region
from app.settings import Settings

TERMS = {
    "rare, 1 character": "鯨",
    "rare, 2": "狐火",
    "rare, 5": "ガラパゴス",
    "middle, 2": "札幌",
    "middle, 3": "函館マ",
    "common, 1": "医",
    "common, 2": "医療",
    "common, 3": "の形成",
    "common, 5": "クラスター",
}
REPEATS = 7
HEAVY, CHEAP = 8, 200

Row = tuple[str, str]


@contextmanager
def opened(url: str) -> Iterator[Read]:
    engine = engines.open_engine(Settings(database_url=url, read_timeout=60))
    with engine.connect() as connection:
        engines.set_statement_timeout(connection, 3600)
        edition = Edition.load(connection)
        assert edition
        yield Read(edition, connection)
    engine.dispose()


def _parsed(read: Read, **given: object) -> ParsedRequest[RegionQuery]:
    context = query_string.Basis(read.edition, Region)
    return ParsedRequest(query_string.parse(urlencode(given).encode(), RegionQuery, context), "/v1/regions")


def _milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[1:])


def _shown(work: Callable[[], object]) -> str:
    return f"{figure(_milliseconds(work))} ms"


def figure(value: float) -> str:
    """Three digits are more than such a measure knows."""
    return f"{value:.3g}" if value < 1_000 else f"{value:,.0f}"


PAGES: dict[str, dict[str, object]] = {
    "everything": {},
    "everything, downwards": {"sort": "-number"},
    "the last programme": {"type": "city-area"},
    "a prefecture": {"prefecture": "17"},
    "two years": {"fiscal_year": "2009,2010"},
    **{f"term, {name}": {"q": term} for name, term in TERMS.items()},
    "term, type and years": {"q": "医療", "type": "global", "fiscal_year_from": 2009, "fiscal_year_to": 2010},
    "common term in the last programme": {"q": "医療", "type": "city-area"},
}
"""Requests in the order of `number`."""

OTHERS: dict[str, dict[str, object]] = {
    "by `-fiscal_year_start`": {"sort": "-fiscal_year_start"},
    "by `page`, of a programme": {"sort": "page", "type": "city-area"},
    "by `page`, common term": {"sort": "page", "q": "医療"},
    "by `relevance`, common term": {"sort": "relevance", "q": "医療"},
    "at `offset` 10 000": {"offset": 10_000},
    "term, type and years": {"q": "医療", "type": "global", "fiscal_year_from": 2009, "fiscal_year_to": 2010},
}


def table(read: Read) -> Iterator[Row]:
    """Return a line for each thing that is measured."""
    for name, term in TERMS.items():
        query = _parsed(read, q=term).query
        yield f"exact count, {name}", _shown(partial(total, read, query, query.given))
    for name, given in PAGES.items():
        query = _parsed(read, **given).query
        count = total(read, query, query.given)
        share = f"{count / read.edition.regions:.2%}"
        yield f"first page, {name} ({share})", _shown(partial(_long_page, read, query, count))
    for name, given in OTHERS.items():
        query = _parsed(read, **given).query
        yield f"count and page, {name}", _shown(partial(page, read, query))
    for name, q in {"over all": {}, "beside a common term": {"q": "医療"}}.items():
        asked = _parsed(read, **q, facets="type,subcategory,prefecture,fiscal_year", limit=1)
        yield f"all four facets {name}", _shown(partial(read_page, read, asked))
    yield "export, NDJSON", export(read)


def export(read: Read) -> str:
    parsed = _parsed(read)
    query = parsed.query.model_copy(update={"limit": 999_999_999})
    after: After | None = None
    rows, began = 0, time.perf_counter()
    while True:
        batch = read_batch(read, ParsedRequest(query, "/v1/regions.ndjson"), after)
        rows, after = rows + len(batch.records), batch.after
        if after is None:
            break
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{rows / seconds:,.0f} rows/s, process at {memory:.0f} MB"


def beside_heavy_ones(url: str) -> Row:
    """The 99th percentile of a cheap read, as the service does it, while heavy ones go on."""
    return "a cheap read beside eight heavy ones, p99", f"{asyncio.run(_beside(url)):.3g} ms"


async def _beside(url: str) -> float:
    database = Database(Settings(database_url=url, read_timeout=60))
    done = asyncio.Event()

    def heavy(read: Read) -> Any:
        return read_page(read, _parsed(read, q="医療", facets="prefecture,fiscal_year", sort="relevance"))

    async def again() -> None:
        while not done.is_set():
            await database.read(heavy)
            await asyncio.sleep(0)  # a read of a short list never gives way

    tasks = [asyncio.create_task(again()) for _ in range(HEAVY)]
    times = []
    for _ in range(CHEAP):
        await asyncio.sleep(0.005)
        began = time.perf_counter()
        await database.read(lambda read: page(read, _parsed(read, number=7).query))
        times.append((time.perf_counter() - began) * 1000)
    done.set()
    await asyncio.gather(*tasks)
    await database.close()
    return sorted(times)[int(CHEAP * 0.99)]


if __name__ == "__main__":
    with opened(sys.argv[1]) as read:
        for row in table(read):
            print(json.dumps(row), flush=True)
    print(json.dumps(beside_heavy_ones(sys.argv[1])), flush=True)
