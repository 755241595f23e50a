"""The statements of `/v1/regions`. Each depends on the shape of the query alone and is built once for it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, UnaryExpression, bindparam, func, select, tuple_
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app import grams, search
from app.regions_filters import Shape
from app.statement import AnySelect
from app.tables import (
    DOCUMENT,
    REGION_COUNT,
    REGION_FACETS,
    REGION_PREFECTURES,
    RegionCountRow,
    RegionPrefectureRow,
    RegionRow,
    RegionTextRow,
)

Key = tuple[Mapped[int] | ColumnElement[int], bool]

SORT_COLUMNS = {
    "number": col(RegionRow.number),
    "fiscal_year_start": col(RegionRow.fiscal_year_start),
    "fiscal_year_end": col(RegionRow.fiscal_year_end),
    "page": col(RegionRow.page),
}
FACET_COLUMNS = {
    "type": ["program_id"],
    "subcategory": ["subcategory_id"],
    "prefecture": ["prefecture_code"],
    "fiscal_year": ["fiscal_year_start", "fiscal_year_end"],
}

SHAPES = 512
"""How many shapes of a query are kept."""


@lru_cache(maxsize=SHAPES)
def select_page(shape: Shape) -> AnySelect:
    """A page, with the total beside each of its rows: one statement; a page without rows has to be counted apart."""
    if shape.term_count:
        return _select_hits(shape)
    return _page(
        select(DOCUMENT, count_regions(shape).correlate(None).scalar_subquery().label("total"))
        .where(*shape.conditions())
        .order_by(*_order(shape))
    )


def _select_hits(shape: Shape) -> AnySelect:
    """The page of a search. Being used twice, the hits are found once, and no planner walks an order to find them."""
    keys = _keys(shape)
    labelled = (key.label(f"key_{index}") for index, (key, _) in enumerate(keys))
    hits = _found(select(col(RegionRow.number), *labelled), shape, indexed=False).cte("hits")
    order = [hits.c[f"key_{index}"].desc() if down else hits.c[f"key_{index}"] for index, (_, down) in enumerate(keys)]
    return _page(
        select(DOCUMENT, select(func.count()).select_from(hits).scalar_subquery().label("total"))
        .join(hits, hits.c.number == col(RegionRow.number))
        .order_by(*order)
    )


@lru_cache(maxsize=SHAPES)
def select_walk(shape: Shape) -> AnySelect:
    """A page without its total: through the order until it is full."""
    return _page(_found(select(DOCUMENT), shape, indexed=False).order_by(*_order(shape)))


@lru_cache(maxsize=SHAPES)
def select_gathered(shape: Shape, *, windowed: bool = False) -> AnySelect:
    """A page without its total: what the search index finds, in order. PostgreSQL is kept from walking after all.

    `windowed`: on PostgreSQL, of the first `blocks` blocks alone that may have any.
    """
    hits = _indexed(select(INDEX_NUMBER.label("number")), shape, windowed=windowed).cte("hits")
    hits = hits.prefix_with("MATERIALIZED", dialect="postgresql")
    if not shape.in_order_of_number:
        joined = select(DOCUMENT).join_from(hits, RegionRow, col(RegionRow.number) == hits.c.number)
        return _page(joined.order_by(*_order(shape)))
    down = shape.sort[0].startswith("-")
    # FTS5 finds in this order, and need not find them all
    page = _page(select(hits.c.number).order_by(hits.c.number.desc() if down else hits.c.number)).cte("page")
    joined = select(DOCUMENT).join_from(page, RegionRow, col(RegionRow.number) == page.c.number)
    return joined.order_by(page.c.number.desc() if down else page.c.number)


def _page(statement: AnySelect) -> AnySelect:
    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


INDEX_NUMBER = search.INDEX.c.rowid


def _filters(shape: Shape) -> Iterable[str]:
    return grams.of_filters({name: (0,) for name, _ in shape.filters})


def _indexed(statement: AnySelect, shape: Shape, *, windowed: bool = False) -> AnySelect:
    """Of the search index what the shape asks for."""
    filters = list(_filters(shape))
    window = search.window(shape.term_count, filters, down=shape.sort[0].startswith("-")) if windowed else None
    condition = search.indexed(shape.term_count, shape.fields, filters, proven=shape.proven, window=window)
    return statement.select_from(search.INDEX).where(condition)


def _found(statement: AnySelect, shape: Shape, *, indexed: bool) -> AnySelect:
    """The regions that the shape asks for, by the search index or by looking at each."""
    if indexed:
        joined = statement.join_from(search.INDEX, RegionRow, col(RegionRow.number) == INDEX_NUMBER)
        return _indexed(joined, shape)
    if shape.term_count:
        statement = statement.join_from(RegionRow, RegionTextRow, col(RegionTextRow.number) == col(RegionRow.number))
    return statement.where(*shape.conditions())


@lru_cache(maxsize=SHAPES)
def count_regions(shape: Shape) -> AnySelect:
    return _found(select(func.count().label("total")).select_from(RegionRow), shape, indexed=False)


@lru_cache(maxsize=SHAPES)
def count_indexed(shape: Shape) -> AnySelect:
    return _indexed(select(func.count().label("total")), shape)


@lru_cache(maxsize=SHAPES)
def count_counted(shape: Shape) -> AnySelect:
    return _counted(select(REGION_COUNT.label("total")), shape)


def is_counted(shape: Shape) -> bool:
    """Whether the seed has counted it: a region in two prefectures must not be counted twice."""
    given = dict(shape.filters)
    return not given.keys() & {"q", "number"} and given.get("prefecture", 1) == 1


def _counted(statement: AnySelect, shape: Shape) -> AnySelect:
    conditions = shape.conditions(RegionCountRow)
    if "prefecture" not in dict(shape.filters):
        conditions.append(col(RegionCountRow.prefecture_code) == "")
    return statement.where(*conditions)


@lru_cache(maxsize=SHAPES)
def select_batch(shape: Shape, *, first: bool, indexed: bool) -> AnySelect:
    """A part of everything: the first one from `offset` on, a later one from the keys of the last row on."""
    keys = _keys(shape)
    if indexed and keys[0][0] is SORT_COLUMNS["number"]:
        keys = [(INDEX_NUMBER, keys[0][1])]  # FTS5 begins there
    labelled = (key.label(f"key_{index}") for index, (key, _) in enumerate(keys))
    statement = _found(select(DOCUMENT, *labelled), shape, indexed=indexed)
    statement = statement.order_by(*_ordered(keys)).limit(bindparam("limit"))
    return statement.offset(bindparam("offset")) if first else statement.where(_beyond(keys))


@lru_cache(maxsize=SHAPES)
def count_by(shape: Shape, facet: str, *, indexed: bool) -> AnySelect:
    """How many regions there are for each value of a facet."""
    if is_counted(shape):
        return _count_counted_by(shape, facet)
    if indexed:
        return _count_indexed_by(shape, facet)
    by = _columns(facet, RegionRow)
    statement = _found(select(*by, func.count().label("total")).select_from(RegionRow), shape, indexed=False)
    if facet == "prefecture":
        statement = statement.where(col(RegionPrefectureRow.region_number) == col(RegionRow.number))
    return statement.group_by(*by)


def _count_indexed_by(shape: Shape, facet: str) -> AnySelect:
    """Joined with what is narrow: the rows of regions are wide."""
    if facet == "prefecture":
        table: FromClause = REGION_PREFECTURES
        number = table.c.region_number
    else:
        table, number = REGION_FACETS, REGION_FACETS.c.number
    by = [table.c[name] for name in FACET_COLUMNS[facet]]
    joined = select(*by, func.count().label("total")).join_from(search.INDEX, table, number == INDEX_NUMBER)
    return _indexed(joined, shape).group_by(*by)


def _count_counted_by(shape: Shape, facet: str) -> AnySelect:
    by = _columns(facet, RegionCountRow)
    statement = select(*by, REGION_COUNT.label("total"))
    if facet == "prefecture":
        conditions = [*shape.conditions(RegionCountRow), col(RegionCountRow.prefecture_code) != ""]
        return statement.where(*conditions).group_by(*by)
    return _counted(statement, shape).group_by(*by)


def _columns(facet: str, rows: type[RegionRow] | type[RegionCountRow]) -> list[Mapped[Any]]:
    if facet == "prefecture":
        return [col(getattr(rows, "prefecture_code", RegionPrefectureRow.prefecture_code))]
    return [col(getattr(rows, name)) for name in FACET_COLUMNS[facet]]


def _keys(shape: Shape) -> list[Key]:
    """What the regions are ordered by, and whether downwards; `number` makes every place unique."""
    names = shape.sort if "number" in {key.removeprefix("-") for key in shape.sort} else (*shape.sort, "number")
    keys: list[Key] = []
    for key in names:
        name = key.removeprefix("-")
        by_relevance = name == "relevance"
        column = search.rank(shape.term_count, shape.fields) if by_relevance else SORT_COLUMNS[name]
        keys.append((column, key.startswith("-")))
    if len({downwards for _, downwards in keys}) == 1:
        return keys
    return [(-column if downwards else column, False) for column, downwards in keys]  # one direction: an index has it


def _order(shape: Shape) -> list[UnaryExpression[int]]:
    return _ordered(_keys(shape))


def _ordered(keys: Sequence[Key]) -> list[UnaryExpression[int]]:
    return [key.desc() if downwards else key.asc() for key, downwards in keys]


def _beyond(keys: Sequence[Key]) -> ColumnElement[bool]:
    """The rows after the one whose keys are `key_0`, `key_1`, …"""
    here = tuple_(*(key for key, _ in keys))
    last = tuple_(*(bindparam(f"key_{index}") for index in range(len(keys))))
    return here < last if keys[0][1] else here > last
