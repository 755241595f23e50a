"""Every filter of the table, and such as are added to it, against a scan of all regions, few and many."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from app.db import thresholds
from app.db.session import Read
from app.routers.regions import planner
from app.routers.regions.filters import FILTERS
from tests.conftest import fill
from tests.data.test_migrations import empty_database
from tests.support.filters import VALUES, asked, check
from tests.support.oracle import KEEPS
from tests.support.reading import reading
from tools.bench.size.generate import generate
from tools.postgres import new_postgresql

MANY = 1_100
PROJECT = Path(__file__).parents[2]

TERMS = ["医療", "の", "健康", "クラスター", "ばいお", "鯨", "a"]


@pytest.fixture(scope="module")
def many(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The same regions in each database, more than a short list has."""
    assert MANY > thresholds.SHORT_LIST
    folder = tmp_path_factory.mktemp("filters")
    files = generate(folder, MANY)
    with new_postgresql(postgres_url) as postgresql:
        urls = {"sqlite": f"sqlite:///{folder / 'many.sqlite'}", "postgresql": postgresql}
        for url in urls.values():
            fill(url, "--list", str(files.list), "--annotations", str(files.annotations))
        yield urls


@pytest.fixture(scope="module")
def reads(database_url: str, many: dict[str, str]) -> Iterator[list[Read]]:
    """The 29 and the many, in the same kind of database."""
    with ExitStack() as stack:
        yield [stack.enter_context(reading(url)) for url in (database_url, many[database_url.partition(":")[0]])]


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request, tmp_path) as url:
        yield url


@pytest.mark.parametrize(
    ("parameter", "written", "id_"),
    [
        ("type", "GLOBAL", "global"),
        ("type", "Ｇｌｏｂａｌ", "global"),
        ("type", "ｇｌｏｂａｌ　ＴＹＰＥ", "global"),
        ("type", "global type", "global"),
        ("type", "グローバル型", "global"),
        ("type", "ｸﾞﾛｰﾊﾞﾙ型", "global"),
        ("type", "City-Area", "city-area"),
        ("type", "City Area Type", "city-area"),
        ("type", "都市エリア型", "city-area"),
        ("subcategory", "Global-Phase-1", "global-phase-1"),
        ("subcategory", "グローバル型 (第Ⅰ期)", "global-phase-1"),
        ("subcategory", "グローバル型(第I期)", "global-phase-1"),
        ("subcategory", "グローバル型（第Ⅱ期）", "global-phase-1"),
        ("subcategory", "CITY AREA TYPE (GENERAL)", "city-area-general"),
        ("subcategory", "都市エリア型（発展）", "city-area-advanced"),
    ],
)
def test_a_programme_and_a_subcategory_are_known_by_each_of_their_names(
    client: httpx.Client, parameter: str, written: str, id_: str
) -> None:
    page = client.get("/v1/regions", params={parameter: written}).json()
    assert (page["query"][parameter], page["total"]) == (
        [id_],
        client.get(f"/v1/regions?{parameter}={id_}").json()["total"],
    )


def test_every_filter_has_its_oracle_and_its_values() -> None:
    assert FILTERS.keys() == KEEPS.keys() == VALUES.keys()


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_keeps_what_a_scan_keeps_whatever_else_is_asked_for(reads: list[Read], name: str) -> None:
    choose = random.Random(name)
    for read in reads:
        for _ in range(3):
            given = {}
            for other in {name, *choose.sample(sorted(FILTERS), choose.choice([0, 0, 1, 2]))}:
                several = FILTERS[other].several
                values = choose.sample(VALUES[other], choose.randint(1, 2))
                given[other] = values if several else values[0]
            if given.get("fiscal_year_from", 0) > given.get("fiscal_year_to", 9_999):
                del given["fiscal_year_from" if name == "fiscal_year_to" else "fiscal_year_to"]
            check(read, given)
            check(read, given | {"q": choose.sample(TERMS, choose.randint(1, 2))})


@pytest.mark.slow
@pytest.mark.parametrize("empty", ["sqlite", "postgresql"], indirect=True)
def test_a_filter_that_is_added_to_the_table_is_answered_rightly(empty: str) -> None:
    command = [sys.executable, "-m", "tests.support.added_filters", empty, "29", str(MANY)]
    tried = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False)
    assert tried.returncode == 0, tried.stderr[-3_000:]


def test_who_asks_for_a_name_that_is_not_in_the_table_is_told(reads: list[Read]) -> None:
    for read in reads:
        query = asked(read, {}).query
        for given in ({"stranger": (1,)}, {"stranger": 1, "q": ("の",)}, {"type": ("global",), "stranger": True}):
            with pytest.raises(KeyError):
                planner.total(read, query, given)
            with pytest.raises(KeyError):
                planner.count_by(read, query, "type", given)
        with pytest.raises(KeyError):
            planner.count_by(read, query, "stranger", {})
