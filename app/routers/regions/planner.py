"""How regions are read: what is quick with a few is slow with many, and the other way round.

Of a short list every region is looked at. Of a long one the total is known first, from the counts of the seed or by the
search index. In the order of `number` FTS5 finds the page, one region after the other; GIN only everything at once. The
total tells how far one has to walk along an order to find a page: as many regions as there are, times the share of the
page in the total. If that is more than there are hits, these are found by the search index and put in order.
"""

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from app.db.session import Read
from app.routers.regions.filters import FILTERS, Given
from app.routers.regions.parameters import RegionQuery
from app.routers.regions.statements import (
    BY_NUMBER,
    BY_NUMBER_COUNTED,
    BY_NUMBERS,
    COUNTED_BY,
    COUNTED_TOTAL,
    COUNTS,
    COUNTS_BY,
    INDEXED_NUMBERS,
    NUMBERS,
    SORTED,
    WALKS,
    Source,
    order_values,
    values,
)

SHORT = 1_000
"""Regions up to which all of them are looked at."""

NEARER = 10
"""Hits that the search index finds and that are put in order in the time that it takes to look at one region."""

BATCH = 1_000
"""Regions of an export that are read at once."""

BOUND = 2**31 - 1
"""Beyond whatever regions are put in order by."""


class Walked(NamedTuple):
    """An export that goes along an order: how many regions it may still have, and the place of its last one."""

    left: int
    key: int
    number: int


class Found(NamedTuple):
    """An export whose regions are known: the numbers of those that are still to be read."""

    numbers: "array[int]"


def page(read: Read, query: RegionQuery) -> tuple[list[bytes], int]:
    """The documents of the page, and how many regions match in all."""
    if read.edition.regions > SHORT:
        found = total(read, query, query.given)
        return long_page(read, query, found) if query.offset < found else [], found
    count: int | None = None
    whole = not query.offset and query.limit >= read.edition.regions
    if query.order == ("number",):
        rows = read.rows(BY_NUMBER if whole else BY_NUMBER_COUNTED, values(query, query.given, Source.ROWS))
        count = rows[0].total if rows and not whole else None
    else:
        rows = _walk(read, query) if query.order in WALKS else read.rows(SORTED, _in_order(query, Source.ROWS))
    if whole:
        count = len(rows)
    return [row.document for row in rows], total(read, query, query.given) if count is None else count


def total(read: Read, query: RegionQuery, given: Given) -> int:
    """How many regions match these of the query's filters."""
    source = _source(read, given)
    statement = COUNTED_TOTAL if _is_counted(given) else COUNTS[source]
    return int(read.rows(statement, values(query, given, source))[0].total)


def count_by(read: Read, query: RegionQuery, facet: str, given: Given) -> list[Any]:
    """How many regions match these of the query's filters for each value of the facet."""
    source = _source(read, given)
    statement = COUNTED_BY[facet] if _is_counted(given) else COUNTS_BY[source, facet]
    return read.rows(statement, values(query, given, source))


def batch(read: Read, query: RegionQuery, after: Any) -> tuple[list[bytes], Walked | Found | None]:
    """A part of everything: its documents, and where the next part begins; `None` after the last one."""
    if isinstance(after, Found) or not _walks(read, query):
        numbers = after.numbers if after else _numbers(read, query)
        rest = numbers[BATCH:]
        return _read(read, numbers[:BATCH]), Found(rest) if rest else None
    left, *place = after or (query.limit,)
    bounds = _beyond(query, *place) | {"limit": min(left, BATCH)} | ({"offset": 0} if after else {})
    rows = _walk(read, query, bounds)
    left -= len(rows)
    more = left > 0 and len(rows) == BATCH
    return [row.document for row in rows], Walked(left, rows[-1].key, rows[-1].number) if more else None


def long_page(read: Read, query: RegionQuery, count: int) -> list[bytes]:
    """The page of a long list, of which so many regions match."""
    if _walks(read, query):
        return [row.document for row in _walk(read, query)]
    in_order = query.order in INDEXED_NUMBERS and read.finds_in_order
    if query.order in WALKS and not in_order and _source(read, query.given) is Source.INDEX:
        needed = min(query.offset + query.limit, count)
        distance = NEARER * needed * read.edition.regions // count  # ten times what it is if the hits lie evenly
        if distance < count:
            rows = _walk(read, query, _within(read, query, distance))
            if query.offset + len(rows) == needed:
                return [row.document for row in rows]
    return _read(read, _numbers(read, query))


def _source(read: Read, given: Given) -> Source:
    if read.edition.regions <= SHORT:
        return Source.ROWS
    if "number" in given:
        return Source.NUMBERS
    return Source.INDEX if given and all(name == "q" or FILTERS[name].token for name in given) else Source.ROWS


def _is_counted(given: Given) -> bool:
    """Whether the seed has counted it."""
    return "q" not in given and all(
        FILTERS[name].counted >= (len(value) if FILTERS[name].several else 1) for name, value in given.items()
    )


def _walks(read: Read, query: RegionQuery) -> bool:
    return query.order in WALKS and _source(read, query.given) is Source.ROWS


def _walk(read: Read, query: RegionQuery, bounds: dict[str, int] | None = None) -> list[Any]:
    """Along the order, from its beginning where the bounds say nothing else."""
    beginning = BOUND if query.order[-1] == "-number" else -BOUND
    start = {"above": 0, "below": BOUND, "after_key": beginning, "after": beginning}
    return read.rows(WALKS[query.order], values(query, query.given, Source.ROWS) | start | (bounds or {}))


def _beyond(query: RegionQuery, key: int = 0, number: int | None = None) -> dict[str, int]:
    """What makes a walk go on behind that place; without one it begins at the beginning."""
    if number is None:
        return {}
    if len(query.order) > 1:
        return {"after_key": key, "after": number}
    return {"below" if query.order[0].startswith("-") else "above": number}


def _within(read: Read, query: RegionQuery, distance: int) -> dict[str, int]:
    """What ends a walk in the order of `number` after that distance; in another order nothing does."""
    if len(query.order) > 1:
        return {}
    down = query.order[0].startswith("-")
    return {"above": read.edition.regions - distance} if down else {"below": distance + 1}


def _numbers(read: Read, query: RegionQuery) -> "array[int]":
    """The numbers of the page, found first and then put in order."""
    source = _source(read, query.given)
    indexed = source is Source.INDEX and query.order in INDEXED_NUMBERS
    statement = INDEXED_NUMBERS[query.order] if indexed else NUMBERS[source]
    joined = read.rows(statement, _in_order(query, source))[0].numbers or ""
    return array("i", orjson.loads(f"[{joined}]"))


def _in_order(query: RegionQuery, source: Source) -> dict[str, Any]:
    return values(query, query.given, source) | order_values(query)


def _read(read: Read, numbers: Sequence[int]) -> list[bytes]:
    """The documents of these regions, in this order."""
    documents = {row.number: row.document for row in read.rows(BY_NUMBERS, {"numbers": list(numbers)})}
    return [documents[number] for number in numbers]
