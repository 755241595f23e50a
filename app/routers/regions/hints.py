"""Hints: other parameters that terms of `q` are values of, and a text with commas as several terms."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field

from app.db import thresholds
from app.db.edition import Edition
from app.db.session import Read
from app.http.parsed_request import ParsedRequest
from app.japanese import fiscal_years
from app.japanese.folding import fold
from app.routers.regions import facets
from app.routers.regions.parameters import RegionQuery
from app.routers.regions.planner import total as total_of
from app.search.terms import MAX_TERMS, Term, split, written

_COMMAS = re.compile("[,、，､]")


class Hint(BaseModel):
    parameter: Annotated[str, Field(description="What to send it as", examples=["fiscal_year"])]
    value: Annotated[
        str, Field(description="As the parameter takes it; of a 地方 the codes of its prefectures", examples=["2012"])
    ]
    label: Annotated[str, Field(description="In the language of the answer", examples=["平成24年度"])]
    total: Annotated[int, Field(ge=0, description="How many regions there are then")]
    url: Annotated[str, Field(description="This request with the terms moved there")]


class Meaning(NamedTuple):
    """Values that terms of `q` mean, several of which have a name together, and the terms that are left."""

    parameter: str
    values: tuple[str | int, ...]
    labels: Mapping[str, str]
    rest: tuple[Term, ...]


@lru_cache(maxsize=thresholds.SPLIT_QUERIES)
def interpret(edition: Edition, q: str) -> tuple[Meaning, ...]:
    """Return what runs of consecutive terms mean, in their order.

    The longest run wins, of equal ones the first; a term of it means nothing else. Ten terms have 55 runs.
    """
    terms = split(q)
    runs: dict[int, list[Meaning]] = {}
    taken: set[int] = set()
    for length in range(len(terms), 0, -1):
        for start in range(len(terms) - length + 1):
            end = start + length
            if taken.isdisjoint(range(start, end)) and (values := [*_values(edition, terms[start:end])]):
                taken.update(range(start, end))
                runs[start] = [Meaning(*each, terms[:start] + terms[end:]) for each in values]
    found: dict[tuple[str, tuple[str | int, ...]], Meaning] = {}
    for start in sorted(runs):
        for meaning in runs[start]:
            found.setdefault((meaning.parameter, meaning.values), meaning)
    return tuple(found.values())


def _values(edition: Edition, terms: Sequence[Term]) -> Iterator[tuple[str, tuple[str | int, ...], Mapping[str, str]]]:
    """Yield what terms, taken together, are values of, with labels. A number alone is a year and no code."""
    with suppress(fiscal_years.NoFiscalYear):
        year = fiscal_years.parse("".join("".join(term.typed for term in terms).split()))
        yield "fiscal_year", (year,), facets.labels_of(edition, "fiscal_year", year)
    folded = "".join(term.folded for term in terms)
    if not folded.isdecimal():
        for parameter, names in edition.names.items():
            if id_ := names.meanings.get(folded):
                yield parameter, (id_,), names.labels[id_]
            if group := names.groups.get(folded):
                yield parameter, group.ids, group.labels


def find(read: Read, parsed: ParsedRequest[RegionQuery], total: int) -> list[dict[str, Any]]:
    """Return the hints for a page of a request that finds so many regions."""
    query = parsed.query
    if not query.q:
        return []
    hints = [_hint(read, parsed, meaning) for meaning in interpret(read.edition, query.q)]
    return hints if total else hints + _with_spaces(read, parsed)


def _hint(read: Read, parsed: ParsedRequest[RegionQuery], meaning: Meaning) -> dict[str, Any]:
    query, (parameter, values, labels, rest) = parsed.query, meaning
    given = {name: each for name, each in query.given.items() if name != "q"} | {parameter: values}
    given |= {"q": tuple(term.folded for term in rest)} if rest else {}
    value = ",".join(map(str, values))
    changes: dict[str, str | None] = {"q": written(rest)} if rest else facets.without_q(query)
    return {
        "parameter": parameter,
        "value": value,
        "label": labels[parsed.language],
        "total": total_of(read, query, given),
        "url": parsed.like_this(**changes | {parameter: value, "offset": None}),
    }


def _with_spaces(read: Read, parsed: ParsedRequest[RegionQuery]) -> list[dict[str, Any]]:
    """Return a hint to `q` with spaces for its commas, if there are any and something is found so."""
    query = parsed.query
    pieces = [piece for term in query.terms for piece in _COMMAS.split(term.typed)]
    q = written(Term(piece, fold(piece)) for piece in pieces if piece.strip())
    terms = split(q)
    if q == query.q or not 0 < len(terms) <= MAX_TERMS:
        return []
    if not (total := total_of(read, query, {**query.given, "q": tuple(term.folded for term in terms)})):
        return []
    return [{"parameter": "q", "value": q, "label": q, "total": total, "url": parsed.like_this(q=q, offset=None)}]
