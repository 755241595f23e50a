"""The tokens of the search index: pieces of one and of two characters; those of the filters are declared with these.

A text of characters abc becomes `ab bc c`: the last piece stands alone, so that a single character is the beginning of
some token wherever it stands, and neighbours overlap, so that a phrase of pairs is a substring and nothing else. Each
line of a text ends so, and no phrase reaches across it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import add


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


def expression(terms: Sequence[str], fields: Sequence[str], filters: Mapping[str, Sequence[str]]) -> str:
    """All of it in the query language of FTS5; `filters`: of each the tokens of which a region must have one."""
    return " AND ".join(dict.fromkeys((*_phrases(terms, fields), *_choices(filters))))


def _phrases(terms: Sequence[str], fields: Sequence[str]) -> Iterator[str]:
    for term in terms:
        phrase = f'"{" ".join(of_term(term))}"'
        yield f"{{{' '.join(fields)}}} : {phrase}{' *' if len(term) == 1 else ''}"


def _choices(filters: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for tokens in filters.values():
        yield "filters : ({})".format(" OR ".join(f'"{each}"' for each in tokens))
