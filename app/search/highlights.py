"""The texts of a region that are searched, and the highlights: where a term occurs in them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, islice
from typing import Any, NamedTuple

import orjson

from app.db import thresholds
from app.japanese.folding import Folded, fold, fold_with_offsets
from app.schemas.records import MAX_MATCHES
from app.search.conditions import FIELDS, FieldName
from app.search.terms import Term

Highlight = dict[str, str | int]
"""Field as a dotted path, `start` and `end` in code points, `term` as typed."""


_ANNOTATIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("theme_en", "research_fields_en"), ()),
    **dict.fromkeys(("name_kana", "name_romaji", "name_en", "title_kana", "title_en"), ()),
    "prefectures": ("name", "name_en"),
    "municipalities": ("name",),
    "local_government_codes": ("name",),
    **dict.fromkeys(("local_governments", "research_fields"), ()),
    "corrections": ("printed", "likely", "corrected"),
}
"""The annotations that are searched, and of a list of objects the keys, in the order of the record."""


def texts(region: dict[str, Any]) -> Iterator[tuple[FieldName, str, str]]:
    """Yield every text of a published region that is searched: field, dotted path, text, in the order of the record.

    Of the annotations these are all that people read of the region itself: no areas, provenance, ids, codes and URLs.
    """
    for field in ("name", "title", "theme"):
        if region[field] is not None:
            yield field, field, region[field]
    annotations = region["annotations"]
    for key, inner in _ANNOTATIONS.items():
        value = annotations[key]
        if isinstance(value, str):
            yield "annotations", f"annotations.{key}", value
            continue
        for index, item in enumerate(value or ()):
            path = f"annotations.{key}.{index}"
            if isinstance(item, str):
                yield "annotations", path, item
            for name in inner:
                yield "annotations", f"{path}.{name}", item[name]


_fold_again = lru_cache(maxsize=thresholds.FOLDED_REGIONS)(fold)
"""Prefectures and fields of research stand in many regions."""


def folded(region: dict[str, Any]) -> dict[str, str]:
    """Return the searched texts, folded, on lines of their own: no term holds a line end, so none reaches across it."""
    found: dict[str, list[str]] = {field: [] for field in FIELDS}
    for field, _, text in texts(region):
        found[field].append(_fold_again(text))
    return {field: "\n".join(lines) for field, lines in found.items()}


class _Searchable(NamedTuple):
    """The folded texts of a region on lines of one text, to be searched at once."""

    text: str
    begins: list[int]
    places: list[tuple[FieldName, str, Folded]]


@lru_cache(maxsize=thresholds.FOLDED_REGIONS)
def _searchable(document: bytes) -> _Searchable:
    places = [(field, path, fold_with_offsets(text)) for field, path, text in texts(orjson.loads(document))]
    begins = [0, *accumulate(len(folded.text) + 1 for _, _, folded in places)]
    return _Searchable("\n".join(folded.text for _, _, folded in places), begins[:-1], places)


def find(document: bytes, terms: Sequence[Term], fields: Sequence[FieldName]) -> tuple[list[Highlight], bool]:
    """Return where the terms occur, in the order of the texts and of the positions in them; highlights may overlap.

    Return the first `MAX_MATCHES`, and whether there are more. At most `MAX_MATCHES + 1` occurrences of a term are
    looked for.
    """
    searchable = _searchable(document)
    found: set[tuple[int, int, int, str]] = set()
    for typed, term in terms:
        found.update(islice(_spans(searchable, typed, term, fields), MAX_MATCHES + 1))
    highlights: list[Highlight] = [
        {"field": searchable.places[place][1], "start": start, "end": end, "term": typed}
        for place, start, end, typed in sorted(found)[:MAX_MATCHES]
    ]
    return highlights, len(found) > MAX_MATCHES


def _spans(
    searchable: _Searchable, typed: str, term: str, fields: Sequence[FieldName]
) -> Iterator[tuple[int, int, int, str]]:
    """Yield where a term occurs: number of the text, first code point, the one after the last; the term as typed."""
    position = searchable.text.find(term)
    while position >= 0:
        place = bisect_right(searchable.begins, position) - 1
        field, _, folded = searchable.places[place]
        if field in fields:
            first = position - searchable.begins[place]
            yield place, folded.starts[first], folded.ends[first + len(term) - 1], typed
            position += 1
        else:  # on to the next text
            position = searchable.begins[place] + len(folded.text) + 1
        position = searchable.text.find(term, position)
