"""`python -m tests.support.added_filters URL COUNT …`: filters that are added to the table, tried on lists so long.

They are added before anything else reads the table, the seed included. What they answer must be what a scan of all
records answers.
"""

import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import exists

from app.db.sql import one_of
from app.db.tables import REGION_PREFECTURES
from app.http import query_string
from app.routers.regions.filters import FILTERS, Filter
from tests.support import oracle
from tests.support.oracle import Region

ADDED = (
    Filter(
        "page",
        Annotated[
            tuple[Annotated[int, Field(ge=1, le=9_999), query_string.INTEGER], ...],
            query_string.ONCE,
            Field(description="Page of the brochure. Several: any of them.", examples=[[14]]),
        ],
        lambda rows, pages: one_of(rows.c.page, pages),
    ),
    Filter(
        "has_title",
        Annotated[bool | None, query_string.BOOLEAN, Field(description="Whether a title is printed.", examples=[True])],
        lambda rows, has: rows.c.title.is_not(None) == has,
    ),
    Filter(
        "titled",
        Annotated[bool | None, query_string.BOOLEAN, Field(description="The same, by the index.", examples=[True])],
        lambda rows, has: rows.c.title.is_not(None) == has,
        token=lambda region: [region["title"] is not None],
    ),
    Filter(
        "placed",
        Annotated[
            bool | None, query_string.BOOLEAN, Field(description="Whether it has a prefecture.", examples=[True])
        ],
        lambda rows, has: exists().where(REGION_PREFECTURES.c.region_number == rows.c.number).correlate(rows) == has,
    ),
    Filter(
        "page_from",
        Annotated[int | None, Field(ge=1, le=9_999, description="Page or later.", examples=[14]), query_string.INTEGER],
        lambda rows, page: rows.c.page >= page,
    ),
)
MEANT: dict[str, Callable[[Region, Any], bool]] = {
    "page": lambda region, pages: region["source"]["page"] in pages,
    "has_title": lambda region, has: (region["title"] is not None) == has,
    "titled": lambda region, has: (region["title"] is not None) == has,
    "placed": lambda region, has: bool(oracle.prefecture_codes(region)) == has,
    "page_from": lambda region, page: bool(region["source"]["page"] >= page),
}
VALUES: dict[str, list[Any]] = {
    "page": [[14], [3, 14, 15, 16], [9_999]],
    "has_title": [True, False],
    "titled": [True, False],
    "placed": [True, False],
    "page_from": [1, 15, 9_999],
}

if __name__ == "__main__":
    FILTERS.update({each.name: each for each in ADDED})
    oracle.KEEPS.update(MEANT)
    from app.db.database import Database  # the rest of the code, which reads the table
    from app.main import create_api
    from app.settings import Settings
    from tests.conftest import fill
    from tests.support.filters import check
    from tests.support.reading import reading
    from tools.bench.size.generate import generate

    url, *counts = sys.argv[1:]
    for count in map(int, counts):
        with TemporaryDirectory() as folder:
            files = generate(Path(folder), count)
            fill(url, "--list", str(files.list), "--annotations", str(files.annotations))
        others: list[dict[str, Any]] = [{}, {"q": ["医療"]}, {"number": [1, 2, 14, 29, 1_500], "type": ["global"]}]
        with reading(url) as read:
            for (name, values), other in product(VALUES.items(), others):
                for value in values:
                    check(read, {name: value} | other)
            check(read, {"page": [14, 15], "has_title": False, "page_from": 15, "placed": True, "q": ["の"]})
            check(read, {"titled": True, "fiscal_year_from": 2009, "q": ["の"]})
    settings = Settings()
    described = create_api(settings, Database(settings)).openapi()["paths"]["/v1/regions"]["get"]
    schemas = {each["name"]: each["schema"] for each in described["parameters"] if "name" in each}  # else a reference
    assert schemas["has_title"] == {"type": "boolean"}, schemas["has_title"]
    assert schemas["page_from"] == {"type": "integer", "minimum": 1, "maximum": 9_999}, schemas["page_from"]
