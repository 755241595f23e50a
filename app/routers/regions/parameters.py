"""The parameters of `/v1/regions`: the filters, which `filters` declares, `q`, `q_in`, `sort` and `facets`."""

from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationInfo, create_model, model_validator

from app.http import query_string, suggestions
from app.http.formats import GEOJSON, OF_LISTS, Format
from app.http.pagination import ListQuery
from app.japanese.folding import fold
from app.routers.regions.filters import FILTERS
from app.search import conditions
from app.search.terms import MAX_FOLDED, MAX_TERMS, MAX_TYPED, Term, operators, split, written

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


def _only_of_a_page(names: tuple[str, ...], info: ValidationInfo[query_string.Basis]) -> tuple[str, ...]:
    if info.context.exports:
        raise query_string.Refused("json-only")
    return names


def _text(q: str) -> str:
    """Return the terms that are looked for, as typed; refuse a `q` that is too long, has none or has operators."""
    if len(q) > MAX_TYPED:
        raise query_string.Refused("too-long", limit=MAX_TYPED)
    if refused := operators(q):
        raise query_string.Refused(
            "operator", (), partial(_without_and, q, refused), value=query_string.shown(refused[0])
        )
    found = split(q)
    if not found:
        raise query_string.Refused("no-text")
    if sum(len(term.folded) for term in found) > MAX_FOLDED:
        raise query_string.Refused("too-long-folded", limit=MAX_FOLDED)
    if len(found) > MAX_TERMS:
        raise query_string.Refused("too-many-terms", limit=MAX_TERMS)
    return written(found)


def _without_and(q: str, refused: list[str]) -> str | None:
    """Return `q` without its operators if each is an AND, which is what spaces mean."""
    rest = [term for term in split(q) if term.typed not in refused]
    return written(rest) if rest and {fold(word) for word in refused} == {"and"} else None


if TYPE_CHECKING:
    _Filters = ListQuery
else:
    _fields = {name: (entry.parameter, () if entry.several else None) for name, entry in FILTERS.items()}
    _Filters = create_model("_Filters", __base__=ListQuery, **_fields)


class RegionQuery(_Filters):
    """The filters that `filters` declares, the search, the order, the facets."""

    formats: ClassVar[tuple[Format, ...]] = (*OF_LISTS, GEOJSON)

    q: Annotated[
        str | None,
        BeforeValidator(_text, json_schema_input_type=Annotated[str, Field(min_length=1, max_length=MAX_TYPED)]),
        Field(
            description="Text search: every term, separated by spaces, must occur; text in double quotes is one "
            "term. There are no operators: `-word`, `AND`, `OR` and `NOT` are errors. Width, case, katakana or "
            "hiragana, accents, spaces and punctuation do not matter. At most 100 characters, 300 when folded, "
            "and at most ten terms.",
            examples=["健康"],
        ),
    ] = None
    q_in: Annotated[
        tuple[Annotated[conditions.FieldName, BeforeValidator(query_string.one_of(*conditions.FIELDS))], ...],
        query_string.ONCE,
        Field(
            description="Where `q` looks: `name`, `title`, `theme`, `annotations`; by default in all.",
            examples=[["title", "theme"]],
        ),
    ] = conditions.FIELDS
    sort: Annotated[
        tuple[Annotated[SortKey, BeforeValidator(query_string.one_of(*SORT_KEYS, suggest=suggestions.sort_key))], ...],
        query_string.distinct(lambda key: key.removeprefix("-")),
        Field(
            description="`number` (default), `fiscal_year_start`, `fiscal_year_end`, `page`, `relevance` (with `q`: "
            "name before title before theme before annotations); `-` reverses; the last tie is broken by `number`.",
            examples=[["fiscal_year_start", "-page"]],
        ),
    ] = ("number",)
    facets: Annotated[
        tuple[Annotated[Facet, BeforeValidator(query_string.one_of(*FACETS))], ...],
        query_string.distinct(),
        AfterValidator(_only_of_a_page),
        Field(description="Counts beside the items; each as if its own filter were not set.", examples=[["type"]]),
    ] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        first, last = self.given.get("fiscal_year_from"), self.given.get("fiscal_year_to")
        if first and last and first > last:
            raise query_string.Refused("inverted", parameter="fiscal_year_from", first=first, last=last)
        by_relevance = not {"relevance", "-relevance"}.isdisjoint(self.sort)
        for name, needed in (("sort", by_relevance), ("q_in", "q_in" in self.model_fields_set)):
            if needed and not self.q:
                raise query_string.Refused("needs-q", parameter=name)
        return self

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        return split(self.q or "")

    def columns(self, record: type[BaseModel]) -> tuple[str, ...]:
        found = super().columns(record)
        return found if self.q or self.fields else tuple(key for key in found if key != "matches")  # empty without `q`

    def echo(self) -> dict[str, Any]:
        return super().echo() | ({"terms": [term.typed for term in self.terms]} if self.q else {})

    @cached_property
    def given(self) -> dict[str, Any]:
        """The filters that are set, with their values, and the folded terms of `q`."""
        found = {name: getattr(self, name) for name in FILTERS}
        if self.q:
            found["q"] = tuple(term.folded for term in self.terms)
        return {name: value for name, value in found.items() if value not in (None, ())}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The keys of the order, up to the number: no two regions have the same one."""
        bare = [key.removeprefix("-") for key in self.sort]
        return self.sort[: bare.index("number") + 1] if "number" in bare else (*self.sort, "number")
