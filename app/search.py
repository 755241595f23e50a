"""Text search: a term occurs in a field when the folded term is a substring of the folded field.

Every term must occur, each in any of the fields that are looked at. The same on SQLite and on PostgreSQL.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Literal, NamedTuple, get_args

import orjson
from sqlalchemy import (
    ColumnElement,
    Integer,
    TableClause,
    Text,
    and_,
    bindparam,
    case,
    column,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from app import grams
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
    """Region texts in which every term, `q_0`, `q_1`, …, occurs: by reading them."""
    return _all_occur(term_count, fields, RegionTextRow.__table__.c)  # type: ignore[attr-defined]


INDEX = table("region_grams", column("rowid", Integer), column("grams", ARRAY(Text)))
"""The search index by number: on SQLite an FTS5 table, on PostgreSQL the pieces and tokens of each region."""

BLOCKS = table("region_blocks", column("block", Integer), column("grams", ARRAY(Text)))
"""On PostgreSQL all pieces and tokens of the regions of a block (`grams.BLOCK`): where a search has to look at all."""


class _Indexed(ColumnElement[bool]):
    """The same condition, as each database can look it up."""

    inherit_cache = False

    def __init__(self, fts5: ColumnElement[bool], gin: ColumnElement[bool]) -> None:
        self.fts5, self.gin = fts5, gin


@compiles(_Indexed, "sqlite")
def _fts5(element: _Indexed, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.fts5, **kw)


@compiles(_Indexed, "postgresql")
def _gin(element: _Indexed, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.gin, **kw)


def proven(terms: Sequence[str], fields: Sequence[FieldName]) -> bool:
    """Whether the pieces alone say that a text has the terms, wherever they stand in it."""
    return len(fields) == len(FIELDS) and all(len(term) <= 2 for term in terms)


def indexed(
    term_count: int, fields: Sequence[FieldName], filters: Sequence[str], *, proven: bool, windowed: bool = False
) -> ColumnElement[bool]:
    """Rows of `INDEX` in whose texts every term occurs and which pass the filters (keys of `grams.of_filters`).

    FTS5 knows where the pieces stand; GIN only that all are there, so the texts are read again if that proves nothing.
    `windowed`: only those of some blocks, which FTS5 does not need.
    """
    fts5 = literal_column(INDEX.name).op("MATCH")(bindparam("index_match"))
    gin = _has_pieces(INDEX, term_count, filters)
    if windowed:
        gin.append(_has_any(INDEX, "index_blocks"))
    if term_count and not proven:
        texts = RegionTextRow.__table__  # type: ignore[attr-defined]
        gin.append(INDEX.c.rowid.in_(select(texts.c.number).where(_all_occur(term_count, fields, texts.c))))
    return _Indexed(fts5, and_(*gin))


def candidates(term_count: int, filters: Sequence[str]) -> ColumnElement[bool]:
    """Rows of `BLOCKS` in which there may be regions that `indexed` finds; elsewhere there are none."""
    return and_(*_has_pieces(BLOCKS, term_count, filters))


def _has_pieces(index: TableClause, term_count: int, filters: Sequence[str]) -> list[ColumnElement[bool]]:
    pieces = [index.c.grams.op("@>")(bindparam("index_pieces", type_=ARRAY(Text)))] if term_count else []
    return [*pieces, *(_has_any(index, f"index_{name}") for name in filters)]


def _has_any(index: TableClause, name: str) -> ColumnElement[bool]:
    return index.c.grams.op("&&")(bindparam(name, type_=ARRAY(Text)))


def index_values(
    terms: Sequence[str], fields: Sequence[FieldName], filters: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """What the parameters of `indexed` stand for."""
    return {
        "index_match": grams.expression(terms, fields, filters),
        "index_pieces": [piece for term in terms for piece in grams.of_term(term)],
        **{f"index_{name}": list(tokens) for name, tokens in filters.items()},
    }


def rank(term_count: int, fields: Sequence[FieldName]) -> ColumnElement[int]:
    """The place, in `FIELDS`, of the weakest field that is needed to find every term: less is better."""
    columns = RegionTextRow.__table__.c  # type: ignore[attr-defined]
    reached = (fields[: count + 1] for count in range(len(fields)))
    places = ((_all_occur(term_count, upto, columns), FIELDS.index(upto[-1])) for upto in reached)
    own = select(case(*places)).where(col(RegionTextRow.number) == col(RegionRow.number))
    return own.correlate(RegionRow).scalar_subquery()


def _all_occur(term_count: int, fields: Sequence[FieldName], texts: Any) -> ColumnElement[bool]:
    return and_(*(or_(*_occurs(index, fields, texts)) for index in range(term_count)))


def _occurs(index: int, fields: Sequence[FieldName], texts: Any) -> Iterator[ColumnElement[bool]]:
    for field in fields:
        yield _position(texts[field], bindparam(f"q_{index}")) > 0


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


_fold_again = lru_cache(maxsize=DOCUMENTS)(fold)
"""Prefectures and fields of research stand in many regions."""


def folded(region: dict[str, Any]) -> dict[str, str]:
    """The searched texts, folded; the line between two is in no folded text, so no term reaches across it."""
    found: dict[str, list[str]] = {field: [] for field in FIELDS}
    for field, _, text in texts(region):
        found[field].append(_fold_again(text))
    return {field: "\n".join(lines) for field, lines in found.items()}


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
