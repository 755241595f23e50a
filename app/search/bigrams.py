"""The entries of the search index: bigrams of folded texts, and tokens of filters, which are declared with these.

A text abc becomes `ab bc c`: the last character stands alone, so that each character is the beginning of an entry, and
bigrams overlap, so that a phrase of them is found where the text has that substring and nowhere else. Each line of a
text is on its own: no phrase reaches across it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import add


def in_order(text: str) -> str:
    """Return the bigrams of folded lines in their order, for an index that knows positions."""
    return " ".join(" ".join((*map(add, line, line[1:]), line[-1])) for line in text.split("\n") if line)


def distinct(texts: Iterable[str]) -> set[str]:
    """Return every character and every bigram of folded lines, for an index that knows no positions."""
    found: set[str] = set()
    for text in texts:
        for line in text.split("\n"):
            found.update(line)
            found.update(map(add, line, line[1:]))
    return found


def of_term(term: str) -> list[str]:
    """Return the bigrams of a term, or its only character."""
    return [*map(add, term, term[1:])] or [term]


def expression(terms: Sequence[str], fields: Sequence[str], filters: Mapping[str, Sequence[str]]) -> str:
    """Return a query of FTS5 for all terms; `filters`: of each the tokens of which a region must have one."""
    return " AND ".join(dict.fromkeys((*_phrases(terms, fields), *_choices(filters))))


def _phrases(terms: Sequence[str], fields: Sequence[str]) -> Iterator[str]:
    for term in terms:
        phrase = f'"{" ".join(of_term(term))}"'
        yield f"{{{' '.join(fields)}}} : {phrase}{' *' if len(term) == 1 else ''}"


def _choices(filters: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for tokens in filters.values():
        yield "filters : ({})".format(" OR ".join(f'"{each}"' for each in tokens))
