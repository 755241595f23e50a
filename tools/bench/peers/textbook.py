"""The list as FastAPI and SQLModel tutorials write it: `def`, a yielded session, ORM objects, response models."""

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import JSON, Field, Session, SQLModel, col, create_engine, func, or_, select

DATABASE = "BENCH_TEXTBOOK"
"""Environment: the URL of the database."""


class RegionBase(SQLModel):
    number: int = Field(primary_key=True)
    name: str
    program: dict[str, Any] = Field(sa_type=JSON)
    subcategory: dict[str, Any] = Field(sa_type=JSON)
    fiscal_year_start: int
    fiscal_year_end: int
    fiscal_years_label: str
    period: dict[str, Any] = Field(sa_type=JSON)
    title: str | None
    theme: str
    source: dict[str, Any] = Field(sa_type=JSON)
    annotations: dict[str, Any] = Field(sa_type=JSON)
    matches: list[Any] = Field(sa_type=JSON)
    links: dict[str, Any] = Field(sa_type=JSON)


class Region(RegionBase, table=True):
    program_id: str = Field(index=True)


class RegionPublic(RegionBase):
    pass


class RegionPage(SQLModel):
    items: list[RegionPublic]
    total: int
    limit: int
    offset: int


def fill(url: str, records: list[Mapping[str, Any]]) -> None:
    engine = create_engine(url)
    SQLModel.metadata.create_all(engine, tables=[SQLModel.metadata.tables["region"]])
    with Session(engine) as session:
        session.add_all(Region(**record, program_id=record["program"]["id"]) for record in records)
        session.commit()
    engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI()
    engine = create_engine(os.environ[DATABASE])

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    @app.get("/v1/regions", response_model=RegionPage)
    def list_regions(
        session: Annotated[Session, Depends(get_session)],
        type: str | None = None,  # noqa: A002  # the parameter's name
        fiscal_year: int | None = None,
        q: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict[str, Any]:
        statement = select(Region)
        if type is not None:
            statement = statement.where(Region.program_id == type)
        if fiscal_year is not None:
            statement = statement.where(Region.fiscal_year_start <= fiscal_year, Region.fiscal_year_end >= fiscal_year)
        if q is not None:
            fields = (col(Region.name), col(Region.title), col(Region.theme))
            statement = statement.where(or_(*(field.contains(q) for field in fields)))
        total = session.exec(select(func.count()).select_from(statement.subquery())).one()
        regions = session.exec(statement.order_by(col(Region.number)).limit(limit).offset(offset)).all()
        return {"items": regions, "total": total, "limit": limit, "offset": offset}

    @app.get("/v1/regions/{number}", response_model=RegionPublic)
    def get_region(number: int, session: Annotated[Session, Depends(get_session)]) -> Region:
        region = session.get(Region, number)
        if region is None:
            raise HTTPException(404)
        return region

    return app
