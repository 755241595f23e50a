"""The way of a request without the wire: query string in, numbers of the regions out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import orjson

from app.db import engines
from app.db.edition import Edition
from app.db.session import Read
from app.http import query_string
from app.http.parsed_request import ParsedRequest
from app.routers.regions.endpoints import read_page
from app.routers.regions.parameters import RegionQuery
from app.schemas.records import Region
from app.settings import Settings

Ask = Callable[..., list[int]]


@contextmanager
def reading(database_url: str) -> Iterator[Read]:
    """A read of the edition that the database holds."""
    engine = engines.open_engine(Settings(database_url=database_url, read_timeout=60))
    with engine.connect() as connection:
        engines.set_statement_timeout(connection, 3600)
        edition = Edition.load(connection)
        assert edition is not None
        yield Read(edition, connection)
    engine.dispose()


@contextmanager
def asking(database_url: str) -> Iterator[Ask]:
    """A function from parameters to the numbers of the regions, in their order."""
    with reading(database_url) as read:
        context = query_string.Basis(read.edition, Region)

        def ask(**parameters_: Any) -> list[int]:
            query = query_string.parse(urlencode(parameters_).encode(), RegionQuery, context)
            page = read_page(read, ParsedRequest(query, "/v1/regions"))
            assert page.total == len(page.records)
            return [orjson.loads(record)["number"] for record in page.records]

        yield ask
