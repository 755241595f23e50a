"""The parameters of `/v1/regions`: how each is written. `regions_filters` says what it means."""

from functools import cached_property
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from app import grams, parameters, search
from app.fiscal_years import FISCAL_YEAR
from app.paging import PageQuery
from app.regions_filters import FILTERS, Shape

MAX_NUMBER = 999_999_999
"""Nine digits; they fit the INTEGER of PostgreSQL."""

Facet = Literal["type", "subcategory", "prefecture", "fiscal_year"]
FACETS: tuple[Facet, ...] = get_args(Facet)

SortKey = Literal[
    "number",
    "-number",
    "fiscal_year_start",
    "-fiscal_year_start",
    "fiscal_year_end",
    "-fiscal_year_end",
    "page",
    "-page",
    "relevance",
    "-relevance",
]
SORT_KEYS: tuple[SortKey, ...] = get_args(SortKey)


def _named(kind: str) -> AfterValidator:
    """A name of the edition that is served, as its id."""

    def resolve(written: str, info: ValidationInfo[parameters.Context]) -> str:
        id_: str = getattr(info.context.edition, kind).resolve(written)
        return id_

    return AfterValidator(resolve)


def _distinct_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    bare = [key.removeprefix("-") for key in keys]
    for key in bare:
        if bare.count(key) > 1:
            raise parameters.flaw("repeated", value=key)
    return keys


def _to_number(keys: tuple[str, ...]) -> tuple[str, ...]:
    """What comes after `number` cannot matter."""
    bare = [key.removeprefix("-") for key in keys]
    return keys[: bare.index("number") + 1] if "number" in bare else keys


def _only_of_a_page(names: tuple[str, ...], info: ValidationInfo[parameters.Context]) -> tuple[str, ...]:
    if info.context.exports:
        raise parameters.flaw("json-only")
    return names


def _text(q: str) -> str:
    """The terms that count, as typed."""
    if len(q) > search.MAX_TYPED:
        raise parameters.flaw("too-long", limit=search.MAX_TYPED)
    terms = search.split(q)
    if not terms:
        raise parameters.flaw("no-text")
    if sum(len(term.folded) for term in terms) > search.MAX_FOLDED:
        raise parameters.flaw("too-long-folded", limit=search.MAX_FOLDED)
    return " ".join(term.typed for term in terms)


class RegionQuery(PageQuery):
    type: Annotated[
        tuple[Annotated[str, _named("programs")], ...],
        parameters.ONCE,
        Field(description="Programme: id, or name as printed. Several: any of them.", examples=[["global"]]),
    ] = ()
    subcategory: Annotated[
        tuple[Annotated[str, _named("subcategories")], ...],
        parameters.ONCE,
        Field(description="Subcategory: id, or label as printed. Several: any of them.", examples=[["global-phase-1"]]),
    ] = ()
    prefecture: Annotated[
        tuple[Annotated[str, _named("prefectures")], ...],
        parameters.ONCE,
        Field(
            description="Prefecture: JIS X 0401 code, or name in kanji, kana or English, with or without 都, 府, "
            "県, in any case. Several: any of them.",
            examples=[["石川"]],
        ),
    ] = ()
    number: Annotated[
        tuple[Annotated[int, Field(ge=1, le=MAX_NUMBER), parameters.INTEGER], ...],
        parameters.ONCE,
        Field(description="Region number. Several: any of them.", examples=[[7]]),
    ] = ()
    fiscal_year: Annotated[
        tuple[Annotated[int, FISCAL_YEAR], ...],
        parameters.ONCE,
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
        BeforeValidator(_text, json_schema_input_type=Annotated[str, Field(min_length=1, max_length=search.MAX_TYPED)]),
        Field(
            description="Text search: every term, separated by spaces, must occur. Width, case, katakana or "
            "hiragana, accents, spaces and punctuation do not matter. At most 100 characters, 300 when folded.",
            examples=["健康"],
        ),
    ] = None
    q_in: Annotated[
        tuple[Annotated[search.FieldName, BeforeValidator(parameters.known(*search.FIELDS))], ...],
        parameters.ONCE,
        Field(
            description="Where `q` looks: `name`, `title`, `theme`, `annotations`; by default in all.",
            examples=[["title", "theme"]],
        ),
    ] = search.FIELDS
    sort: Annotated[
        tuple[Annotated[SortKey, BeforeValidator(parameters.known(*SORT_KEYS))], ...],
        AfterValidator(_distinct_keys),
        Field(
            description="`number` (default), `fiscal_year_start`, `fiscal_year_end`, `page`, `relevance` (with `q`: "
            "name before title before theme before annotations); `-` reverses; the last tie is broken by `number`.",
            examples=[["fiscal_year_start", "-page"]],
        ),
    ] = ("number",)
    facets: Annotated[
        tuple[Annotated[Facet, BeforeValidator(parameters.known(*FACETS))], ...],
        parameters.DISTINCT,
        AfterValidator(_only_of_a_page),
        Field(description="Counts beside the items; each as if its own filter were not set.", examples=[["type"]]),
    ] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.fiscal_year_from and self.fiscal_year_to and self.fiscal_year_from > self.fiscal_year_to:
            first, last = self.fiscal_year_from, self.fiscal_year_to
            raise parameters.flaw("inverted", parameter="fiscal_year_from", first=first, last=last)
        by_relevance = not {"relevance", "-relevance"}.isdisjoint(self.sort)
        for name, given in (("sort", by_relevance), ("q_in", "q_in" in self.model_fields_set)):
            if given and not self.q:
                raise parameters.flaw("needs-q", parameter=name)
        return self

    @cached_property
    def terms(self) -> tuple[search.Term, ...]:
        return search.split(self.q or "")

    @cached_property
    def given(self) -> dict[str, tuple[Any, ...]]:
        """The filters that are set, with their values: of `q` the folded terms."""
        found = {name: value for name in FILTERS if (value := getattr(self, name)) not in (None, ())}
        if self.q:
            found["q"] = tuple(term.folded for term in self.terms)
        return {name: value if isinstance(value, tuple) else (value,) for name, value in found.items()}

    @cached_property
    def shape(self) -> Shape:
        filters = tuple((name, len(values)) for name, values in self.given.items())
        fields = tuple(field for field in search.FIELDS if field in self.q_in)
        return Shape(filters, fields, _to_number(self.sort), search.proven(self.given.get("q", ()), fields))

    @cached_property
    def values(self) -> dict[str, Any]:
        """What the parameters of the statements stand for."""
        return {"limit": self.limit, "offset": self.offset} | {
            f"{name}_{index}": value for name, values in self.given.items() for index, value in enumerate(values)
        }

    def index_values(self, shape: Shape) -> dict[str, Any]:
        """What the parameters of a statement by the search index stand for, which has only the filters of the shape."""
        given = {name: self.given[name] for name, _ in shape.filters}
        return self.values | search.index_values(given.get("q", ()), shape.fields, grams.of_filters(given))
