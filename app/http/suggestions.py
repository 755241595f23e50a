"""Suggest what was meant by an unknown word: what a person would suggest, and nothing rather than nonsense."""

import re
from collections.abc import Mapping
from functools import lru_cache

from app.http import query_pairs
from app.http.formats import Format
from app.http.synonyms import SYNONYMS
from app.japanese.folding import DASHES, fold, narrow

TYPED_CHARACTERS = 40
"""The longest word for which a suggestion is looked for; the longest known name has 34."""

KEPT_BYTES = 1_000
"""The longest query string that is suggested."""


def parameter(
    name: str, value: str, raw: bytes, known: tuple[str, ...], path: str, formats: tuple[Format, ...]
) -> str | None:
    """Return what was likely meant by a parameter: a known name or, for a format, the URL of that format.

    `raw`: the query string, of which the URL keeps what is known.
    """
    if fold(name) not in _FORMAT:
        if value and not any(character.isdecimal() for character in value):
            known = tuple(each for each in known if each != "number")
        return nearest(name, known)
    kind = value.lower().removeprefix(".")
    kind = _KINDS.get(kind, kind)
    asked = next((each for each in formats if kind in (each.suffix.removeprefix("."), each.media_type)), None)
    if asked is None:
        return None
    left_out = {"facets"} if asked.exports else {"bom"}
    kept = query_pairs.only(raw, {each.encode() for each in {*known} - left_out})
    if len(kept) > KEPT_BYTES:
        return None
    return f"{path}{asked.suffix}?{kept.decode(errors='replace')}".removesuffix("?")


_FORMAT = ("format", "fmt", "output", "outputformat", "accept")
_KINDS = {"xls": "csv", "xlsx": "csv", "excel": "csv", "jsonl": "ndjson", "jsonlines": "ndjson"}


def nearest(written: str, known: tuple[str, ...]) -> str | None:
    """Return the known word that was likely meant: by its own name, by a synonym, or by being near.

    `None` for what a person does not type: nothing, unprintable characters, more than `TYPED_CHARACTERS`.
    """
    return _like(written, _by_folded(known), known)


def sort_key(written: str, known: tuple[str, ...]) -> str | None:
    """Return the key of an order that was likely meant, with its direction: `-page` for `page:desc`."""
    if len(written) > TYPED_CHARACTERS:
        return None
    found = nearest(_DIRECTION.sub("", written), known)
    descending = narrow(written)[:1] in DASHES or any(each[1] or each[2] for each in _DIRECTION.finditer(written))
    return f"-{found}" if found and descending else found


_DIRECTION = re.compile(
    r"^(?:(desc)|asc)(?:ending)?(?=[\W_])|[\W_]*(?:(desc(?:ending)?|降順)|asc(?:ending)?|昇順)\W*$", re.IGNORECASE
)


def key(written: str, known: tuple[str, ...]) -> str | None:
    """Return the key of a record that was likely meant; a nested one by its last parts, too."""
    return _like(written, _by_last_parts(known), known)


def likely(written: str, meanings: Mapping[str, str]) -> str | None:
    """Return the likely value of a parameter that takes several; several, with commas, if several were written."""
    if len(written) > TYPED_CHARACTERS:
        return None
    for signs in (_BETWEEN, r"\s+"):
        parts = [part for part in re.split(signs, written) if fold(part)]
        found = [meanings.get(fold(part)) for part in parts]
        if len(found) > 1 and (signs == _BETWEEN or all(found)):
            return ",".join(dict.fromkeys(each for each in found if each)) if all(found) else None
    return _like(written, meanings)


_BETWEEN = "[・、，；;/／&＆|｜+＋]"
"""Signs between values, besides a comma."""


def _like(written: str, meanings: Mapping[str, str], known: tuple[str, ...] = ()) -> str | None:
    """Return what one of the folded words means that the written one is like; `None` if two are that mean others.

    `known`: what a synonym may stand for. The first step that finds something decides.
    """
    if len(written) > TYPED_CHARACTERS or not written.isprintable() or not (folded := fold(written)):
        return None
    if meant := meanings.get(folded):  # 1. the word itself
        return meant
    if meant := next((word for word in SYNONYMS.get(folded, ()) if word in known), None):  # 2. a synonym
        return meant
    if folded.isdecimal():
        return None  # no number is near another one
    for edits in range(1, _slips(folded) + 1):  # 3. a slip of the finger, or two
        if near := {meanings[word] for word in meanings if _is_near(folded, word, edits)}:
            return near.pop() if len(near) == 1 else None
    if meant := _by_its_beginning(written, meanings):  # 4. its beginning
        return meant
    if len(folded) < (3 if folded.isascii() else 2):
        return None
    # 5. one word that begins or ends so
    near = {meanings[word] for word in meanings if word.startswith(folded) or word.endswith(folded)}
    return near.pop() if len(near) == 1 else None


@lru_cache
def _by_folded(known: tuple[str, ...]) -> dict[str, str]:
    """Return the words by their folded form; of those that fold to the same the first."""
    return {fold(word): word for word in reversed(known)}


@lru_cache
def _by_last_parts(known: tuple[str, ...]) -> dict[str, str]:
    """Map keys by their folded name and by each folded ending after a dot.

    An ending of several keys means the least nested one, and nothing if several are equally little nested.
    """
    found: dict[str, list[str]] = {}
    for word in sorted(known, key=lambda word: word.count(".")):
        for place in (sign.end() for sign in re.finditer(r"\.", word)):
            ends = found.setdefault(fold(word[place:]), [])
            if not ends or ends[0].count(".") == word.count("."):
                ends.append(word)
    return {end: words[0] for end, words in found.items() if len(words) == 1} | _by_folded(known)


def _by_its_beginning(written: str, meanings: Mapping[str, str]) -> str | None:
    """Return what the longest beginning means that ends before a sign: `limit[0]`, `Osaka prefecture`."""
    ends = [sign.start() for sign in re.finditer(r"[\W_]", written)]
    return next((meant for end in reversed(ends) if (meant := meanings.get(fold(written[:end])))), None)


def _slips(word: str) -> int:
    """Return how many slips of the finger are forgiven. A Chinese character says more than a letter.

    A generic ending says nothing: 東海地方 and 東北地方 are not near.
    """
    length = len(_GENERIC_ENDING.sub("", word))
    return 0 if length < (3 if word.isascii() else 4) else 1 if length < 8 else 2


_GENERIC_ENDING = re.compile("(?<=.)(?:地方|地域|region|prefecture)$")


def _is_near(written: str, word: str, edits: int) -> bool:
    could_be = abs(len(written) - len(word)) <= edits and len(_letters(written) ^ _letters(word)) <= 2 * edits
    return could_be and _is_within(written, word, edits)


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
