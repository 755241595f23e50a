"""Test that roles may do what `docs/postgresql.md` says, and no more."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from app.settings import Settings
from tests.conftest import fill
from tests.support.service import serving
from tools import postgres

DOCUMENT = (Path(__file__).parents[2] / "docs" / "postgresql.md").read_text(encoding="utf-8")
CREATE, GRANT, ALTER = re.findall("```sql\n(.*?)```", DOCUMENT, re.DOTALL)


def run(url: str, statements: str) -> None:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for statement in filter(str.strip, statements.split(";")):
            connection.execute(statement)


@contextmanager
def documented() -> Iterator[int]:
    """The port of a server that was set up by the document and seeded by its owner."""
    with postgres.server() as url:
        run(url, CREATE)
        run(url.replace("/postgres", "/regions"), GRANT)
        port = int(url.rpartition(":")[2].partition("/")[0])
        fill(f"postgresql://owner@127.0.0.1:{port}/regions")
        yield port


def some_answers(client: httpx.Client) -> list[httpx.Response]:
    pages = [client.get("/v1/regions", params={"q": "医療", "offset": offset}) for offset in range(12)]
    return [client.get("/readyz"), client.get("/v1/regions/7"), client.get("/v1/regions.csv"), *pages]


def test_a_role_that_can_only_select_is_enough_to_serve() -> None:
    with documented() as port:
        url = f"postgresql://reader@127.0.0.1:{port}/regions"
        with serving(Settings(database_url=url, cache_bytes=0)) as client:
            assert {answer.status_code for answer in some_answers(client)} == {200}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(url, "DELETE FROM regions")
