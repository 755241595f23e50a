"""The lists of the API, each declared once.

From this table come the routes, the links of the index, the counts of the data set, its files, the exports, the
description and the path lists of the tests. It is a module and not `routers/__init__`, so that the seed can import the
filters without every endpoint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Select, func, select
from sqlmodel import col

from app.db.tables import REGION_COUNT, CorrectionRow, ProgramRow, RegionCountRow, SubcategoryRow
from app.http.messages import Language
from app.http.responses import Collection
from app.routers import changes, corrections, fiscal_years, prefectures, programs, subcategories
from app.routers.regions import endpoints


@dataclass(frozen=True)
class DatasetCount:
    """A number that `/v1/dataset` publishes, and what it counts."""

    select: Select[Any]
    what: Mapping[Language, str]


@dataclass(frozen=True)
class Resource:
    """A list: how it is read, its routes, and what the data set says of it. No field may be left out."""

    collection: Collection[Any]
    router: APIRouter
    key: str | None
    """The column of the files that identifies a record; `None`: no single column does."""
    count: DatasetCount | None
    """The number of it in `/v1/dataset`; `None`: there is none."""

    @property
    def path(self) -> str:
        return self.collection.path

    @property
    def name(self) -> str:
        """The last segment of the path, written as a key of JSON."""
        return self.path.rpartition("/")[2].replace("-", "_")


RESOURCES = (
    Resource(
        programs.PROGRAMS,
        programs.router,
        "id",
        DatasetCount(select(func.count(col(ProgramRow.id))), {"en": "Programmes", "ja": "種別"}),
    ),
    Resource(
        subcategories.SUBCATEGORIES,
        subcategories.router,
        "id",
        DatasetCount(select(func.count(col(SubcategoryRow.id))), {"en": "Subcategories", "ja": "区分"}),
    ),
    Resource(
        endpoints.REGIONS,
        endpoints.router,
        "number",
        DatasetCount(
            select(REGION_COUNT).where(col(RegionCountRow.prefecture_code) == ""),
            {"en": "Regions, which are the rows of the list", "ja": "地域（一覧の行）"},
        ),
    ),
    Resource(
        prefectures.PREFECTURES,
        prefectures.router,
        "code",
        DatasetCount(
            select(func.count(func.distinct(func.nullif(col(RegionCountRow.prefecture_code), "")))),
            {
                "en": "Prefectures with at least one region; /v1/prefectures lists every prefecture",
                "ja": "地域が 1 つ以上ある都道府県（/v1/prefectures にはすべての都道府県があります）",
            },
        ),
    ),
    Resource(fiscal_years.FISCAL_YEARS, fiscal_years.router, "year", None),
    Resource(
        corrections.CORRECTIONS,
        corrections.router,
        "id",
        DatasetCount(
            select(func.count(col(CorrectionRow.id))),
            {
                "en": "Suspected misprints; one may concern several regions",
                "ja": "誤植の疑い（1 件が複数の地域に関わることがあります）",
            },
        ),
    ),
    Resource(changes.CHANGES, changes.router, None, None),
)
"""The lists, in the order in which the index and the files name them."""

MAIN = "regions"
"""The name of the main resource: it comes first in the description and gives the files of the data set their names."""
