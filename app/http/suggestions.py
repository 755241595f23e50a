"""What was likely meant by a word that is not known: what a person would suggest, and nothing rather than nonsense."""

import re
from collections.abc import Mapping
from functools import lru_cache

from app.http.formats import Format
from app.http.synonyms import SYNONYMS
from app.japanese.folding import fold

TYPED_CHARACTERS = 40
"""The longest word for which a suggestion is looked for; the longest known name has 34."""


def parameter(name: str, value: str, known: tuple[str, ...], path: str, formats: tuple[Format, ...]) -> str | None:
    """Return what was likely meant by a parameter: a known name or, for a format, the path of that format."""
    if fold(name) not in _FORMAT:
        return nearest(name, known)
    kind = value.lower().removeprefix(".")
    kind = _KINDS.get(kind, kind)
    named = [each.suffix for each in formats if kind in (each.suffix.removeprefix("."), each.media_type)]
    return next((f"{path}{suffix}" for suffix in (*named, *(each.suffix for each in formats))), None)


_FORMAT = ("format", "fmt", "output", "outputformat", "accept")
_KINDS = {"xls": "csv", "xlsx": "csv", "excel": "csv", "jsonl": "ndjson", "jsonlines": "ndjson"}


def nearest(written: str, known: tuple[str, ...]) -> str | None:
    """Return the known word that was likely meant: by its own name, by a synonym, or by being near.

    `None` for what a person does not type: nothing, unprintable characters, more than `TYPED_CHARACTERS`.
    """
    found = likely(written, _by_folded(known), known)
    signed = f"-{found}"
    return signed if found and written.startswith("-") and signed in known else found


def likely(written: str, meanings: Mapping[str, str], known: tuple[str, ...] = ()) -> str | None:
    """Return what one of the folded words means that the written one is like; `None` if two are that mean others.

    `known`: what a synonym may stand for.
    """
    if len(written) > TYPED_CHARACTERS or not written.isprintable() or not (folded := fold(written)):
        return None
    if meant := meanings.get(folded):
        return meant
    if meant := next((word for word in SYNONYMS.get(folded, ()) if word in known), None):
        return meant
    if folded.isdecimal():
        return None  # no number is near another one
    for edits in range(1, _slips(folded) + 1):
        if near := {meanings[word] for word in meanings if _is_near(folded, word, edits)}:
            return near.pop() if len(near) == 1 else None
    if meant := _by_its_beginning(written, meanings):
        return meant
    if len(folded) < (3 if folded.isascii() else 2):
        return None
    near = {meanings[word] for word in meanings if word.startswith(folded) or word.endswith(folded)}
    return near.pop() if len(near) == 1 else None


@lru_cache
def _by_folded(known: tuple[str, ...]) -> dict[str, str]:
    """Return the words by their folded form; of those that fold to the same the first."""
    return {fold(word): word for word in reversed(known)}


def _by_its_beginning(written: str, meanings: Mapping[str, str]) -> str | None:
    """Return what the longest beginning means that ends before a sign: `limit[0]`, `Osaka prefecture`."""
    ends = [sign.start() for sign in re.finditer(r"[\W_]", written)]
    return next((meant for end in reversed(ends) if (meant := meanings.get(fold(written[:end])))), None)


def _slips(word: str) -> int:
    """Return how many slips of the finger are forgiven. A Chinese character says more than a letter.

    A generic ending says nothing: 東海地方 and 東北地方 are not near.
    """
    length = len(_GENERIC_ENDING.sub("", word))
    if length < (3 if word.isascii() else 4):
        return 0
    return 1 if length < 8 else 2


_GENERIC_ENDING = re.compile("(?<=.)(?:地方|地域|region|prefecture)$")


def _is_near(written: str, word: str, edits: int) -> bool:
    if abs(len(written) - len(word)) > edits or len(_letters(written) ^ _letters(word)) > 2 * edits:
        return False
    return _is_within(written, word, edits)


@lru_cache(maxsize=1_000)
def _letters(word: str) -> frozenset[str]:
    return frozenset(word)


def _is_within(one: str, other: str, edits: int) -> bool:
    """Return whether so many edits make the words equal: a letter changed, left out, added, or two exchanged."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    one, other = one[same:], other[same:]
    if not one or not other:
        return len(one) + len(other) <= edits
    if not edits:
        return False
    rests = [(one[1:], other[1:]), (one[1:], other), (one, other[1:])]
    if one[:2] == other[1::-1]:
        rests.append((one[2:], other[2:]))
    return any(_is_within(*rest, edits - 1) for rest in rests)
