"""Choose the statements by which regions are read.

In a short list (`thresholds.SHORT_LIST`) every region is looked at. In a long one the total is known first, from the
counts of the seed or by the search index. Then there are two ways to a page:

- An ordered scan follows the order of an index, looks at each region and stops when the page is full. It looks at about
  `regions * (offset + limit) / total` regions if the hits lie evenly.
- An index scan finds all hits by the search index and sorts them. In the order of `number` FTS5 finds hits one by one,
  so there it stops when the page is full; GIN finds all hits at once.
"""

from array import array
from collections.abc import Sequence
from typing import Any

import orjson

from app.db import thresholds
from app.db.session import Read
from app.routers.regions.filters import FILTERS, Given
from app.routers.regions.parameters import RegionQuery
from app.routers.regions.statements import (
    BY_NUMBER_WITH_TOTAL,
    BY_NUMBERS,
    COUNTED_BY,
    COUNTED_TOTAL,
    COUNTS,
    COUNTS_BY,
    INDEXED_NUMBERS,
    NUMBERS,
    ORDERED_SCANS,
    SORTED,
    Access,
    order_values,
    values,
)


def page(read: Read, query: RegionQuery) -> tuple[list[bytes], int]:
    """Return the documents of the page, and how many regions match in all."""
    if read.edition.regions <= thresholds.SHORT_LIST:
        return _short_page(read, query)
    count = total(read, query, query.given)
    return _long_page(read, query, count) if query.offset < count else [], count


def _short_page(read: Read, query: RegionQuery) -> tuple[list[bytes], int]:
    """Return the documents of a page of a short list, and how many regions match in all."""
    if not query.offset and query.limit >= read.edition.regions:  # the page holds everything that matches
        documents = _documents(_short_rows(read, query))
        return documents, len(documents)
    if query.order == ("number",):
        rows = read.rows(BY_NUMBER_WITH_TOTAL, values(query, query.given, Access.ROWS))
        return _documents(rows), rows[0].total if rows else total(read, query, query.given)
    return _documents(_short_rows(read, query)), total(read, query, query.given)


def _short_rows(read: Read, query: RegionQuery) -> list[Any]:
    if query.order in ORDERED_SCANS:
        return _ordered_scan(read, query)
    return read.rows(SORTED, _in_order(query, Access.ROWS))


def _long_page(read: Read, query: RegionQuery, count: int) -> list[bytes]:
    """Return the documents of a page of a long list, of which `count` regions match."""
    access = _access(read, query.given)
    rows: list[Any] = []
    if query.order in ORDERED_SCANS and access is Access.ROWS:
        rows = _ordered_scan(read, query)
    elif query.order in ORDERED_SCANS and access is Access.INDEX:
        rows = _scan_beginning(read, query, count)
    return _documents(rows) or _read(read, _numbers(read, query))


def _scan_beginning(read: Read, query: RegionQuery, count: int) -> list[Any]:
    """Return a page by an ordered scan if that is estimated to cost less than an index scan of `count` hits, else none.

    If the hits lie evenly, the scan looks at `needed * regions / count` regions, each for the cost of
    `INDEXED_PER_SCANNED` hits. In the order of `number` it is stopped at `INDEXED_PER_SCANNED` times as many regions as
    that; nothing is returned if the page is not full by then.
    """
    if query.order in INDEXED_NUMBERS and read.finds_in_order:  # the index scan stops at a full page, too
        return []
    needed = min(query.offset + query.limit, count)
    cost = thresholds.INDEXED_PER_SCANNED * needed * read.edition.regions // count  # in hits
    if cost >= count:
        return []
    # in regions, whose numbers run from 1, the same number is `INDEXED_PER_SCANNED` times what the scan should look at
    stop = cost
    ends = {"number": {"below": stop + 1}, "-number": {"above": read.edition.regions - stop}}
    rows = _ordered_scan(read, query, **ends.get(query.order[0], {}))
    return rows if query.offset + len(rows) == needed else []


def batch(read: Read, query: RegionQuery, after: tuple[Any, ...] | None) -> tuple[list[bytes], tuple[Any, ...] | None]:
    """Return a batch of an export: its documents, and the place after it, `None` after the last one.

    The place is `(regions left, last number)` in an ordered scan by number, else `(numbers of all regions, how many of
    them were read)`; a number takes 4 bytes.
    """
    if query.order not in INDEXED_NUMBERS or _access(read, query.given) is not Access.ROWS:
        numbers, done = after or (_numbers(read, query), 0)
        end = done + thresholds.BATCH
        return _read(read, numbers[done:end]), (numbers, end) if end < len(numbers) else None
    left, last = after or (query.limit, None)
    place = {"offset": 0, "below" if query.order == ("-number",) else "above": last} if last else {}
    rows = _ordered_scan(read, query, limit=min(left, thresholds.BATCH), **place)
    left -= len(rows)
    more = left > 0 and len(rows) == thresholds.BATCH
    return _documents(rows), (left, rows[-1].number) if more else None


def total(read: Read, query: RegionQuery, given: Given) -> int:
    """Return how many regions match the given filters of the query."""
    access = _access(read, given)
    statement = COUNTED_TOTAL if _is_counted(given) else COUNTS[access]
    return int(read.rows(statement, values(query, given, access))[0].total)


def count_by(read: Read, query: RegionQuery, facet: str, given: Given) -> list[Any]:
    """Return how many regions match the given filters of the query, for each value of the facet."""
    access = _access(read, given)
    statement = COUNTED_BY[facet] if _is_counted(given) else COUNTS_BY[access, facet]
    return read.rows(statement, values(query, given, access))


def _access(read: Read, given: Given) -> Access:
    if read.edition.regions <= thresholds.SHORT_LIST:
        return Access.ROWS
    if "number" in given:
        return Access.NUMBERS
    return Access.INDEX if given and all(name == "q" or FILTERS[name].indexed for name in given) else Access.ROWS


def _is_counted(given: Given) -> bool:
    """Return whether the counts of the seed suffice."""
    return "q" not in given and all(
        FILTERS[name].counted >= (len(value) if FILTERS[name].several else 1) for name, value in given.items()
    )


def _ordered_scan(read: Read, query: RegionQuery, **changes: int) -> list[Any]:
    """Return the rows of an ordered scan, of all numbers unless `changes` bound them."""
    bounds = {"above": 0, "below": 2**31 - 1}
    return read.rows(ORDERED_SCANS[query.order], values(query, query.given, Access.ROWS) | bounds | changes)


def _numbers(read: Read, query: RegionQuery) -> "array[int]":
    """Return the numbers of the page: all hits are found first and then sorted."""
    access = _access(read, query.given)
    indexed = access is Access.INDEX and query.order in INDEXED_NUMBERS
    statement = INDEXED_NUMBERS[query.order] if indexed else NUMBERS[access]
    written = read.rows(statement, _in_order(query, access))[0].numbers or ""
    return array("i", orjson.loads(f"[{written}]"))


def _in_order(query: RegionQuery, access: Access) -> dict[str, Any]:
    return values(query, query.given, access) | order_values(query)


def _documents(rows: Sequence[Any]) -> list[bytes]:
    return [row.document for row in rows]


def _read(read: Read, numbers: Sequence[int]) -> list[bytes]:
    """Return the documents of the regions with these numbers, in their order."""
    documents = {row.number: row.document for row in read.rows(BY_NUMBERS, {"numbers": list(numbers)})}
    return [documents[number] for number in numbers]
