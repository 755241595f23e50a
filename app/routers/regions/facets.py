"""Facets, which count regions by value, and relaxations, which tell the filters to drop if nothing was found."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from app.db.edition import Edition
from app.db.session import Read
from app.http.messages import Language
from app.http.parsed_request import ParsedRequest
from app.japanese import fiscal_years
from app.routers.regions.parameters import RegionQuery
from app.routers.regions.planner import count_by
from app.routers.regions.planner import total as total_of


class FacetValue(BaseModel):
    value: Annotated[str, Field(description="As the parameter takes it", examples=["global"])]
    label: Annotated[str, Field(description="In the language of the answer", examples=["グローバル型"])]
    count: Annotated[int, Field(ge=0, description="Regions if this value alone were chosen")]
    selected: Annotated[bool, Field(description="Whether this request has chosen it")]
    url: Annotated[str, Field(description="This request with this value alone; its total is `count`")]


class Relaxation(BaseModel):
    parameter: Annotated[str, Field(description="The filter to drop", examples=["fiscal_year"])]
    total: Annotated[int, Field(ge=1, description="How many regions there are without it")]
    url: Annotated[str, Field(description="This request without it")]


def count(read: Read, parsed: ParsedRequest[RegionQuery]) -> dict[str, list[dict[str, Any]]]:
    """Return the facets that were asked for."""
    return {name: _count(read, parsed, name) for name in parsed.query.facets}


def relax(read: Read, parsed: ParsedRequest[RegionQuery]) -> list[dict[str, Any]]:
    """Return each filter without which something is found, with the total and the URL."""
    query = parsed.query
    relaxed = []
    for name in query.given:
        if total := total_of(read, query, _without(query, name)):
            dropped: dict[str, str | None] = without_q(query) if name == "q" else {name: None}
            relaxed.append({"parameter": name, "total": total, "url": parsed.like_this(**dropped, offset=None)})
    return relaxed


def without_q(query: RegionQuery) -> dict[str, str | None]:
    """Return the parameters to change in a request without `q`: those that need it go as well."""
    sort = [key for key in query.sort if key.removeprefix("-") != "relevance"]
    return {"q": None, "q_in": None} | ({"sort": ",".join(sort)} if sort != [*query.sort] else {})


def _without(query: RegionQuery, name: str) -> dict[str, Any]:
    return {other: value for other, value in query.given.items() if other != name}


def _count(read: Read, parsed: ParsedRequest[RegionQuery], name: str) -> list[dict[str, Any]]:
    counts: Counter[str] = Counter()
    for *columns, total in count_by(read, parsed.query, name, _without(parsed.query, name)):
        # a region counts in every fiscal year of its span
        for value in range(columns[0], columns[1] + 1) if name == "fiscal_year" else columns:
            counts[str(value)] += total
    selected = set(map(str, getattr(parsed.query, name)))
    return [
        {
            "value": value,
            "label": label,
            "count": counts[value],
            "selected": value in selected,
            "url": parsed.like_this(**{name: value, "offset": None}),
        }
        for value, label in _labels(read, name, parsed.language).items()
    ]


def _labels(read: Read, name: str, language: Language) -> dict[str, str]:
    """Return every value of a facet with its label."""
    values = read.edition.fiscal_years if name == "fiscal_year" else read.edition.names[name].labels
    return {str(value): labels_of(read.edition, name, value)[language] for value in values}


def labels_of(edition: Edition, name: str, value: Any) -> Mapping[str, str]:
    """Return the labels of a value of a filter."""
    if name == "fiscal_year":
        return {"ja": fiscal_years.era(value), "en": f"FY{value}"}
    return edition.names[name].labels[value]
