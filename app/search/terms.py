"""The terms of `q`: words and texts in double quotes, each of which must occur. There are no operators."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from app.db import thresholds
from app.japanese.folding import DASHES, fold

MAX_TYPED = 100
"""Characters of `q` before folding."""

MAX_FOLDED = 300
"""Characters of all its terms after folding: NFKC can make one character eighteen."""

MAX_TERMS = 10
"""Terms of `q`: each is looked for in every text."""

_QUOTES = '"“”＂'
_PIECE = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]|(\S+)")
_WORDS = ("AND", "OR", "NOT")


class Term(NamedTuple):
    typed: str
    """Without the quotes around it."""
    folded: str


def written(terms: Iterable[Term]) -> str:
    """Return the `q` of these terms: one stands in quotes if it means something else without them."""
    return " ".join(term.typed if _is_word(term.typed) else f'"{term.typed}"' for term in terms)


def _is_word(typed: str) -> bool:
    return re.fullmatch(r"\S+", typed) is not None and not _is_operator(typed)


@lru_cache(maxsize=thresholds.SPLIT_QUERIES)
def split(q: str) -> tuple[Term, ...]:
    """Return the terms of `q`; of those that fold to the same only the first, and none that folds to nothing."""
    terms: dict[str, Term] = {}
    for found in _PIECE.finditer(q):
        typed = found[1] or found[2] or ""
        if folded := fold(typed):
            terms.setdefault(folded, Term(typed, folded))
    return tuple(terms.values())


def operators(q: str) -> list[str]:
    """Return the words of `q` that are operators of other searches, which this one refuses."""
    return [found[2] for found in _PIECE.finditer(q) if found[2] and _is_operator(found[2])]


def _is_operator(word: str) -> bool:
    plain = normalize("NFKC", word)
    return plain in _WORDS or (plain[:1] in DASHES and bool(fold(plain)))
