"""How a page of regions is read: what is quick with a few is slow with many, and the other way round.

A short list is looked through, page and total in one statement. Of a long one the total is known first, from the counts
of the seed or by the search index. It tells how far one would have to walk along the order to fill the page: as many
regions as there are, times the share of the page in the total. If that is more than there are hits, these are gathered
by the search index and put in order.
"""

from typing import Any

from app.database import Read
from app.regions_filters import Shape
from app.regions_query import RegionQuery
from app.regions_select import (
    count_counted,
    count_indexed,
    count_regions,
    is_counted,
    select_gathered,
    select_page,
    select_walk,
)

SHORT = 1_000
"""Regions up to which all of them are looked at."""


def page(read: Read, query: RegionQuery) -> tuple[list[Any], int]:
    """The rows of the page, and how many match in all."""
    if read.edition.regions <= SHORT:
        rows = read.rows(select_page(query.shape), query.values)
        return rows, rows[0].total if rows else total(read, query, query.shape)
    count = total(read, query, query.shape)
    if query.offset >= count:
        return [], count
    if _gathers(read, query.shape, count, query.offset + query.limit):
        return read.rows(select_gathered(query.shape), query.index_values(query.shape)), count
    return read.rows(select_walk(query.shape), query.values), count


def total(read: Read, query: RegionQuery, shape: Shape) -> int:
    """How many regions the query finds with the filters of this shape."""
    if is_counted(shape):
        statement = count_counted(shape)
    elif uses_index(read, shape):
        statement = count_indexed(shape)
        return int(read.rows(statement, query.index_values(shape))[0].total)
    else:
        statement = count_regions(shape)
    return int(read.rows(statement, query.values)[0].total)


def uses_index(read: Read, shape: Shape) -> bool:
    """Whether the search index can answer, and there is enough to search in; numbers are found by themselves."""
    given = dict(shape.filters)
    return read.edition.regions > SHORT and bool(given) and "number" not in given


def gathers(read: Read, query: RegionQuery, batch: int) -> bool:
    """Whether an export reads its batches by the search index."""
    if not uses_index(read, query.shape):
        return False
    return _gathers(read, query.shape, total(read, query, query.shape), batch)


def _gathers(read: Read, shape: Shape, count: int, wanted: int) -> bool:
    if not uses_index(read, shape):
        return False
    in_order = read.finds_in_order and shape.sort[0].removeprefix("-") == "number"
    if in_order or "relevance" in {key.removeprefix("-") for key in shape.sort}:
        return True
    return count * count <= wanted * read.edition.regions
