"""What each filter of `/v1/regions` means: a condition on the columns of regions, or of how many are alike."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, or_, select
from sqlmodel import col

from app import search
from app.fiscal_years import overlaps
from app.tables import RegionCountRow, RegionPrefectureRow, RegionRow

Rows = type[RegionRow] | type[RegionCountRow]
"""What has the columns of the filters: regions, or how many are alike."""

Condition = Callable[[Rows, int], ColumnElement[bool]]
"""Which rows a parameter keeps, for so many values."""


def _each(name: str, count: int) -> list[BindParameter[Any]]:
    """The parameters of the statement that stand for the values of one of ours."""
    return [bindparam(f"{name}_{index}") for index in range(count)]


def _one_of(column: str, name: str) -> Condition:
    return lambda rows, count: col(getattr(rows, column)).in_(_each(name, count))


def _lies_in(rows: Rows, count: int) -> ColumnElement[bool]:
    if rows is RegionCountRow:
        return col(RegionCountRow.prefecture_code).in_(_each("prefecture", count))
    of_prefecture = col(RegionPrefectureRow.prefecture_code).in_(_each("prefecture", count))
    return col(RegionRow.number).in_(select(col(RegionPrefectureRow.region_number)).where(of_prefecture))


def _active(rows: Rows, count: int) -> ColumnElement[bool]:
    return or_(*(overlaps(year, year, rows) for year in _each("fiscal_year", count)))


FILTERS: dict[str, Condition] = {
    "type": _one_of("program_id", "type"),
    "subcategory": _one_of("subcategory_id", "subcategory"),
    "prefecture": _lies_in,
    "number": _one_of("number", "number"),
    "fiscal_year": _active,
    "fiscal_year_from": lambda rows, _: col(rows.fiscal_year_end) >= bindparam("fiscal_year_from_0"),
    "fiscal_year_to": lambda rows, _: col(rows.fiscal_year_start) <= bindparam("fiscal_year_to_0"),
}
"""By parameter; what `q` keeps is a matter of `search`."""


class Shape(NamedTuple):
    """What of a query decides the text of its statements.

    Its filters, with the number of values of each, the fields, the order, and `search.proven` of its terms.
    """

    filters: tuple[tuple[str, int], ...]
    fields: tuple[search.FieldName, ...]
    sort: tuple[str, ...]
    proven: bool

    def without(self, name: str) -> "Shape":
        """The shape of the query without that filter; relevance goes with `q`."""
        sort = tuple(key for key in self.sort if name != "q" or key.removeprefix("-") != "relevance")
        return self._replace(filters=tuple(each for each in self.filters if each[0] != name), sort=sort)

    def conditions(self, rows: Rows = RegionRow) -> list[ColumnElement[bool]]:
        """On the columns of the table, and for `q` of the texts."""
        found = [FILTERS[name](rows, count) for name, count in self.filters if name != "q"]
        return [*found, search.matches(self.term_count, self.fields)] if self.term_count else found

    @property
    def in_order_of_number(self) -> bool:
        return self.sort[0].removeprefix("-") == "number"

    @property
    def term_count(self) -> int:
        return dict(self.filters).get("q", 0)
