"""The SQL statements are few and known, whatever clients ask for, and none is compiled while they wait."""

import random
from collections.abc import Callable
from threading import get_ident
from typing import Any

import pytest
from sqlalchemy.sql.compiler import SQLCompiler

from app.db import statement
from app.db.database import Database
from app.http.parsed_request import ParsedRequest
from app.routers.catalogue import RESOURCES
from app.routers.regions import endpoints as regions
from app.settings import Settings
from tests.support.filters import asked
from tests.support.reading import reading

SHAPES = 2_000
FEW = 70
"""Statements that there are for all resources together."""

FACETS = ["type", "subcategory", "prefecture", "fiscal_year"]
SORTS = ["fiscal_year_start", "fiscal_year_end", "page", "number", "relevance"]


class Compiled:
    """Counts the statements that SQLAlchemy compiles in this thread; in others servers of the suite may be at work."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        original, own = SQLCompiler.__init__, get_ident()

        def counted(compiler: SQLCompiler, *args: Any, **kw: Any) -> None:
            self.count += get_ident() == own
            original(compiler, *args, **kw)

        patch.setattr(SQLCompiler, "__init__", counted)


def shape(choose: random.Random) -> dict[str, Any]:
    """A request with any numbers of values and of terms, in any order, over the 29 regions."""

    def some(values: list[Any]) -> str:
        return ",".join(map(str, choose.sample(values, choose.randint(1, len(values)))))

    values: dict[str, Callable[[], Any]] = {
        "type": lambda: some(["global", "city-area"]),
        "subcategory": lambda: some(["global-phase-1", "global-hub-development", "city-area-general"]),
        "prefecture": lambda: some([f"{code:02}" for code in range(1, 48)]),
        "number": lambda: some([*range(1, 101)]),
        "fiscal_year": lambda: some([*range(1990, 2090)]),
        "fiscal_year_from": lambda: choose.randint(1886, 2010),
        "fiscal_year_to": lambda: choose.randint(2010, 2199),
        "q": lambda: choose.sample("医療形成研究開発技術健康", choose.randint(1, 10)),
        "facets": lambda: some(FACETS),
        "limit": lambda: choose.randint(1, 100),
        "offset": lambda: choose.randint(0, 40),
    }
    given = {name: values[name]() for name in choose.sample(sorted(values), choose.randint(0, len(values)))}
    sorts = [choose.choice(("", "-")) + name for name in SORTS if "q" in given or name != "relevance"]
    given["sort"] = some(sorts)
    if "q" in given and choose.random() < 0.5:
        given["q_in"] = some(["name", "title", "theme", "annotations"])
    return given


@pytest.mark.slow
def test_no_shape_of_a_request_is_a_statement_of_its_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    choose = random.Random(5)
    for declared in statement.DECLARED:  # as in a process that has just begun
        monkeypatch.setattr(declared, "_compiled", {})
    compiled = Compiled(monkeypatch)
    Database(settings)
    assert compiled.count < FEW
    with reading(settings.database_url) as read:
        loaded = compiled.count
        for collection in (resource.collection for resource in RESOURCES):
            read_page: Any = collection.page
            read_page(read, ParsedRequest(collection.query(), collection.path))
        for _ in range(SHAPES):
            parsed = asked(read, shape(choose))
            regions.read_page(read, parsed)
            regions.read_batch(read, parsed, None)
            assert compiled.count == loaded, parsed.query
