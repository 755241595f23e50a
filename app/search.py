"""Text search: a term occurs in a field when the folded term is a substring of the folded field.

Every term must occur, each in any of the fields that are looked at. The same on SQLite and on PostgreSQL.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Literal, NamedTuple, get_args

import orjson
from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from app.folding import Folded, fold, fold_with_offsets
from app.tables import RegionRow, RegionTextRow

MAX_TYPED = 100
"""Characters of `q` before folding."""

MAX_FOLDED = 300
"""Characters of all its terms after folding: NFKC can make one character eighteen."""

QUERIES = 1_000
"""How many values of `q` are kept split."""

DOCUMENTS = 1_000
"""How many regions are kept folded: some 10 kB each."""

FieldName = Literal["name", "title", "theme", "annotations"]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
"""The values of `q_in` and the columns of `region_texts`, the strongest for `relevance` first."""


class Term(NamedTuple):
    typed: str
    folded: str


@lru_cache(maxsize=QUERIES)
def split(q: str) -> tuple[Term, ...]:
    """The terms of `q`, without those that fold to nothing and without a second one that folds to the same."""
    terms: dict[str, Term] = {}
    for typed in q.split():
        if folded := fold(typed):
            terms.setdefault(folded, Term(typed, folded))
    return tuple(terms.values())


# --- the condition ----------------------------------------------------------------------------------------


class _position(FunctionElement[int]):  # noqa: N801  # named like the SQL function it is
    """Where a text holds a term, counted from 1; 0 if nowhere. LIKE would differ in case between databases."""

    inherit_cache = True
    type = Integer()


@compiles(_position, "sqlite")
def _sqlite(element: _position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)})"


@compiles(_position, "postgresql")
def _postgresql(element: _position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)})"


def matches(term_count: int, fields: Sequence[FieldName]) -> ColumnElement[bool]:
    """Regions in whose texts every term, `q_0`, `q_1`, …, occurs."""
    found = select(col(RegionTextRow.number)).where(_all_occur(term_count, fields))
    return col(RegionRow.number).in_(found)


def rank(term_count: int, fields: Sequence[FieldName]) -> ColumnElement[int]:
    """The place, in `FIELDS`, of the weakest field that is needed to find every term: less is better."""
    reached = (fields[: count + 1] for count in range(len(fields)))
    places = ((_all_occur(term_count, upto), FIELDS.index(upto[-1])) for upto in reached)
    own = select(case(*places)).where(col(RegionTextRow.number) == col(RegionRow.number))
    return own.correlate(RegionRow).scalar_subquery()


def _all_occur(term_count: int, fields: Sequence[FieldName]) -> ColumnElement[bool]:
    return and_(*(or_(*_occurs(index, fields)) for index in range(term_count)))


def _occurs(index: int, fields: Sequence[FieldName]) -> Iterator[ColumnElement[bool]]:
    for field in fields:
        yield _position(col(getattr(RegionTextRow, field)), bindparam(f"q_{index}")) > 0


# --- the texts --------------------------------------------------------------------------------------------


def texts(region: dict[str, Any]) -> Iterator[tuple[FieldName, str, str]]:
    """Every text of a published region that is searched: field, dotted path, text, in the order of the record.

    Of the annotations all that is written for people to read; ids, codes and URLs are not.
    """
    for field in ("name", "title", "theme"):
        if region[field] is not None:
            yield field, field, region[field]
    annotations = region["annotations"]
    for key in ("name_kana", "name_romaji", "name_en", "title_kana", "title_en"):
        if annotations[key] is not None:
            yield "annotations", f"annotations.{key}", annotations[key]
    for index, prefecture in enumerate(annotations["prefectures"]):
        for key in ("name", "name_en"):
            yield "annotations", f"annotations.prefectures.{index}.{key}", prefecture[key]
    if annotations["local_governments"] is not None:
        yield "annotations", "annotations.local_governments", annotations["local_governments"]
    for index, research_field in enumerate(annotations["research_fields"] or ()):
        yield "annotations", f"annotations.research_fields.{index}", research_field
    for index, correction in enumerate(annotations["corrections"]):
        for key in ("printed", "likely", "corrected"):
            yield "annotations", f"annotations.corrections.{index}.{key}", correction[key]


class _Searchable(NamedTuple):
    """The folded texts of a region on lines of one text, to be searched at once; no term holds a line end."""

    text: str
    begins: list[int]
    places: list[tuple[FieldName, str, Folded]]


@lru_cache(maxsize=DOCUMENTS)
def _searchable(document: bytes) -> _Searchable:
    places = [(field, path, fold_with_offsets(text)) for field, path, text in texts(orjson.loads(document))]
    begins = [0, *accumulate(len(folded.text) + 1 for _, _, folded in places)]
    return _Searchable("\n".join(folded.text for _, _, folded in places), begins[:-1], places)


def marks(document: bytes, terms: Sequence[Term], fields: Sequence[FieldName]) -> list[dict[str, str | int]]:
    """Every occurrence of every term, in the order of the texts and of the positions in them; they may overlap."""
    searchable = _searchable(document)
    found: set[tuple[int, int, int, str]] = set()
    for typed, term in terms:
        position = searchable.text.find(term)
        while position >= 0:
            place = bisect_right(searchable.begins, position) - 1
            field, _, folded = searchable.places[place]
            if field in fields:
                first = position - searchable.begins[place]
                found.add((place, folded.starts[first], folded.ends[first + len(term) - 1], typed))
            position = searchable.text.find(term, position + 1)
    return [
        {"field": searchable.places[place][1], "start": start, "end": end, "term": typed}
        for place, start, end, typed in sorted(found)
    ]
