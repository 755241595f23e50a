"""The statements of `/v1/regions`. Each depends on the shape of the query alone and is built once for it."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, UnaryExpression, and_, bindparam, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app import search
from app.regions_query import SORT_COLUMNS, Shape
from app.statement import AnySelect
from app.tables import DOCUMENT, RegionPrefectureRow, RegionRow

Key = tuple[Mapped[int] | ColumnElement[int], bool]

SHAPES = 512
"""How many shapes of a query are kept."""


@lru_cache(maxsize=SHAPES)
def select_page(shape: Shape) -> AnySelect:
    """A page, with the total beside each of its rows: one statement; a page without rows has to be counted apart."""
    if "q" in dict(shape.filters):
        return _select_hits(shape)
    return (
        select(DOCUMENT, count_regions(shape).correlate(None).scalar_subquery().label("total"))
        .where(*shape.conditions())
        .order_by(*_order(shape))
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def _select_hits(shape: Shape) -> AnySelect:
    """The page of a search. Being used twice, the hits are found once, and no planner walks an order to find them."""
    keys = _keys(shape)
    labelled = (key.label(f"key_{index}") for index, (key, _) in enumerate(keys))
    hits = select(col(RegionRow.number), *labelled).where(*shape.conditions()).cte("hits")
    order = [hits.c[f"key_{index}"].desc() if down else hits.c[f"key_{index}"] for index, (_, down) in enumerate(keys)]
    return (
        select(DOCUMENT, select(func.count()).select_from(hits).scalar_subquery().label("total"))
        .join(hits, hits.c.number == col(RegionRow.number))
        .order_by(*order)
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
        select(DOCUMENT, *labelled).where(*shape.conditions()).order_by(*_order(shape)).limit(bindparam("limit"))
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
