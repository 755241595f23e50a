"""Text search: a term occurs in a field when the folded term is a substring of the folded field.

Every term must occur, each in any of the fields that are looked at. The same on SQLite and on PostgreSQL.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import (
    ColumnElement,
    Integer,
    TableClause,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
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
from app.folding import fold
from app.tables import REGION_TEXTS, RegionRow, RegionTextRow

MAX_TYPED = 100
"""Characters of `q` before folding."""

MAX_FOLDED = 300
"""Characters of all its terms after folding: NFKC can make one character eighteen."""

QUERIES = 1_000
"""How many values of `q` are kept split."""

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


class _Position(FunctionElement[int]):
    """Where a text holds a term, counted from 1; 0 if nowhere. LIKE would differ in case between databases."""

    inherit_cache = True
    type = Integer()


@compiles(_Position, "sqlite")
def _sqlite(element: _Position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)})"


@compiles(_Position, "postgresql")
def _postgresql(element: _Position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)})"


def matches(term_count: int, fields: Sequence[FieldName]) -> ColumnElement[bool]:
    """Region texts in which every term, `q_0`, `q_1`, …, occurs: by reading them."""
    return _all_occur(term_count, fields, REGION_TEXTS.c)


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
    term_count: int,
    fields: Sequence[FieldName],
    filters: Sequence[str],
    *,
    proven: bool,
    window: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """Rows of `INDEX` in whose texts every term occurs and which pass the filters (keys of `grams.of_filters`).

    FTS5 knows where the pieces stand; GIN only that all are there, so the texts are read again if that proves nothing.
    `window`: the blocks to look at, which FTS5 does not need.
    """
    fts5 = literal_column(INDEX.name).op("MATCH")(bindparam("index_match"))
    gin = _has_pieces(INDEX, term_count, filters)
    if window is not None:
        gin.append(INDEX.c.grams.op("&&")(window))
    if term_count and not proven:
        texts = REGION_TEXTS.c
        gin.append(INDEX.c.rowid.in_(select(texts.number).where(_all_occur(term_count, fields, texts))))
    return _Indexed(fts5, and_(*gin))


def window(term_count: int, filters: Sequence[str], *, down: bool) -> ColumnElement[Any]:
    """The tokens of the first, or last, `blocks` blocks that may have regions which `indexed` finds."""
    block = BLOCKS.c.block
    may_have = select(block).where(*_has_pieces(BLOCKS, term_count, filters))
    first = may_have.order_by(block.desc() if down else block).limit(bindparam("blocks")).subquery()
    return func.array(select(literal("block:") + cast(first.c.block, Text)).scalar_subquery(), type_=ARRAY(Text))


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
    reached = (fields[: count + 1] for count in range(len(fields)))
    places = ((_all_occur(term_count, upto, REGION_TEXTS.c), FIELDS.index(upto[-1])) for upto in reached)
    own = select(case(*places)).where(col(RegionTextRow.number) == col(RegionRow.number))
    return own.correlate(RegionRow).scalar_subquery()


def _all_occur(term_count: int, fields: Sequence[FieldName], texts: Any) -> ColumnElement[bool]:
    return and_(*(or_(*_occurs(index, fields, texts)) for index in range(term_count)))


def _occurs(index: int, fields: Sequence[FieldName], texts: Any) -> Iterator[ColumnElement[bool]]:
    for field in fields:
        yield _Position(texts[field], bindparam(f"q_{index}")) > 0
