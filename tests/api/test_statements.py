"""The SQL statements are few and known, whatever clients ask for, and none is compiled while they wait."""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy.sql.compiler import SQLCompiler

from app.db import statement
from app.settings import Settings
from tests.support import asgi

SHAPES = 2_000
FEW = 80
"""Statements that there are for all resources together, and those that load an edition."""

FACETS = ["type", "subcategory", "prefecture", "fiscal_year"]
SORTS = ["fiscal_year_start", "fiscal_year_end", "page", "number", "relevance"]


class Compiled:
    """Counts the statements that SQLAlchemy compiles."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        original = SQLCompiler.__init__

        def counted(compiler: SQLCompiler, *args: Any, **kw: Any) -> None:
            self.count += 1
            original(compiler, *args, **kw)

        patch.setattr(SQLCompiler, "__init__", counted)


def shape(choose: random.Random) -> bytes:
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
        "q": lambda: " ".join(choose.sample("医療形成研究開発技術健康", choose.randint(1, 10))),
        "facets": lambda: some(FACETS),
        "limit": lambda: choose.randint(1, 100),
        "offset": lambda: choose.randint(0, 40),
    }
    given = {name: values[name]() for name in choose.sample(sorted(values), choose.randint(0, len(values)))}
    sorts = [choose.choice(("", "-")) + name for name in SORTS if "q" in given or name != "relevance"]
    given["sort"] = some(sorts)
    if "q" in given and choose.random() < 0.5:
        given["q_in"] = some(["name", "title", "theme", "annotations"])
    suffix = choose.choice(["", "", "", ".csv", ".ndjson"])
    if suffix:
        given.pop("facets", None)
    return f"/v1/regions{suffix}?{urlencode(given)}".encode()


def test_no_shape_of_a_request_is_a_statement_of_its_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    choose = random.Random(5)
    paths = [b"/v1", b"/v1/programs", b"/v1/regions", b"/v1/regions/7", b"/v1/changes", b"/readyz"]
    targets = paths + [shape(choose) for _ in range(SHAPES)]
    for declared in statement.DECLARED:  # as in a process that has just begun
        declared._compiled.clear()

    async def run(compiled: Compiled) -> None:
        async with asgi.started(settings.model_copy(update={"cache_bytes": 0})) as app:
            await asgi.ask(app, "GET", b"/v1/corrections")  # loads the edition
            loaded = compiled.count
            assert loaded < FEW
            for target in targets:
                answer = await asgi.ask(app, "GET", target)
                assert answer.status == 200, answer.body
                assert compiled.count == loaded, target

    with ThreadPoolExecutor(1) as pool:  # in the suite's own thread the browser's loop may be running
        pool.submit(lambda: asyncio.run(run(Compiled(monkeypatch)))).result()
