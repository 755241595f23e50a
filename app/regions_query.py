"""The parameters of `/v1/regions`, and the statements they make.

A statement depends on the shape of the query alone (which filters, how many terms, which order), so each shape is
built once; the values are bound when it runs.
"""

from functools import cached_property, lru_cache
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator
from sqlalchemy import ColumnElement, UnaryExpression, bindparam, func, or_, select
from sqlmodel import col

from app import parameters, problems, search
from app.database import AnySelect
from app.fiscal_years import FISCAL_YEAR, overlaps
from app.paging import PageQuery
from app.tables import RegionPrefectureRow, RegionRow, RegionTextRow

MAX_NUMBER = 999_999_999
"""Nine digits; they fit the INTEGER of PostgreSQL."""

SORT_COLUMNS = {
    "number": col(RegionRow.number),
    "fiscal_year_start": col(RegionRow.fiscal_year_start),
    "fiscal_year_end": col(RegionRow.fiscal_year_end),
    "page": col(RegionRow.page),
}
SORT_KEYS = (*SORT_COLUMNS, "relevance")


def _known(kind: str) -> AfterValidator:
    """A name of the edition that is served, as its id."""

    def resolve(written: str, info: ValidationInfo) -> str:
        id_: str = getattr(info.context, kind).resolve(written)
        return id_

    return AfterValidator(resolve)


def _once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _sort_key(written: str) -> str:
    if written.removeprefix("-") not in SORT_KEYS:
        suggestion = problems.nearest(written, SORT_KEYS)
        raise parameters.flaw("not-allowed", SORT_KEYS, suggestion, value=parameters.shown(written))
    return written


def _search_field(written: str) -> str:
    if written not in search.FIELDS:
        suggestion = problems.nearest(written, search.FIELDS)
        raise parameters.flaw("not-allowed", search.FIELDS, suggestion, value=parameters.shown(written))
    return written


def _distinct_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    bare = [key.removeprefix("-") for key in keys]
    for key in bare:
        if bare.count(key) > 1:
            raise parameters.flaw("repeated", value=key)
    return keys


def _text(q: str) -> str:
    if len(q) > search.MAX_TYPED:
        raise parameters.flaw("too-long", limit=search.MAX_TYPED)
    terms = search.split(q)
    if not terms:
        raise parameters.flaw("no-text")
    if sum(len(term.folded) for term in terms) > search.MAX_FOLDED:
        raise parameters.flaw("too-long", limit=search.MAX_FOLDED)
    return " ".join(term.typed for term in terms)


Number = Annotated[int, Field(ge=1, le=MAX_NUMBER), parameters.INTEGER]


class RegionQuery(PageQuery):
    type: Annotated[
        tuple[Annotated[str, _known("programs")], ...],
        AfterValidator(_once),
        Field(description="Programme: id, or name as printed. Several: any of them.", examples=[["global"]]),
    ] = ()
    subcategory: Annotated[
        tuple[Annotated[str, _known("subcategories")], ...],
        AfterValidator(_once),
        Field(
            description="Subcategory: id, or label as printed. Several: any of them.",
            examples=[["global-phase-1"]],
        ),
    ] = ()
    prefecture: Annotated[
        tuple[Annotated[str, _known("prefectures")], ...],
        AfterValidator(_once),
        Field(
            description="Prefecture: JIS X 0401 code, or name in kanji, kana or English, with or without 都, 府, 県, "
            "in any case. Several: any of them.",
            examples=[["石川"]],
        ),
    ] = ()
    number: Annotated[
        tuple[Number, ...],
        AfterValidator(_once),
        Field(description="Region number. Several: any of them.", examples=[[7]]),
    ] = ()
    fiscal_year: Annotated[
        tuple[Annotated[int, FISCAL_YEAR], ...],
        AfterValidator(_once),
        Field(
            description="Active in that fiscal year: 2009, FY2009, 2009年度, H21, 平成21年度, … "
            "Several: in any of them.",
            examples=[["H21"]],
        ),
    ] = ()
    fiscal_year_from: Annotated[
        int | None,
        FISCAL_YEAR,
        Field(description="Active in that fiscal year or later.", examples=["H21"]),
    ] = None
    fiscal_year_to: Annotated[
        int | None,
        FISCAL_YEAR,
        Field(description="Active in that fiscal year or earlier.", examples=["2010"]),
    ] = None
    q: Annotated[
        str | None,
        BeforeValidator(_text, json_schema_input_type=str),
        Field(
            description="Text search: every term, separated by spaces, must occur. Width, case, katakana or "
            "hiragana, accents, spaces and punctuation do not matter. At most 100 characters, 300 when folded.",
            examples=["健康"],
        ),
    ] = None
    q_in: Annotated[
        tuple[Annotated[str, AfterValidator(_search_field)], ...],
        AfterValidator(_once),
        Field(
            description="Where `q` looks: `name`, `title`, `theme`, `annotations`; by default in all.",
            examples=[["title", "theme"]],
        ),
    ] = ()
    sort: Annotated[
        tuple[Annotated[str, AfterValidator(_sort_key)], ...],
        AfterValidator(_distinct_keys),
        Field(
            description="`number` (default), `fiscal_year_start`, `fiscal_year_end`, `page`, `relevance` (with `q`: "
            "name before title before theme before annotations); `-` reverses; the last tie is broken by `number`.",
            examples=[["fiscal_year_start", "-page"]],
        ),
    ] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.fiscal_year_from and self.fiscal_year_to and self.fiscal_year_from > self.fiscal_year_to:
            first, last = self.fiscal_year_from, self.fiscal_year_to
            raise parameters.flaw("inverted", parameter="fiscal_year_from", first=first, last=last)
        for name, given in (
            ("sort", "relevance" in [key.removeprefix("-") for key in self.sort]),
            ("q_in", self.q_in),
        ):
            if given and not self.q:
                raise parameters.flaw("needs-q", parameter=name)
        return self

    @cached_property
    def terms(self) -> tuple[search.Term, ...]:
        return search.split(self.q or "")

    @cached_property
    def fields_searched(self) -> tuple[search.FieldName, ...]:
        return tuple(field for field in search.FIELDS if not self.q_in or field in self.q_in)

    @cached_property
    def shape(self) -> "Shape":
        counts = {name: len(getattr(self, name)) for name in _LISTED if getattr(self, name)}
        counts |= {name: 1 for name in ("fiscal_year_from", "fiscal_year_to") if getattr(self, name) is not None}
        counts |= {"q": len(self.terms)} if self.terms else {}
        return Shape(tuple(counts.items()), self.fields_searched, self.sort)

    @cached_property
    def values(self) -> dict[str, Any]:
        """What the parameters of the statements stand for."""
        years: dict[str, Any] = {f"fiscal_year_{index}": year for index, year in enumerate(self.fiscal_year)}
        return self.model_dump(exclude={"q", "q_in", "sort"}) | years | search.values(self.terms)


class Shape(NamedTuple):
    """What of a query decides the text of its statements: its filters, with the number of values of each."""

    filters: tuple[tuple[str, int], ...]
    fields: tuple[search.FieldName, ...]
    sort: tuple[str, ...]


_LISTED = ("type", "subcategory", "prefecture", "number", "fiscal_year")


def _any_year(count: int) -> ColumnElement[bool]:
    years: list[ColumnElement[int]] = [bindparam(f"fiscal_year_{index}") for index in range(count)]
    return or_(*(overlaps(year, year) for year in years))


def _condition(name: str, count: int, fields: tuple[search.FieldName, ...]) -> ColumnElement[bool]:
    match name:
        case "type":
            return col(RegionRow.program_id).in_(bindparam(name, expanding=True))
        case "subcategory":
            return col(RegionRow.subcategory_id).in_(bindparam(name, expanding=True))
        case "prefecture":
            lies_in = col(RegionPrefectureRow.prefecture_code).in_(bindparam(name, expanding=True))
            return col(RegionRow.number).in_(select(col(RegionPrefectureRow.region_number)).where(lies_in))
        case "number":
            return col(RegionRow.number).in_(bindparam(name, expanding=True))
        case "fiscal_year":
            return _any_year(count)
        case "fiscal_year_from":
            return col(RegionRow.fiscal_year_end) >= bindparam(name)
        case "fiscal_year_to":
            return col(RegionRow.fiscal_year_start) <= bindparam(name)
        case _:
            own = col(RegionTextRow.number) == col(RegionRow.number)
            return own & search.matches(count, fields)


def _order(shape: Shape) -> list[UnaryExpression[int]]:
    keys = []
    for key in (*shape.sort, "number"):
        name = key.removeprefix("-")
        column = SORT_COLUMNS[name] if name in SORT_COLUMNS else search.rank(dict(shape.filters)["q"], shape.fields)
        keys.append(column.desc() if key.startswith("-") else column.asc())
    return keys


@lru_cache(maxsize=512)
def select_regions(shape: Shape) -> AnySelect:
    """A page of the regions, whole."""
    return (
        select(col(RegionRow.number), col(RegionRow.document))
        .where(*(_condition(name, count, shape.fields) for name, count in shape.filters))
        .order_by(*_order(shape))
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


@lru_cache(maxsize=512)
def count_regions(shape: Shape) -> AnySelect:
    return (
        select(func.count().label("total"))
        .select_from(RegionRow)
        .where(*(_condition(name, count, shape.fields) for name, count in shape.filters))
    )
