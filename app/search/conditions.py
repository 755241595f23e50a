"""Text search: a term occurs in a field when the folded term is a substring of the folded field.

Every term must occur, each in any of the fields that are looked at. The same on SQLite and on PostgreSQL.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import (
    Boolean,
    ColumnClause,
    ColumnElement,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from app.db import thresholds
from app.db.sql import Holds, ListOf, each
from app.db.tables import REGION_TEXTS
from app.japanese.folding import fold
from app.search import bigrams

MAX_TYPED = 100
"""Characters of `q` before folding."""

MAX_FOLDED = 300
"""Characters of all its terms after folding: NFKC can make one character eighteen."""

MAX_TERMS = 10
"""Terms of `q`: each is looked for in every text."""

FieldName = Literal["name", "title", "theme", "annotations"]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
"""The values of `q_in` and the columns of `region_texts`, the strongest for `relevance` first."""


class Term(NamedTuple):
    typed: str
    folded: str


@lru_cache(maxsize=thresholds.SPLIT_QUERIES)
def split(q: str) -> tuple[Term, ...]:
    """The terms of `q`, without those that fold to nothing and without a second one that folds to the same."""
    terms: dict[str, Term] = {}
    for typed in q.split():
        if folded := fold(typed):
            terms.setdefault(folded, Term(typed, folded))
    return tuple(terms.values())


TERMS = bindparam("q", type_=ListOf(Text()))
"""The folded terms; `NULL` without `q`."""

_FIRST, _OTHERS = bindparam("q_first", type_=Text()), bindparam("q_others", type_=ListOf(Text()))
"""The first of them by itself, which most texts do not have, and the others; `NULL` where there are none."""

_TEXTS = REGION_TEXTS.c
_PLACES = {field: bindparam(f"q_in_{field}", type_=Boolean()) for field in FIELDS}
"""Whether a field is looked at."""


def _occurs_in(field: FieldName, term: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(_PLACES[field], Holds(_TEXTS[field], term))


def _occurs(term: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(*(_occurs_in(field, term) for field in FIELDS))


def matches(number: ColumnClause[int]) -> ColumnElement[bool]:
    """Whether every term occurs in the texts of the region with that number: by reading them."""
    missing = exists().where(~_occurs(each(_OTHERS).c.value)).correlate(REGION_TEXTS)
    found = exists().where(_TEXTS.number == number, _occurs(_FIRST), or_(_OTHERS.is_(None), ~missing))
    return found.correlate(number.table)


def rank(number: ColumnClause[int]) -> ColumnElement[int]:
    """The place, in `FIELDS`, of the weakest field that is needed to find every term: less is better."""
    terms = each(TERMS)
    *strong, _ = enumerate(FIELDS)
    whens: list[tuple[Any, Any]] = [
        (_occurs_in(field, terms.c.value), literal_column(str(place))) for place, field in strong
    ]
    places: ColumnElement[int] = case(*whens, else_=literal_column(str(len(strong)), Integer()))
    weakest = select(func.max(places)).join_from(REGION_TEXTS, terms, true()).where(_TEXTS.number == number)
    return weakest.correlate(number.table).scalar_subquery()


INDEX = table("region_grams", column("rowid", Integer), column("grams", ARRAY(Text)))
"""The search index by number: on SQLite an FTS5 table, on PostgreSQL the pieces and tokens of each region."""


class _Indexed(ColumnElement[bool]):
    """The same condition, as each database can look it up."""

    inherit_cache = False

    def __init__(self, fts5: ColumnElement[bool], gin: ColumnElement[bool]) -> None:
        self.forms = {"sqlite": fts5, "postgresql": gin}


@compiles(_Indexed)
def _compile(element: _Indexed, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.forms[compiler.dialect.name], **kw)


def indexed(filters: Sequence[str]) -> ColumnElement[bool]:
    """Rows of `INDEX` in whose texts every term occurs and that have a token of each of the filters that are set.

    FTS5 knows where the pieces stand; GIN only that all are there, so the texts are read again if that proves nothing.
    """
    tokens = (INDEX.c.grams.op("&&")(bindparam(f"index_{name}", type_=ARRAY(Text))) for name in filters)
    pieces = INDEX.c.grams.op("@>")(bindparam("index_pieces", type_=ARRAY(Text)))
    proven = or_(bindparam("index_proves", type_=Boolean()), matches(INDEX.c.rowid))
    return _Indexed(literal_column(INDEX.name).op("MATCH")(bindparam("index_match")), and_(pieces, *tokens, proven))


def index_values(
    terms: Sequence[str], fields: Sequence[FieldName], tokens: Mapping[str, Sequence[str]], filters: Sequence[str]
) -> dict[str, Any]:
    """What the parameters of `indexed` stand for; `tokens` of the filters that are set, `terms` or they not empty.

    A filter that is not set takes the place of one that is: asked for twice, a token costs no more.
    """
    pieces = [piece for term in terms for piece in bigrams.of_term(term)]
    instead = next(iter(tokens.values()), pieces[:1])
    # pieces are whole terms
    proves = not terms or (len(fields) == len(FIELDS) and all(len(term) <= 2 for term in terms))
    return {
        "index_match": bigrams.expression(terms, fields, tokens),
        "index_pieces": pieces,
        "index_proves": proves,
        **{f"index_{name}": list(tokens.get(name, instead)) for name in filters},
    }


def values(terms: tuple[str, ...], fields: Sequence[FieldName]) -> dict[str, Any]:
    """What the parameters of `matches` and `rank` stand for."""
    first, others = (terms[0], terms[1:] or None) if terms else (None, None)
    found = {"q": terms or None, "q_first": first, "q_others": others}
    return found | {f"q_in_{field}": field in fields for field in FIELDS}
