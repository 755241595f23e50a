"""How a page of regions is read: what is quick with a few is slow with many, and the other way round.

A short list is looked through, page and total in one statement. Of a long one the total is known first, from the
counts of the seed or by the search index. In the order of `number` the index finds the page: FTS5 one region after the
other, GIN only everything at once, so it is asked for block after block of numbers until the page is full. In another
order the total tells how far one would have to walk along it: as many regions as there are, times the share of the page
in the total. If that is more than there are hits, these are gathered by the search index and put in order.
"""

from math import ceil
from typing import Any

from app import grams
from app.read import Read
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

FEW = 4_000
"""Hits up to which GIN is asked for all of them."""


def page(read: Read, query: RegionQuery) -> tuple[list[Any], int]:
    """The rows of the page, and how many match in all."""
    if read.edition.regions <= SHORT:
        rows = read.rows(select_page(query.shape), query.values)
        return rows, rows[0].total if rows else total(read, query, query.shape)
    count = total(read, query, query.shape)
    return rows_of(read, query, count) if query.offset < count else [], count


def rows_of(read: Read, query: RegionQuery, count: int) -> list[Any]:
    """The page of a long list, of which so many match."""
    shape = query.shape
    if not uses_index(read, shape):
        return read.rows(select_walk(shape), query.values)
    if shape.in_order_of_number and not read.finds_in_order and count > FEW:
        return _by_block(read, query, count)
    if shape.in_order_of_number or _is_nearer(read, shape, count, query.offset + query.limit):
        return read.rows(select_gathered(shape), query.index_values(shape))
    return read.rows(select_walk(shape), query.values)


def _by_block(read: Read, query: RegionQuery, count: int) -> list[Any]:
    values = query.index_values(query.shape)
    blocks = ceil(read.edition.regions / grams.BLOCK)
    values["blocks"] = ceil(2 * (query.offset + query.limit) * blocks / count)  # twice what it takes on the average
    while True:
        rows = read.rows(select_gathered(query.shape, windowed=True), values)
        if len(rows) == min(query.limit, count - query.offset) or values["blocks"] > read.edition.regions:
            return rows
        values["blocks"] *= 4


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
    """Whether an export reads its batches by the search index; one by one, or if all of it is quicker than walking."""
    shape = query.shape
    if not uses_index(read, shape):
        return False
    if shape.in_order_of_number and read.finds_in_order:
        return True
    return _is_nearer(read, shape, total(read, query, shape), batch)


def _is_nearer(read: Read, shape: Shape, count: int, wanted: int) -> bool:
    """Whether all hits are fewer than the regions on the way to as many as are wanted; no index is in relevance."""
    by_relevance = "relevance" in {key.removeprefix("-") for key in shape.sort}
    return by_relevance or count * count <= wanted * read.edition.regions
