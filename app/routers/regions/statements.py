"""All statements of `/v1/regions`; which of them a request needs is chosen by `planner`."""

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
from app.routers.regions.filters import FILTERS, Given
from app.routers.regions.parameters import RegionQuery
from app.search import conditions


class Source(Enum):
    """Name the places where a statement looks for regions."""

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
"""What regions are sorted by, besides their numbers and relevance."""

SORT_KEYS = (*SORT_COLUMNS, "relevance")
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


def _found(source: Source, *columns: Any) -> AnySelect:
    """Select the regions that match the filters and `q`; one that is `NULL` keeps all."""
    statement = select(*columns)
    if source is Source.INDEX:
        joined = statement.join_from(conditions.INDEX, REGIONS, NUMBER == INDEX_NUMBER)
        return joined.where(conditions.indexed(INDEXED))
    return statement.select_from(REGIONS).where(*_keeps(source))


@cache  # of all statements: making it takes 5 ms
def _keeps(source: Source) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the filters and of `q`."""
    kept = [or_(entry.bind.is_(None), entry.keeps(REGIONS)) for entry in FILTERS.values() if entry.name != "number"]
    number = FILTERS["number"]
    by_number = number.keeps(REGIONS)
    # in this form no database would look the numbers up
    of_all = or_(number.bind.is_(None), by_number)
    text = or_(conditions.TERMS.is_(None), conditions.matches(NUMBER))
    return of_all if source is Source.ROWS else by_number, *kept, text


def _sorted(source: Source, column: Any) -> AnySelect:
    """Select a column of a page in any order: by `sort_0`, `sort_1`, …, descending where `sign_0`, … is -1.

    Keys that are not needed are `NULL`.
    """
    relevance = case((bindparam("by_relevance", type_=Boolean()), conditions.rank(NUMBER))).label("relevance")
    hits = _found(source, *dict.fromkeys((column, NUMBER, *SORT_COLUMNS.values())), relevance).subquery("hits")
    keys: list[tuple[Any, Any]] = [(literal_column(f"'{key}'"), hits.c[key]) for key in SORT_KEYS]
    order = [
        bindparam(f"sign_{index}", type_=Integer()) * case(*keys, value=bindparam(f"sort_{index}", type_=Text()))
        for index in range(len(SORT_KEYS))
    ]
    last = bindparam("sign_number", type_=Integer()) * hits.c.number
    return _page(select(hits.c[column.key]).order_by(*order, last))


def _joined_numbers(numbers: AnySelect) -> Statement:
    """Select the numbers in their order as one text, separated by commas, which of a million is less than rows are."""
    page = numbers.subquery("page")
    return Statement(select(joined(cast(page.c[0], Text())).label("numbers")))


def _ordered_scan(*sort: str) -> Statement:
    """Select a page in an order that an index has, until the page is full; by number, between two numbers."""
    *_, number = signs = [_sign(key) for key in sort]
    keys = [SORT_COLUMNS.get(_bare(key), NUMBER) for key in sort]
    # all keys in one direction: an index has it so
    order = [key if sign == number else -key for key, sign in zip(keys, signs, strict=True)]
    found = _found(Source.ROWS, DOCUMENT, NUMBER)
    if len(sort) == 1:
        found = found.where(bindparam("above", type_=Integer()) < NUMBER, bindparam("below", type_=Integer()) > NUMBER)
    return Statement(_page(found.order_by(*(key.desc() if number < 0 else key for key in order))))


def _count_by(source: Source, facet: str) -> Statement:
    """Count the regions for each value of a facet."""
    count = func.count().label("total")
    names = FACET_COLUMNS[facet]
    if source is Source.INDEX:  # joined with what is narrow: the rows of regions are wide
        narrow = REGION_PREFECTURES if facet == "prefecture" else REGION_FACETS
        number = narrow.c.region_number if facet == "prefecture" else narrow.c.number
        by = [narrow.c[name] for name in names]
        joined = select(*by, count).join_from(conditions.INDEX, narrow, number == INDEX_NUMBER)
        return Statement(joined.where(conditions.indexed(INDEXED)).group_by(*by))
    if facet == "prefecture":
        by = [REGION_PREFECTURES.c.prefecture_code]
        return Statement(_found(source, *by, count).where(REGION_PREFECTURES.c.region_number == NUMBER).group_by(*by))
    by = [REGIONS.c[name] for name in names]
    return Statement(_found(source, *by, count).group_by(*by))


def _counted(*columns: Any) -> AnySelect:
    """Sum the counts of the seed that match the filters, in any prefecture."""
    others = (FILTERS[name] for name in COUNTED if name != "prefecture")
    return select(*columns, REGION_COUNT.label("total")).where(
        *(or_(entry.bind.is_(None), entry.keeps(REGION_COUNTS)) for entry in others)
    )


def _counted_by(facet: str) -> Statement:
    by = [REGION_COUNTS.c[name] for name in FACET_COLUMNS[facet]]
    place = REGION_COUNTS.c.prefecture_code
    return Statement(_counted(*by).where(place != "" if facet == "prefecture" else place == _PLACE).group_by(*by))


_PLACE = bindparam("counted_prefecture", type_=Text())
"""A prefecture, or `""`, which is anywhere."""

_COUNT = func.count().label("total")
_TOTAL = _found(Source.ROWS, _COUNT).correlate(None).scalar_subquery().label("total")
BY_NUMBER = Statement(_page(_found(Source.ROWS, DOCUMENT).order_by(NUMBER)))
BY_NUMBER_COUNTED = Statement(_page(_found(Source.ROWS, DOCUMENT, _TOTAL).order_by(NUMBER)))
"""A page of a list that is short, without and with the total of all pages."""

SORTED = Statement(_sorted(Source.ROWS, DOCUMENT))
"""A page in any order: everything is looked at."""

NUMBERS = {source: _joined_numbers(_sorted(source, NUMBER)) for source in Source}
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
    Source.ROWS: Statement(_found(Source.ROWS, _COUNT)),
    Source.NUMBERS: Statement(_found(Source.NUMBERS, _COUNT)),
    Source.INDEX: Statement(select(_COUNT).select_from(conditions.INDEX).where(conditions.indexed(INDEXED))),
}
COUNTS_BY = {(source, facet): _count_by(source, facet) for source in Source for facet in FACET_COLUMNS}

COUNTED_TOTAL = Statement(_counted().where(REGION_COUNTS.c.prefecture_code == _PLACE))
COUNTED_BY = {facet: _counted_by(facet) for facet in FACET_COLUMNS}


def values(query: RegionQuery, given: Given, source: Source) -> dict[str, Any]:
    """Return the values of the statements' parameters for the given filters of the query.

    `KeyError` for a filter that is not in the table: it must not be ignored.
    """
    if unknown := given.keys() - FILTERS.keys() - {"q"}:
        raise KeyError(*unknown)
    found: dict[str, Any] = {name: given.get(name) for name in FILTERS}
    found |= conditions.values(given.get("q", ()), query.q_in)
    found |= {"limit": query.limit, "offset": query.offset, "counted_prefecture": given.get("prefecture", ("",))[0]}
    if source is Source.INDEX:
        tokens = {name: FILTERS[name].tokens(given) for name in given if name != "q"}
        found |= conditions.index_values(given.get("q", ()), query.q_in, tokens, INDEXED)
    return found


def order_values(query: RegionQuery) -> dict[str, Any]:
    """Return the values of the parameters that make the order."""
    *keys, number = query.order
    found: dict[str, Any] = {"sign_number": _sign(number), "by_relevance": "relevance" in map(_bare, keys)}
    for index in range(len(SORT_KEYS)):
        key = keys[index] if index < len(keys) else None
        found |= {f"sort_{index}": key and _bare(key), f"sign_{index}": key and _sign(key)}
    return found
