"""Declare all statements of `/v1/regions`; `planner` chooses which of them a request needs."""

from enum import Enum
from functools import cache
from itertools import product
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from app.db.sql import AnySelect, ListOf, joined, one_of
from app.db.statement import Statement
from app.db.tables import (
    DOCUMENT,
    REGION_COUNT,
    REGION_COUNTS,
    REGION_FACETS,
    REGION_PREFECTURES,
    REGIONS,
)
from app.routers.regions.filters import FILTERS, Filter, Given, Rows
from app.routers.regions.parameters import RegionQuery
from app.search import conditions


class Access(Enum):
    """Name the ways in which a statement finds regions."""

    ROWS = "all regions, one after the other"
    NUMBERS = "the regions whose numbers are given"
    INDEX = "the search index"


NUMBER = REGIONS.c.number
INDEX_NUMBER = conditions.INDEX.c.rowid
SORT_COLUMNS = {
    "fiscal_year_start": REGIONS.c.fiscal_year_start,
    "fiscal_year_end": REGIONS.c.fiscal_year_end,
    "page": REGIONS.c.page,
}
"""The columns that regions are sorted by, besides their numbers and relevance."""

SORT_EXPRESSIONS = (*SORT_COLUMNS, "relevance")
FACET_COLUMNS = {
    "type": ["program_id"],
    "subcategory": ["subcategory_id"],
    "prefecture": ["prefecture_code"],
    "fiscal_year": ["fiscal_year_start", "fiscal_year_end"],
}
INDEXED = tuple(entry.name for entry in FILTERS.values() if entry.indexed)
COUNTED = [entry.name for entry in FILTERS.values() if entry.counted]


def _bare(key: str) -> str:
    return key.removeprefix("-")


def _sign(key: str) -> int:
    return -1 if key.startswith("-") else 1


def _page(statement: AnySelect) -> AnySelect:
    return statement.limit(bindparam("limit", type_=Integer())).offset(bindparam("offset", type_=Integer()))


def _found(access: Access, *columns: Any) -> AnySelect:
    """Select the regions that match the filters and `q`; a filter whose parameter is `NULL` matches every region."""
    statement = select(*columns)
    if access is Access.INDEX:
        statement = statement.join_from(conditions.INDEX, REGIONS, NUMBER == INDEX_NUMBER)
        return statement.where(conditions.indexed(INDEXED))
    return statement.select_from(REGIONS).where(*_keeps(access))


@cache  # all statements share these conditions: making them takes 5 ms
def _keeps(access: Access) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the filters, and that of `q`, which costs most, behind them."""
    by_name = {name: _if_set(entry, REGIONS) for name, entry in FILTERS.items()}
    if access is Access.NUMBERS:  # `number` alone: behind `IS NULL OR` no database looks numbers up
        by_name["number"] = FILTERS["number"].keeps(REGIONS)
    text = or_(conditions.TERMS.is_(None), conditions.matches(NUMBER))
    return *by_name.values(), text


def _if_set(entry: Filter, rows: Rows) -> ColumnElement[bool]:
    return or_(entry.bind.is_(None), entry.keeps(rows))


def _sorted(access: Access, column: Any) -> AnySelect:
    """Select a column of a page in any order, which the parameters choose.

    The SQL ends in `ORDER BY sign_0 * CASE sort_0 WHEN 'page' THEN page … END, sign_1 * …, sign_number * number`. For
    `-page` the parameters are -1 and `page`, `NULL` for the keys that are not needed, and 1.
    """
    relevance = case((bindparam("by_relevance", type_=Boolean()), conditions.rank(NUMBER))).label("relevance")
    hits = _found(access, *dict.fromkeys((column, NUMBER, *SORT_COLUMNS.values())), relevance).subquery("hits")
    keys: list[tuple[Any, Any]] = [(literal_column(f"'{key}'"), hits.c[key]) for key in SORT_EXPRESSIONS]
    order = [
        bindparam(f"sign_{index}", type_=Integer()) * case(*keys, value=bindparam(f"sort_{index}", type_=Text()))
        for index in range(len(SORT_EXPRESSIONS))
    ]
    last = bindparam("sign_number", type_=Integer()) * hits.c.number
    return _page(select(hits.c[column.key]).order_by(*order, last))


def order_values(query: RegionQuery) -> dict[str, Any]:
    """Return the values of the parameters by which `_sorted` sorts."""
    *keys, number = query.order
    found: dict[str, Any] = {"sign_number": _sign(number), "by_relevance": "relevance" in map(_bare, keys)}
    for index in range(len(SORT_EXPRESSIONS)):
        key = keys[index] if index < len(keys) else None
        found |= {f"sort_{index}": key and _bare(key), f"sign_{index}": key and _sign(key)}
    return found


def _joined_numbers(numbers: AnySelect) -> Statement:
    """Select the numbers in their order as one text, separated by commas: of a million it is smaller than the rows."""
    page = numbers.subquery("page")
    return Statement(select(joined(cast(page.c[0], Text())).label("numbers")))


def _ordered_scan(*sort: str) -> Statement:
    """Select a page in an order that an index has, until the page is full; by number, between two numbers.

    An index has all keys in one direction, that of the last one. A key of the other direction is negated: the indexes
    `down_regions_*` hold `-key, number`.
    """
    signs = [_sign(key) for key in sort]
    keys = [SORT_COLUMNS.get(_bare(key), NUMBER) for key in sort]
    order = [key if sign == signs[-1] else -key for key, sign in zip(keys, signs, strict=True)]
    found = _found(Access.ROWS, DOCUMENT, NUMBER)
    if len(sort) == 1:
        found = found.where(bindparam("above", type_=Integer()) < NUMBER, bindparam("below", type_=Integer()) > NUMBER)
    return Statement(_page(found.order_by(*(key.desc() if signs[-1] < 0 else key for key in order))))


def _count_by(access: Access, facet: str) -> Statement:
    """Count the regions for each value of a facet."""
    names = FACET_COLUMNS[facet]
    if access is Access.INDEX:  # joined with what is narrow: the rows of regions are wide
        narrow = REGION_PREFECTURES if facet == "prefecture" else REGION_FACETS
        number = narrow.c.region_number if facet == "prefecture" else narrow.c.number
        by = [narrow.c[name] for name in names]
        statement = select(*by, _COUNT).join_from(conditions.INDEX, narrow, number == INDEX_NUMBER)
        return Statement(statement.where(conditions.indexed(INDEXED)).group_by(*by))
    if facet == "prefecture":
        by = [REGION_PREFECTURES.c.prefecture_code]
        return Statement(_found(access, *by, _COUNT).where(REGION_PREFECTURES.c.region_number == NUMBER).group_by(*by))
    by = [REGIONS.c[name] for name in names]
    return Statement(_found(access, *by, _COUNT).group_by(*by))


def _counted(*columns: Any) -> AnySelect:
    """Sum the counts of the seed that match the filters but `prefecture`, for which the caller adds a condition."""
    others = (FILTERS[name] for name in COUNTED if name != "prefecture")
    return select(*columns, REGION_COUNT.label("total")).where(*(_if_set(entry, REGION_COUNTS) for entry in others))


def _counted_by(facet: str) -> Statement:
    by = [REGION_COUNTS.c[name] for name in FACET_COLUMNS[facet]]
    place = REGION_COUNTS.c.prefecture_code
    return Statement(_counted(*by).where(place != "" if facet == "prefecture" else place == _PLACE).group_by(*by))


_PLACE = bindparam("counted_prefecture", type_=Text())
"""A prefecture, or `""`, which is anywhere."""

_COUNT = func.count().label("total")
_TOTAL = _found(Access.ROWS, _COUNT).correlate(None).scalar_subquery().label("total")
BY_NUMBER_WITH_TOTAL = Statement(_page(_found(Access.ROWS, DOCUMENT, _TOTAL).order_by(NUMBER)))
"""A page of a short list with, in each row, the total of all pages."""

SORTED = Statement(_sorted(Access.ROWS, DOCUMENT))
"""A page in any order: everything is looked at."""

NUMBERS = {access: _joined_numbers(_sorted(access, NUMBER)) for access in Access}
"""The numbers of a page in any order."""

INDEXED_NUMBERS: dict[tuple[str, ...], Statement] = {
    (sort,): _joined_numbers(_page(select(INDEX_NUMBER).where(conditions.indexed(INDEXED)).order_by(order)))
    for sort, order in (("number", INDEX_NUMBER), ("-number", INDEX_NUMBER.desc()))
}
"""The numbers of a page in their own order, from the search index alone; FTS5 finds them in it."""

BY_NUMBERS = Statement(select(NUMBER, DOCUMENT).where(one_of(NUMBER, bindparam("numbers", type_=ListOf(Integer())))))

_SCANNED_ORDERS = [
    *(("number",), ("-number",)),
    *product([sign + name for name in SORT_COLUMNS for sign in ("", "-")], ("number", "-number")),
]
ORDERED_SCANS: dict[tuple[str, ...], Statement] = {sort: _ordered_scan(*sort) for sort in _SCANNED_ORDERS}
"""Pages by ordered scan, by `sort`: the orders that an index has."""

COUNTS = {
    Access.ROWS: Statement(_found(Access.ROWS, _COUNT)),
    Access.NUMBERS: Statement(_found(Access.NUMBERS, _COUNT)),
    Access.INDEX: Statement(select(_COUNT).select_from(conditions.INDEX).where(conditions.indexed(INDEXED))),
}
COUNTS_BY = {(access, facet): _count_by(access, facet) for access in Access for facet in FACET_COLUMNS}

COUNTED_TOTAL = Statement(_counted().where(REGION_COUNTS.c.prefecture_code == _PLACE))
COUNTED_BY = {facet: _counted_by(facet) for facet in FACET_COLUMNS}


def values(query: RegionQuery, given: Given, access: Access) -> dict[str, Any]:
    """Return the values of the statements' parameters for the given filters of the query.

    `KeyError` for a filter that is not in the table: it must not be ignored.
    """
    if unknown := given.keys() - FILTERS.keys() - {"q"}:
        raise KeyError(*unknown)
    found: dict[str, Any] = {name: given.get(name) for name in FILTERS}
    found |= conditions.values(given.get("q", ()), query.q_in)
    found |= {"limit": query.limit, "offset": query.offset, "counted_prefecture": given.get("prefecture", ("",))[0]}
    if access is Access.INDEX:
        tokens = {name: FILTERS[name].tokens(given) for name in given if name != "q"}
        found |= conditions.index_values(given.get("q", ()), query.q_in, tokens, INDEXED)
    return found
