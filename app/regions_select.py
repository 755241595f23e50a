"""The statements of `/v1/regions`. Each depends on the shape of the query alone and is built once for it."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, UnaryExpression, and_, bindparam, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app import search
from app.database import AnySelect
from app.regions_query import SORT_COLUMNS, Shape
from app.tables import RegionPrefectureRow, RegionRow

Key = tuple[Mapped[int] | ColumnElement[int], bool]

SHAPES = 512
"""How many shapes of a query are kept."""


@lru_cache(maxsize=SHAPES)
def select_regions(shape: Shape) -> AnySelect:
    """A page."""
    return (
        select(col(RegionRow.number), col(RegionRow.document))
        .where(*shape.conditions())
        .order_by(*_order(shape))
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


@lru_cache(maxsize=SHAPES)
def count_regions(shape: Shape) -> AnySelect:
    return select(func.count().label("total")).select_from(RegionRow).where(*shape.conditions())


@lru_cache(maxsize=SHAPES)
def select_batch(shape: Shape, *, first: bool) -> AnySelect:
    """A part of everything: the first one from `offset` on, a later one from the keys of the last row on."""
    keys = _keys(shape)
    labelled = (key.label(f"key_{index}") for index, (key, _) in enumerate(keys))
    statement = (
        select(col(RegionRow.number), col(RegionRow.document), *labelled)
        .where(*shape.conditions())
        .order_by(*_order(shape))
        .limit(bindparam("limit"))
    )
    return statement.offset(bindparam("offset")) if first else statement.where(_beyond(keys))


@lru_cache(maxsize=SHAPES)
def count_by(shape: Shape, facet: str) -> AnySelect:
    """How many regions there are for each value of a facet."""
    by = {
        "type": (col(RegionRow.program_id),),
        "subcategory": (col(RegionRow.subcategory_id),),
        "prefecture": (col(RegionPrefectureRow.prefecture_code),),
        "fiscal_year": (col(RegionRow.fiscal_year_start), col(RegionRow.fiscal_year_end)),
    }[facet]
    statement = select(*by, func.count().label("total")).select_from(RegionRow).where(*shape.conditions())
    if facet == "prefecture":
        statement = statement.where(col(RegionPrefectureRow.region_number) == col(RegionRow.number))
    return statement.group_by(*by)


def _keys(shape: Shape) -> Sequence[Key]:
    """What the regions are ordered by, and whether downwards; `number` makes every place unique."""
    names = shape.sort if "number" in {key.removeprefix("-") for key in shape.sort} else (*shape.sort, "number")
    keys: list[Key] = []
    for key in names:
        name = key.removeprefix("-")
        by_relevance = name == "relevance"
        column = search.rank(dict(shape.filters)["q"], shape.fields) if by_relevance else SORT_COLUMNS[name]
        keys.append((column, key.startswith("-")))
    return keys


def _order(shape: Shape) -> list[UnaryExpression[int]]:
    return [key.desc() if downwards else key.asc() for key, downwards in _keys(shape)]


def _beyond(keys: Sequence[Key]) -> ColumnElement[bool]:
    """The rows after the one whose keys are `key_0`, `key_1`, …"""
    places: list[ColumnElement[bool]] = []
    for index, (key, downwards) in enumerate(keys):
        last: ColumnElement[int] = bindparam(f"key_{index}")
        same = [earlier == bindparam(f"key_{place}") for place, (earlier, _) in enumerate(keys[:index])]
        places.append(and_(*same, key < last if downwards else key > last))
    return or_(*places)
