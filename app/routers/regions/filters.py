"""The filters of `/v1/regions`. Each is declared here once: parameter, condition, whether it is counted and indexed.

To add a filter, add an entry. A filter that declares neither `counted` nor `token` is answered by looking at every
region: slowly, but rightly, whatever else is asked for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, Field, ValidationInfo
from sqlalchemy import Boolean, ColumnElement, FromClause, Integer, Text, bindparam, cast, exists
from sqlalchemy.types import TypeEngine

from app.db.sql import ListOf, any_between, one_of
from app.db.tables import REGION_COUNTS, REGION_PREFECTURES
from app.http import names, query_string
from app.japanese.fiscal_years import FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR
from app.routers.fiscal_years import FISCAL_YEAR

MAX_NUMBER = 999_999_999
"""Nine digits; they fit the INTEGER of PostgreSQL."""

ANY = query_string.MAX_VALUES
"""The most values that a filter may have."""

Rows = FromClause
"""The table of a condition: `regions`, or `region_counts`, which counts equal ones."""

Given = Mapping[str, Any]
"""The filters that a request sets, with their values: a tuple where the parameter takes several."""

_TYPES: dict[type, TypeEngine[Any]] = {int: Integer(), str: Text(), bool: Boolean()}


@dataclass(frozen=True)
class Filter:
    name: str
    parameter: Any
    """Its type, as a field of `RegionQuery` has it; a tuple takes several values, of which any may match."""

    condition: Callable[[Rows, ColumnElement[Any]], ColumnElement[bool]]
    """Returns the condition for a table and the parameter that holds the value or values."""

    counted: int = 0
    """The most values with which `region_counts` gives the total; 0: never, it lacks a column."""

    token: Callable[[Mapping[str, Any]], Iterable[object]] | None = None
    """Returns the values by which the search index finds a region, from its columns and `prefecture_codes`."""

    asks: Callable[[Given], Iterable[str]] | None = None
    """Returns the tokens of which a region must have one, where they are not those of the values."""

    @property
    def several(self) -> bool:
        return get_origin(get_args(self.parameter)[0]) is tuple

    @property
    def indexed(self) -> bool:
        return bool(self.token or self.asks)

    @property
    def bind(self) -> ColumnElement[Any]:
        """The parameter of the statements; `NULL` if the filter is not set."""
        item = _TYPES[_kind(self.parameter)]
        bind = bindparam(self.name, type_=ListOf(item) if self.several else item)
        return cast(bind, item) if isinstance(item, Boolean) else bind  # else PostgreSQL knows no type of a NULL

    def keeps(self, rows: Rows) -> ColumnElement[bool]:
        return self.condition(rows, self.bind)

    def tokens(self, given: Given) -> list[str]:
        """Return the tokens of which a region must have one; the filter must be set."""
        if self.asks:
            return [*self.asks(given)]
        return _tokens(self.name, given[self.name] if self.several else [given[self.name]])


def _tokens(name: str, values: Iterable[object]) -> list[str]:
    """Return tokens with `:`, which no folded text has, so that they are no bigrams."""
    return [f"{name}:{value}" for value in values]


def _kind(annotation: Any) -> type:
    """Return the type of a single value."""
    return annotation if annotation in _TYPES else _kind(get_args(annotation)[0])


def _named(parameter: str) -> AfterValidator:
    """Replace names by the ids that they have in the edition that is served; a name may stand for several."""

    def resolve(written: str, info: ValidationInfo[query_string.Basis]) -> tuple[str, ...]:
        return names.resolve(info.context.edition.names[parameter], written)

    return AfterValidator(resolve)


_IDS = AfterValidator(lambda found: tuple(dict.fromkeys(id_ for ids in found for id_ in ids)))
"""The ids of all names, each once."""


def _column(name: str) -> Callable[[Rows, ColumnElement[Any]], ColumnElement[bool]]:
    return lambda rows, values: one_of(rows.c[name], values)


def _lies_in(rows: Rows, codes: ColumnElement[Any]) -> ColumnElement[bool]:
    if rows is REGION_COUNTS:
        return one_of(rows.c.prefecture_code, codes)
    of_region = REGION_PREFECTURES.c
    found = exists().where(of_region.region_number == rows.c.number, one_of(of_region.prefecture_code, codes))
    return found.correlate(rows)


def _span(given: Given) -> list[str]:
    """Return the tokens of the years between both ends; without an end, from or to the bounds of a fiscal year."""
    first, last = given.get("fiscal_year_from", FIRST_FISCAL_YEAR), given.get("fiscal_year_to", LAST_FISCAL_YEAR)
    return _tokens("fiscal_year", range(first, last + 1))


_DECLARED = (
    Filter(
        "type",
        Annotated[
            tuple[Annotated[str, _named("type")], ...],
            _IDS,
            Field(
                description="Programme: id, or name as printed or in English, in any width and case. "
                "Several: any of them.",
                examples=[["global"]],
            ),
        ],
        _column("program_id"),
        counted=ANY,
        token=lambda region: [region["program_id"]],
    ),
    Filter(
        "subcategory",
        Annotated[
            tuple[Annotated[str, _named("subcategory")], ...],
            _IDS,
            Field(
                description="Subcategory: id, or label as printed, corrected or in English, in any width and case. "
                "Several: any of them.",
                examples=[["global-phase-1"]],
            ),
        ],
        _column("subcategory_id"),
        counted=ANY,
        token=lambda region: [region["subcategory_id"]],
    ),
    Filter(
        "prefecture",
        Annotated[
            tuple[Annotated[str, _named("prefecture")], ...],
            _IDS,
            Field(
                description="Prefecture: JIS X 0401 code, or name in kanji, kana or English, with or without 都, 府, "
                "県, in any case; or a 地方, which means its prefectures (九州, 東北, Kansai). Several: any of them.",
                examples=[["石川"]],
            ),
        ],
        _lies_in,
        counted=1,  # a region in two prefectures must not be counted twice
        token=lambda region: region["prefecture_codes"],
    ),
    Filter(
        "number",
        Annotated[
            tuple[Annotated[int, Field(ge=1, le=MAX_NUMBER), query_string.INTEGER], ...],
            query_string.ONCE,
            Field(description="Region number. Several: any of them.", examples=[[7]]),
        ],
        _column("number"),
    ),
    Filter(
        "fiscal_year",
        Annotated[
            tuple[Annotated[int, FISCAL_YEAR], ...],
            query_string.ONCE,
            Field(
                description="Active in that fiscal year: 2009, FY2009, 2009年度, H21, 平成21年度, … "
                "Several: in any of them.",
                examples=[["H21"]],
            ),
        ],
        lambda rows, years: any_between(rows.c.fiscal_year_start, rows.c.fiscal_year_end, years),
        counted=ANY,
        token=lambda region: range(region["fiscal_year_start"], region["fiscal_year_end"] + 1),
    ),
    Filter(
        "fiscal_year_from",
        Annotated[
            int | None,
            FISCAL_YEAR,
            Field(description="Active in that fiscal year or later.", examples=["H21"]),
        ],
        lambda rows, year: rows.c.fiscal_year_end >= year,
        counted=ANY,
        asks=_span,
    ),
    Filter(
        "fiscal_year_to",
        Annotated[
            int | None,
            FISCAL_YEAR,
            Field(description="Active in that fiscal year or earlier.", examples=["2010"]),
        ],
        lambda rows, year: rows.c.fiscal_year_start <= year,
        counted=ANY,
        asks=_span,
    ),
)


FILTERS = {entry.name: entry for entry in _DECLARED}
"""The filters by name. Code that is given another name raises `KeyError`."""


def tokens_of(region: Mapping[str, Any]) -> list[str]:
    """Return the tokens of the filters for a region; it has its columns and `prefecture_codes`."""
    return [token for name, entry in FILTERS.items() if entry.token for token in _tokens(name, entry.token(region))]
