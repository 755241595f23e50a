"""The tokens of the search index: pieces of one and of two characters, and the filters that a region passes.

A text of characters abc becomes `ab bc c`: the last piece stands alone, so that a single character is the beginning of
some token wherever it stands, and neighbours overlap, so that a phrase of pairs is a substring and nothing else. Each
line of a text ends so, and no phrase reaches across it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import add

from app.models import FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR

FILTERS = ("type", "subcategory", "prefecture", "fiscal_year")
"""The parameters that a token answers; `:` and `-`, which no folded text has, keep these tokens apart from pieces."""

BLOCK = 512
"""Consecutive numbers that make a block."""


def pieces(text: str) -> str:
    """The tokens of folded lines in their order, for an index that knows positions."""
    return " ".join(" ".join((*map(add, line, line[1:]), line[-1])) for line in text.split("\n") if line)


def distinct(texts: Iterable[str]) -> set[str]:
    """Every piece of one and of two characters of folded lines, for an index that knows no positions."""
    found: set[str] = set()
    for text in texts:
        for line in text.split("\n"):
            found.update(line)
            found.update(map(add, line, line[1:]))
    return found


def of_term(term: str) -> list[str]:
    """The pieces that a text with this term has for certain."""
    return [*map(add, term, term[1:])] or [term]


def of_block(number: int) -> str:
    return token("block", number // BLOCK)


def token(name: str, value: object) -> str:
    return f"{name}:{value}"


def of_region(type_: str, subcategory: str, prefectures: Iterable[str], first_year: int, last_year: int) -> list[str]:
    """The tokens of the filters that keep this region."""
    return [
        token("type", type_),
        token("subcategory", subcategory),
        *(token("prefecture", code) for code in prefectures),
        *(token("fiscal_year", year) for year in range(first_year, last_year + 1)),
    ]


def of_filters(given: Mapping[str, Sequence[object]]) -> dict[str, list[str]]:
    """Of each filter the tokens of which a region must have one. A span of years is one filter, whatever its ends."""
    found = {name: [token(name, value) for value in given[name]] for name in FILTERS if name in given}
    if "fiscal_year_from" in given or "fiscal_year_to" in given:
        first = int(str(given.get("fiscal_year_from", (FIRST_FISCAL_YEAR,))[0]))
        last = int(str(given.get("fiscal_year_to", (LAST_FISCAL_YEAR,))[0]))
        found["fiscal_years"] = [token("fiscal_year", year) for year in range(first, last + 1)]
    return found


def expression(terms: Sequence[str], fields: Sequence[str], filters: Mapping[str, Sequence[str]]) -> str:
    """All of it in the query language of FTS5."""
    return " AND ".join((*_phrases(terms, fields), *_choices(filters)))


def _phrases(terms: Sequence[str], fields: Sequence[str]) -> Iterator[str]:
    for term in terms:
        phrase = f'"{" ".join(of_term(term))}"'
        yield f"{{{' '.join(fields)}}} : {phrase}{' *' if len(term) == 1 else ''}"


def _choices(filters: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for tokens in filters.values():
        yield "filters : ({})".format(" OR ".join(f'"{each}"' for each in tokens))
