"""Declare the tables. What is published of them stands in `app.schemas`.

A region is stored twice on purpose: as columns, to be found, and as `document`, the published record,
written once by the seed. A read hands the document out as it is.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    column,
    func,
    table,
)
from sqlmodel import Field as Column
from sqlmodel import SQLModel, col

from app.db.sql import utf8
from app.japanese.fiscal_years import FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR

SCHEMA_REVISION = "0005"
"""The newest migration: a database with another one is not ready for this release."""

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class DatasetRow(SQLModel, table=True):
    __tablename__ = "dataset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Column(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: str
    title: str = Column(sa_type=Text)
    note: str | None = Column(sa_type=Text)
    publisher: str
    modified: date
    source_sha256: str
    source_bytes: int
    title_en: str | None = Column(sa_type=Text)
    note_en: str | None = Column(sa_type=Text)
    publisher_en: str | None
    point_rules: list[dict[str, str]] = Column(sa_type=JSON)
    credits: list[dict[str, Any]] = Column(sa_type=JSON)


class ProgramRow(SQLModel, table=True):
    __tablename__ = "programs"

    id: str = Column(primary_key=True)
    position: int = Column(unique=True)
    name: str = Column(unique=True)
    name_en: str
    purpose: str = Column(sa_type=Text)
    purpose_en: str | None = Column(sa_type=Text)


class SubcategoryRow(SQLModel, table=True):
    __tablename__ = "subcategories"
    __table_args__ = (UniqueConstraint("id", "program_id"),)

    id: str = Column(primary_key=True)
    program_id: str = Column(foreign_key="programs.id")
    position: int = Column(unique=True)
    name: str
    label: str = Column(unique=True)
    label_en: str
    corrections: list[dict[str, str]] = Column(sa_type=JSON)
    """The corrections of the label, as published."""


class RegionRow(SQLModel, table=True):
    __tablename__ = "regions"
    __table_args__ = (
        Index(None, "fiscal_year_start", "number"),
        Index(None, "fiscal_year_end", "number"),
        Index(None, "page", "number"),
        Index("ix_regions_facets", *("number", "fiscal_year_start", "fiscal_year_end", "program_id", "subcategory_id")),
        ForeignKeyConstraint(["subcategory_id", "program_id"], ["subcategories.id", "subcategories.program_id"]),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("page >= 1", name="page_positive"),
        CheckConstraint(
            f"{FIRST_FISCAL_YEAR} <= fiscal_year_start AND fiscal_year_start <= fiscal_year_end"
            f" AND fiscal_year_end <= {LAST_FISCAL_YEAR}",
            name="fiscal_years_span",
        ),
    )

    number: int = Column(primary_key=True, sa_column_kwargs={"autoincrement": False})
    row: int = Column(unique=True)
    name: str
    program_id: str
    subcategory_id: str
    fiscal_year_start: int
    fiscal_year_end: int
    title: str | None = Column(sa_type=Text)
    theme: str = Column(sa_type=Text)
    page: int
    document: str = Column(sa_type=Text)


def is_declared(_: object, name: str | None, *__: object) -> bool:
    """Return whether Alembic compares this object with the models.

    It leaves out the search index, which differs between databases, and descending indexes, whose expressions cannot
    be read back from SQLite.
    """
    return not (name or "").startswith(("region_grams", "down_"))


class RegionTextRow(SQLModel, table=True):
    """The folded texts of a region, a column for each value of `q_in`; several texts stand on lines of their own."""

    __tablename__ = "region_texts"

    number: int = Column(primary_key=True, foreign_key="regions.number", sa_column_kwargs={"autoincrement": False})
    name: str = Column(sa_type=Text)
    title: str = Column(sa_type=Text)
    theme: str = Column(sa_type=Text)
    annotations: str = Column(sa_type=Text)


class RegionCountRow(SQLModel, table=True):
    """Count the regions that have the same values of filters and facets, by prefecture; `""` stands for all of Japan.

    Counted by the seed, since a data set is never changed: totals and facets need not count again.
    """

    __tablename__ = "region_counts"

    prefecture_code: str = Column(primary_key=True)
    fiscal_year_start: int = Column(primary_key=True, sa_column_kwargs={"autoincrement": False})
    fiscal_year_end: int = Column(primary_key=True, sa_column_kwargs={"autoincrement": False})
    program_id: str = Column(primary_key=True)
    subcategory_id: str = Column(primary_key=True)
    regions: int


class AreaRow(SQLModel, table=True):
    """The areas of Japan (地方), each with all names that the filter `prefecture` takes."""

    __tablename__ = "areas"

    id: str = Column(primary_key=True)
    name: str = Column(unique=True)
    name_en: str = Column(unique=True)
    other_names: list[str] = Column(sa_type=JSON)
    regions: int = 0
    """Counted by the seed: a region in two prefectures of an area counts once."""


class PrefectureRow(SQLModel, table=True):
    """A prefecture and its code (JIS X 0401)."""

    __tablename__ = "prefectures"
    __table_args__ = (CheckConstraint("length(code) = 2", name="code_two_characters"),)

    code: str = Column(primary_key=True)
    name: str = Column(unique=True)
    name_en: str = Column(unique=True)
    name_kana: str = Column(unique=True)
    area_id: str = Column(foreign_key="areas.id")
    iso_3166_2: str = Column(unique=True)
    wikidata: str = Column(unique=True)


class RegionPrefectureRow(SQLModel, table=True):
    __tablename__ = "region_prefectures"

    region_number: int = Column(primary_key=True, foreign_key="regions.number")
    prefecture_code: str = Column(primary_key=True, foreign_key="prefectures.code", index=True)


class CorrectionRow(SQLModel, table=True):
    __tablename__ = "corrections"

    id: str = Column(primary_key=True)
    position: int = Column(unique=True)
    subcategory_id: str | None = Column(foreign_key="subcategories.id")
    field: str
    printed: str = Column(sa_type=Text)
    likely: str = Column(sa_type=Text)
    corrected: str = Column(sa_type=Text)
    certainty: str
    note: str | None = Column(sa_type=Text)
    evidence: list[str] = Column(sa_type=JSON)
    note_en: str | None = Column(sa_type=Text)


class RegionCorrectionRow(SQLModel, table=True):
    __tablename__ = "region_corrections"

    region_number: int = Column(primary_key=True, foreign_key="regions.number")
    correction_id: str = Column(primary_key=True, foreign_key="corrections.id")


class ChangeRow(SQLModel, table=True):
    """Record one change that an edition made to a record or to a field."""

    __tablename__ = "changes"
    __table_args__ = (CheckConstraint("action IN ('added', 'corrected', 'withdrawn')", name="action_known"),)

    position: int = Column(primary_key=True, sa_column_kwargs={"autoincrement": False})
    edition: int
    date: date
    action: str
    collection: str
    record_id: str
    field: str | None
    old: str | int | None = Column(sa_type=JSON)
    new: str | int | None = Column(sa_type=JSON)


REGION_COUNT = func.coalesce(func.sum(col(RegionCountRow.regions)), 0)
"""The sum over rows of `region_counts`, either those of one prefecture or those of `""`."""

REGION_FACETS = table(
    "region_facets", *map(column, ("number", "program_id", "subcategory_id", "fiscal_year_start", "fiscal_year_end"))
)
"""The SQL view of migration 0003: the columns of `regions` that facets count, read from an index that has them all."""

REGIONS = SQLModel.metadata.tables["regions"]
REGION_COUNTS = SQLModel.metadata.tables["region_counts"]
REGION_TEXTS = SQLModel.metadata.tables["region_texts"]
REGION_PREFECTURES = SQLModel.metadata.tables["region_prefectures"]
"""For those who choose a column by its name."""

DOCUMENT = utf8(REGIONS.c.document).label("document")
"""The published record as it is sent."""
