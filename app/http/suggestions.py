"""What was likely meant by a word that is not known."""

from collections.abc import Collection
from functools import lru_cache

TYPED_CHARACTERS = 40
"""The longest word for which a suggestion is looked for; the longest known name has 34."""

NEARNESS = 0.55
"""What a suggested word has in common at least with the one that was typed: Sørensen–Dice coefficient of `_pieces`."""


def nearest(written: str, known: Collection[str]) -> str | None:
    """Return the known word that was likely meant: the one most like `written`, else one that contains it.

    `None` for what a person does not type: nothing, unprintable characters, more than `TYPED_CHARACTERS`.
    """
    if not written or len(written) > TYPED_CHARACTERS or not written.isprintable():
        return None
    pieces = _pieces(written)

    def likeness(word: str) -> float:
        others = _known_pieces(word)
        return 2 * len(pieces & others) / (len(pieces) + len(others))

    best = max(known, key=likeness, default="")
    if likeness(best) >= NEARNESS:
        return best
    return next((word for word in known if len(written) > 1 and written in word), None)


def _pieces(word: str) -> frozenset[str]:
    """Return the letters of a word and the pairs of neighbours: slips of the finger change few of them."""
    return frozenset((*word, *map(str.__add__, word, word[1:])))


_known_pieces = lru_cache(maxsize=1_000)(_pieces)
"""Known words are a few hundred, some 2 kB each."""
